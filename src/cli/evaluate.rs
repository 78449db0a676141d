//! Arguments of `amparo evaluate`.

use std::path::PathBuf;

use amparo_models::registry::ModelRef;
use clap::Args;

use super::{ComparedModels, Resampling, Tracked};

#[derive(Debug, Args)]
pub struct Evaluate {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to evaluate: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Version to compare with. Repeat the flag for several; differences are taken against the first.
    #[arg(long)]
    pub against: Vec<ModelRef>,
    /// Cohort file. If a version was trained on it, only the rows that it has not seen are judged.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Declare that none of these cases were used in training. It is needed for a cohort that a version was not trained on. The
    /// registry's fingerprints prove the declaration or refuse it; where there are none, the report says that it is not proved.
    #[arg(long)]
    pub other_cases: bool,
    #[command(flatten)]
    pub compared: ComparedModels,
    /// Compare all labels of a group column with each other, not only with the reference label.
    #[arg(long)]
    pub pairwise: bool,
    /// Days within which the event is looked at, for example `30,90,180`, where the cohort knows the days of follow-up. By default a quarter,
    /// half, three quarters and all of the outcome's horizon, which none may exceed.
    #[arg(long, value_name = "DAYS", value_delimiter = ',')]
    pub horizons: Option<Vec<u32>>,
    /// Label that the other labels of a group column are compared with, for example `race=white`. It goes before the one that the
    /// cohort states. Without either it is the label with most rows. Repeat the flag for several columns.
    #[arg(long, value_name = "GROUP=LABEL", value_parser = group_and_label)]
    pub reference: Vec<(String, String)>,
    /// Also measure an intersection of two group columns, for example `children x foreign`. Repeat the flag for several.
    #[arg(long, value_name = "A x B")]
    pub intersect: Vec<String>,
    /// Case-control cohort on which to judge the lethality model, by cross-fitting. Writes a second report, `lethality`.
    #[arg(long)]
    pub lethality_cohort: Option<PathBuf>,
    /// Also judge the version with 10 to 50 % of the known answers of the held-out rows turned to `unknown` at random. Writes another
    /// report, `unknowns`.
    #[arg(long)]
    pub unknowns: bool,
    /// Group column by which that share differs, such as the officer who filled in the form, instead of being the same for all rows.
    #[arg(long, value_name = "GROUP", requires = "unknowns")]
    pub unknowns_by: Option<String>,
    /// Folder for the report and the documents. It is created if it does not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// Parquet file to write the judged rows to: one row for each case, repeat and version, with score, probability, level, event and
    /// weight. It holds rows of cases, so keep it where the cohort is kept.
    #[arg(long, value_name = "FILE")]
    pub predictions: Option<PathBuf>,
    #[command(flatten)]
    pub resampling: Resampling,
    /// A gap between groups is called absent when its interval, simultaneous over all groups, lies within this distance of 0.
    #[arg(long, default_value_t = amparo_lab::MARGIN)]
    pub margin: f64,
    #[command(flatten)]
    pub tracked: Tracked,
}

/// A group column and a label of it, written `race=white`.
fn group_and_label(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((group, label)) if !group.is_empty() && !label.is_empty() => {
            Ok((group.to_owned(), label.to_owned()))
        }
        _ => Err("expected GROUP=LABEL, such as race=white".to_owned()),
    }
}
