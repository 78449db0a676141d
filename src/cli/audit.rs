//! What can be typed after `amparo audit`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Whether the shares of the levels follow the risk over time; exit code 1 where they stay fixed while it moves.
    Capacity(Capacity),
    /// What each factor of the form adds over a population, and whether that is enough where it is present.
    Factors(Factors),
    /// How often officers raise what is proposed, by unit and level, from the service's log.
    Overrides(Overrides),
}

#[derive(Debug, Args)]
pub struct Capacity {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Cohort with dates and outcomes; what is tested is `--model`, or a score of the cohort.
    #[arg(long, requires = "model", conflicts_with = "log")]
    pub cohort: Option<PathBuf>,
    /// Version whose levels are tested, or whose score orders the rows for `--score`.
    #[arg(long)]
    pub model: Option<ModelRef>,
    /// Test the levels of this score of the cohort instead.
    #[arg(long, requires = "cohort")]
    pub score: Option<String>,
    /// State that a cohort which was not trained on holds no case that was.
    #[arg(long)]
    pub other_cases: bool,
    /// The service's log: the proposals in it are tested against their own probabilities.
    #[arg(long, required_unless_present = "cohort")]
    pub log: Option<String>,
    /// Of the log, the levels that officers confirmed (those of proposals nobody confirmed are left out).
    #[arg(long, requires = "log", conflicts_with = "cohort")]
    pub confirmed: bool,
    /// Where the risk of a cohort's rows comes from.
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
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version.
    #[arg(long)]
    pub model: ModelRef,
    /// Cohort file. Of the one that was trained on, the rows no fit has seen are used.
    #[arg(long)]
    pub cohort: PathBuf,
    /// State that a cohort which was not trained on holds no case that was.
    #[arg(long)]
    pub other_cases: bool,
    /// A topic across factors: `psychological=I01,I07,I08,I09`.
    #[arg(long, value_name = "NAME=ID,ID")]
    pub topic: Vec<String>,
    /// Also every indicator on its own.
    #[arg(long)]
    pub indicators: bool,
    #[command(flatten)]
    pub how: How,
}

#[derive(Debug, Args)]
pub struct Overrides {
    /// Registry folder: the order of the levels is that of the versions that answered.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// The service's log.
    #[arg(long, env = "AMPARO_LOG")]
    pub log: String,
    #[command(flatten)]
    pub how: How,
}

/// How an audit is computed and shown.
#[derive(Debug, Args)]
pub struct How {
    /// Bootstrap replicates.
    #[arg(long, default_value_t = 1000)]
    pub replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A number that rests on fewer rows or events than this is suppressed; 1 hides nothing.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest_cell: u64,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RiskFrom {
    /// What happened in each period, row by row by the version's score: trusts nobody, needs many events.
    Outcomes,
    /// The version's probability, taken at its word: no test of the version itself, whose levels are cuts of it.
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
