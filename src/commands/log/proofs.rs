//! `amparo log checkpoint`, `receipt` and `consistency`: what is handed out of a log.

use std::path::Path;

use amparo_journal::{Checkpoint, Consistency, Log, Receipt, SigningKey};

use super::super::{create_new, json, keys};
use super::keys_of;
use crate::cli;
use crate::failure::Failure;

pub async fn checkpoint(address: &str, key: &Path, out: Option<&Path>) -> Result<(), Failure> {
    let key = keys::read(key)?;
    let log = Log::read(address).await?;
    let checkpoint = signed(&log, &key).await?.to_string();
    match out {
        Some(path) => create_new(path, &checkpoint),
        None => {
            say!("{}", checkpoint.trim_end_matches('\n'));
            Ok(())
        }
    }
}

pub async fn receipt(
    address: &str,
    signing: &cli::Signing,
    proposal: &str,
    out: Option<&Path>,
) -> Result<(), Failure> {
    let log = Log::read(address).await?;
    let checkpoint = match (&signing.key, &signing.checkpoint) {
        (Some(key), _) => signed(&log, &keys::read(key)?).await?,
        (None, Some(path)) => read(path)?,
        (None, None) => {
            return Err(Failure::Usage("found neither --key nor --checkpoint, expected one".to_owned()));
        }
    };
    let Some(entry) = log.find(proposal).await? else {
        return Err(Failure::Usage(format!("the log holds no proposal `{proposal}`")));
    };
    print(&Receipt::of(&log, &entry, &checkpoint).await?, out)
}

pub async fn consistency(address: &str, from: &Path, to: &Path, out: Option<&Path>) -> Result<(), Failure> {
    let (from, to) = (read(from)?, read(to)?);
    let log = Log::read(address).await?;
    print(&Consistency::of(&log, &from, &to).await?, out)
}

/// Reads a checkpoint.
pub fn read(path: &Path) -> Result<Checkpoint, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    Ok(Checkpoint::parse(&format!("checkpoint `{}`", path.display()), &text)?)
}

/// Signs the present tree of a log, after all of it was verified.
async fn signed(log: &Log, key: &SigningKey) -> Result<Checkpoint, Failure> {
    let verified = keys_of(log, &key.verifier()).await?;
    let Some(root) = verified.root else {
        // Says of which edition the log is.
        log.leaves(1, 1).await?;
        return Err(Failure::Usage("the log keeps no tree".to_owned()));
    };
    let size = u64::try_from(verified.entries).unwrap_or(0);
    Ok(Checkpoint::signed(size, root, key))
}

fn print(proof: &impl serde::Serialize, out: Option<&Path>) -> Result<(), Failure> {
    let text = json(proof)?;
    match out {
        Some(path) => create_new(path, format!("{text}\n")),
        None => {
            say!("{text}");
            Ok(())
        }
    }
}
