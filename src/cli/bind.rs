//! What can be typed after `amparo models bind`.

use std::path::PathBuf;

use clap::Args;

use super::Registry;

#[derive(Debug, Args)]
pub struct Bind {
    #[command(flatten)]
    pub registry: Registry,
    /// Model name.
    pub model: String,
    /// Gates that a version has to pass before it is put in force: a built-in id or the path of a TOML file. Repeat the flag for several.
    #[arg(long, required = true)]
    pub gates: Vec<String>,
    /// Private key of the owner of the gates, made by `amparo keys new`. If the model is bound already, it must be the bound key.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Private key that follows it. From here on, verdicts count that this key has signed.
    #[arg(long, value_name = "FILE")]
    pub next_key: Option<PathBuf>,
    /// Who binds.
    #[arg(long)]
    pub by: String,
    /// Why.
    #[arg(long)]
    pub reason: String,
}
