//! `amparo tune`.

use std::path::PathBuf;

use amparo_lab::accepted_leak;
use clap::Args;

use super::Resampling;

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
    #[command(flatten)]
    pub resampling: Resampling,
}
