//! By how much numbers on the rows that were fitted on overstate those on other rows: Harrell's bootstrap.

use std::collections::BTreeMap;

use amparo_datasets::splitmix;
use rayon::prelude::*;

use crate::config::OptimismParams;
use crate::cross_fit::Whole;
use crate::{Data, Error, Experiment};

/// Calibrated scores of some rows, to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Log-odds before calibration, one a row.
    pub log_odds: &'a [f64],
    /// Calibrated probabilities, one a row.
    pub probabilities: &'a [f64],
    /// Whether the event happened.
    pub events: &'a [bool],
    /// Weights.
    pub weights: &'a [f64],
}

/// What numbers scores are judged by, by name; a number that is not defined is left out.
pub type Judge<'a> = &'a (dyn Fn(Judged<'_>) -> BTreeMap<String, f64> + Sync);

/// How far numbers are overstated.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimism {
    /// Resamples that could be fitted and calibrated.
    pub used: usize,
    /// Why the first of the others could not.
    pub problem: Option<String>,
    /// By candidate, in the order of [`Experiment::candidates`]: of each number its mean on the rows that were fitted on less that on the rows
    /// that they were drawn from. A number that was not defined each time is left out.
    pub of_candidates: Vec<BTreeMap<String, f64>>,
}

/// The optimism of every candidate and blend.
///
/// ```text
/// for b in 1..=B: draw as many cases as there are, with replacement; fit, blend and calibrate the experiment on their rows
/// optimism = mean over b of (number on the rows of b - number on the given rows, both by the models of b)
/// ```
/// A case is drawn with all its rows, and its copies stay together in the inner folds. Equal experiments give equal numbers, whatever the number of
/// threads. `progress` is called after each resample.
///
/// # Errors
/// The error of the first resample if fewer than half of them can be fitted.
///
/// # References
/// Harrell, Lee and Mark, Multivariable prognostic models, Statistics in Medicine 15, 1996; Efron, How biased is the apparent error rate of a
/// prediction rule?, Journal of the American Statistical Association 81, 1986.
pub(crate) fn optimism(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    judge: Judge<'_>,
    progress: &(dyn Fn() + Sync),
) -> Result<Option<Optimism>, Error> {
    let Some(OptimismParams { resamples }) = experiment.config().optimism else { return Ok(None) };
    let original = data.with_rows(rows, &(0..data.n_censored()).collect::<Vec<_>>());
    let all: Vec<Result<Vec<BTreeMap<String, f64>>, Error>> = (0..resamples as u64)
        .into_par_iter()
        .map(|resample| {
            let key = splitmix(splitmix(experiment.config().seed) ^ resample);
            let differences = of_resample(experiment, &original, key, judge);
            progress();
            differences
        })
        .collect();
    let (fitted, failed): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    let fitted: Vec<Vec<BTreeMap<String, f64>>> = fitted.into_iter().flatten().collect();
    let first = failed.into_iter().find_map(Result::err);
    match first {
        Some(error) if 2 * fitted.len() < resamples => Err(error),
        first => Ok(Some(Optimism {
            used: fitted.len(),
            problem: first.map(|error| error.to_string()),
            of_candidates: (0..experiment.candidates().len()).map(|at| means(&fitted, at)).collect(),
        })),
    }
}

/// Numbers on the rows of a resample less those on the rows that it was drawn from, by candidate.
fn of_resample(
    experiment: &Experiment,
    original: &Data,
    key: u64,
    judge: Judge<'_>,
) -> Result<Vec<BTreeMap<String, f64>>, Error> {
    let rows: Vec<usize> = (0..original.n_rows()).collect();
    let drawn = original.resampled(key);
    let all: Vec<usize> = (0..drawn.n_rows()).collect();
    let whole = Whole::fit(experiment, &drawn, &all, ("a resample", experiment.config().seed))?;
    let judged = |data: &Data, rows: &[usize]| -> Vec<BTreeMap<String, f64>> {
        let part = data.part(rows);
        let (events, weights) = (part.events(), part.weights());
        let numbers = whole.scores(part.answers()).map(|(log_odds, probabilities)| {
            judge(Judged { log_odds: &log_odds, probabilities: &probabilities, events, weights })
        });
        numbers.collect()
    };
    let pairs = judged(&drawn, &all).into_iter().zip(judged(original, &rows));
    Ok(pairs.map(|(apparent, there)| less(&apparent, &there)).collect())
}

/// Differences of the numbers that both have.
fn less(one: &BTreeMap<String, f64>, other: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    one.iter().filter_map(|(name, value)| Some((name.clone(), value - other.get(name)?))).collect()
}

/// The means of a candidate's numbers that every resample has.
fn means(fitted: &[Vec<BTreeMap<String, f64>>], candidate: usize) -> BTreeMap<String, f64> {
    let names = fitted.first().into_iter().flat_map(|of| of[candidate].keys());
    let mean = |name: &String| {
        let values: Option<Vec<f64>> = fitted.iter().map(|of| of[candidate].get(name).copied()).collect();
        values.map(|values| values.iter().sum::<f64>() / values.len() as f64)
    };
    names.filter_map(|name| Some((name.clone(), mean(name)?))).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
