//! Keys of notes: Ed25519, with a name.
//!
//! ```text
//! verifier key  name+id+base64(0x01 || 32 bytes)            0x04 instead of 0x01 for a witness
//! signing key   PRIVATE+KEY+name+id+base64(0x01 || seed)    as Go's `sumdb/note` writes it
//! id            first 4 bytes of SHA-256(name || "\n" || 0x01 || 32 bytes), in hexadecimal
//! ```

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use sha2::{Digest, Sha256};

use crate::{Error, hexadecimal};

/// Type of a signature over the text itself.
const PLAIN: u8 = 1;

/// Type of a witness's cosignature, which says a time as well.
const WITNESS: u8 = 4;

/// What a signing key begins with.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A public key: whoever has it can tell what was signed by the other half.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    kind: u8,
    key: ed25519_dalek::VerifyingKey,
}

/// A private key, to be kept from everybody else.
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl VerifierKey {
    /// Reads a key from its text.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let malformed = |problem: &str| Error::Malformed {
            what: format!("verifier key `{text}`"),
            problem: problem.to_owned(),
        };
        if text.starts_with(PRIVATE) {
            // Not to be repeated.
            let problem = "it is a private key, expected the public one".to_owned();
            return Err(Error::Malformed { what: "verifier key".to_owned(), problem });
        }
        let Some([name, id, key]) = parts(text) else {
            return Err(malformed("expected `name+id+base64`, the id of 8 digits"));
        };
        let (kind, bytes) = match STANDARD.decode(key).ok().as_deref().and_then(<[u8]>::split_first) {
            Some((kind @ (&PLAIN | &WITNESS), bytes)) => (*kind, bytes.to_vec()),
            Some((kind, _)) => {
                return Err(malformed(&format!(
                    "its type is {kind}, expected {PLAIN} (Ed25519) or {WITNESS} (witness)"
                )));
            }
            None => return Err(malformed("its last part is no Base64")),
        };
        let key = <[u8; 32]>::try_from(bytes)
            .ok()
            .and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(&bytes).ok());
        let key = key.ok_or_else(|| malformed("it is no Ed25519 key"))?;
        let read = Self { name: name.to_owned(), kind, key };
        if hexadecimal(&read.id()) != id {
            return Err(malformed(&format!(
                "its id is {id}, its name and key give {}",
                hexadecimal(&read.id())
            )));
        }
        Ok(read)
    }

    /// Whose key it is: the origin of a log, or a witness.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a witness's, whose signatures say a time.
    pub fn is_witness(&self) -> bool {
        self.kind == WITNESS
    }

    /// The 4 bytes by which signatures name it.
    pub fn id(&self) -> [u8; 4] {
        let digest =
            Sha256::new_with_prefix(&self.name).chain_update(b"\n").chain_update(self.bytes()).finalize();
        digest.first_chunk::<4>().copied().unwrap_or_default()
    }

    /// Name and id, as errors name it.
    pub fn short(&self) -> String {
        short(&self.name, self.id())
    }

    /// Whether these bytes are its signature of a message.
    pub fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }

    fn bytes(&self) -> Vec<u8> {
        [&[self.kind], self.key.as_bytes().as_slice()].concat()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.short(), STANDARD.encode(self.bytes()))
    }
}

impl SigningKey {
    /// The key of a name that a seed gives: 32 bytes that nobody else can know, drawn where there is chance.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is no name.
    pub fn of(name: &str, seed: [u8; 32]) -> Result<Self, Error> {
        if !is_name(name) {
            let problem =
                "expected at least one character, no space and no `+`, such as `example.org/amparo`";
            return Err(Error::Malformed { what: format!("name `{name}`"), problem: problem.to_owned() });
        }
        Ok(Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// Reads a key from its text; `what` says where it is from, for an error, which does not repeat it.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(what: &str, text: &str) -> Result<Self, Error> {
        let malformed =
            |problem: &str| Error::Malformed { what: what.to_owned(), problem: problem.to_owned() };
        let rest = text.trim_end_matches('\n').strip_prefix(PRIVATE);
        let Some([name, id, key]) = rest.and_then(parts) else {
            return Err(malformed(&format!("expected `{PRIVATE}name+id+base64`")));
        };
        let seed = STANDARD.decode(key).ok();
        let seed = seed.as_deref().and_then(<[u8]>::split_first).filter(|(kind, _)| **kind == PLAIN);
        let seed = seed.and_then(|(_, seed)| <[u8; 32]>::try_from(seed).ok());
        let seed = seed.ok_or_else(|| malformed("its last part is no Ed25519 key"))?;
        let read = Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(&seed) };
        if hexadecimal(&read.verifier().id()) != id {
            return Err(malformed("its id is not the one that its name and key give"));
        }
        Ok(read)
    }

    /// The key as text, for a file that nobody else may read.
    pub fn secret(&self) -> String {
        let verifier = self.verifier();
        format!(
            "{PRIVATE}{}+{}",
            verifier.short(),
            STANDARD.encode([&[PLAIN], self.key.as_bytes().as_slice()].concat())
        )
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), kind: PLAIN, key: self.key.verifying_key() }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier().short())
    }
}

/// Whether keys may have a name.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '+' || c.is_whitespace() || c.is_control())
}

/// A name and an id, as errors name a key.
pub(crate) fn short(name: &str, id: [u8; 4]) -> String {
    format!("{name}+{}", hexadecimal(&id))
}

/// Name, id and key; Base64 may hold a `+` too.
fn parts(text: &str) -> Option<[&str; 3]> {
    let (name, rest) = text.split_once('+')?;
    let (id, key) = rest.split_once('+')?;
    (is_name(name) && id.len() == 8).then_some([name, id, key])
}
