//! `amparo log erase`, `retain` and `scrub`: what the log holds of cases, destroyed with an entry that says so.

use amparo_datasets::identity::document;
use amparo_journal::{Criterion, Entry, Ground, Log, Ranges, Selection, Statement, Verified};
use jiff::Timestamp;
use serde::Serialize;

use super::super::print_json;
use super::verify;
use crate::cli;
use crate::failure::Failure;

/// Longest reason, in characters.
const LONGEST: usize = 2000;

/// What is printed for a machine.
#[derive(Serialize)]
struct Report<'a> {
    /// Whether it was done.
    erased: bool,
    proposals: usize,
    confirmations: usize,
    own_views: usize,
    /// Their sequences.
    sequences: &'a Ranges,
    /// The entries that say so.
    entries: Vec<i64>,
    /// Whether the log was rewritten, so that nothing is left in unused places.
    scrubbed: bool,
}

pub async fn erase(args: &cli::Erase) -> Result<(), Failure> {
    let criterion = match &args.case {
        Some(case) => Criterion::Case(case.clone()),
        None => Criterion::Proposals(args.id.clone()),
    };
    run(&criterion, &args.how).await
}

pub async fn retain(args: &cli::Retain) -> Result<(), Failure> {
    let time = args.time(Timestamp::now());
    let time = time.map_err(|error| Failure::Usage(format!("--older-than reaches too far back: {error}")))?;
    run(&Criterion::Before(time), &args.how).await
}

pub async fn scrub(address: &str, json: bool) -> Result<(), Failure> {
    // Opened for writing only once it is known to be there.
    Log::read(address).await?.close().await?;
    let log = Log::open(address).await?;
    log.scrub().await?;
    let verified = log.verify().await?;
    log.close().await?;
    tell(&verified, json)
}

async fn run(criterion: &Criterion, how: &cli::Erasing) -> Result<(), Failure> {
    let ground = ground(criterion, how)?;
    let log = Log::read(&how.log).await?;
    let selection = log.select(criterion).await?;
    log.close().await?;
    let sequences = selection.entries();
    let mut report = Report {
        erased: false,
        proposals: selection.proposals(),
        confirmations: selection.confirmations(),
        own_views: selection.own_views(),
        sequences: &sequences,
        entries: Vec::new(),
        scrubbed: false,
    };
    if selection.proposals() == 0 || !how.yes {
        return match how.json {
            true => print_json(&report),
            false => planned(criterion, &selection),
        };
    }
    let log = Log::open(&how.log).await?;
    let mut entries = Vec::new();
    for erasure in selection.erasures(&ground) {
        let entry = log.erase(erasure).await?;
        if !how.json {
            told(&entry)?;
        }
        entries.push(entry);
    }
    if !how.scrub_later {
        log.scrub().await.map_err(|error| {
            Failure::Refused(format!(
                "it was erased, and something of it may be left in the files of the log: {error}"
            ))
        })?;
    }
    log.close().await?;
    report.erased = true;
    report.scrubbed = !how.scrub_later;
    report.entries = entries.iter().map(|entry| entry.sequence).collect();
    if how.json {
        return print_json(&report);
    }
    match how.scrub_later {
        true => say!(
            "the log was not rewritten: run `amparo log scrub` to remove what may be left in unused places"
        ),
        false => say!("the log was rewritten, so that nothing of it is left in unused places"),
    }
    say!(
        "backups, copies and exports that were made before still hold all of it: have them destroyed or erased, too"
    );
    Ok(())
}

/// Who erases and why, in words that may stay in the log.
fn ground(criterion: &Criterion, how: &cli::Erasing) -> Result<Ground, Failure> {
    for (flag, text) in [("--reason", &how.reason), ("--by", &how.by)] {
        let length = text.chars().count();
        if text.trim().is_empty() || length > LONGEST {
            let problem = format!("{flag} has {length} characters, expected 1 to {LONGEST}, not all blank");
            return Err(Failure::Usage(problem));
        }
        if let Some(what) = document(text) {
            let problem = format!("{flag} holds what looks like {what}, and it stays in the log for ever");
            return Err(Failure::Usage(problem));
        }
        if let Criterion::Case(case) = criterion
            && text.contains(case.as_str())
        {
            return Err(Failure::Usage(format!("{flag} names the case, and it stays in the log for ever")));
        }
    }
    Ok(Ground { reason: how.reason.clone(), by: how.by.clone(), at: Timestamp::now() })
}

/// Says what would be erased.
fn planned(criterion: &Criterion, selection: &Selection) -> Result<(), Failure> {
    let of_time = match criterion {
        Criterion::Before(time) => format!(" made before {time}"),
        _ => String::new(),
    };
    if selection.proposals() == 0 {
        say!("the log holds no proposal{of_time}: nothing was erased");
        return Ok(());
    }
    let (proposals, confirmations) = (selection.proposals() as u64, selection.confirmations() as u64);
    say!(
        "{}{of_time} would be erased, entries {}",
        counted(proposals, confirmations),
        shortened(&selection.entries())
    );
    say!(
        "nothing was changed; add --yes to erase them, which nothing can undo: they can never be replayed or shown again"
    );
    Ok(())
}

/// Says what was erased.
fn told(entry: &Entry) -> Result<(), Failure> {
    if let Some(said) = Statement::read(entry)? {
        let erased = counted(said.proposals, said.confirmations);
        say!("{erased} erased, entries {}; entry {} says so", shortened(&said.erased), entry.sequence);
    }
    Ok(())
}

fn counted(proposals: u64, confirmations: u64) -> String {
    let with_unit = |n: u64, unit: &str| if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") };
    match confirmations {
        0 => with_unit(proposals, "proposal"),
        n => format!("{} and {}", with_unit(proposals, "proposal"), with_unit(n, "confirmation")),
    }
}

/// The first ranges; the entry itself names all.
fn shortened(ranges: &Ranges) -> String {
    const SHOWN: usize = 20;
    let text = ranges.to_string();
    let mut parts = text.split(", ");
    let shown: Vec<&str> = parts.by_ref().take(SHOWN).collect();
    match parts.count() {
        0 => text,
        more => format!("{} and {more} more ranges", shown.join(", ")),
    }
}

fn tell(verified: &Verified, json: bool) -> Result<(), Failure> {
    if json {
        return print_json(verified);
    }
    say!("the log was rewritten, so that nothing of what was erased is left in unused places");
    say!("{}", verify::whole(verified));
    Ok(())
}
