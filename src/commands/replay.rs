//! `amparo replay`: proposals computed again, years later.

mod all;

use amparo_journal::Log;
use amparo_models::wording::Glossary;
use amparo_serving::replay::{Difference, Replayer};

use super::{print_json, runtime};
use crate::cli;
use crate::failure::Failure;

/// Fields named in a sentence; `--json` names more.
const NAMED: usize = 8;

pub fn run(args: &cli::Replay) -> Result<(), Failure> {
    let registry = amparo_stores::open(&args.registry)?;
    let replayer = Replayer::new(&registry, Glossary::built_in()?);
    match &args.proposal {
        Some(proposal) => one(args, proposal, &replayer),
        None => all::run(args, &replayer),
    }
}

fn one(args: &cli::Replay, proposal: &str, replayer: &Replayer<'_>) -> Result<(), Failure> {
    let entry = runtime()?.block_on(async {
        let log = Log::read(&args.log.log).await?;
        Ok::<_, Failure>(log.find(proposal).await?)
    })?;
    let Some(entry) = entry else {
        return Err(Failure::Usage(format!("the log holds no proposal `{proposal}`")));
    };
    let replayed = replayer.replay(&entry)?;
    if args.json {
        print_json(&replayed)?;
    }
    let additions = match replayed.additions.len() {
        0 => String::new(),
        1 => "; this edition adds 1 field".to_owned(),
        n => format!("; this edition adds {n} fields"),
    };
    // A corrected glossary is no other proposal.
    let text = match replayed.text_differences.as_slice() {
        [] => String::new(),
        differences => format!("; its text differs in {}", named(differences)),
    };
    if !replayed.differences.is_empty() {
        let fields = named(&replayed.differences);
        return Err(Failure::Refused(format!(
            "proposal `{proposal}` differs from the log in {fields}{text}{additions}"
        )));
    }
    if !args.json {
        say!(
            "proposal {} by {}@{} is the same as in the log, to the last bit{text}{additions}",
            replayed.proposal_id,
            replayed.model,
            replayed.version
        );
    }
    Ok(())
}

/// `2 fields: level, recidivism.probability`.
fn named(differences: &[Difference]) -> String {
    let fields: Vec<&str> = differences.iter().map(|d| d.field.as_str()).collect();
    let (n, unit) = match fields.len() {
        1 => (1, "field"),
        n => (n, "fields"),
    };
    format!("{n} {unit}: {}", first(&fields))
}

/// The first few of some names, and how many more there are.
fn first(names: &[&str]) -> String {
    let (named, rest) = names.split_at(names.len().min(NAMED));
    let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    format!("{}{more}", named.join(", "))
}
