#![doc = include_str!("../README.md")]

pub mod canonical;
mod chain;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod decisions;
mod entry;
mod error;
mod log;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
#[cfg(any(test, feature = "testing"))]
pub mod recorder;
pub mod sqlite;
mod store;
pub mod tree;

pub use chain::{GENESIS, hash};
pub use decisions::{Decision, decisions};
pub use entry::{Appended, CONFIRMATION, Entry, PROPOSAL, Record, case_of};
pub use error::Error;
pub use log::{Log, Verified};
pub use store::{Pending, Store};
