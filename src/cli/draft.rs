use std::path::PathBuf;

use clap::Args;

use super::Spelling;

#[derive(Debug, Args)]
pub struct Draft {
    /// Table to look at: CSV (`.csv` or `.tsv`, also compressed: `.csv.gz`), Parquet or a workbook (`.xlsx`), by the ending of its name.
    pub table: PathBuf,
    /// Folder for `instrument.toml`, `source.toml`, `protocol.toml` and `config.toml`. It is created if it does not exist. A file that
    /// is there already is never overwritten.
    #[arg(long)]
    pub out: PathBuf,
    /// Name of the form, the source and the model, instead of that of the table.
    #[arg(long)]
    pub name: Option<String>,
    /// Column that says what became of each row, or `COLUMN=TEXT` with the text that says that it happened. Without it, the likeliest
    /// column is proposed.
    #[arg(long, value_name = "COLUMN[=TEXT]")]
    pub outcome: Option<String>,
    /// What the order of a column's answers means, once for each column: all of its texts from least to most risk (`COLUMN=A,B,C`), or, for numbers, no and yes,
    /// `COLUMN=rising` (more means more risk) or `COLUMN=falling`. Other columns are drafted without a direction.
    #[arg(long, value_name = "COLUMN=ORDER")]
    pub ordered: Vec<String>,
    /// A text that says, in any column, that nobody knows; once for each.
    #[arg(long, value_name = "TEXT")]
    pub unknown: Vec<String>,
    #[command(flatten)]
    pub spelling: Spelling,
}
