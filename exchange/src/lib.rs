#![doc = include_str!("../README.md")]

mod error;
pub mod foreign;

pub use error::Error;
pub use foreign::ForeignModel;
