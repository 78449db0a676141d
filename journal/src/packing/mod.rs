//! How stores keep bodies: packed, with dictionaries that are learned from the bodies themselves and kept in the log.

pub(crate) mod codec;
mod common;
mod frames;
pub(crate) mod learning;
