//! ONNX, the format of graphs that many programs run.

pub mod proto;
pub(crate) mod read;
mod run;
#[cfg(feature = "onnxruntime")]
pub mod runtime;
pub mod write;
