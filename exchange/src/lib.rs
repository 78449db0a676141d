#![doc = include_str!("../README.md")]

pub mod check;
mod error;
pub mod foreign;
mod import;
pub mod lowered;
pub mod mapping;
#[cfg(test)]
mod small;

pub use check::{Agreement, Compared, Scored};
pub use error::Error;
pub use foreign::ForeignModel;
pub use import::Mapped;
pub use lowered::{Lowered, lowered};
pub use mapping::{Columns, Mapping};
