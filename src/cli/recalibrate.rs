//! Arguments of `amparo recalibrate`.

use std::path::PathBuf;

use amparo_lab::{Calibration, LEAST_EVENTS};
use amparo_models::registry::ModelRef;
use clap::Args;

#[derive(Debug, Args)]
pub struct Recalibrate {
    /// Registry: a folder, or `s3://bucket/prefix` in a program that was built with `--features s3`.
    #[arg(long, env = "AMPARO_REGISTRY")]
    pub registry: PathBuf,
    /// Version to recalibrate: `vpr@3` or `vpr@champion`.
    #[arg(long)]
    pub model: ModelRef,
    /// Cohort file to calibrate on, of cases that the version has not seen.
    #[arg(long)]
    pub cohort: PathBuf,
    /// Method of calibration: `platt`, `platt_smoothed`, `beta`, `isotonic` or `venn_abers`; several with commas between them, or `best` for
    /// all, take the one of the least cross-fitted log loss.
    #[arg(long, value_parser = Calibration::named)]
    pub calibration: Calibration,
    /// Folds of the cases by which the new calibrator is judged, and by which methods are compared.
    #[arg(long, default_value_t = 5, value_parser = folds)]
    pub folds: usize,
    /// Seed of the folds.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Fewest rows with the outcome, and without it, that a calibrator is fitted on.
    #[arg(long, default_value_t = LEAST_EVENTS)]
    pub least_events: u64,
    /// Declare that the version was fitted on none of these cases, where the registry's fingerprints cannot prove it. It is recorded.
    #[arg(long)]
    pub other_cases: bool,
    /// Print the manifest of the new version as JSON.
    #[arg(long)]
    pub json: bool,
}

/// A number of folds.
fn folds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if n >= 2 => Ok(n),
        _ => Err(format!("{text} found, expected a whole number of at least 2")),
    }
}
