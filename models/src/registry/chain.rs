//! Logs that are only ever added to: one line an entry, each with the digest of the line before.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Registry, store};
use crate::Error;
use crate::artefact::{format, sha256};

/// One line of such a log.
pub(super) trait Line: Serialize + DeserializeOwned {
    /// Name of the log in the folder of a model.
    const LOG: &'static str;
    /// What the whole log should be, in words.
    const EXPECTED: &'static str;
    /// What a line should be, in words.
    const LINE: &'static str;

    /// Digest of the line before, as this line states it.
    fn previous(&self) -> Option<&str>;

    /// States the digest of the line before.
    fn set_previous(&mut self, digest: Option<String>);

    /// What is wrong with this line after those before it, if anything is.
    fn problem(&self, before: &[Self]) -> Option<String>;
}

/// A line to be added, and the file that it tells of, if it does: path in the store, bytes.
pub(super) type Addition<'a, T> = (T, Option<(String, &'a [u8])>);

impl Registry {
    /// All lines of a model's log, in order, the chain of digests checked; a model without the log has none.
    pub(super) fn lines<T: Line>(&self, model: &str) -> Result<Vec<T>, Error> {
        Ok(self.chain(model)?.lines)
    }

    /// The same, and the digest of the last line.
    pub(super) fn lines_and_last<T: Line>(&self, model: &str) -> Result<(Vec<T>, Option<String>), Error> {
        let Chain { lines, last, .. } = self.chain(model)?;
        Ok((lines, last))
    }

    /// Adds the line that follows from those there are, chained to the last.
    ///
    /// If somebody else adds one in the meantime, it is worked out again: `next` always sees all lines before its own, and the digest of
    /// the last of them.
    pub(super) fn add_line<'a, T: Line>(
        &self,
        model: &str,
        next: impl Fn(&[T], Option<&str>) -> Result<Addition<'a, T>, Error>,
    ) -> Result<T, Error> {
        loop {
            let Chain { lines, last, log, bytes, place } = self.chain::<T>(model)?;
            let (mut added, beside) = next(&lines, last.as_deref())?;
            added.set_previous(last);
            let mut line =
                serde_json::to_vec(&added).map_err(|e| format(&place, T::EXPECTED, e.to_string()))?;
            line.push(b'\n');
            let beside = beside.as_ref().map(|(file, bytes)| (file.as_str(), *bytes));
            if self.store.append(&log, &bytes, store::Entry { line: &line, beside })? {
                return Ok(added);
            }
        }
    }

    fn chain<T: Line>(&self, model: &str) -> Result<Chain<T>, Error> {
        let log = format!("{model}/{}", T::LOG);
        let bytes = self.store.log(&log)?;
        Chain { lines: Vec::new(), last: None, place: self.place(&log), log, bytes }.parsed()
    }
}

/// Number of lines of a log that holds.
pub(super) fn checked<T: Line>(place: PathBuf, bytes: &[u8]) -> Result<usize, Error> {
    let chain =
        Chain::<T> { lines: Vec::new(), last: None, place, log: String::new(), bytes: bytes.to_vec() };
    Ok(chain.parsed()?.lines.len())
}

/// A log as it was read.
#[derive(Debug)]
struct Chain<T> {
    lines: Vec<T>,
    /// Digest of the last line.
    last: Option<String>,
    log: String,
    bytes: Vec<u8>,
    /// What the log is called in errors.
    place: PathBuf,
}

impl<T: Line> Chain<T> {
    fn parsed(mut self) -> Result<Self, Error> {
        for (line, number) in self.bytes.split_inclusive(|&b| b == b'\n').zip(1..) {
            let refuse =
                |problem: String| Err(format(&self.place, T::EXPECTED, format!("line {number} {problem}")));
            let Some(line) = line.strip_suffix(b"\n") else {
                return refuse(format!(
                    "is cut short after {} bytes, expected a line feed; if a power cut left it, `amparo models mend` takes it off",
                    line.len()
                ));
            };
            let entry: T = match serde_json::from_slice(line) {
                Ok(entry) => entry,
                Err(e) => return refuse(format!("is not {}: {e}", T::LINE)),
            };
            if entry.previous() != self.last.as_deref() {
                let (found, expected) =
                    (entry.previous().unwrap_or("none"), self.last.as_deref().unwrap_or("none"));
                return refuse(format!("follows a line with digest {found}, the line before has {expected}"));
            }
            if let Some(problem) = entry.problem(&self.lines) {
                return refuse(problem);
            }
            self.last = Some(sha256(line));
            self.lines.push(entry);
        }
        Ok(self)
    }
}
