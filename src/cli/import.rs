//! Arguments of `amparo import`.

use std::path::PathBuf;

use amparo_exchange::{Compared, Format, Trees};
use clap::{ArgGroup, Args, ValueEnum};

use super::{OnnxRuntime, Spelling};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("step").required(true).args(["suggest_mapping", "probes", "check", "check_by_onnxruntime"])))]
pub struct ImportModel {
    /// Model file of another program: XGBoost (JSON or UBJSON), LightGBM (text), interpret (JSON of an explainable boosting machine), a graph of
    /// ONNX that skl2onnx or onnxmltools wrote, or a scorecard (TOML or CSV).
    pub file: PathBuf,
    /// Form that the model is mapped to: a built-in id or the path of a TOML file.
    #[arg(long)]
    pub instrument: String,
    /// Format of the file: `xgboost`, `lightgbm`, `ebm`, `points` or `onnx`. Left out, the content says which.
    #[arg(long)]
    pub format: Option<Format>,
    /// Which trees of an XGBoost model that was stopped early are used: `all`, as `Booster.predict` does, or those up to the `best` iteration, as the
    /// scikit-learn classes do.
    #[arg(long)]
    pub trees: Option<Trees>,
    /// First step: write a draft of the mapping, guessed from the names of the columns, to this file.
    #[arg(long, value_name = "TOML")]
    pub suggest_mapping: Option<PathBuf>,
    /// Mapping from the columns of the model to the indicators of the form.
    #[arg(
        long,
        value_name = "TOML",
        required_unless_present = "suggest_mapping",
        conflicts_with = "suggest_mapping"
    )]
    pub mapping: Option<PathBuf>,
    /// Second step: write the rows that the original program has to score to this CSV file.
    #[arg(long, value_name = "CSV")]
    pub probes: Option<PathBuf>,
    /// Third step: compare with the rows of this table, which the original program scored (CSV or Parquet, with the columns of the model).
    #[arg(long, value_name = "TABLE", requires = "prediction", requires = "out")]
    pub check: Option<PathBuf>,
    /// Column of the table that holds what the original program predicts.
    #[arg(long, value_name = "COLUMN", requires = "check")]
    pub prediction: Option<String>,
    /// Third step for a graph of ONNX, instead of --probes and --check: let ONNX Runtime score the rows here. For programs that were built with the
    /// feature `onnxruntime`.
    #[arg(long, requires = "onnxruntime", requires = "out", conflicts_with = "prediction")]
    pub check_by_onnxruntime: bool,
    /// Take a graph of ONNX as it is, without reducing it: a neural network, for example. It is compared beside versions (`amparo evaluate --compared`,
    /// `amparo audit shadow --compared`), and neither explained, published nor served.
    #[arg(long, conflicts_with_all = ["check_by_onnxruntime", "format", "trees"])]
    pub compare_only: bool,
    #[command(flatten)]
    pub runtime: OnnxRuntime,
    /// What that column, or the graph, holds.
    #[arg(long, value_enum, default_value = "probability")]
    pub predicts: Predicts,
    /// File for the imported model, which an experiment takes as a candidate of family `imported`, or for the compared one. A file that is there already is never overwritten.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub spelling: Spelling,
}

/// What the original program predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Predicts {
    /// The probability of the event.
    Probability,
    /// The log-odds, also called margin or raw score.
    LogOdds,
}

impl From<Predicts> for Compared {
    fn from(predicts: Predicts) -> Self {
        match predicts {
            Predicts::Probability => Self::Probability,
            Predicts::LogOdds => Self::LogOdds,
        }
    }
}
