//! ONNX, the format of graphs that many programs run.

pub mod proto;
pub mod write;
