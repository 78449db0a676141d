//! ONNX, the format of graphs that many programs run.

pub mod proto;
pub(crate) mod read;
mod run;
pub mod write;
