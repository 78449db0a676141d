#![doc = include_str!("../README.md")]

pub mod canonical;
mod chain;
mod decisions;
mod error;
mod log;
mod sqlite;

pub use chain::{GENESIS, hash};
pub use decisions::{Decision, decisions};
pub use error::Error;
pub use log::{Appended, CONFIRMATION, Entry, Log, PROPOSAL, Record, Verified};
