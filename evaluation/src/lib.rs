#![doc = include_str!("../README.md")]

mod bootstrap;
pub mod bridge;
mod check;
pub mod definitions;
mod dial;
mod error;
mod evaluate;
mod groups;
pub mod html;
pub mod input;
mod interval;
pub mod measure;
pub mod metrics;
mod prepared;
pub mod report;
mod resample;
mod slice;
mod suppress;

pub use dial::{DialPoint, dial_series};
pub use error::Error;
pub use evaluate::{evaluate, total_steps};

/// Fewest bootstrap replicates that an interval is computed from.
pub const MIN_REPLICATES: u32 = 100;

/// Most bootstrap replicates: all are kept until their quantiles are taken.
pub const MAX_REPLICATES: u32 = 100_000;
