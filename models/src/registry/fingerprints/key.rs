use std::fmt;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Error;
use crate::artefact::format;
use crate::digest::hexadecimal;

/// The key of a registry's fingerprints.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

/// The first 16 bytes of an HMAC-SHA-256.
pub(super) type Fingerprint = [u8; 16];

impl Key {
    /// Length of a key.
    pub const BYTES: usize = 32;

    /// The key that a file holds, called `path` in errors.
    pub(super) fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != Self::BYTES {
            let message = format!("it holds {} bytes, expected {}", bytes.len(), Self::BYTES);
            return Err(format(path, "a key of fingerprints", message));
        }
        let hmac = Hmac::new_from_slice(bytes);
        hmac.map(Self).map_err(|e| format(path, "a key of fingerprints", e.to_string()))
    }

    /// The fingerprint of some parts, each by its length and its bytes, for one purpose.
    pub(super) fn fingerprint(&self, purpose: &str, parts: &[&[u8]]) -> Fingerprint {
        let mut first = [0; 16];
        first.copy_from_slice(&self.mac(purpose, parts).finalize().into_bytes()[..16]);
        first
    }

    /// What tells this key from another, and nothing about it.
    pub(super) fn id(&self) -> String {
        hexadecimal(&self.fingerprint("key", &[]))
    }

    /// An HMAC over parts for one purpose, to be compared or verified.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac
    }
}

/// Never the key itself: what is shown ends in logs.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Key").field(&self.id()).finish()
    }
}
