//! Graphs of ONNX that run as they are.

use std::path::Path;

use amparo_datasets::Answers;
use amparo_exchange::ComparedModel;
use amparo_exchange::compared::Run;
use amparo_lab::ComparedScores;
use amparo_models::Protocol;

use crate::cli::{ComparedModels, OnnxRuntime};
use crate::failure::Failure;

/// What the models that are compared only say of rows, in the levels of a protocol.
pub fn compared(
    args: &ComparedModels,
    answers: &Answers,
    protocol: &Protocol,
) -> Result<Vec<ComparedScores>, Failure> {
    let each = args.compared.iter().map(|(name, path)| {
        let model = compared_model(path)?;
        let mut run = running(&args.runtime, &model.bytes()?)?;
        Ok(ComparedScores::of(name, &model, answers, protocol, &mut *run)?)
    });
    each.collect()
}

/// A file that `amparo import --compare-only` has written.
pub fn compared_model(path: &Path) -> Result<ComparedModel, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    Ok(ComparedModel::from_json(&text)?)
}

/// A graph in ONNX Runtime, from its library or the folder that holds it.
#[cfg(feature = "onnxruntime")]
pub fn running(runtime: &OnnxRuntime, graph: &[u8]) -> Result<Box<Run<'static>>, Failure> {
    let Some(library) = &runtime.onnxruntime else {
        let told = "a graph of ONNX runs in ONNX Runtime, and no library is stated: install it with `pip install onnxruntime==1.31.1`, and state the folder \
                    `onnxruntime/capi` of that package with --onnxruntime or AMPARO_ONNXRUNTIME";
        return Err(Failure::Usage(told.to_owned()));
    };
    let mut runtime = amparo_exchange::onnx::runtime::Runtime::new(library, graph)?;
    Ok(Box::new(move |columns| runtime.scored(columns)))
}

/// Says how this program could do it.
#[cfg(not(feature = "onnxruntime"))]
pub fn running(_: &OnnxRuntime, _: &[u8]) -> Result<Box<Run<'static>>, Failure> {
    let told = "this program was built without the feature `onnxruntime`, which runs graphs of ONNX: build it with `cargo build --release --features onnxruntime`";
    Err(Failure::Usage(told.to_owned()))
}
