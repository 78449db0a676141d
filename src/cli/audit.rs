//! What can be typed after `amparo audit`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::{Args, Subcommand, ValueEnum};

use super::{Lang, OnnxRuntime, Resampling};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Test whether the shares of the levels follow the risk over time. The exit code is 1 if a share stays fixed while the risk
    /// moves.
    Capacity(Capacity),
    /// Show how much each factor of the form adds over a population, and whether that is enough where the factor is present.
    Factors(Factors),
    /// Count how often officers raise a proposal, by unit and level, from the log of the service.
    Overrides(Overrides),
    /// Show what another version, or a model that is compared only, says of the forms in the log of the service: who would have another level, by
    /// unit and level. Nothing of it is served.
    Shadow(Shadow),
}

#[derive(Debug, Args)]
pub struct Capacity {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Cohort with dates and outcomes. The levels of `--model` are tested, or those of a score in the cohort.
    #[arg(long, requires = "model", conflicts_with = "log")]
    pub cohort: Option<PathBuf>,
    /// Version whose levels are tested. With `--score`, the version whose score orders the rows.
    #[arg(long)]
    pub model: Option<ModelRef>,
    /// Test the levels of this score in the cohort instead of the version's.
    #[arg(long, requires = "cohort")]
    pub score: Option<String>,
    /// Declare that none of these cases were used in training (needed for a cohort that the version was not trained on).
    #[arg(long)]
    pub other_cases: bool,
    /// Log of the service. Its proposals are tested against their own probabilities.
    #[arg(long, required_unless_present = "cohort")]
    pub log: Option<String>,
    /// Test the levels that officers confirmed instead of the proposed ones. Proposals without a confirmation are left out.
    #[arg(long, requires = "log", conflicts_with = "cohort")]
    pub confirmed: bool,
    /// How the risk of a cohort's rows is measured.
    #[arg(long, value_enum, default_value = "outcomes")]
    pub risk: RiskFrom,
    /// Length of a period.
    #[arg(long, value_enum, default_value = "quarter")]
    pub period: Period,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct Factors {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version, for example `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Cohort file. If the version was trained on it, only the rows that it has not seen are used.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Declare that none of these cases were used in training (needed for a cohort that the version was not trained on).
    #[arg(long)]
    pub other_cases: bool,
    /// A topic of your own across factors, for example `psychological=I01,I07,I08,I09`. Repeat the flag for several.
    #[arg(long, value_name = "NAME=ID,ID")]
    pub topic: Vec<String>,
    /// Also show every indicator on its own.
    #[arg(long)]
    pub indicators: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct Overrides {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`. It holds the versions that answered, which state the order of the levels.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Log of the service: a SQLite file, or `postgres://user@host/database`.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
    pub log: String,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct Shadow {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`. It holds the versions that answered.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Log of the service: a SQLite file, or `postgres://user@host/database`.
    #[arg(long, env = "AMPARO_LOG", hide_env_values = true)]
    pub log: String,
    /// Version that stands beside the proposals, for example `vpr@4` or `vpr@shadow`.
    #[arg(long, required_unless_present = "compared", conflicts_with = "compared")]
    pub model: Option<ModelRef>,
    /// Model that is compared only and stands beside the proposals instead: a file that `amparo import --compare-only` has written.
    #[arg(long, value_name = "FILE")]
    pub compared: Option<PathBuf>,
    #[command(flatten)]
    pub runtime: OnnxRuntime,
    /// Only the proposals whose form was filled in at this time or later, for example `2026-05-01T00:00:00Z`.
    #[arg(long, value_name = "TIME")]
    pub since: Option<jiff::Timestamp>,
    /// Parquet file for the proposals that would have another level, one row each. It holds ids of cases, so keep it where the log is kept.
    #[arg(long, value_name = "FILE")]
    pub moves: Option<PathBuf>,
    #[command(flatten)]
    pub how: How,
}

/// How an audit is computed and shown.
#[derive(Debug, Args)]
pub struct How {
    #[command(flatten)]
    pub resampling: Resampling,
    /// Language of what is printed.
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RiskFrom {
    /// By the outcomes of each period; the version's score only orders its rows. This trusts no probability, but needs many
    /// events.
    Outcomes,
    /// By the probability of the version. This cannot test the version itself, because its levels are cuts of the same probability.
    Model,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Period {
    /// `2025-03`.
    Month,
    /// `2025-Q1`.
    Quarter,
    /// `2025`.
    Year,
}
