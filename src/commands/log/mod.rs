//! `amparo log`: what an auditor runs years later.

mod backup;
mod copy;
mod erase;
mod proofs;
mod tiles;
mod verify;

use amparo_journal::tree::{Frontier, Hash, Leaf, Salt};
use amparo_journal::{Entry, Error, Keys, Log, Verified, VerifierKey};
use serde::Serialize;

use super::runtime;
use crate::cli;
use crate::failure::Failure;

pub fn run(args: &cli::Log) -> Result<(), Failure> {
    let runtime = runtime()?;
    match args {
        cli::Log::Verify(args) => runtime.block_on(verify::run(args)).map_err(refused),
        cli::Log::Export(file) => runtime.block_on(async {
            let log = Log::read(&file.log).await?;
            let print = |entry: &Entry, added: Option<(&Leaf, &Frontier)>| {
                let (salt, leaf) = (added.and_then(|(leaf, _)| leaf.salt), added.map(|(leaf, _)| leaf.data));
                let exported = Exported { entry, salt, leaf: leaf.filter(|_| entry.is_erased()) };
                let line = serde_json::to_string(&exported)
                    .map_err(|e| Failure::Usage(format!("cannot write JSON: {e}")))?;
                say!("{line}");
                Ok(())
            };
            log.walk(print).await.map(|_| ()).map_err(refused)
        }),
        cli::Log::Backup { file, out, json } => {
            runtime.block_on(backup::run(&file.log, out, *json)).map_err(refused)
        }
        cli::Log::Copy { from, to, json } => runtime.block_on(copy::run(from, to, *json)).map_err(refused),
        cli::Log::Erase(args) => runtime.block_on(erase::erase(args)).map_err(refused),
        cli::Log::Retain(args) => runtime.block_on(erase::retain(args)).map_err(refused),
        cli::Log::Scrub { log, json } => runtime.block_on(erase::scrub(log, *json)).map_err(refused),
        cli::Log::Checkpoint { file, key, out } => {
            runtime.block_on(proofs::checkpoint(&file.log, key, out.as_deref())).map_err(refused)
        }
        cli::Log::Receipt { file, signing, out, proposal } => {
            runtime.block_on(proofs::receipt(&file.log, signing, proposal, out.as_deref())).map_err(refused)
        }
        cli::Log::Consistency { file, from, to, out } => {
            runtime.block_on(proofs::consistency(&file.log, from, to, out.as_deref())).map_err(refused)
        }
        cli::Log::Tiles { file, checkpoint, out } => {
            runtime.block_on(tiles::run(&file.log, checkpoint, out)).map_err(refused)
        }
    }
}

/// Verifies a whole log, whose key in force at its end must be this one, and gives the root of its tree.
pub async fn keys_of(log: &Log, key: &VerifierKey) -> Result<Verified, Failure> {
    let mut keys = Keys::default();
    let verified = log.walk(|entry, _| keys.note(entry)).await.map_err(|error| refused(error.into()))?;
    match keys.at(u64::MAX) {
        Some(in_force) if in_force != key => Err(Failure::Usage(format!(
            "the key of the log is `{}`, found `{}`",
            in_force.short(),
            key.short()
        ))),
        _ => Ok(verified),
    }
}

/// A line of an export: an entry, and what links it to its leaf in the tree.
#[derive(Serialize)]
struct Exported<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<Salt>,
    /// Data of the leaf, of an entry that was erased: nothing else gives it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<Hash>,
}

/// A chain, a signature or a proof that does not hold is a check that says no.
pub fn refused(failure: Failure) -> Failure {
    match failure {
        Failure::Journal(broken @ (Error::Chain { .. } | Error::Refuted { .. })) => {
            Failure::Refused(broken.to_string())
        }
        other => other,
    }
}
