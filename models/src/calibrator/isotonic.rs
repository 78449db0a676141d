//! A curve through pooled shares.

use serde::{Deserialize, Serialize};

use super::{Calibrated, refuse};
use crate::Error;

/// A piecewise linear, non-decreasing curve; constant beyond its ends.
///
/// # References
/// Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Isotonic {
    /// Scores of the knots, strictly increasing.
    pub scores: Vec<f64>,
    /// Probability at each knot, non-decreasing, inside (0, 1).
    pub probabilities: Vec<f64>,
    /// Lower ends of the 95 % intervals, non-decreasing, inside (0, 1) and not above the probabilities.
    pub low: Vec<f64>,
    /// Upper ends of the 95 % intervals, non-decreasing, inside (0, 1) and not below the probabilities.
    pub high: Vec<f64>,
}

impl Isotonic {
    pub(super) fn check(&self) -> Result<(), Error> {
        let n = self.scores.len();
        if n == 0 {
            return refuse("0 knots found, expected at least 1".into());
        }
        let curves = [("probabilities", &self.probabilities), ("low", &self.low), ("high", &self.high)];
        for (name, curve) in curves {
            if curve.len() != n {
                return refuse(format!(
                    "`{name}` has {} values, expected one for each of {n} scores",
                    curve.len()
                ));
            }
        }
        if !self.scores.iter().all(|s| s.is_finite()) || !self.scores.is_sorted_by(|a, b| a < b) {
            return refuse("`scores` do not strictly increase, or are not finite numbers".into());
        }
        for (name, curve) in curves {
            if let Some(p) = curve.iter().find(|p| !(**p > 0.0 && **p < 1.0)) {
                return refuse(format!("`{name}` holds {p}, expected probabilities inside (0, 1)"));
            }
            if !curve.is_sorted() {
                return refuse(format!("`{name}` decreases, expected a non-decreasing curve"));
            }
        }
        for (knot, &p) in self.probabilities.iter().enumerate() {
            let (low, high) = (self.low[knot], self.high[knot]);
            if !(low <= p && p <= high) {
                return refuse(format!(
                    "knot {knot} has probability {p} outside its interval {low} to {high}"
                ));
            }
        }
        Ok(())
    }

    pub(super) fn calibrate(&self, score: f64) -> Calibrated {
        let probability = self.at(&self.probabilities, score);
        // The three curves round apart: where they touch, the interval is kept around the probability.
        let low = self.at(&self.low, score).min(probability);
        let high = self.at(&self.high, score).max(probability);
        Calibrated { probability, low, high }
    }

    fn at(&self, curve: &[f64], score: f64) -> f64 {
        let after = self.scores.partition_point(|s| *s <= score);
        if after == 0 {
            return curve[0];
        }
        if after == curve.len() {
            return curve[after - 1];
        }
        let (x0, x1) = (self.scores[after - 1], self.scores[after]);
        let (y0, y1) = (curve[after - 1], curve[after]);
        // Rounding must not step over the next knot: the curve would decrease there.
        (y0 + (y1 - y0) * ((score - x0) / (x1 - x0))).min(y1)
    }
}
