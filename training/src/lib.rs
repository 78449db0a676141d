#![doc = include_str!("../README.md")]

pub mod additive;
mod bases;
pub mod boosting;
pub mod calibrate;
mod classed;
pub mod config;
mod contend;
pub mod contenders;
mod contests;
mod cross_fit;
mod data;
mod dial;
mod directions;
mod early_stopping;
mod error;
mod experiment;
pub mod families;
mod fit;
mod follow_up;
mod in_order;
mod interactions;
pub mod leak;
mod learn;
mod learned_rule;
pub mod lethality;
mod loss;
mod not_monotone;
pub mod optimism;
pub mod pipeline;
mod pooling;
mod prepared;
pub mod recalibrate;
mod sample_size;
mod stacking;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
pub mod tuning;

pub use classed::Classed;
pub use contend::{Contend, ContenderFamily, Scores};
pub use cross_fit::{OutOfFold, out_of_fold, rows_in_folds};
pub use data::{Data, LabelledRows};
pub use early_stopping::EarlyStopping;
pub use error::Error;
pub use experiment::Experiment;
pub use families::Family;
pub use fit::{Fit, TrainingSet};
pub use follow_up::Followed;
pub use learn::{Learn, Noted};
pub use loss::Losses;
