//! A logistic curve that may bend differently at its two ends.

use serde::{Deserialize, Serialize};

use super::{Calibrated, refuse};
use crate::Error;
use crate::probability::{sigmoid, softplus};

/// The beta calibration curve.
///
/// ```text
/// p = 1 / (1 + 1 / (exp(c) s^a / (1 - s)^b)),  s = 1 / (1 + exp(-score))        a, b >= 0, not both 0
///   = sigmoid(c + a ln s - b ln(1 - s))
/// interval: sigmoid(c + a ln s - b ln(1 - s) -+ 1.96 sqrt(g' C g)),  g = (ln s, -ln(1 - s), 1), C = covariance
/// ```
/// Where both exponents are equal it is Platt's curve with slope `a`. Where `a` is the larger one, low probabilities fall off
/// faster than high ones rise. Both logarithms are computed from the score, `ln s = -ln(1 + exp(-score))`, and so are exact where
/// `s` itself would round to 0 or 1.
///
/// # References
/// Kull, Silva Filho and Flach, "Beta calibration: a well-founded and easily implemented improvement on logistic calibration for
/// binary classifiers", AISTATS 2017, section 3.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beta {
    /// Exponent of `s`, at least 0: log-odds per unit of score far below score 0.
    pub a: f64,
    /// Exponent of `1 - s`, at least 0: log-odds per unit of score far above score 0.
    pub b: f64,
    /// Log-odds where both logarithms would be 0.
    pub c: f64,
    /// Covariance of (a, b, c) by rows of its upper half: `aa, ab, ac, bb, bc, cc`. Of an exponent that the fit holds at 0 it is 0.
    pub covariance: [f64; 6],
}

impl Beta {
    pub(super) fn check(&self) -> Result<(), Error> {
        let Self { a, b, c, covariance } = self;
        if !c.is_finite() {
            return refuse(format!("c is {c}, expected a finite number"));
        }
        let exponent = |x: f64| x.is_finite() && x >= 0.0;
        if !(exponent(*a) && exponent(*b) && a + b > 0.0) {
            return refuse(format!(
                "a is {a} and b is {b}, expected numbers of at least 0, one of them above 0"
            ));
        }
        // No direction of negative variance: no principal minor is below 0, but for rounding.
        let [aa, ab, ac, bb, bc, cc] = *covariance;
        let determinant = aa * (bb * cc - bc * bc) - ab * (ab * cc - bc * ac) + ac * (ab * bc - bb * ac);
        let pair = |x: f64, y: f64, xy: f64| x * y - xy * xy >= -1e-9 * (x * y);
        let sound = covariance.iter().all(|v| v.is_finite())
            && [aa, bb, cc].iter().all(|v| *v >= 0.0)
            && pair(aa, bb, ab)
            && pair(aa, cc, ac)
            && pair(bb, cc, bc)
            && determinant >= -1e-9 * (aa * bb * cc);
        if !sound {
            return refuse(format!(
                "covariance is {covariance:?}, expected `aa, ab, ac, bb, bc, cc` with no direction of negative variance"
            ));
        }
        Ok(())
    }

    pub(super) fn calibrate(&self, score: f64) -> Calibrated {
        let [aa, ab, ac, bb, bc, cc] = self.covariance;
        let [u, v] = Self::logarithms(score);
        let variance = u * u * aa + v * v * bb + cc + 2.0 * (u * v * ab + u * ac + v * bc);
        Calibrated::around(self.log_odds(score), variance)
    }

    /// `(ln s, -ln(1 - s))` of a score, each rising with it.
    #[must_use]
    pub fn logarithms(score: f64) -> [f64; 2] {
        [-softplus(-score), softplus(score)]
    }

    /// The calibrated log-odds of a score.
    #[must_use]
    pub fn log_odds(&self, score: f64) -> f64 {
        let [u, v] = Self::logarithms(score);
        self.a * u + self.b * v + self.c
    }

    /// Calibrated log-odds per unit of score, at a score.
    #[must_use]
    pub fn slope(&self, score: f64) -> f64 {
        self.a * sigmoid(-score) + self.b * sigmoid(score)
    }

    /// The lowest score with calibrated log-odds of at least `log_odds`, to the last bit; none if all have more, or none as much.
    #[must_use]
    pub fn score_at(&self, log_odds: f64) -> Option<f64> {
        let reaches = |score: f64| self.log_odds(score) >= log_odds;
        // Outwards until the curve lies on both sides: with an exponent of 0 it need not.
        let (mut below, mut from) = (-1.0, 1.0);
        while reaches(below) {
            below *= 2.0;
            if below <= -FARTHEST {
                return None;
            }
        }
        while !reaches(from) {
            from *= 2.0;
            if from >= FARTHEST {
                return None;
            }
        }
        loop {
            let middle = f64::midpoint(below, from);
            if !(below < middle && middle < from) {
                return Some(from);
            }
            if reaches(middle) { from = middle } else { below = middle }
        }
    }
}

/// No score of a model is this far from 0.
const FARTHEST: f64 = 1e12;
