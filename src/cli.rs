//! What can be typed.

mod access;
mod audit;
mod bind;
mod bins;
mod draft;
mod erasing;
mod evaluate;
mod explain;
mod export;
mod gate;
mod graphs;
mod import;
mod keys;
mod lang;
mod log;
mod mlflow;
mod recalibrate;
mod resampling;
mod score;
mod secured;
mod service;
mod settings;
mod spelling;
mod tokens;
mod tracked;
mod tune;

use std::net::SocketAddr;
use std::path::PathBuf;

use amparo_lab::accepted_leak;
use amparo_models::registry::ModelRef;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use access::{Access, Issue};
pub use audit::{Audit, Capacity, Factors, How, Overrides, Period, RiskFrom, Shadow};
pub use bind::Bind;
pub use bins::{Bins, Goes};
pub use draft::Draft;
pub use erasing::{Erase, Erasing, Retain};
pub use evaluate::Evaluate;
pub use explain::Explain;
pub use export::{Export, ExportAs};
pub use gate::Gate;
pub use graphs::{ComparedModels, OnnxRuntime};
pub use import::ImportModel;
pub use keys::Keys;
pub use lang::Lang;
pub use log::{Log, LogFile, Proofs, Signing, Verify};
pub use mlflow::{Mlflow, PushRuns};
pub use recalibrate::Recalibrate;
pub use resampling::Resampling;
pub use score::Score;
pub use service::{Replay, Serve};
pub use settings::Settings;
pub use spelling::Spelling;
pub use tracked::Tracked;
pub use tune::Tune;

/// Train, explain, evaluate and serve risk models for protection decisions.
///
/// Exit codes: 0 when the work is done, 1 when a check or a gate says no, 2 for wrong usage or invalid input.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk the whole path on a synthetic cohort: draw it, train, publish, compare, and start the service.
    Quickstart(Quickstart),
    /// Generate, draft, import and describe cohorts, and propose bins of numbers.
    #[command(subcommand)]
    Data(Data),
    /// Train every candidate of a config and publish each of them as a version.
    Train(Train),
    /// Compare candidates by nested cross-validation, and choose their parameters.
    ///
    /// The numbers come from rows that neither the choice of parameters nor the fit has seen. Nothing is published: `train` publishes with
    /// the config that this command writes.
    Tune(Tune),
    /// List and show published versions, and move aliases.
    #[command(subcommand)]
    Models(Models),
    /// Compare versions on rows that none of them has seen.
    ///
    /// Writes the report (HTML, JSON, CSV), a model card, AI Act Annex IV and TRIPOD+AI.
    Evaluate(Evaluate),
    /// Publish the model of a version with a new calibrator, fitted on another cohort, as the next version.
    ///
    /// Model, explanation and lethality model stay as they are. The cohort must answer the same form about the same outcome within the same
    /// time, and be of cases that the version has not seen. The new version is judged on it by cross-fitting.
    Recalibrate(Recalibrate),
    /// Read the model of another program, map it to a form, and prove that nothing was lost.
    ///
    /// Three steps: a draft of the mapping from columns to indicators, rows for the original program to score, and the comparison, row by row. Only a
    /// model that agrees is written; an experiment then takes it as a candidate.
    Import(Box<ImportModel>),
    /// Judge a version by its gates before it is put in force.
    ///
    /// The verdict is kept in the registry. The exit code is 1 if the version does not pass.
    Gate(Gate),
    /// Answer questions of an oversight body: whether levels follow the risk, how much each factor weighs, how often officers
    /// raise a proposal.
    #[command(subcommand)]
    Audit(Audit),
    /// Score a table of forms (Parquet or CSV) of any length.
    ///
    /// Rows are read, scored and written in blocks, so memory does not grow with the table. If a run is killed, repeat the
    /// same command: it continues where the run stopped. Until the output is complete, finished blocks are kept in
    /// `OUT.parts`.
    Score(Score),
    /// Explain one case in words and numbers, or the difference between two versions for it.
    Explain(Explain),
    /// Write a version in a format of other programs (ONNX, XGBoost), or its points as a card.
    ///
    /// An ONNX file holds the whole version: a runtime gives its log-odds, probabilities and levels from answer codes. Explanations stay
    /// here. A format that cannot hold a version refuses it.
    Export(Export),
    /// Send runs that are kept in folders to an MLflow tracking server.
    #[command(subcommand)]
    Mlflow(Mlflow),
    /// Serve assessments over HTTP.
    ///
    /// Operational logs go to standard error as JSON; the environment variable `AMPARO_TRACE` filters them (for example `warn`).
    /// Without a way to recognise callers (`--access-keys` and others), everybody may do everything, and the service listens on this machine only.
    Serve(Box<Serve>),
    /// Verify, back up or export the log of proposals, sign what it says of itself, prove what it holds, and erase from it.
    #[command(subcommand)]
    Log(Log),
    /// Make the keys that sign checkpoints of the log, and replace them.
    #[command(subcommand)]
    Keys(Keys),
    /// Issue, list, rotate and revoke API keys of the service: who may ask for what.
    #[command(subcommand)]
    Access(Access),
    /// Compute a logged proposal again, or all of them, and compare with the log, to the last bit.
    Replay(Replay),
}

#[derive(Debug, Args)]
pub struct Quickstart {
    /// Number of first assessments in the synthetic cohort (at least 2,000).
    #[arg(long, default_value_t = 40_000)]
    pub rows: usize,
    /// Seed of the synthetic cohort.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Folder for the cohort, registry, report and log. It is created if it does not exist.
    #[arg(long, default_value = "amparo-quickstart")]
    pub dir: PathBuf,
    /// Do not start the service at the end.
    #[arg(long)]
    pub no_serve: bool,
    /// Address that the service listens on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "AMPARO_LISTEN")]
    pub listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub enum Data {
    /// Generate a synthetic cohort. Its metadata state that it is synthetic.
    Generate(Generate),
    /// Draft instrument, source, protocol and config for a foreign table, to be edited by a person.
    ///
    /// What the table does not say is proposed and marked `TO DECIDE` in the files: the outcome, what may be asked, bins, groups,
    /// the day of assessment. Columns that tell the outcome nearly perfectly are named, with their AUC, and left out.
    Draft(Draft),
    /// Propose bins of a numeric column of a foreign table, to be edited by a person, and say what binning costs.
    ///
    /// For each number of bins, the ones are found that lose least (log loss), with rates that rise or fall from bin to bin and enough rows
    /// with and without the outcome in each. The fewest are taken that are as good by cross-validation as the best number of bins. They are
    /// written in the syntax of a form.
    Bins(Bins),
    /// Turn a foreign table into a cohort. All problems are listed, each with its row and column.
    Import(Import),
    /// Describe what a cohort file holds.
    Describe(Describe),
    /// List the assumptions behind the synthetic cohort, with their sources where they are published.
    Assumptions {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// How a synthetic cohort is drawn.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Design {
    /// First assessments as they arrive; lethal outcomes are as rare as in reality.
    Population,
    /// All lethal cases and a sample of the others, with weights that restore the population.
    CaseControl,
}

#[derive(Debug, Args)]
pub struct Generate {
    /// Form to fill in. The generator knows only `vpr5.0-h`.
    #[arg(long, default_value = "vpr5.0-h")]
    pub instrument: String,
    /// How cases are sampled.
    #[arg(long, value_enum, default_value = "population")]
    pub design: Design,
    /// Number of rows of a population cohort. A case-control cohort always has 159 lethal cases and 2,000 others.
    #[arg(long, default_value_t = 40_000)]
    pub rows: usize,
    /// Seed of the random numbers.
    #[arg(long)]
    pub seed: u64,
    /// Parquet file to write.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Source file: a built-in id (catalonia-savry, compas-two-years) or the path of a TOML file.
    #[arg(long)]
    pub source: String,
    /// Table to import: CSV (`.csv` or `.tsv`, also compressed: `.csv.gz`), Parquet or a workbook (`.xlsx`), by the ending of its name.
    /// Workbooks are read by a program that was built with `--features xlsx`.
    #[arg(long = "in", value_name = "CSV")]
    pub input: PathBuf,
    /// Parquet file to write.
    #[arg(long)]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct Describe {
    /// Cohort file to describe.
    pub cohort: PathBuf,
    /// Where answers and time are crossed with an outcome, suppress cells with fewer rows or events than this; 1 suppresses
    /// none.
    #[arg(long, default_value_t = 10)]
    pub smallest_cell: usize,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Train {
    /// Config of the experiment: a built-in id (vpr, catalonia-savry, compas-two-years) or the path of a TOML file.
    #[arg(long)]
    pub config: String,
    /// Cohort file to train on.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Case-control cohort for the lethality model, if the config asks for one.
    #[arg(long)]
    pub lethality_cohort: Option<PathBuf>,
    /// Registry: a folder, which is created if it does not exist, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Fit on an indicator that seems to tell the outcome, for this reason: `--accept-leak V100="known on the day"`. The card states it. The option
    /// can be given several times.
    #[arg(long, value_name = "NAME=REASON", value_parser = accepted_leak)]
    pub accept_leak: Vec<(String, String)>,
    /// Model name to publish under, instead of the name in the config.
    #[arg(long)]
    pub name: Option<String>,
    /// Print the manifests of the published versions as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub tracked: Tracked,
}

#[derive(Debug, Subcommand)]
pub enum Models {
    /// List every model with its versions and aliases.
    List(Registry),
    /// Show the model card of a version and the verdicts on it; with `--json`, its manifest.
    Show {
        #[command(flatten)]
        registry: Registry,
        /// Version: `vpr@3` or `vpr@champion`.
        model: ModelRef,
    },
    /// Point an alias to a version. `champion` can point only to a version that has passed its gates.
    Alias {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
        /// Alias, for example `champion`, `challenger` or `shadow`.
        alias: String,
        /// Number of the version that the alias will point to.
        #[arg(value_name = "VERSION")]
        number: u32,
        /// Who moves the alias.
        #[arg(long)]
        by: String,
        /// Why the alias is moved.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        tracked: Tracked,
    },
    /// Take an unfinished last line, which a power cut can leave, off the history of aliases and the list of verdicts. It is kept in a
    /// file beside. Lines that were finished are not touched: where they do not hold, nothing is changed.
    Mend {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
    },
    /// Show the last verdict on a version, with all its evidence.
    Verdict {
        #[command(flatten)]
        registry: Registry,
        /// Version: `vpr@3` or `vpr@champion`.
        model: ModelRef,
    },
    /// Bind a model to gates and to the key of their owner: from then on, a version is put in force by verdicts only that this key has signed, one by
    /// each of these gates. The version that is in force has to have them already.
    Bind(Bind),
    /// Show whose verdicts count for a model, and by which gates.
    Bindings {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
    },
    /// Show every move of every alias of a model.
    History {
        #[command(flatten)]
        registry: Registry,
        /// Model name.
        model: String,
    },
}

#[derive(Debug, Args)]
pub struct Registry {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Language of what is printed; JSON is the same in both.
    #[arg(long, value_enum, default_value = "en")]
    pub lang: Lang,
}
