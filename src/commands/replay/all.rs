//! `amparo replay --all`: the whole log, a page at a time, by several threads.

use std::collections::BTreeMap;

use amparo_journal::tree::{Frontier, Leaf};
use amparo_journal::{Entry, Log, PROPOSAL, Verified};
use amparo_serving::replay::{Named, Outcome, Replayer, Tally};
use jiff::Timestamp;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use serde::Serialize;

use super::super::log::refused;
use super::super::{print_json, runtime};
use super::{first, named};
use crate::cli;
use crate::failure::Failure;
use crate::progress;

/// Proposals in memory at a time.
const PAGE: usize = 1000;

/// What is printed for a machine.
#[derive(Serialize)]
struct Report<'a> {
    /// The whole log, whatever of it was computed again.
    log: &'a Verified,
    since: Option<Timestamp>,
    code_version: &'static str,
    /// Entries that are no proposals, by kind.
    other_entries: &'a BTreeMap<String, u64>,
    #[serde(flatten)]
    tally: &'a Tally,
}

pub fn run(args: &cli::Replay, replayer: &Replayer<'_>) -> Result<(), Failure> {
    let threads = ThreadPoolBuilder::new().num_threads(args.jobs.map_or(0, usize::from)).build();
    let threads = threads.map_err(|error| Failure::io("start", "threads")(std::io::Error::other(error)))?;
    let mut page =
        Page { replayer, since: args.since, threads, proposals: Vec::new(), tally: Tally::default() };
    let mut other_entries = BTreeMap::new();
    let shown = progress::counter("replaying proposals");
    let walked = runtime()?.block_on(async {
        let log = Log::read(&args.log.log).await?;
        // The chain is verified as it is read, so that no proposal is missing among those that are compared.
        let replay = |entry: &Entry, _: Option<(&Leaf, &Frontier)>| {
            if entry.kind == PROPOSAL {
                page.proposals.push(entry.clone());
            } else {
                *other_entries.entry(entry.kind.clone()).or_default() += 1;
            }
            if page.proposals.len() == PAGE {
                page.replay();
                shown.set_position(page.tally.proposals);
            }
            Ok::<_, Failure>(())
        };
        log.walk(replay).await
    });
    if walked.is_ok() {
        page.replay();
    }
    shown.finish_and_clear();
    let (verified, tally) = (walked.map_err(refused)?, page.tally);
    if args.json {
        let (since, code_version) = (args.since, amparo_serving::CODE_VERSION);
        let other_entries = &other_entries;
        print_json(&Report { log: &verified, since, code_version, other_entries, tally: &tally })?;
    } else {
        told(args.since, &tally);
    }
    if tally.all_the_same() {
        return Ok(());
    }
    Err(Failure::Refused(format!(
        "{} of {} differ from the log, {} could not be replayed",
        tally.different,
        proposals(tally.proposals),
        tally.not_replayed
    )))
}

/// Proposals that wait to be computed again together, and what came of those before.
struct Page<'a> {
    replayer: &'a Replayer<'a>,
    since: Option<Timestamp>,
    threads: ThreadPool,
    proposals: Vec<Entry>,
    tally: Tally,
}

impl Page<'_> {
    fn replay(&mut self) {
        let outcomes: Vec<Outcome> = self.threads.install(|| {
            self.proposals.par_iter().map(|entry| self.replayer.outcome(entry, self.since)).collect()
        });
        self.proposals.clear();
        // In the order of the log, whoever was first.
        outcomes.into_iter().for_each(|outcome| self.tally.add(outcome));
    }
}

/// Says what came of it, in sentences.
fn told(since: Option<Timestamp>, tally: &Tally) {
    let made = since.map_or_else(String::new, |since| format!(" made since {since}"));
    say!(
        "{}{made}: {} the same as in the log, to the last bit; {} different; {} could not be replayed",
        proposals(tally.proposals),
        tally.same,
        tally.different,
        tally.not_replayed
    );
    if tally.earlier > 0 {
        say!("{} made before that time: not replayed", proposals(tally.earlier));
    }
    if tally.erased > 0 {
        say!("{} erased, as the log says: nobody can compute them again", proposals(tally.erased));
    }
    for replay in &tally.examples {
        let (id, model, version) = (&replay.proposal_id, &replay.model, replay.version);
        say!("proposal {id} by {model}@{version} differs in {}", named(&replay.differences));
    }
    let unnamed = tally.different - tally.examples.len() as u64;
    if unnamed > 0 {
        say!("{unnamed} more differ; over all of them, by field: {}", by_name(&tally.fields));
    }
    for problem in &tally.problems {
        let examples: Vec<&str> = problem.examples.iter().map(String::as_str).collect();
        let of = proposals(problem.proposals);
        say!("{of} could not be replayed (for example {}): {}", first(&examples), problem.name);
    }
    if tally.other_problems > 0 {
        say!("{} could not be replayed for other reasons", proposals(tally.other_problems));
    }
    if tally.text_different > 0 {
        let (of, fields) = (proposals(tally.text_different), by_name(&tally.text_fields));
        say!("the words of {of} differ, in: {fields}; words alone make no proposal different");
    }
    if tally.added_to > 0 {
        say!("this edition adds fields to {}", proposals(tally.added_to));
    }
}

/// `level (3), recidivism.probability (1)`.
fn by_name(all: &[Named]) -> String {
    let counted: Vec<String> =
        all.iter().map(|named| format!("{} ({})", named.name, named.proposals)).collect();
    let mut told = first(&counted.iter().map(String::as_str).collect::<Vec<_>>());
    if all.len() == Tally::NAMES {
        told.push_str(", or even more");
    }
    told
}

fn proposals(n: u64) -> String {
    if n == 1 { "1 proposal".to_owned() } else { format!("{n} proposals") }
}
