//! `amparo tune`.

use std::path::PathBuf;

use amparo_lab::accepted_leak;
use clap::Args;

#[derive(Debug, Args)]
pub struct Tune {
    /// Config of the experiment with a section `[tuning]`: the path of a TOML file.
    #[arg(long)]
    pub config: String,
    /// Compare by an indicator that seems to tell the outcome, for this reason. The option can be given several times.
    #[arg(long, value_name = "NAME=REASON", value_parser = accepted_leak)]
    pub accept_leak: Vec<(String, String)>,
    /// Cohort file to learn from. Of a config that holds out a split, only the fit part is used.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Folder for the report, the trials and the config with the chosen parameters. It is created if it does not exist. If a search
    /// is stopped, repeat the same command: it continues from the trials that are finished.
    #[arg(long)]
    pub out: PathBuf,
    /// Number of bootstrap replicates of the report, 100 to 65,000.
    #[arg(long, default_value_t = 1000)]
    pub replicates: u32,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// In the report, suppress numbers that rest on fewer rows or events than this; 1 suppresses none.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest_cell: u64,
}
