//! What verification takes note of: entries that are erased, until a later one says so.

use std::collections::BTreeMap;

use super::{Left, Statement, joined};
use crate::tree::Leaf;
use crate::{Entry, Error};

/// Erased entries that no entry has named yet, each with the digest of what is left of it: 40 bytes and some for each.
#[derive(Debug, Default)]
pub(crate) struct Gone {
    unnamed: BTreeMap<i64, [u8; 32]>,
    erased: i64,
}

/// What does not hold, and of which entry.
pub(crate) type Fault = (i64, String);

impl Gone {
    /// Takes note of an entry, in order; its leaf is missing in a log that keeps no tree.
    pub fn note(&mut self, entry: &Entry, leaf: Option<&Leaf>) -> Result<(), Fault> {
        if entry.is_erased() {
            let leaf =
                leaf.ok_or_else(|| (entry.sequence, "its body is gone, and it has no leaf".to_owned()))?;
            self.unnamed.insert(entry.sequence, Left::of(entry, leaf).digest());
            self.erased += 1;
            return Ok(());
        }
        let statement = Statement::read(entry).map_err(|error| (entry.sequence, unreadable(&error)))?;
        statement.map_or(Ok(()), |statement| self.named(entry.sequence, &statement))
    }

    fn named(&mut self, by: i64, statement: &Statement) -> Result<(), Fault> {
        let mut digests = Vec::new();
        for sequence in statement.erased.iter() {
            match self.unnamed.remove(&sequence) {
                Some(digest) => digests.push(digest),
                None if sequence >= by => {
                    return Err((
                        by,
                        format!("it says that entry {sequence} was erased, which is not before it"),
                    ));
                }
                // Its body is still there, or it was named before.
                None => {
                    return Err((
                        sequence,
                        format!("entry {by} says that it was erased, and it was not: an erasure by half"),
                    ));
                }
            }
        }
        if joined(digests) == statement.left {
            return Ok(());
        }
        Err((by, "what is left of the entries that it erased was changed".to_owned()))
    }

    /// How many are erased, once all of the log was noted.
    pub fn end(&self) -> Result<i64, Fault> {
        match self.unnamed.first_key_value() {
            None => Ok(self.erased),
            Some((sequence, _)) => Err((
                *sequence,
                "what it held is gone, and no later entry says that it was erased".to_owned(),
            )),
        }
    }
}

fn unreadable(error: &Error) -> String {
    match error {
        Error::Entry { problem, .. } => problem.clone(),
        other => other.to_string(),
    }
}
