//! What can be typed.

mod audit;
mod gate;

use std::net::SocketAddr;
use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use audit::{Audit, Capacity, Factors, How, Overrides, Period, RiskFrom};
pub use gate::Gate;

/// Hybrid risk assessment for protection decisions: trained, explained, evaluated and served.
///
/// Exit code 0: done; 1: a check says no; 2: bad usage or bad input.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole path on a synthetic cohort: cohort, fit, blend, compare, publish, serve.
    Quickstart(Quickstart),
    /// Make, import and describe cohorts.
    #[command(subcommand)]
    Data(Data),
    /// Fit every candidate of a config and publish each as a version.
    Train(Train),
    /// Look at versions and move aliases.
    #[command(subcommand)]
    Models(Models),
    /// Compare versions on rows that no fit has seen; writes the report (JSON, CSV, HTML) and the documents owed.
    Evaluate(Evaluate),
    /// Judge a version by its gates before it is put in force, and keep the verdict; exit code 1 if it does not pass.
    Gate(Gate),
    /// Questions of an oversight body: do levels follow risk, what weighs how much, how often do officers raise.
    #[command(subcommand)]
    Audit(Audit),
    /// Score a table of forms: Parquet or CSV in, Parquet out, however many rows.
    ///
    /// Rows are read, scored and written in blocks, so memory does not grow with the table. A run that was killed goes on
    /// where it stopped when the same command is given again: until the file is whole, what is done is kept in `OUT.parts`.
    Score(Score),
    /// Explain one case in words and numbers, or what differs between two versions.
    Explain(Explain),
    /// Answer assessments over HTTP. Operational logs go to standard error as JSON; `AMPARO_TRACE` filters them (`warn`).
    Serve(Serve),
    /// Check and copy out the log of proposals.
    #[command(subcommand)]
    Log(Log),
    /// Answer a logged proposal again and compare, to the last bit.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub struct Quickstart {
    /// First assessments in the synthetic cohort (at least 2,000).
    #[arg(long, default_value_t = 40_000)]
    pub rows: usize,
    /// Seed of the synthetic cohort.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder for cohort, registry, report and log; made if there is none.
    #[arg(long, default_value = "amparo-quickstart")]
    pub dir: PathBuf,
    /// Stop before the service starts.
    #[arg(long)]
    pub no_serve: bool,
    /// Address of the service.
    #[arg(long, default_value = "127.0.0.1:8080", env = "AMPARO_LISTEN")]
    pub listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub enum Data {
    /// A synthetic cohort, which says so in its metadata.
    Generate(Generate),
    /// A foreign table as a cohort; all problems are listed with row and column.
    Import(Import),
    /// What a cohort file holds.
    Describe(Describe),
    /// The assumptions behind the synthetic cohort, published and not.
    Assumptions {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// How a synthetic cohort is drawn.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Design {
    /// First assessments as they come, deaths at their real rarity.
    Population,
    /// All of many deaths and some other cases, with the weights that bring the population back.
    CaseControl,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// Form to fill in; the generator knows `vpr5.0-h`.
    #[arg(long, default_value = "vpr5.0-h")]
    pub instrument: String,
    /// How cases are drawn.
    #[arg(long, value_enum, default_value = "population")]
    pub design: Design,
    /// Rows of a population cohort (a case-control cohort has 159 deaths and 2,000 others).
    #[arg(long, default_value_t = 40_000)]
    pub rows: usize,
    /// Seed.
    #[arg(long)]
    pub seed: u64,
    /// Parquet file to write.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Source: a built-in id (catalonia-savry, compas-two-years) or a TOML file.
    #[arg(long)]
    pub source: String,
    /// The raw table.
    #[arg(long = "in", value_name = "CSV")]
    pub input: PathBuf,
    /// Parquet file to write.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Describe {
    /// Cohort file.
    pub cohort: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Train {
    /// Config: a built-in id (vpr, catalonia-savry, compas-two-years) or a TOML file.
    #[arg(long)]
    pub config: String,
    /// Cohort file to learn from.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Case-control cohort for the second reading, if the config asks for one.
    #[arg(long)]
    pub lethality_cohort: Option<PathBuf>,
    /// Registry folder; made if there is none.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Model name, instead of the config's.
    #[arg(long)]
    pub name: Option<String>,
    /// Print the published versions as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Models {
    /// Every model with its versions and aliases.
    List(Registry),
    /// The card of a version and the verdicts on it; as JSON, its manifest.
    Show {
        #[command(flatten)]
        registry: Registry,
        /// Version: `vpr@3` or `vpr@champion`.
        model: ModelRef,
    },
    /// Point an alias to a version; `champion` only to one that its gates let pass.
    Alias {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
        /// Alias: `champion`, `challenger`, `shadow`, ...
        alias: String,
        /// Number of the version.
        #[arg(value_name = "VERSION")]
        number: u32,
        /// Who moves it.
        #[arg(long)]
        by: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// The last verdict on a version, with all its evidence.
    Verdict {
        #[command(flatten)]
        registry: Registry,
        /// Version: `vpr@3` or `vpr@champion`.
        model: ModelRef,
    },
    /// Every move of every alias of a model.
    History {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
    },
}

#[derive(Debug, Args)]
pub struct Registry {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Evaluate {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to evaluate: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Versions to compare with; differences are taken against the first.
    #[arg(long)]
    pub against: Vec<ModelRef>,
    /// Cohort file. Of the one that was trained on, the rows no fit has seen are judged.
    #[arg(long)]
    pub cohort: PathBuf,
    /// State that a cohort which was not trained on holds no case that was: a version keeps no case, so it cannot tell.
    #[arg(long)]
    pub other_cases: bool,
    /// Gaps between all labels of a group column, and not only against the reference label.
    #[arg(long)]
    pub pairwise: bool,
    /// An intersection of two group columns to measure as well: `children x foreign`; may be given again.
    #[arg(long, value_name = "A x B")]
    pub intersect: Vec<String>,
    /// Case-control cohort to judge the second reading on, by cross-fitting; writes lethality.html beside.
    #[arg(long)]
    pub lethality_cohort: Option<PathBuf>,
    /// Folder for the report (JSON with its schema, CSV, HTML) and for model card, Annex IV and TRIPOD+AI; made if there is none.
    #[arg(long)]
    pub out: PathBuf,
    /// Bootstrap replicates.
    #[arg(long, default_value_t = 1000)]
    pub replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A number that rests on fewer rows or events than this is suppressed; 1 hides nothing.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest_cell: u64,
    /// A gap between groups in a share is called absent when its interval, simultaneous over all groups, lies within this much of 0.
    #[arg(long, default_value_t = amparo_lab::MARGIN)]
    pub margin: f64,
}

#[derive(Debug, Args)]
pub struct Score {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Forms: one column an indicator, holding ids of answers, and optionally `case`. A cohort file will do.
    #[arg(long = "in", value_name = "FILE")]
    pub input: PathBuf,
    /// Parquet file to write: `case` if there is one, `probability` with `probability.low` and `probability.high`,
    /// `computed_level`, `log_odds`.
    ///
    /// `computed_level` is the level of the probability alone: what the protocol adds for one case (a lethality rule, a
    /// floor) is not in it; `amparo explain` and the service have it.
    #[arg(long)]
    pub out: PathBuf,
    /// Also what each indicator adds, in log-odds: columns `base` and `value.ID`.
    #[arg(long)]
    pub explain: bool,
}

#[derive(Debug, Args)]
pub struct Explain {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Another version that reads the same form: what differs, and why.
    #[arg(long)]
    pub against: Option<ModelRef>,
    /// JSON file with `{"answers": {"I01": "severe", ...}}`; every indicator answered, with `unknown` where nobody knows.
    #[arg(long = "in", value_name = "CASE.json")]
    pub input: PathBuf,
    /// Language of text and labels.
    #[arg(long, value_enum, default_value = "es")]
    pub lang: Lang,
    /// Every answer in the tables, also those that weigh next to nothing.
    #[arg(long)]
    pub all: bool,
    /// Also what pairs of answers add together, beyond what each adds alone; worked out on request.
    #[arg(long, conflicts_with = "against")]
    pub pairs: bool,
    /// All of it as JSON: the assessment as the service gives it, or the difference, each with its text.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum Log {
    /// Recompute the chain of hashes; exit code 1 if it is broken.
    Verify {
        #[command(flatten)]
        file: LogFile,
        /// Number of entries and head as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every entry as one line of JSON, in order, verified on the way; where the chain is broken it stops with exit code 1.
    Export(LogFile),
}

#[derive(Debug, Args)]
pub struct LogFile {
    /// The log: a SQLite file.
    #[arg(long, env = "AMPARO_LOG")]
    pub log: String,
}

#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    pub log: LogFile,
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Id of the proposal.
    #[arg(long)]
    pub proposal: String,
    /// What differs as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Languages of the project.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Lang {
    /// Spanish.
    Es,
    /// English.
    En,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "AMPARO_LISTEN")]
    pub listen: SocketAddr,
    /// Proposal log: a SQLite file, made if there is none. Keep it: it is what an audit replays.
    #[arg(long, default_value = "sqlite:amparo-log.sqlite", env = "AMPARO_LOG")]
    pub log: String,
    /// Version that answers requests which name none: `vpr@champion`. Without it every request must name one.
    #[arg(long, env = "AMPARO_DEFAULT_MODEL")]
    pub default_model: Option<ModelRef>,
}
