use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Spelling;

#[derive(Debug, Args)]
pub struct Bins {
    /// Table to look at: CSV (`.csv` or `.tsv`, also compressed: `.csv.gz`), Parquet or a workbook (`.xlsx`), by the ending of its name.
    pub table: PathBuf,
    /// Column of numbers.
    #[arg(long)]
    pub column: String,
    /// Column that says what became of each row, or `COLUMN=TEXT` with the text that says that the outcome happened, where the column does
    /// not say yes or no.
    #[arg(long, value_name = "COLUMN[=TEXT]")]
    pub outcome: String,
    /// Text of the column that stands for no number, besides the empty text, `NA` and the like. Repeat the flag for several.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub unknown: Vec<String>,
    /// Count only rows whose column holds this text, such as those on the training side of the table's own split. Repeat the flag for several
    /// texts or columns.
    #[arg(long, value_name = "COLUMN=TEXT")]
    pub only: Vec<String>,
    /// Column of the sampling weights, if the rows have any.
    #[arg(long, value_name = "COLUMN")]
    pub weight: Option<String>,
    /// Column of case ids, if a case has several rows: its rows then stay together in cross-validation and in intervals.
    #[arg(long, value_name = "COLUMN")]
    pub case: Option<String>,
    /// Whether the rate of the outcome is to rise or to fall with the number. `either`: whichever loses less.
    #[arg(long, value_enum, default_value = "either")]
    pub direction: Goes,
    /// Fewest rows of a bin in which the outcome happened, and fewest in which it did not.
    #[arg(long, default_value_t = 20)]
    pub least_events: usize,
    /// Most bins that are tried, at most 15.
    #[arg(long, default_value_t = 8)]
    pub most_bins: usize,
    /// Take this number of bins, whatever cross-validation says.
    #[arg(long, value_name = "NUMBER")]
    pub bins: Option<usize>,
    /// What the numbers count, such as `years`, for the TOML.
    #[arg(long)]
    pub unit: Option<String>,
    /// Seed by which cases are dealt to the folds of the cross-validation.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// File for the TOML, instead of printing it. A file that is there already is never overwritten.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub spelling: Spelling,
}

/// Where the rate of the outcome goes with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Goes {
    /// Whichever loses less.
    Either,
    /// It rises.
    Rising,
    /// It falls.
    Falling,
}
