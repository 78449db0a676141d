#![doc = include_str!("../README.md")]

mod agreement;
mod areas;
pub mod audit;
mod bootstrap;
pub mod bridge;
mod c_index;
mod check;
pub mod csv;
mod decision;
pub mod definitions;
mod dial;
pub mod documents;
mod error;
mod evaluate;
pub mod gates;
mod groups;
pub mod html;
pub mod input;
mod interval;
mod ledger;
#[cfg(test)]
mod made_up;
pub mod measure;
pub mod metrics;
mod moves;
mod plan;
mod prepared;
mod quantity;
pub mod reason;
pub mod report;
mod resample;
pub mod schema;
mod slice;
mod spreads;
mod suppress;
mod tables;
mod tally;
pub mod telling;
mod workload;

pub use dial::{DialPoint, dial_series};
pub use error::Error;
pub use evaluate::{evaluate, evaluate_only, total_steps};

/// Fewest bootstrap replicates that an interval is computed from.
pub const MIN_REPLICATES: u32 = 100;

/// Most bootstrap replicates: their values are counted in bins of 16 bits.
pub const MAX_REPLICATES: u32 = 65_000;
