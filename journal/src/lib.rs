#![doc = include_str!("../README.md")]

mod address;
pub mod canonical;
mod chain;
mod checked;
mod checkpoint;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod copying;
mod decisions;
mod entry;
mod erasure;
mod error;
mod evidence;
mod listing;
mod log;
#[cfg(any(test, feature = "testing"))]
pub mod memory;
mod note;
mod packing;
#[cfg(feature = "postgres")]
pub mod postgres;
mod processors;
mod proving;
mod queue;
mod receipt;
#[cfg(any(test, feature = "testing"))]
pub mod recorder;
mod rotation;
mod selection;
pub mod sqlite;
mod store;
mod stores;
pub mod tiles;
pub mod tree;

pub use chain::{GENESIS, hash};
pub use checkpoint::Checkpoint;
pub use decisions::{Decision, Decisions, answers, decision, decisions};
pub use entry::{
    Appended, CONFIRMATION, ERASURE, Entry, KEY_ROTATION, OWN_VIEW, PROPOSAL, READ, Record, case_of,
    confirmation_of, own_view_of, read_of,
};
pub use erasure::{Erasure, Ground, Ranges, Statement};
pub use error::Error;
pub use evidence::Evidence;
pub use listing::{Listed, Page, Search, Summary};
pub use log::{Log, Verified};
pub use note::{SigningKey, VerifierKey};
pub use receipt::{Consistency, Receipt};
pub use rotation::{Keys, Rotation};
pub use selection::{Criterion, Selection};
pub use store::{Pending, Store};
