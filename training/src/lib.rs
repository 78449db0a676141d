#![doc = include_str!("../README.md")]

mod bases;
pub mod boosted;
pub mod calibrate;
pub mod config;
mod cross_fit;
mod error;
mod fit;
pub mod lethality;
pub mod logistic;
mod loss;
pub mod pipeline;
pub mod points;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;

pub use config::Experiment;
pub use cross_fit::{OutOfFold, out_of_fold};
pub use error::Error;
pub use fit::{Data, Fit, Table};
pub use loss::Losses;
