//! The monotone map from log-odds to probability.

mod beta;
mod isotonic;
mod platt;
mod venn_abers;

use serde::{Deserialize, Serialize};

pub use beta::Beta;
pub use isotonic::Isotonic;
pub use platt::Platt;
pub use venn_abers::VennAbers;

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
    /// Two step functions of the score, which hold the probability between them.
    VennAbers(VennAbers),
}

/// What the two ends of an interval around a probability say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntervalKind {
    /// A 95 % confidence interval of the share of events among cases with this score, for which the calibration rows are a sample.
    #[default]
    #[serde(rename = "confidence_95")]
    Confidence95,
    /// The two probabilities of Venn-Abers prediction: what the calibration rows say if the case is added to them as a non-event,
    /// and as an event. One of the two is calibrated whatever the scores are; it is no confidence interval of any level.
    VennAbers,
}

impl IntervalKind {
    /// Whether it is a confidence interval.
    #[must_use]
    pub fn is_confidence(&self) -> bool {
        *self == Self::Confidence95
    }
}

/// A probability with the interval that the calibration rows leave open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Calibrated {
    /// Probability of the outcome.
    pub probability: f64,
    /// Lower end of its interval, of the kind that the calibrator gives ([`Calibrator::interval_kind`]).
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
    /// Short name: `platt`, `beta`, `isotonic`, `venn_abers`.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Platt(_) => "platt",
            Self::Beta(_) => "beta",
            Self::Isotonic(_) => "isotonic",
            Self::VennAbers(_) => "venn_abers",
        }
    }

    /// What the intervals of its probabilities are.
    pub fn interval_kind(&self) -> IntervalKind {
        match self {
            Self::Platt(_) | Self::Beta(_) | Self::Isotonic(_) => IntervalKind::Confidence95,
            Self::VennAbers(_) => IntervalKind::VennAbers,
        }
    }

    /// The probability of a score, with its interval.
    pub fn calibrate(&self, score: f64) -> Calibrated {
        match self {
            Self::Platt(platt) => platt.calibrate(score),
            Self::Beta(beta) => beta.calibrate(score),
            Self::Isotonic(isotonic) => isotonic.calibrate(score),
            Self::VennAbers(tables) => tables.calibrate(score),
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
            Self::VennAbers(v) => v.check(),
        }
    }
}

fn refuse(problem: String) -> Result<(), Error> {
    Err(Error::invalid("calibrator", problem))
}

#[cfg(test)]
mod tests;
