//! How a log's key hands over to the next: by an entry of the log itself.
//!
//! The entry's body is `{"statement": "..."}`, and the statement is a signed note of four lines:
//!
//! ```text
//! amparo log key rotation v1
//! <origin>
//! <verifier key so far>
//! <verifier key from here on>
//! ```
//! Both keys sign it: the old one names its successor, and the new one shows that somebody has it. The second line of a checkpoint is a number,
//! so that neither can be taken for the other. A checkpoint that covers the entry is signed by the new key, and no more by the old one: whoever
//! steals a key that was replaced can sign nothing that the log itself would not refute.

use serde::{Deserialize, Serialize};

use crate::{Entry, Error, KEY_ROTATION, Record, canonical};
use amparo_signing::{Note, SigningKey, VerifierKey};

const TITLE: &str = "amparo log key rotation v1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    statement: String,
}

/// A key, and the one that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The key so far.
    pub old: VerifierKey,
    /// The key from this entry on.
    pub new: VerifierKey,
}

impl Rotation {
    /// What is to be appended, so that one key follows another.
    ///
    /// # Errors
    /// [`Error::Refuted`] if they are of two logs, or the same.
    pub fn record(old: &SigningKey, new: &SigningKey) -> Result<Record, Error> {
        let (from, to) = (old.verifier(), new.verifier());
        if from.name() != to.name() || from == to {
            let problem = format!(
                "the key `{}` cannot follow `{}`: expected another key of the same name",
                to.short(),
                from.short()
            );
            return Err(Error::Refuted { problem });
        }
        let mut note = Note::new(format!("{TITLE}\n{}\n{from}\n{to}\n", from.name()));
        note.sign(old);
        note.sign(new);
        let statement = note.to_string();
        let request_digest = canonical::sha256(&statement);
        let body = canonical::json(&Body { statement })
            .map_err(|error| Error::Refuted { problem: error.to_string() })?;
        let id = format!("{KEY_ROTATION}/{}", to.short());
        Ok(Record { kind: KEY_ROTATION, id, idempotency_key: None, request_digest, body })
    }

    /// Reads an entry; `None` if it is of another kind.
    ///
    /// # Errors
    /// [`Error::Entry`] if it is not as this edition writes it; [`Error::Refuted`] if one of the two keys has not signed it.
    pub fn read(entry: &Entry) -> Result<Option<Self>, Error> {
        if entry.kind != KEY_ROTATION {
            return Ok(None);
        }
        let Body { statement } = entry.parsed()?;
        let note = Note::parse(&format!("entry {}", entry.sequence), &statement)?;
        let lines: Vec<&str> = note.text().lines().collect();
        let [TITLE, origin, old, new] = lines.as_slice() else {
            let problem = format!("its statement is not `{TITLE}`, a name and two keys");
            return Err(Error::Entry { id: entry.id.clone(), problem });
        };
        let (old, new) = (VerifierKey::parse(old)?, VerifierKey::parse(new)?);
        for key in [&old, &new] {
            if key.name() != *origin || key.is_witness() || !note.is_signed_by(key)? {
                let problem = format!(
                    "entry {} says that a key of `{origin}` is replaced, and `{}` has not signed it",
                    entry.sequence,
                    key.short()
                );
                return Err(Error::Refuted { problem });
            }
        }
        Ok(Some(Self { old, new }))
    }
}

/// Which key of a log is in force where, as its entries say.
#[derive(Debug, Clone, Default)]
pub struct Keys(Vec<(i64, Rotation)>);

impl Keys {
    /// Takes note of an entry, in order.
    ///
    /// # Errors
    /// Those of [`Rotation::read`]; [`Error::Refuted`] if it replaces a key that was not in force.
    pub fn note(&mut self, entry: &Entry) -> Result<(), Error> {
        let Some(rotation) = Rotation::read(entry)? else { return Ok(()) };
        if let Some((since, before)) = self.0.last()
            && before.new != rotation.old
        {
            let (found, expected) = (rotation.old.short(), before.new.short());
            let problem = format!(
                "entry {} replaces the key `{found}`, but since entry {since} it is `{expected}`",
                entry.sequence
            );
            return Err(Error::Refuted { problem });
        }
        self.0.push((entry.sequence, rotation));
        Ok(())
    }

    /// The key that signs a tree of `size` leaves; `None` if the log names none, because it never replaced one.
    pub fn at(&self, size: u64) -> Option<&VerifierKey> {
        let (_, first) = self.0.first()?;
        let covered = |(sequence, _): &&(i64, Rotation)| u64::try_from(*sequence).is_ok_and(|n| n <= size);
        Some(self.0.iter().rfind(covered).map_or(&first.old, |(_, last)| &last.new))
    }

    /// Every key that the log names, from the first on.
    pub fn all(&self) -> impl Iterator<Item = &VerifierKey> {
        let first = self.0.first().map(|(_, first)| &first.old);
        first.into_iter().chain(self.0.iter().map(|(_, rotation)| &rotation.new))
    }
}

#[cfg(test)]
mod tests;
