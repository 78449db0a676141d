//! The logistic curve of a score.

use serde::{Deserialize, Serialize};

use super::{Calibrated, refuse};
use crate::Error;

/// Platt's logistic curve.
///
/// ```text
/// p = 1 / (1 + exp(-(intercept + slope * score)))          slope > 0
/// interval: sigmoid(intercept + slope * score -+ 1.96 sqrt(g' C g)),  g = (1, score), C = covariance
/// ```
///
/// # References
/// Platt, "Probabilistic outputs for support vector machines", 1999.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Log-odds at score 0.
    pub intercept: f64,
    /// Log-odds per unit of score, above 0.
    pub slope: f64,
    /// Covariance of (intercept, slope): variance, covariance, variance.
    pub covariance: [f64; 3],
}

impl Platt {
    pub(super) fn check(&self) -> Result<(), Error> {
        let Self { intercept, slope, covariance } = self;
        if !intercept.is_finite() {
            return refuse(format!("intercept is {intercept}, expected a finite number"));
        }
        if !(slope.is_finite() && *slope > 0.0) {
            return refuse(format!("slope is {slope}, expected a number above 0"));
        }
        // A covariance has no negative variance in any direction; one of rank one may round to slightly below.
        let [a, b, c] = covariance;
        let finite = covariance.iter().all(|v| v.is_finite());
        if !finite || *a < 0.0 || *c < 0.0 || a * c - b * b < -1e-9 * (a * c) {
            return refuse(format!(
                "covariance is {covariance:?}, expected variance, covariance, variance with no direction of negative variance"
            ));
        }
        Ok(())
    }

    pub(super) fn calibrate(&self, score: f64) -> Calibrated {
        let [aa, ab, bb] = self.covariance;
        let middle = self.intercept + self.slope * score;
        Calibrated::around(middle, aa + 2.0 * score * ab + score * score * bb)
    }
}
