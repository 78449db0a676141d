//! Checkpoints: what a log says of itself at a size, signed, as C2SP's tlog-checkpoint has it.
//!
//! ```text
//! origin          the name of the log, which is the name of its key
//! size            number of leaves, in decimal
//! root            base64(root of the tree)
//!
//! — origin base64(id || signature)
//! — witness base64(id || time || signature)
//! ```
//! A witness signs the lines `cosignature/v1` and `time <seconds since 1970>`, and then the text (C2SP's tlog-cosignature). By that it says that it
//! has seen no other view of the log up to then.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::tree::Hash;
use amparo_signing::{Note, SigningKey, VerifierKey};

/// A checkpoint that was read or made; nobody's signature is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    what: String,
    origin: String,
    size: u64,
    root: Hash,
    note: Note,
}

impl Checkpoint {
    /// What a log says of its tree, signed with its key.
    pub fn signed(size: u64, root: Hash, key: &SigningKey) -> Self {
        let origin = key.verifier().name().to_owned();
        let mut note = Note::new(format!("{origin}\n{size}\n{}\n", STANDARD.encode(root.0)));
        note.sign(key);
        Self { what: format!("checkpoint of {size} entries"), origin, size, root, note }
    }

    /// Reads a checkpoint; `what` it is and where it is from, for errors.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(what: &str, text: &str) -> Result<Self, Error> {
        let note = Note::parse(what, text)?;
        let malformed = |problem: String| Error::Malformed { what: what.to_owned(), problem };
        let mut lines = note.text().lines();
        let origin = lines.next().filter(|origin| !origin.is_empty());
        let origin =
            origin.ok_or_else(|| malformed("its first line is empty, expected the log's name".to_owned()))?;
        let size = lines.next().unwrap_or_default();
        let number = size.parse::<u64>().ok().filter(|n| n.to_string() == size && i64::try_from(*n).is_ok());
        let number =
            number.ok_or_else(|| malformed(format!("found the size `{size}`, expected a decimal number")))?;
        let root = lines.next().unwrap_or_default();
        let bytes = STANDARD.decode(root).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let bytes = bytes
            .ok_or_else(|| malformed(format!("found the root `{root}`, expected 32 bytes in Base64")))?;
        if lines.any(str::is_empty) {
            return Err(malformed("it holds an empty line".to_owned()));
        }
        Ok(Self {
            what: what.to_owned(),
            origin: origin.to_owned(),
            size: number,
            root: Hash(bytes),
            note: note.clone(),
        })
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the tree.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Size and root.
    pub fn tree(&self) -> (u64, Hash) {
        (self.size, self.root)
    }

    /// What it is and where it is from, for errors.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The first of the keys, all of which are trusted, that has signed it.
    ///
    /// # Errors
    /// [`Error::Refuted`] if it is of another log, if none has signed it, or if a signature that names one of them does not hold.
    pub fn verify<'a>(&self, keys: &'a [VerifierKey]) -> Result<&'a VerifierKey, Error> {
        let refuted = |problem: String| Error::Refuted { problem: format!("{} {problem}", self.what) };
        let quoted =
            |names: Vec<String>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        if !keys.iter().any(|key| key.name() == self.origin) {
            let names = quoted(keys.iter().map(|key| key.name().to_owned()).collect());
            return Err(refuted(format!(
                "is of the log `{}`, expected {names}, whose key was given",
                self.origin
            )));
        }
        let mut signed = None;
        for key in keys.iter().filter(|key| !key.is_witness() && key.name() == self.origin) {
            let is_signed =
                self.note.is_signed_by(key).map_err(|error| refuted(format!("does not hold: {error}")))?;
            signed = signed.or(is_signed.then_some(key));
        }
        signed.ok_or_else(|| {
            let (found, expected) =
                (self.note.signers(), quoted(keys.iter().map(VerifierKey::short).collect()));
            refuted(format!("is signed by {found}, expected {expected}"))
        })
    }

    /// When a witness has seen it, in seconds since 1970.
    ///
    /// # Errors
    /// [`Error::Refuted`] if the witness has not cosigned it.
    pub fn witnessed(&self, witness: &VerifierKey) -> Result<u64, Error> {
        let refuted = |problem: String| Error::Refuted { problem: format!("{} {problem}", self.what) };
        let name = witness.short();
        if !witness.is_witness() {
            return Err(refuted(format!("was given the key `{name}` of no witness: its type is not 4")));
        }
        let found = self.note.signature_of(witness);
        let found = found.ok_or_else(|| refuted(format!("has no cosignature of the witness `{name}`")))?;
        let cosigned = found.split_first_chunk::<8>().and_then(|(time, signature)| {
            let time = u64::from_be_bytes(*time);
            let message = format!("cosignature/v1\ntime {time}\n{}", self.note.text());
            witness.holds(message.as_bytes(), signature).then_some(time)
        });
        cosigned
            .ok_or_else(|| refuted(format!("has a cosignature of the witness `{name}` that does not hold")))
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

#[cfg(test)]
mod tests;
