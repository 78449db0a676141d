#![doc = include_str!("../README.md")]

mod key;
mod note;
#[cfg(test)]
mod tests;

pub use key::{SigningKey, VerifierKey};
pub use note::Note;

/// What can be wrong with a key, a note or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What was given is not what it is said to be.
    #[error("cannot read {what}: {problem}")]
    Malformed {
        /// What, and from where.
        what: String,
        /// Found and expected, in words.
        problem: String,
    },
    /// A signature does not hold, or cannot be made.
    #[error("{problem}")]
    Refuted {
        /// Found and expected, in words.
        problem: String,
    },
}

/// Bytes in lower-case hexadecimal.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
