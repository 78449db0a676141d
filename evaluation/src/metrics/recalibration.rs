//! Logistic recalibration: slope, and calibration in the large.

use std::borrow::Cow::Borrowed;

use amparo_models::probability::logit;

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::logistic::{self, OutcomeWeights};
use crate::reason::Reason;

/// What recalibration finds, or why there is nothing to find.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// `a` and `b` of `logit P(y = 1) = a + b logit(p)`.
    pub line: Result<Line, Reason>,
    /// `a` of `logit P(y = 1) = a + logit(p)`: calibration in the large.
    pub intercept: Result<f64, Reason>,
}

/// `logit P(y = 1) = intercept + slope logit(p)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Log-odds at `p = 1/2`.
    pub intercept: f64,
    /// Log-odds per unit of the log-odds of `p`.
    pub slope: f64,
}

/// Weighted logistic regression of the outcome on the log-odds of the probability.
///
/// ```text
/// line       maximises  sum w [ y ln m + (1 - y) ln(1 - m) ],  m = 1 / (1 + exp(-(a + b logit p)))
/// intercept  the same with b fixed at 1
/// ```
/// Slices have one entry a row, probabilities in [0, 1], weights >= 0. A well calibrated model has slope 1 and intercept 0.
///
/// A part that does not exist says why: [`Reason::InfiniteLogOdds`] when a row with weight has probability 0 or 1, [`Reason::OneOutcome`] when
/// all outcomes are alike, [`Reason::NoSlope`] when the probability is constant or separates the outcomes, [`Reason::NoWeight`] without weight.
/// A part that exists but was not found says [`Reason::NoConvergence`].
///
/// # References
/// Cox, Two further applications of a model for binary regression, Biometrika 45, 1958.
#[must_use]
pub fn recalibrate(probability: &[f64], y: &[bool], weight: &[f64]) -> Recalibration {
    let rows: Vec<(u32, f64)> = weight.iter().enumerate().map(|(row, w)| (row as u32, *w)).collect();
    Blocks::new(probability).fit(y, &rows)
}

/// Rows of equal probability, so that a fit costs the number of distinct probabilities.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    of_row: Vec<u32>,
    /// Infinite where the probability is 0 or 1.
    log_odds: Vec<f64>,
}

impl Blocks {
    pub(crate) fn new(probability: &[f64]) -> Self {
        let mut distinct = probability.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let of_row = probability.iter().map(|p| distinct.partition_point(|q| q < p) as u32).collect();
        Self { of_row, log_odds: distinct.into_iter().map(logit).collect() }
    }

    /// The log-odds of a row's probability; infinite where that is 0 or 1.
    pub(crate) fn log_odds(&self, row: usize) -> f64 {
        self.log_odds[self.of_row[row] as usize]
    }

    /// Fits the rows listed with their weights.
    pub(crate) fn fit(&self, y: &[bool], rows: &[(u32, f64)]) -> Recalibration {
        let mut cells: Vec<OutcomeWeights> = vec![[0.0; 2]; self.log_odds.len()];
        for &(row, w) in rows {
            let row = row as usize;
            cells[self.of_row[row] as usize][usize::from(y[row])] += w;
        }
        let (x, cells): (Vec<f64>, Vec<OutcomeWeights>) = self
            .log_odds
            .iter()
            .zip(cells)
            .filter(|(_, [without, with])| without + with > 0.0)
            .map(|(x, cell)| (*x, cell))
            .unzip();
        if x.iter().any(|x| !x.is_finite()) {
            let infinite = Reason::InfiniteLogOdds;
            return Recalibration { line: Err(infinite), intercept: Err(infinite) };
        }
        let line = logistic::fit(&x, &cells).and_then(|fit| match (fit.intercepts.first(), fit.slope) {
            (Some(&intercept), Some(slope)) => Ok(Line { intercept, slope }),
            (None, _) => Err(Reason::NoWeight),
            (Some(_), None) => Err(Reason::NoSlope),
        });
        Recalibration { line, intercept: logistic::intercept(&x, &cells) }
    }
}

const STEYERBERG: &str = "Van Calster, McLernon, van Smeden, Wynants and Steyerberg, Calibration: the Achilles heel of predictive analytics, BMC Medicine 17, 2019";

pub(super) static SLOPE: Info = Info {
    definition: Definition {
        metric: Borrowed("calibration_slope"),
        scope: Scope::Whole,
        title: text("Pendiente de calibración", "Calibration slope"),
        formula: Borrowed("b of the weighted logistic regression logit P(y = 1) = a + b logit(p)"),
        range: Borrowed(
            "any number; undefined if p separates the outcomes, is constant, or is 0 or 1 somewhere",
        ),
        better: Better::NearOne,
        reading: text(
            "Menor que 1: las probabilidades son demasiado extremas; mayor que 1: demasiado tímidas.",
            "Below 1: the probabilities are too extreme; above 1: too timid.",
        ),
        reference: Borrowed(
            "Cox, Two further applications of a model for binary regression, Biometrika 45, 1958",
        ),
    },
    computation: Computation::Slope,
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::NoSlope,
    comparison: Comparison::NUMBER,
};

pub(super) static INTERCEPT: Info = Info {
    definition: Definition {
        metric: Borrowed("calibration_intercept"),
        scope: Scope::Whole,
        title: text("Calibración en conjunto (ordenada)", "Calibration in the large (intercept)"),
        formula: Borrowed(
            "a of the weighted logistic regression logit P(y = 1) = a + logit(p), slope fixed at 1",
        ),
        range: Borrowed("any number, in log-odds"),
        better: Better::NearZero,
        reading: text(
            "Mayor que 0: el riesgo se subestima en conjunto; menor que 0: se sobrestima.",
            "Above 0: risk is underestimated as a whole; below 0: overestimated.",
        ),
        reference: Borrowed(STEYERBERG),
    },
    computation: Computation::Intercept,
    needs: Needs::Probability,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::NoWeight,
    comparison: Comparison::NUMBER,
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const P: [f64; 16] = [0.05, 0.1, 0.1, 0.2, 0.2, 0.2, 0.35, 0.4, 0.4, 0.55, 0.6, 0.6, 0.75, 0.8, 0.8, 0.9];
    const Y: [u8; 16] = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1];
    const W: [f64; 16] = [1.0, 2.0, 1.0, 0.5, 1.0, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0, 1.0, 1.0, 1.0];

    fn parts(fit: Recalibration) -> [f64; 3] {
        let line = fit.line.unwrap();
        [line.slope, line.intercept, fit.intercept.unwrap()]
    }

    #[test]
    fn agrees_with_statsmodels() {
        // x = log(p / (1 - p)); GLM(y, add_constant(x), family=Binomial(), freq_weights=w).fit(tol=1e-14).params
        //   -> [0.258889896072795, 0.6884614824408819]
        // GLM(y, ones, family=Binomial(), freq_weights=w, offset=x).fit(tol=1e-14).params -> [0.38745054843478133]
        let y = Y.map(|y| y == 1);
        let right = [0.688_461_482_440_881_9, 0.258_889_896_072_795, 0.387_450_548_434_781_33];
        let error = |weight: &[f64]| {
            let found = parts(recalibrate(&P, &y, weight));
            found.iter().zip(right).map(|(found, right)| (found - right).abs()).collect::<Vec<f64>>()
        };
        assert!(error(&W).iter().all(|error| *error <= 1e-9), "{:?}", error(&W));
        // A wrong answer would fail: without the weights all three differ.
        assert!(error(&[1.0; 16]).iter().all(|error| *error > 1e-3), "{:?}", error(&[1.0; 16]));
    }

    #[test]
    fn what_does_not_exist_says_why() {
        let reasons = |p: &[f64], y: &[bool], w: &[f64]| {
            let fit = recalibrate(p, y, w);
            (fit.line.err(), fit.intercept.err())
        };
        let (four, two) = ([false, false, true, true], [false, true]);
        assert_eq!(reasons(&[0.1, 0.2, 0.8, 0.9], &four, &[1.0; 4]), (Some(Reason::NoSlope), None));
        // Separated but for a shared value, which is separated all the same.
        assert_eq!(reasons(&[0.1, 0.5, 0.5, 0.9], &four, &[1.0; 4]), (Some(Reason::NoSlope), None));
        assert_eq!(reasons(&[0.3; 4], &four, &[1.0; 4]), (Some(Reason::NoSlope), None));
        let alike = Some(Reason::OneOutcome);
        assert_eq!(reasons(&[0.1, 0.2, 0.8, 0.9], &[true; 4], &[1.0; 4]), (alike, alike));
        let infinite = Some(Reason::InfiniteLogOdds);
        assert_eq!(reasons(&[0.0, 0.5], &two, &[1.0; 2]), (infinite, infinite));
        // A row without weight is no row.
        assert_eq!(
            reasons(
                &[0.0, 0.2, 0.8, 0.9, 0.1],
                &[false, true, false, true, false],
                &[0.0, 1.0, 1.0, 1.0, 1.0]
            ),
            (None, None)
        );
        assert_eq!(reasons(&[0.2, 0.5], &two, &[0.0; 2]), (Some(Reason::NoWeight), Some(Reason::NoWeight)));
    }
}
