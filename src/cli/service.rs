//! What can be typed about the service, and about a proposal that it answered: `amparo serve`, `amparo replay`.

use std::path::PathBuf;

use clap::Args;

use super::LogFile;
use super::settings::Settings;

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
    /// File with settings of the same names as the flags, with `_` for `-`, in TOML; flags and environment go before it. On SIGHUP it is
    /// read again.
    #[arg(long, env = "AMPARO_CONFIG")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
}
