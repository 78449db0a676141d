//! `amparo log tiles`: the tree as static files.

use std::path::Path;

use amparo_journal::tiles::tiles;
use amparo_journal::{Checkpoint, Error, Log};

use super::super::{create_dir, write};
use super::proofs;
use crate::failure::Failure;

/// The file of the newest checkpoint.
const CHECKPOINT: &str = "checkpoint";

pub async fn run(address: &str, checkpoint: &Path, out: &Path) -> Result<(), Failure> {
    let new = proofs::read(checkpoint)?;
    let log = Log::read(address).await?;
    log.is_of(&new).await?;
    let latest = out.join(CHECKPOINT);
    if latest.exists() {
        continues(&log, &proofs::read(&latest)?, &new).await?;
    }
    let mut written = 0;
    tiles(&log, new.size(), |name, bytes| {
        let path = out.join(name);
        // Tiles never change.
        if path.exists() {
            let found = std::fs::read(&path).map_err(Failure::io("read", &path))?;
            let problem = format!("`{}` holds other hashes than the tree of the log", path.display());
            return if found == bytes { Ok(()) } else { Err(Error::Refuted { problem }.into()) };
        }
        create_dir(path.parent().unwrap_or(out))?;
        written += 1;
        write(&path, bytes)
    })
    .await?;
    create_dir(out)?;
    // Last, so that whoever reads it finds all that it covers.
    write(&latest, new.to_string())?;
    say!("{written} files written to {}; the checkpoint covers {} entries", out.display(), new.size());
    Ok(())
}

/// A folder is continued only with what its log became.
async fn continues(log: &Log, old: &Checkpoint, new: &Checkpoint) -> Result<(), Failure> {
    let refuted = |problem: String| Failure::from(Error::Refuted { problem });
    if old.origin() != new.origin() {
        let problem = format!("{} is of the log `{}`, expected `{}`", old.what(), old.origin(), new.origin());
        return Err(refuted(problem));
    }
    if old.size() > new.size() {
        let problem =
            format!("{} covers {} entries, the new one only {}", old.what(), old.size(), new.size());
        return Err(refuted(problem));
    }
    Ok(log.is_of(old).await?)
}
