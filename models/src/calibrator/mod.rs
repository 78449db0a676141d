//! The monotone map from log-odds to probability.

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::probability::sigmoid;

/// Turns a score into the probability of the outcome within the protocol's horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibrator {
    /// A logistic curve of the score.
    Platt(Platt),
    /// A monotone curve through pooled shares.
    Isotonic(Isotonic),
}

/// A probability with the interval that the calibration rows leave open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// Probability of the outcome.
    pub probability: f64,
    /// Lower end of the 95 % interval of the share of events among cases with this score.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

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

impl Calibrator {
    /// Short name: `platt`, `isotonic`.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Platt(_) => "platt",
            Self::Isotonic(_) => "isotonic",
        }
    }

    /// The probability of a score, with its interval.
    pub fn calibrate(&self, score: f64) -> Calibrated {
        match self {
            Self::Platt(platt) => platt.calibrate(score),
            Self::Isotonic(isotonic) => isotonic.calibrate(score),
        }
    }

    /// Refuses curves that are not monotone or not probabilities, and intervals that leave out their probability.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what was found.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Platt(p) => p.check(),
            Self::Isotonic(i) => i.check(),
        }
    }
}

fn refuse(problem: String) -> Result<(), Error> {
    Err(Error::invalid("calibrator", problem))
}

impl Platt {
    fn check(&self) -> Result<(), Error> {
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

    fn calibrate(&self, score: f64) -> Calibrated {
        let [aa, ab, bb] = self.covariance;
        let middle = self.intercept + self.slope * score;
        let half = 1.959_963_984_540_054 * (aa + 2.0 * score * ab + score * score * bb).max(0.0).sqrt();
        // Beyond log-odds of about 37 a probability rounds to 1, which nobody knows: the last number before it is given.
        let inside = |log_odds| sigmoid(log_odds).clamp(f64::MIN_POSITIVE, 1.0_f64.next_down());
        Calibrated { probability: inside(middle), low: inside(middle - half), high: inside(middle + half) }
    }
}

impl Isotonic {
    fn check(&self) -> Result<(), Error> {
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

    fn calibrate(&self, score: f64) -> Calibrated {
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

#[cfg(test)]
mod tests;
