#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bridge;
pub mod case_mix;
mod chi_square;
pub mod classes;
pub mod definitions;
mod error;
mod estimate;
mod evaluate;
pub mod gates;
pub mod input;
mod logistic;
pub mod measure;
pub mod metrics;
pub mod partial;
pub mod reason;
pub mod report;
pub mod schema;
mod sections;

pub use error::Error;
pub use evaluate::{evaluate, evaluate_only, total_steps};

/// Fewest bootstrap replicates that an interval is computed from.
pub const MIN_REPLICATES: u32 = 100;

/// Most bootstrap replicates: their values are counted in bins of 16 bits.
pub const MAX_REPLICATES: u32 = 65_000;
