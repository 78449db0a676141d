//! Logistic recalibration: slope, and calibration in the large.

use std::borrow::Cow::Borrowed;

use libm::{exp, log};

use super::info::{Basis, Comparison, Computation, Info, Needs, no_cells};
use crate::definitions::{Better, Definition, Scope, text};
use crate::reason::Reason;

/// Steps of Newton's method before giving up; a regular sample takes under ten.
const MAX_STEPS: usize = 60;
/// Newton's error is squared each step, so a step this small leaves an error near 1e-14.
const SMALL_STEP: f64 = 1e-7;
/// Beyond this a parameter is running away: the outcomes are separated.
const RUNAWAY: f64 = 1e3;

/// What recalibration finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recalibration {
    /// `b` of `logit P(y = 1) = a + b logit(p)`; `None` when the fit has no single finite solution.
    pub slope: Option<f64>,
    /// `a` of the same fit.
    pub slope_intercept: Option<f64>,
    /// `a` of `logit P(y = 1) = a + logit(p)`: calibration in the large.
    pub intercept: Option<f64>,
}

/// Weighted logistic regression of the outcome on the log-odds of the probability, by Newton's method.
///
/// ```text
/// slope      maximises  sum w [ y ln m + (1 - y) ln(1 - m) ],  m = 1 / (1 + exp(-(a + b logit p)))
/// intercept  the same with b fixed at 1
/// ```
/// Slices have one entry a row, weights >= 0. A well calibrated model has slope 1 and intercept 0. `None` as a whole when a probability is
/// exactly 0 or 1; a part is `None` when the outcomes are separated, all alike, or the probability is constant.
///
/// # References
/// Cox, Two further applications of a model for binary regression, Biometrika 45, 1958.
#[must_use]
pub fn recalibrate(probability: &[f64], y: &[bool], weight: &[f64]) -> Option<Recalibration> {
    let blocks = Blocks::new(probability)?;
    let rows: Vec<(u32, f64)> = weight.iter().enumerate().map(|(row, w)| (row as u32, *w)).collect();
    Some(blocks.fit(y, &rows, None))
}

/// Rows of equal probability, so that a fit costs the number of distinct probabilities.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    of_row: Vec<u32>,
    log_odds: Vec<f64>,
}

impl Blocks {
    /// `None` if a probability is 0 or 1, whose log-odds are infinite.
    pub(crate) fn new(probability: &[f64]) -> Option<Self> {
        if !probability.iter().all(|p| *p > 0.0 && *p < 1.0) {
            return None;
        }
        let mut distinct = probability.to_vec();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup_by(|a, b| a.to_bits() == b.to_bits());
        let of_row = probability.iter().map(|p| distinct.partition_point(|q| q < p) as u32).collect();
        let log_odds = distinct.iter().map(|p| log(p / (1.0 - p))).collect();
        Some(Self { of_row, log_odds })
    }

    /// The log-odds of a row's probability.
    pub(crate) fn log_odds(&self, row: usize) -> f64 {
        self.log_odds[self.of_row[row] as usize]
    }

    /// Fits the rows listed with their weights, starting from an earlier fit if there is one.
    pub(crate) fn fit(
        &self,
        y: &[bool],
        rows: &[(u32, f64)],
        start: Option<&Recalibration>,
    ) -> Recalibration {
        let mut sums = vec![[0.0; 2]; self.log_odds.len()];
        for &(row, w) in rows {
            let row = row as usize;
            let sum = &mut sums[self.of_row[row] as usize];
            sum[0] += w;
            sum[1] += if y[row] { w } else { 0.0 };
        }
        let (x, sums): (Vec<f64>, Vec<[f64; 2]>) =
            self.log_odds.iter().zip(sums).filter(|(_, sum)| sum[0] > 0.0).map(|(x, sum)| (*x, sum)).unzip();
        let intercept = newton_1(&x, &sums, start.and_then(|s| s.intercept).unwrap_or(0.0));
        let line = start.and_then(|s| Some((s.slope_intercept?, s.slope?))).unwrap_or((0.0, 1.0));
        let line = newton_2(&x, &sums, line);
        Recalibration { slope: line.map(|l| l.1), slope_intercept: line.map(|l| l.0), intercept }
    }
}

fn newton_1(x: &[f64], sums: &[[f64; 2]], mut a: f64) -> Option<f64> {
    for _ in 0..MAX_STEPS {
        let (mut gradient, mut curvature) = (0.0, 0.0);
        for (x, [w, wy]) in x.iter().zip(sums) {
            let m = 1.0 / (1.0 + exp(-(a + x)));
            gradient += wy - w * m;
            curvature += w * m * (1.0 - m);
        }
        let step = gradient / curvature;
        if !step.is_finite() || a.abs() > RUNAWAY {
            return None;
        }
        a += step.clamp(-2.0, 2.0);
        if step.abs() <= SMALL_STEP {
            return Some(a);
        }
    }
    None
}

fn newton_2(x: &[f64], sums: &[[f64; 2]], (mut a, mut b): (f64, f64)) -> Option<(f64, f64)> {
    for _ in 0..MAX_STEPS {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, [w, wy]) in x.iter().zip(sums) {
            let m = 1.0 / (1.0 + exp(-(a + b * x)));
            let (residual, h) = (wy - w * m, w * m * (1.0 - m));
            ga += residual;
            gb += residual * x;
            haa += h;
            hab += h * x;
            hbb += h * x * x;
        }
        let determinant = haa * hbb - hab * hab;
        // Relative to its terms, so that one distinct probability (rank one) is seen whatever the scale of the weights.
        if determinant <= 1e-12 * haa * hbb {
            return None;
        }
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        if !da.is_finite() || !db.is_finite() || a.abs() > RUNAWAY || b.abs() > RUNAWAY {
            return None;
        }
        let size = da.abs().max(db.abs());
        let damping = if size > 2.0 { 2.0 / size } else { 1.0 };
        a += damping * da;
        b += damping * db;
        if size <= SMALL_STEP {
            return Some((a, b));
        }
    }
    None
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
    needs: Needs::LogOdds,
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
    needs: Needs::LogOdds,
    basis: Basis::Everyone,
    cells: no_cells,
    undefined: Reason::ZeroDenominator,
    comparison: Comparison::NUMBER,
};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const P: [f64; 16] = [0.05, 0.1, 0.1, 0.2, 0.2, 0.2, 0.35, 0.4, 0.4, 0.55, 0.6, 0.6, 0.75, 0.8, 0.8, 0.9];
    const Y: [u8; 16] = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1];
    const W: [f64; 16] = [1.0, 2.0, 1.0, 0.5, 1.0, 1.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 2.0, 1.0, 1.0, 1.0];

    #[test]
    fn agrees_with_statsmodels() {
        // x = log(p / (1 - p)); GLM(y, add_constant(x), family=Binomial(), freq_weights=w).fit(tol=1e-14).params
        //   -> [0.258889896072795, 0.6884614824408819]
        // GLM(y, ones, family=Binomial(), freq_weights=w, offset=x).fit(tol=1e-14).params -> [0.38745054843478133]
        let y = Y.map(|y| y == 1);
        let fit = recalibrate(&P, &y, &W).unwrap();
        let near = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() <= 1e-9;
        assert!(near(fit.slope, 0.688_461_482_440_881_9), "{fit:?}");
        assert!(near(fit.slope_intercept, 0.258_889_896_072_795), "{fit:?}");
        assert!(near(fit.intercept, 0.387_450_548_434_781_33), "{fit:?}");
        // A wrong answer would fail: without the weights all three differ.
        let unweighted = recalibrate(&P, &y, &[1.0; 16]).unwrap();
        assert!(
            !near(unweighted.slope, 0.688_461_482_440_881_9)
                && !near(unweighted.intercept, 0.387_450_548_434_781_33)
        );
    }

    #[test]
    fn fits_without_a_solution_are_none() {
        let separated = recalibrate(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true], &[1.0; 4]).unwrap();
        assert!(separated.slope.is_none() && separated.intercept.is_some());
        let constant = recalibrate(&[0.3; 4], &[false, false, true, true], &[1.0; 4]).unwrap();
        assert!(constant.slope.is_none() && constant.intercept.is_some());
        let all_alike = recalibrate(&[0.1, 0.2, 0.8, 0.9], &[true; 4], &[1.0; 4]).unwrap();
        assert!(all_alike.slope.is_none() && all_alike.intercept.is_none());
        assert!(recalibrate(&[0.0, 0.5], &[false, true], &[1.0; 2]).is_none());
    }
}
