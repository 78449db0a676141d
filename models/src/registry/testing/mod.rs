//! For tests: a store in memory, and what every store has to hold to.

pub mod conformance;
mod memory;

pub use memory::Memory;
