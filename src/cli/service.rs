//! What can be typed about the service, and about its log: `amparo serve`, `amparo log`, `amparo replay`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::settings::Settings;

#[derive(Debug, Subcommand)]
pub enum Log {
    /// Recompute the chain of hashes and the tree. The exit code is 1 if they do not hold.
    Verify {
        #[command(flatten)]
        file: LogFile,
        /// Print the number of entries, the last hash and the root of the tree as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print every entry as one line of JSON, in order, with the salt of its leaf. Each entry is verified first; where the chain is broken, the export stops
    /// with exit code 1.
    Export(LogFile),
}

#[derive(Debug, Args)]
pub struct LogFile {
    /// Log of proposals: a SQLite file. It is only read, also beside the running service or on a read-only mount.
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
