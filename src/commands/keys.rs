//! `amparo keys`: keys that sign checkpoints of a log, and verdicts of gates.

use std::path::{Path, PathBuf};

use amparo_journal::{Appended, Log, Rotation, SigningKey, draw_key};

use super::log::{keys_of, refused};
use super::{create_new, create_secret, runtime};
use crate::cli;
use crate::failure::Failure;

pub fn run(args: &cli::Keys) -> Result<(), Failure> {
    match args {
        cli::Keys::New { name, out } => {
            let key = draw_key(name)?;
            write(&key, out)?;
            say!("{}", key.verifier());
            Ok(())
        }
        cli::Keys::Rotate { log, key, out } => rotate(&log.log, &read(key)?, out),
    }
}

/// Reads a private key.
pub fn read(path: &Path) -> Result<SigningKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    Ok(SigningKey::parse(&format!("key file `{}`", path.display()), &text)?)
}

fn rotate(address: &str, old: &SigningKey, out: &Path) -> Result<(), Failure> {
    let new = draw_key(old.verifier().name())?;
    let record = Rotation::record(old, &new)?;
    runtime()?.block_on(async {
        // Opened for writing only once it is known to be there, to hold, and to be this key's.
        let read = Log::read(address).await?;
        keys_of(&read, &old.verifier()).await?;
        read.close().await?;
        write(&new, out)?;
        match append(address, record).await {
            Ok(sequence) => {
                say!("{}", new.verifier());
                say!("entry {sequence} replaces {}", old.verifier());
                Ok(())
            }
            Err(failure) => {
                // Nobody knows the new key yet. The first problem is the one to report.
                for path in [out.to_owned(), public(out)] {
                    let _ = std::fs::remove_file(path);
                }
                Err(refused(failure))
            }
        }
    })
}

async fn append(address: &str, record: amparo_journal::Record) -> Result<i64, Failure> {
    let log = Log::open(address).await?;
    let appended = log.append(record).await?;
    log.close().await?;
    match appended {
        Appended::Written(entry) => Ok(entry.sequence),
        Appended::Repeated(_)
        | Appended::KeyTaken
        | Appended::IdTaken
        | Appended::ProposalErased
        | Appended::ProposalReplaced => Err(Failure::Usage("the log names this key already".to_owned())),
    }
}

/// Where the public key is written.
fn public(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// Writes both halves, or nothing.
fn write(key: &SigningKey, path: &Path) -> Result<(), Failure> {
    create_new(&public(path), format!("{}\n", key.verifier()))?;
    create_secret(path, format!("{}\n", key.secret())).inspect_err(|_| {
        // The first problem is the one to report.
        let _ = std::fs::remove_file(public(path));
    })
}
