//! Arguments of whatever runs graphs of ONNX.

use std::path::PathBuf;

use clap::Args;

/// Where graphs run.
#[derive(Debug, Args)]
pub struct OnnxRuntime {
    /// Library of ONNX Runtime, or the folder that holds it: `onnxruntime/capi` of the package that `pip install onnxruntime` installs.
    /// For programs that were built with the feature `onnxruntime`.
    #[arg(long, env = "AMPARO_ONNXRUNTIME", value_name = "PATH")]
    pub onnxruntime: Option<PathBuf>,
}

/// Models that are compared with versions, and nothing else.
#[derive(Debug, Args)]
pub struct ComparedModels {
    /// Graph of ONNX to compare with, by the file that `amparo import --compare-only` has written and the name that it gets, for example
    /// `network=network.json`. Repeat the flag for several.
    #[arg(long, value_name = "NAME=FILE", value_parser = name_and_file)]
    pub compared: Vec<(String, PathBuf)>,
    #[command(flatten)]
    pub runtime: OnnxRuntime,
}

/// A name and a file, written `network=network.json`.
fn name_and_file(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => Ok((name.to_owned(), file.into())),
        _ => Err("expected NAME=FILE, such as network=network.json".to_owned()),
    }
}
