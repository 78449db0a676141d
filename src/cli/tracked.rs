use std::path::PathBuf;

use clap::Args;

/// Where a run is recorded.
#[derive(Debug, Args)]
pub struct Tracked {
    /// MLflow tracking server to send the run to, for example `http://127.0.0.1:5000`. The run is written into a folder first; if the server does not
    /// take it, it stays there until `amparo mlflow push` sends it. Credentials are read from MLFLOW_TRACKING_USERNAME and
    /// MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN; for `https`, the authorities that are trusted from the file
    /// MLFLOW_TRACKING_SERVER_CERT_PATH.
    #[arg(long, value_name = "URL", env = "AMPARO_MLFLOW", hide_env_values = true)]
    pub mlflow: Option<String>,
    /// Folder for run folders; without `--mlflow` the run is kept there and sent nowhere. Default with `--mlflow`: `runs` beside the
    /// registry's folder.
    #[arg(long, value_name = "DIR", env = "AMPARO_RUNS")]
    pub runs: Option<PathBuf>,
}
