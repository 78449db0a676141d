//! Version 2 of the protocol: health, metadata and inference.

pub(crate) mod infer;
pub(crate) mod model;
pub(crate) mod server;
