//! What can be typed about the service, and about a proposal that it answered: `amparo serve`, `amparo replay`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use amparo_serving::rfc3339;
use clap::{ArgGroup, Args};
use jiff::Timestamp;

use super::LogFile;
use super::settings::Settings;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true))]
pub struct Replay {
    #[command(flatten)]
    pub log: LogFile,
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Id of the proposal to compute again.
    #[arg(long, group = "which")]
    pub proposal: Option<String>,
    /// Compute every proposal of the log again. The log is verified meanwhile. The exit code is 0 if all proposals are the same, to the last bit, and
    /// 1 if one differs or could not be computed again.
    #[arg(long, group = "which")]
    pub all: bool,
    /// Only proposals that were made at this time or later, by `created_at` in the log (RFC 3339, for example `2026-03-01T00:00:00Z`).
    #[arg(long, conflicts_with = "proposal", value_name = "TIME", value_parser = time)]
    pub since: Option<Timestamp>,
    /// Threads that compute. Default: one for each processor. The result does not depend on it.
    #[arg(long, conflicts_with = "proposal", value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// Print the result as JSON: the differences of one proposal, or the counts of all with examples.
    #[arg(long)]
    pub json: bool,
}

fn time(text: &str) -> Result<Timestamp, String> {
    rfc3339::timestamp(text).ok_or_else(|| "expected an RFC 3339 time like `2026-03-01T00:00:00Z`".to_owned())
}

#[derive(Debug, Args)]
pub struct Serve {
    /// File with settings of the same names as the flags, with `_` for `-`, in TOML; flags and environment go before it. On SIGHUP it is
    /// read again.
    #[arg(long, env = "AMPARO_CONFIG")]
    pub config: Option<PathBuf>,
    /// Do all that a start does, as far as that leaves no trace, say everything that is wrong, and end: exit code 0 if the service would start, 2 if
    /// not. Nothing is served, and no file is made.
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    pub settings: Settings,
}
