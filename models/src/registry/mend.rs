//! A log whose last line was never finished.
//!
//! A line is on the disk, line feed included, before anybody is told of it. If the power fails while it is written, a part of it may
//! stay, and the whole log is refused from then on: nobody can tell such a line from one that was cut off later. An operator who
//! knows what happened takes it off.

use std::path::PathBuf;

use serde::Serialize;

use super::chain::{self, Line};
use super::{Binding, Move, Registry, VerdictEntry};
use crate::Error;
use crate::artefact::sha256;

/// A line that was taken off the end of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// The log.
    pub log: PathBuf,
    /// Number of the line, from 1.
    pub line: usize,
    /// Its bytes.
    pub bytes: usize,
    /// The file that holds them now.
    pub kept: PathBuf,
}

impl Registry {
    /// Takes the unfinished last line off a model's history of aliases and off its lists of verdicts and bindings, and keeps it in a file beside; gives
    /// what was taken off, which is nothing where every line is finished.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown model; [`Error::Format`] if the lines before do not hold, in which case nothing is changed.
    pub fn mend(&self, model: &str) -> Result<Vec<Unfinished>, Error> {
        self.versions(model)?;
        // All are looked at before one is changed.
        let ends = [
            self.unfinished::<Move>(model)?,
            self.unfinished::<VerdictEntry>(model)?,
            self.unfinished::<Binding>(model)?,
        ];
        let mut taken = Vec::new();
        for end in ends.into_iter().flatten() {
            taken.extend(self.take_off(&end)?);
        }
        Ok(taken)
    }

    fn unfinished<T: Line>(&self, model: &str) -> Result<Option<End>, Error> {
        let log = format!("{model}/{}", T::LOG);
        let bytes = self.store.log(&log)?;
        let finished = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let lines = chain::checked::<T>(self.place(&log), &bytes[..finished])?;
        Ok((finished < bytes.len()).then_some(End { log, bytes, finished, line: lines + 1 }))
    }

    fn take_off(&self, end: &End) -> Result<Option<Unfinished>, Error> {
        let rest = &end.bytes[end.finished..];
        let kept = format!("{}.unfinished-{}", end.log, &sha256(rest)[..12]);
        // If somebody was just adding it, it is finished now.
        let taken = self.store.cut(&end.log, &end.bytes, end.finished, &kept)?;
        Ok(taken.then(|| Unfinished {
            log: self.place(&end.log),
            line: end.line,
            bytes: rest.len(),
            kept: self.place(&kept),
        }))
    }
}

/// A log with an unfinished end.
struct End {
    log: String,
    bytes: Vec<u8>,
    /// Bytes of its finished lines.
    finished: usize,
    /// Number of the line that is not.
    line: usize,
}
