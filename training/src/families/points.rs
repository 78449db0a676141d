//! The statistical baseline: points from shrunken odds ratios.

use std::sync::Arc;

use amparo_datasets::{Indicator, Polarity};
use amparo_models::probability::logit;
use amparo_models::{Points, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::counts::counts;
use crate::calibrate::{platt, platt_smoothed, pool_adjacent_violators};
use crate::{Error, Fit, Learn, TrainingSet};

/// The statistical baseline. Only candidates of this family and of [`optimal_points`](super::optimal_points) can be the baseline of a
/// hybrid, for that is the form in which a version stores one.
pub const FAMILY: Family = Family {
    name: "points",
    read: |settings| Ok(Arc::new(PointsFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How points are made from odds ratios.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `unit` | 0.001 to 10 | log-odds ratio that is worth one point |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsParams {
    /// Log-odds ratio that is worth one point.
    pub unit: f64,
    /// Whether offset and scale are fitted to Platt's smoothed targets, so that there is a best scale where a threshold separates the few events from the
    /// rest; see [`platt_smoothed`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub smoothed: bool,
}

/// Checked [`PointsParams`] with the indicators whose direction is not enforced.
///
/// For each indicator and answer the odds ratio against the indicator's first answer is taken from the weighted 2x2
/// table with half a case added to each cell, shrunk by empirical Bayes towards 1, made monotone along the known answers
/// (pool adjacent violators, never on the wrong side of 1) and rounded to whole points:
///
/// ```text
/// b      = ln((e1 + .5)(n0 + .5) / ((n1 + .5)(e0 + .5)))     v = 1/(e1+.5) + 1/(n1+.5) + 1/(e0+.5) + 1/(n0+.5)
/// tau^2  = max(0, sum (b^2/v - 1) / sum (1/v))               moment estimate over all answers, centred on b = 0
/// shrunk = b * tau^2 / (tau^2 + v)                           points = round(shrunk / unit)
/// log-odds = offset + scale * sum of points                  offset, scale: logistic regression on the sum
/// ```
/// Odds ratios are marginal, as in the formula in force, so correlated indicators count more than once; `scale` makes up
/// for that on the whole. Where an answer, or the first answer, never occurs, its odds ratio is not known: it counts as 1
/// and has no say in `tau^2`; a grade then gets the points of the grade below it, and other answers 0.
///
/// # Errors
/// [`Error::NotRising`] if the sum of points falls with the outcome; [`Error::NoSlope`] if it separates events from the
/// rest.
///
/// # References
/// - Gart and Zweifel, "On the bias of various estimators of the logit", Biometrika 54, 1967 (half a case).
/// - Platt, "Probabilistic outputs for support vector machines", 1999 (smoothed targets).
/// - Morris, "Parametric empirical Bayes inference", JASA 78, 1983 (shrinkage).
#[derive(Debug, Clone, PartialEq)]
pub struct PointsFit {
    unit: f64,
    smoothed: bool,
    exempt: Vec<String>,
}

impl PointsFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &PointsParams, exempt: &[String]) -> Result<Self, Error> {
        if !(0.001..=10.0).contains(&params.unit) {
            let message = format!("`unit` is {}, expected 0.001 to 10", params.unit);
            return Err(Error::config("unit", message));
        }
        Ok(Self { unit: params.unit, smoothed: params.smoothed, exempt: exempt.to_vec() })
    }
}

impl Fit for PointsFit {
    type Model = Points;

    fn fit(&self, set: &TrainingSet) -> Result<Points, Error> {
        let indicators = set.answers().instrument().indicators();
        let ratios: Vec<Vec<Ratio>> = (0..indicators.len()).map(|j| odds_ratios(set, j)).collect();
        let tau2 = spread(ratios.iter().flatten());
        let points = indicators
            .iter()
            .zip(&ratios)
            .map(|(indicator, ratios)| {
                let shrunk: Vec<f64> = ratios.iter().map(|r| r.shrunk(tau2)).collect();
                let along = if self.exempt.contains(&indicator.id) {
                    shrunk
                } else {
                    monotone(indicator, ratios, shrunk)
                };
                std::iter::once(0).chain(along.iter().map(|b| (b / self.unit).round() as i32)).collect()
            })
            .collect();
        scaled(points, self.unit, self.smoothed, set)
    }
}

/// Points with the offset and the log-odds a point that lose least on some rows.
///
/// Without any point the card is the base rate, and there is nothing to scale: a point is then worth `unit`.
///
/// # Errors
/// [`Error::NotRising`] if the outcome does not rise with the sum; whatever [`platt()`] and [`platt_smoothed()`] refuse.
pub(super) fn scaled(
    points: Vec<Vec<i32>>,
    unit: f64,
    smoothed: bool,
    set: &TrainingSet,
) -> Result<Points, Error> {
    let mut points = Points { points, offset: logit(set.base_rate()), scale: unit };
    let sums: Vec<f64> = set.answers().rows().map(|row| points.sum(row) as f64).collect();
    if sums.iter().any(|sum| (sum - sums[0]).abs() > 0.0) {
        let outcome = "the fit's events";
        let fit = if smoothed { platt_smoothed } else { platt };
        let line = fit(&sums, set.events(), set.weights(), outcome).map_err(|error| match error {
            Error::NotRising { outcome, slope, .. } => {
                Error::NotRising { what: "the sum of points".to_owned(), outcome, slope }
            }
            other => other,
        })?;
        (points.offset, points.scale) = (line.intercept, line.slope);
    }
    Ok(points)
}

impl Learn for PointsFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(self.fit(set)?.into())
    }
}

/// Log odds ratio of an answer against the first.
struct Ratio {
    log: f64,
    /// One over its variance; 0 where one of the two answers never occurs.
    precision: f64,
}

impl Ratio {
    const UNKNOWN: Self = Self { log: 0.0, precision: 0.0 };

    fn shrunk(&self, tau2: f64) -> f64 {
        let share = tau2 * self.precision;
        self.log * share / (share + 1.0)
    }
}

/// One ratio for each answer after the first.
fn odds_ratios(set: &TrainingSet, j: usize) -> Vec<Ratio> {
    // By weights of mean 1, so that a variance counts rows and not the size of the population.
    let cells = counts(set, j);
    let first = cells[0];
    cells[1..].iter().map(|&answer| ratio(answer, first)).collect()
}

/// The ratio of two lines of the table, each non-events and events.
fn ratio(answer: [f64; 2], first: [f64; 2]) -> Ratio {
    // Half a case in an empty line would make even odds of nothing: far above a rare event's.
    let occurs = |[n, e]: [f64; 2]| n + e > 0.0;
    if !(occurs(answer) && occurs(first)) {
        return Ratio::UNKNOWN;
    }
    let ([n1, e1], [n0, e0]) = (answer.map(|n| n + 0.5), first.map(|n| n + 0.5));
    let variance = 1.0 / e1 + 1.0 / n1 + 1.0 / e0 + 1.0 / n0;
    Ratio { log: libm::log(e1 * n0 / (n1 * e0)), precision: 1.0 / variance }
}

/// Moment estimate of the variance of the true log odds ratios around 0.
fn spread<'a>(ratios: impl Iterator<Item = &'a Ratio>) -> f64 {
    let (mut excess, mut total) = (0.0, 0.0);
    for Ratio { log, precision } in ratios.filter(|r| r.precision > 0.0) {
        excess += log * log * precision - 1.0;
        total += precision;
    }
    if excess > 0.0 { excess / total } else { 0.0 }
}

/// Makes the known answers non-decreasing from 0 (non-increasing if protective); `unknown`, the last, is left as it is.
fn monotone(indicator: &Indicator, ratios: &[Ratio], shrunk: Vec<f64>) -> Vec<f64> {
    let sign = match indicator.polarity {
        Polarity::Neutral => return shrunk,
        Polarity::Risk => 1.0,
        Polarity::Protective => -1.0,
    };
    let known = indicator.n_known() - 1;
    let occurs: Vec<usize> = (0..known).filter(|&at| ratios[at].precision > 0.0).collect();
    let values: Vec<f64> = occurs.iter().map(|&at| sign * shrunk[at]).collect();
    let weights: Vec<f64> = occurs.iter().map(|&at| ratios[at].precision).collect();
    let pooled = pool_adjacent_violators(&values, &weights);
    let mut along = vec![0.0; known];
    for at in 0..known {
        let below = if at == 0 { 0.0 } else { along[at - 1] };
        along[at] = occurs.binary_search(&at).map_or(below, |place| sign * pooled[place].max(0.0));
    }
    along.into_iter().chain(shrunk[known..].iter().copied()).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
