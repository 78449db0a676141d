#![doc = include_str!("../README.md")]

mod address;
pub mod canonical;
mod chain;
mod checkpoint;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod copying;
mod decisions;
mod entry;
mod error;
mod evidence;
mod log;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod note;
mod packing;
#[cfg(feature = "postgres")]
pub mod postgres;
mod proving;
mod queue;
mod receipt;
#[cfg(any(test, feature = "testing"))]
pub mod recorder;
mod rotation;
pub mod sqlite;
mod store;
mod stores;
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
