//! The statistical baseline: points from shrunken odds ratios.

use amparo_datasets::{Indicator, Polarity};
use amparo_models::Points;
use amparo_models::probability::logit;
use serde::{Deserialize, Serialize};

use crate::calibrate::logistic_line;
use crate::{Error, Fit, Table};

/// How points are made from odds ratios.
///
/// | parameter | default | range | meaning |
/// |---|---|---|---|
/// | `unit` | 0.1 | above 0 | log-odds ratio that is worth one point |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsParams {
    /// Log-odds ratio that is worth one point.
    pub unit: f64,
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
/// for that on the whole. An answer that never occurs gets 0 points: its odds ratio shrinks to 1.
///
/// # Errors
/// [`Error::NotRising`] if the sum of points falls with the outcome.
///
/// # References
/// - Gart and Zweifel, "On the bias of various estimators of the logit", Biometrika 54, 1967 (half a case).
/// - Morris, "Parametric empirical Bayes inference", JASA 78, 1983 (shrinkage).
#[derive(Debug, Clone, PartialEq)]
pub struct PointsFit {
    unit: f64,
    exempt: Vec<String>,
}

impl PointsFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &PointsParams, exempt: &[String]) -> Result<Self, Error> {
        if !(params.unit.is_finite() && params.unit > 0.0) {
            return Err(Error::config("points.unit", format!("`points.unit` is {}, expected a number above 0", params.unit)));
        }
        Ok(Self { unit: params.unit, exempt: exempt.to_vec() })
    }
}

impl Fit for PointsFit {
    type Model = Points;

    fn fit(&self, table: &Table) -> Result<Points, Error> {
        let indicators = table.answers().instrument().indicators();
        let ratios: Vec<Vec<Ratio>> = (0..indicators.len()).map(|j| odds_ratios(table, j)).collect();
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
        let mut points = Points { points, offset: logit(table.base_rate()), scale: self.unit };
        let sums: Vec<f64> = table.answers().rows().map(|row| points.sum(row) as f64).collect();
        // Without any point the baseline is the base rate: nothing to scale.
        if sums.iter().any(|sum| (sum - sums[0]).abs() > 0.0) {
            let line = logistic_line(&sums, table.events(), table.weights())?;
            if line.slope <= 0.0 {
                let (what, outcome) = ("the sum of points".to_owned(), "the fit's events".to_owned());
                return Err(Error::NotRising { what, outcome, slope: line.slope });
            }
            (points.offset, points.scale) = (line.intercept, line.slope);
        }
        Ok(points)
    }
}

/// Log odds ratio of an answer against the first, with its variance.
struct Ratio {
    log: f64,
    variance: f64,
}

impl Ratio {
    fn shrunk(&self, tau2: f64) -> f64 {
        self.log * tau2 / (tau2 + self.variance)
    }
}

/// One ratio for each answer after the first.
fn odds_ratios(table: &Table, j: usize) -> Vec<Ratio> {
    let n_answers = table.answers().instrument().indicators()[j].n_answers();
    let mut cells = vec![[0.5, 0.5]; n_answers];
    // Weights are brought to mean 1, so that a variance counts rows and not the size of the population.
    let mean = table.weights().iter().sum::<f64>() / table.n_rows() as f64;
    for ((row, &event), &weight) in table.answers().rows().zip(table.events()).zip(table.weights()) {
        cells[usize::from(row[j])][usize::from(event)] += weight / mean;
    }
    let [n0, e0] = cells[0];
    cells[1..]
        .iter()
        .map(|[n1, e1]| Ratio {
            log: (e1 * n0 / (n1 * e0)).ln(),
            variance: 1.0 / e1 + 1.0 / n1 + 1.0 / e0 + 1.0 / n0,
        })
        .collect()
}

fn spread<'a>(ratios: impl Iterator<Item = &'a Ratio>) -> f64 {
    let (mut excess, mut precision) = (0.0, 0.0);
    for Ratio { log, variance } in ratios {
        excess += log * log / variance - 1.0;
        precision += 1.0 / variance;
    }
    (excess / precision).max(0.0)
}

/// Makes the known answers non-decreasing from 0 (non-increasing if protective); `unknown`, the last, is left as it is.
fn monotone(indicator: &Indicator, ratios: &[Ratio], shrunk: Vec<f64>) -> Vec<f64> {
    let sign = match indicator.polarity {
        Polarity::Neutral => return shrunk,
        Polarity::Risk => 1.0,
        Polarity::Protective => -1.0,
    };
    let known = indicator.n_known() - 1;
    let values: Vec<f64> = shrunk[..known].iter().map(|b| sign * b).collect();
    let weights: Vec<f64> = ratios[..known].iter().map(|r| 1.0 / r.variance).collect();
    let pooled = crate::calibrate::pool_adjacent_violators(&values, &weights);
    pooled.into_iter().map(|b| sign * b.max(0.0)).chain(shrunk[known..].iter().copied()).collect()
}

#[cfg(test)]
mod tests;
