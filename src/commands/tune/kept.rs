//! Finished trials in a file, so that a search that was stopped goes on where it was.
//!
//! The first line says what the trials are of; each further line is one of them. A line that a kill left half written is cut off.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use amparo_lab::tune::{Finished, TrialKey, TrialLosses, TrialStore};
use amparo_training::Error;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    /// Of config, rows and program.
    trials_of: String,
}

pub struct Kept {
    at_first: BTreeMap<TrialKey, Finished>,
    file: Mutex<File>,
}

impl Kept {
    /// Opens the file, or begins it; no other process may have it open.
    pub fn open(path: &Path, digest: &str) -> Result<Self, Failure> {
        let io = |what| Failure::io(what, path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io("open"))?;
        if file.try_lock().is_err() {
            let message = format!("{} is open in another search, expected one at a time", path.display());
            return Err(Failure::Usage(message));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(io("read"))?;
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut lines = text[..whole].lines();
        match lines.next() {
            None => {
                file.set_len(0).map_err(io("write"))?;
                file.rewind().map_err(io("write"))?;
                let header = Header { trials_of: digest.to_owned() };
                append(&mut file, &header).map_err(io("write"))?;
                return Ok(Self { at_first: BTreeMap::new(), file: Mutex::new(file) });
            }
            Some(first) => {
                let found = serde_json::from_str::<Header>(first).map(|header| header.trials_of);
                if found.as_ref().ok().map(String::as_str) != Some(digest) {
                    let message = format!(
                        "{} holds trials of another config, cohort or program; state another folder, or remove the file",
                        path.display()
                    );
                    return Err(Failure::Usage(message));
                }
            }
        }
        let mut at_first = BTreeMap::new();
        for (number, line) in lines.enumerate() {
            let finished: Finished = serde_json::from_str(line).map_err(|error| {
                Failure::Usage(format!("{}, line {}, is no trial: {error}", path.display(), number + 2))
            })?;
            at_first.insert(finished.key.clone(), finished);
        }
        file.set_len(whole as u64).map_err(io("write"))?;
        file.seek(SeekFrom::End(0)).map_err(io("write"))?;
        Ok(Self { at_first, file: Mutex::new(file) })
    }

    /// Trials that were finished before.
    pub fn n_at_first(&self) -> usize {
        self.at_first.len()
    }
}

fn append(file: &mut File, value: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.sync_data()
}

impl TrialStore for Kept {
    fn losses(&self, key: &TrialKey, parameters: &toml::Table) -> Option<TrialLosses> {
        let kept = self.at_first.get(key)?;
        (kept.parameters == *parameters).then(|| kept.losses.clone())
    }

    fn keep(&self, finished: Finished) -> Result<(), Error> {
        // A panic elsewhere leaves at most half a line, as a kill does.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        append(&mut file, &finished).map_err(|error| Error::Trials(error.to_string()))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
