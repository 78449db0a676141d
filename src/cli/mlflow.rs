//! What can be typed after `amparo mlflow`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Mlflow {
    /// Send every run of a folder that the server does not have yet, or what is missing of it.
    ///
    /// A run that was cut off goes on and nothing is doubled. With `--registry`, the server's aliases of all models are pointed to where the
    /// registry's point now. The exit code is 2 if a run could not be sent.
    Push(PushRuns),
}

#[derive(Debug, Args)]
pub struct PushRuns {
    /// Folder with run folders.
    #[arg(long, value_name = "DIR", env = "AMPARO_RUNS")]
    pub runs: PathBuf,
    /// MLflow tracking server. Credentials are read from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or
    /// MLFLOW_TRACKING_TOKEN; for `https`, the authorities that are trusted from the file MLFLOW_TRACKING_SERVER_CERT_PATH.
    #[arg(long, value_name = "URL", env = "AMPARO_MLFLOW", hide_env_values = true)]
    pub mlflow: String,
    /// Registry whose aliases are mirrored: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: Option<PathBuf>,
}
