#![doc = include_str!("../README.md")]

mod agreement;
pub mod audit;
mod bootstrap;
pub mod bridge;
mod c_index;
mod check;
mod decision;
pub mod definitions;
mod dial;
mod error;
mod evaluate;
pub mod gates;
mod groups;
pub mod html;
pub mod input;
mod interval;
pub mod measure;
pub mod metrics;
mod moves;
mod prepared;
pub mod report;
mod resample;
pub mod schema;
mod slice;
mod suppress;
mod tables;
mod tally;
mod workload;

pub use dial::{DialPoint, dial_series};
pub use error::Error;
pub use evaluate::{evaluate, total_steps};

/// Fewest bootstrap replicates that an interval is computed from.
pub const MIN_REPLICATES: u32 = 100;

/// Most bootstrap replicates: all are kept until their quantiles are taken.
pub const MAX_REPLICATES: u32 = 100_000;
