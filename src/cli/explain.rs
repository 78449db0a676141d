//! What can be typed after `amparo explain`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::Args;

use super::Lang;

#[derive(Debug, Args)]
pub struct Explain {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Another version for the same form. Explains what differs between the two versions, and why.
    #[arg(long)]
    pub against: Option<ModelRef>,
    /// JSON file with `{"answers": {"I01": "severe", ...}}`. Every indicator needs an answer; `unknown` is one.
    #[arg(long = "in", value_name = "CASE.json")]
    pub input: PathBuf,
    /// Language of the text and the labels.
    #[arg(long, value_enum, default_value = "es")]
    pub lang: Lang,
    /// Show every answer in the tables, also those that weigh almost nothing.
    #[arg(long)]
    pub all: bool,
    /// Also show what pairs of answers add together, beyond what each adds alone.
    #[arg(long, conflicts_with = "against")]
    pub pairs: bool,
    /// Print JSON: the assessment as the service returns it, or the difference, each with its text.
    #[arg(long)]
    pub json: bool,
}
