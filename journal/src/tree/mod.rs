//! The Merkle tree beside the chain, as RFC 6962 has it: what a log has promised to somebody can be proved without handing it over.
//!
//! Entry `n` of the log is leaf `n - 1` of the tree.
//!
//! ```text
//! data of a leaf = SHA-256("amparo-log-leaf/v1\n" || salt || hash of the entry)
//! leaf           = SHA-256(0x00 || data)
//! node           = SHA-256(0x01 || left || right)
//! ```
//! The salt is 32 bytes, drawn for each entry from the operating system and kept with it. The hash of the entry is its text, 64 characters
//! in lower-case hexadecimal. Without the salt, nobody can tell whether a leaf is that of an entry which they guess: the tree may be
//! published, and once a salt is destroyed, nothing links the leaf to a case. All other leaves can be proved as before.
//!
//! # References
//! B. Laurie, A. Langley, E. Kasper, RFC 6962, *Certificate Transparency*, 2013, section 2.1.

mod growing;
mod hash;
mod leaf;
mod proof;

pub use growing::{Frontier, Node};
pub use hash::Hash;
pub use leaf::{Leaf, Salt};
pub use proof::{check_consistency, check_inclusion, consistency, covering, inclusion, joined};

#[cfg(test)]
mod tests;
