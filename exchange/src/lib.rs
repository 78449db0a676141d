#![doc = include_str!("../README.md")]

pub mod check;
pub mod compared;
mod ebm;
mod error;
pub mod foreign;
pub mod formats;
mod import;
mod json;
mod lightgbm;
pub mod lowered;
pub mod mapping;
pub mod onnx;
pub mod points_table;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod published;
#[cfg(test)]
mod small;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod testing;
pub mod write;
mod xgboost;

pub use check::{Agreement, Compared, Scored};
pub use compared::{ComparedModel, Graph, MappedGraph};
pub use error::Error;
pub use foreign::ForeignModel;
pub use formats::{Format, read};
pub use import::Mapped;
pub use lowered::{Lowered, lowered};
pub use mapping::{Columns, Mapping};
pub use xgboost::Trees;
