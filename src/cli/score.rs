//! What can be typed after `amparo score`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::Args;

use super::Spelling;

#[derive(Debug, Args)]
pub struct Score {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Table of forms: one column for each indicator, which holds answer ids, and optionally `case`. A cohort file works too.
    ///
    /// CSV (`.csv` or `.tsv`, also compressed: `.csv.gz`), Parquet or a workbook (`.xlsx`), by the ending of its name. A first line `sep=;` names the
    /// separator, a byte order mark the encoding.
    #[arg(long = "in", value_name = "FILE")]
    pub input: PathBuf,
    /// Source that describes the table, by its id or file: a foreign table is read as `amparo data import` reads it, numbers
    /// included. Only the cases and the answers are read, so columns of outcomes need not be there, and every row is scored.
    #[arg(long, conflicts_with_all = ["csv_separator", "csv_encoding", "xlsx_sheet"])]
    pub source: Option<String>,
    #[command(flatten)]
    pub spelling: Spelling,
    /// Parquet file to write, with the columns `case` (if the table has it), `probability`, `probability.low`,
    /// `probability.high`, `computed_level` and `log_odds`.
    ///
    /// `computed_level` follows from the probability alone. The rules of the protocol that can raise the level of a case (a
    /// lethality rule, a floor) and clauses of the version are not applied; `amparo explain` and the service apply them.
    #[arg(long)]
    pub out: PathBuf,
    /// Also write what each indicator adds to the log-odds: the columns `base` and `value.ID`.
    #[arg(long)]
    pub explain: bool,
}
