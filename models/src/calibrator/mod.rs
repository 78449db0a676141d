//! The monotone map from log-odds to probability.

mod beta;
mod isotonic;
mod platt;

use serde::{Deserialize, Serialize};

pub use beta::Beta;
pub use isotonic::Isotonic;
pub use platt::Platt;

use crate::Error;
use crate::probability::sigmoid;

/// Turns a score into the probability of the outcome within the protocol's horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calibrator {
    /// A logistic curve of the score.
    Platt(Platt),
    /// A logistic curve that may bend differently at its two ends.
    Beta(Beta),
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

impl Calibrated {
    /// A probability and its 95 % interval by the delta method on the scale of log-odds.
    fn around(log_odds: f64, variance: f64) -> Self {
        let half = 1.959_963_984_540_054 * variance.max(0.0).sqrt();
        let [probability, low, high] =
            [log_odds, log_odds - half, log_odds + half].map(|s| inside(sigmoid(s)));
        Self { probability, low, high }
    }
}

/// Beyond log-odds of about 37 a probability rounds to 1, which nobody knows: the last number before it is given.
fn inside(probability: f64) -> f64 {
    probability.clamp(f64::MIN_POSITIVE, 1.0_f64.next_down())
}

impl Calibrator {
    /// Short name: `platt`, `beta`, `isotonic`.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Platt(_) => "platt",
            Self::Beta(_) => "beta",
            Self::Isotonic(_) => "isotonic",
        }
    }

    /// The probability of a score, with its interval.
    pub fn calibrate(&self, score: f64) -> Calibrated {
        match self {
            Self::Platt(platt) => platt.calibrate(score),
            Self::Beta(beta) => beta.calibrate(score),
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
            Self::Beta(b) => b.check(),
            Self::Isotonic(i) => i.check(),
        }
    }
}

fn refuse(problem: String) -> Result<(), Error> {
    Err(Error::invalid("calibrator", problem))
}

#[cfg(test)]
mod tests;
