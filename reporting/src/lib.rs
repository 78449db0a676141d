#![doc = include_str!("../README.md")]

pub mod csv;
pub mod documents;
mod error;
pub mod html;
#[cfg(test)]
mod made_up;
pub mod telling;

pub use error::Error;
