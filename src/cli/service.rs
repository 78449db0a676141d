//! What can be typed about the service, and about a proposal that it answered: `amparo serve`, `amparo replay`.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use amparo_datasets::identity::CaseNumber;
use amparo_models::registry::ModelRef;
use clap::Args;

use super::LogFile;

#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    pub log: LogFile,
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Id of the proposal to compute again.
    #[arg(long)]
    pub proposal: String,
    /// Print the differences as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Registry folder.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "AMPARO_LISTEN")]
    pub listen: SocketAddr,
    /// Log of proposals: a SQLite file, created if it does not exist. Keep it: audits replay it.
    #[arg(long, default_value = "sqlite:amparo-log.sqlite", env = "AMPARO_LOG")]
    pub log: String,
    /// Version that answers requests which name none, for example `vpr@champion`. Without it, every request must name one.
    #[arg(long, env = "AMPARO_DEFAULT_MODEL")]
    pub default_model: Option<ModelRef>,
    /// How case numbers are written, so that none is taken for a document of identity: `#` is a digit, `@` a letter, everything else stands for
    /// itself. Give it once for each way, for example `--case-number '####-####-@'`; in the environment, separate them by commas.
    #[arg(long = "case-number", value_delimiter = ',', env = "AMPARO_CASE_NUMBERS")]
    pub case_numbers: Vec<CaseNumber>,
    /// Number of assessments that are computed at the same time. Default: the number of available cores.
    #[arg(long, env = "AMPARO_ASSESSMENT_THREADS")]
    pub assessment_threads: Option<NonZeroUsize>,
    /// Number of assessments that may wait for their turn. When as many wait, the next request is refused with 503 `busy`.
    #[arg(long, default_value_t = amparo_serving::Config::QUEUE, env = "AMPARO_ASSESSMENT_QUEUE")]
    pub assessment_queue: usize,
    /// Number of versions that are kept in memory. The one that was asked for longest ago makes room for another; those that aliases lead to
    /// stay longest.
    #[arg(long, default_value_t = amparo_serving::Config::LOADED, env = "AMPARO_LOADED_VERSIONS")]
    pub loaded_versions: NonZeroUsize,
}
