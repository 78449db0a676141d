//! `amparo log verify`: the log by itself, or what somebody holds of it, with the log or without.

use std::path::{Path, PathBuf};

use amparo_journal::{Consistency, Evidence, Log, Receipt, Verified, VerifierKey};
use serde::Serialize;

use super::super::print_json;
use super::proofs;
use crate::cli;
use crate::failure::Failure;

/// What was checked without a log.
#[derive(Serialize)]
struct Checked {
    checkpoints: usize,
    receipts: usize,
    consistencies: usize,
    witnesses: usize,
}

pub async fn run(args: &cli::Verify) -> Result<(), Failure> {
    let evidence = read(&args.proofs)?;
    let checked = Checked {
        checkpoints: evidence.checkpoints.len(),
        receipts: evidence.receipts.len(),
        consistencies: evidence.consistencies.len(),
        witnesses: evidence.witnesses.len(),
    };
    let Some(address) = &args.log else {
        evidence.check_alone()?;
        if args.json {
            return print_json(&checked);
        }
        told(&evidence)?;
        say!("what was given holds; it was checked without a log");
        return Ok(());
    };
    let log = Log::read(address).await?;
    let given = checked.checkpoints + checked.receipts + checked.consistencies > 0;
    let verified = if given { evidence.check_against(&log).await? } else { log.verify().await? };
    if args.json {
        return print_json(&verified);
    }
    say!("{}", whole(&verified));
    told(&evidence)?;
    for (receipt, _) in &evidence.receipts {
        if log.find(&receipt.proposal_id).await?.is_some_and(|entry| entry.is_erased()) {
            say!(
                "{} was erased since: the receipt proves its place, and nothing shows what it held",
                receipt.proposal_id
            );
        }
    }
    Ok(())
}

/// What holds of a whole log, in a sentence.
pub fn whole(verified: &Verified) -> String {
    let root = match verified.root {
        Some(root) => format!("; the root of the tree is {root}"),
        None => "; it keeps no tree yet".to_owned(),
    };
    let erased = match verified.erased {
        0 => String::new(),
        1 => "; 1 was erased, as a later one says".to_owned(),
        n => format!("; {n} were erased, as later ones say"),
    };
    format!(
        "{} entries; the chain is intact{erased}; the last hash is {}{root}",
        verified.entries, verified.head
    )
}

/// Says what each piece shows, once all of it holds.
fn told(evidence: &Evidence) -> Result<(), Failure> {
    for checkpoint in &evidence.checkpoints {
        let mut seen = String::new();
        for witness in &evidence.witnesses {
            let time = i64::try_from(checkpoint.witnessed(witness)?).ok();
            let time = time.and_then(|time| jiff::Timestamp::from_second(time).ok());
            let time = time.map_or_else(|| "a time that is no date".to_owned(), |time| time.to_string());
            seen.push_str(&format!("; seen by {} at {time}", witness.name()));
        }
        say!(
            "{} holds: the log {} had {} entries{seen}",
            checkpoint.what(),
            checkpoint.origin(),
            checkpoint.size()
        );
    }
    for (receipt, _) in &evidence.receipts {
        let (index, size) = (receipt.leaf_index, receipt.tree_size);
        say!(
            "the receipt of {} holds: it is entry {} of {size}, with the hash {}",
            receipt.proposal_id,
            index + 1,
            receipt.entry_hash
        );
    }
    for (_, from, to) in &evidence.consistencies {
        say!("the log only grew, from {} to {} entries", from.size(), to.size());
    }
    Ok(())
}

fn read(proofs: &cli::Proofs) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::default();
    for key in &proofs.verifier_key {
        let key = read_key(key)?;
        if key.is_witness() {
            let problem =
                format!("--verifier-key `{}` is the key of a witness, expected that of a log", key.short());
            return Err(Failure::Usage(problem));
        }
        evidence.keys.push(key);
    }
    for key in &proofs.witness_key {
        let key = read_key(key)?;
        if !key.is_witness() {
            let problem = format!(
                "--witness-key `{}` is the key of a log, expected that of a witness (type 4)",
                key.short()
            );
            return Err(Failure::Usage(problem));
        }
        evidence.witnesses.push(key);
    }
    for path in &proofs.checkpoint {
        evidence.checkpoints.push(proofs::read(path)?);
    }
    for path in &proofs.receipt {
        evidence.receipts.push(Receipt::parse(&format!("receipt `{}`", path.display()), &text(path)?)?);
    }
    for path in &proofs.consistency {
        evidence
            .consistencies
            .push(Consistency::parse(&format!("proof `{}`", path.display()), &text(path)?)?);
    }
    Ok(evidence)
}

/// A key as it is typed, or from the file of that name.
fn read_key(given: &str) -> Result<VerifierKey, Failure> {
    let path = PathBuf::from(given);
    let key = if path.is_file() { text(&path)? } else { given.to_owned() };
    Ok(VerifierKey::parse(key.trim_end())?)
}

fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(Failure::io("read", path))
}
