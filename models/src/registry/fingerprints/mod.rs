//! Keyed fingerprints of the cases that a version has seen, kept beside it: so that a cohort which it was not trained on can be asked
//! whether it holds any of them, without any case being kept.
//!
//! ```text
//! R/fingerprint.key                            32 random bytes, readable by their owner only; never part of a version
//! R/<model>/fingerprints/<digest>/fingerprints.bin one line of JSON (Header), the fingerprints, and an HMAC over all before it
//! ```
//! A fingerprint is the first 16 bytes of an HMAC-SHA-256 (RFC 2104, section 5, on truncation). Whoever holds the file without the key
//! cannot test a guessed case id against it. The digest of a version does not cover its fingerprints, and a version that was copied to
//! another registry has none there.
//!
//! Two things are fingerprinted. **Case ids**, without blanks at either end and otherwise as they are: a common one shows that the version
//! has seen the case. **Answers** of each row: many people give the same answers, so a common one shows nothing by itself; but if more
//! cases have answers in common than people who were never seen would, the same people may stand in the other cohort under other ids. How
//! many would is estimated from the cases that were seen, each against all others:
//!
//! ```text
//! s = (1 + cases of the fit with a row whose answers another case of the fit has) / (2 + cases of the fit)
//! expected = n s        too many = found - expected > 4 sqrt(n s (1 - s) (1 + n / cases of the fit))
//! ```
//! for `n` cases of the other cohort.
//!
//! # References
//! Krawczyk, Bellare and Canetti, "HMAC: Keyed-Hashing for Message Authentication", RFC 2104, 1997. Good, "The population frequencies of
//! species and the estimation of population parameters", Biometrika 40, 1953, on the probability that the next draw was seen before.

mod cases;
mod file;
mod key;

pub use cases::{Common, Fingerprints};
pub use key::Key;

use super::Registry;
use crate::{Error, Version};

/// The key, at the root of the registry.
pub(super) const KEY: &str = "fingerprint.key";

/// The file of fingerprints beside a version.
const FINGERPRINTS: &str = "fingerprints.bin";

/// What a registry knows of the cases that a version has seen.
#[derive(Debug)]
pub enum Seen {
    /// Their fingerprints, with the key they were made with.
    Known(Box<(Fingerprints, Key)>),
    /// There are none: the version was copied here, or published before they were kept.
    NoFingerprints,
    /// They were made with a key that the registry does not hold.
    OtherKey,
}

impl Registry {
    /// The registry's key; one is made of `fresh`, 32 bytes drawn by the operating system, if there is none yet.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`] if the file of the key holds something else.
    pub fn key_or(&self, fresh: [u8; Key::BYTES]) -> Result<Key, Error> {
        self.key_of(&self.store.put_secret(KEY, &fresh)?)
    }

    /// The registry's key, if it has one.
    ///
    /// # Errors
    /// As [`key_or`](Self::key_or).
    pub fn key(&self) -> Result<Option<Key>, Error> {
        self.store.get(KEY)?.map(|bytes| self.key_of(&bytes)).transpose()
    }

    /// Keeps the fingerprints of the cases that a version has seen beside it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn keep_fingerprints(&self, version: &Version, seen: &Fingerprints, key: &Key) -> Result<(), Error> {
        self.keep_beside(version, FINGERPRINTS, &file::to_bytes(seen, version.digest(), key)?)
    }

    /// What is known of the cases that a version has seen.
    ///
    /// # Errors
    /// [`Error::Format`] if the file is broken, was changed or is about another version; [`Error::Io`].
    pub fn seen(&self, version: &Version) -> Result<Seen, Error> {
        let Some((path, bytes)) = self.beside(version, FINGERPRINTS)? else {
            return Ok(Seen::NoFingerprints);
        };
        let Some(key) = self.key()? else { return Ok(Seen::OtherKey) };
        let read = file::from_bytes(&path, &bytes, version.digest(), &key)?;
        Ok(read.map_or(Seen::OtherKey, |seen| Seen::Known(Box::new((seen, key)))))
    }

    fn key_of(&self, bytes: &[u8]) -> Result<Key, Error> {
        Key::from_bytes(&self.place(KEY), bytes)
    }
}

#[cfg(test)]
mod tests;
