#![doc = include_str!("../README.md")]

pub mod canonical;
mod chain;
mod checkpoint;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod decisions;
mod entry;
mod error;
mod evidence;
mod log;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod note;
mod proving;
mod receipt;
#[cfg(any(test, feature = "testing"))]
pub mod recorder;
mod rotation;
pub mod sqlite;
mod store;
pub mod tiles;
pub mod tree;

pub use chain::{GENESIS, hash};
pub use checkpoint::Checkpoint;
pub use decisions::{Decision, decisions};
pub use entry::{Appended, CONFIRMATION, Entry, KEY_ROTATION, PROPOSAL, Record, case_of};
pub use error::Error;
pub use evidence::Evidence;
pub use log::{Log, Verified};
pub use note::{SigningKey, VerifierKey};
pub use receipt::{Consistency, Receipt};
pub use rotation::{Keys, Rotation};
pub use store::{Pending, Store};
