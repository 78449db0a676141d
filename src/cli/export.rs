//! What can be typed after `amparo export`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::{Args, ValueEnum};

use super::Lang;

/// Formats of exported versions.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ExportAs {
    /// The whole version as one graph in 64-bit floats, for ONNX Runtime and others.
    Onnx,
    /// The trees of a version as a model of XGBoost; of a blend the candidate alone.
    XgboostJson,
    /// The points as a card in Markdown that fits a page; of a blend the baseline alone.
    PointsMd,
}

#[derive(Debug, Args)]
pub struct Export {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to write: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Format of the file.
    #[arg(long, value_enum)]
    pub format: ExportAs,
    /// File to write. It is replaced if it exists, and never half written.
    #[arg(long)]
    pub out: PathBuf,
    /// Language of a card of points.
    #[arg(long, value_enum, default_value = "es")]
    pub lang: Lang,
    /// Print JSON: what was written, and its digest.
    #[arg(long)]
    pub json: bool,
}
