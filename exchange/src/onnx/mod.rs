//! ONNX, the format of graphs that many programs run.

pub mod proto;
mod run;
pub mod write;
