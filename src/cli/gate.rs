//! What can be typed after `amparo gate`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::Args;

use super::{Lang, Resampling, Tracked};

#[derive(Debug, Args)]
pub struct Gate {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`. The verdict is kept in it.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to judge: `vpr@3` or `vpr@challenger`.
    #[arg(long)]
    pub model: ModelRef,
    /// Version to compare with. By default this is the version in force (`champion`), unless it is the judged version itself.
    #[arg(long)]
    pub against: Option<ModelRef>,
    /// Cohort file. If a version was trained on it, only the rows that it has not seen are judged.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Declare that none of these cases were used in training. It is needed for a cohort that a version was not trained on. The
    /// registry's fingerprints prove the declaration or refuse it; where there are none, the report says that it is not proved.
    #[arg(long)]
    pub other_cases: bool,
    /// Gates: a built-in id (quickstart, compas-performance, compas-fairness) or the path of a TOML file.
    #[arg(long)]
    pub gates: String,
    /// TOML file that waives gates which cannot tell. Each waiver names the gate, this version, a reason and a person.
    #[arg(long)]
    pub waivers: Option<PathBuf>,
    /// Private key of the owner of the gates, made by `amparo keys new`: the verdict is signed. For a model that is bound (`amparo models bind`), only
    /// such verdicts count.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Folder for `verdict.json` and the report behind it. It is created if it does not exist.
    #[arg(long)]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub resampling: Resampling,
    /// Language of the verdict as it is printed.
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
    /// Print the verdict as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub tracked: Tracked,
}
