//! The calibrator of a model that gives every row the same score.

use amparo_datasets::wilson;
use amparo_models::Calibrator;
use amparo_models::calibrator::{Beta, Isotonic, Platt};
use amparo_models::probability::logit;

use super::Method;
use super::platt::smoothed;
use super::venn_abers::at_one_score;

/// Scores that differ by no more than this, in log-odds, are one: what a model rounds to.
const SAME: f64 = 1e-9;

/// The score that all rows have, if they have one.
pub(crate) fn constant(scores: &[f64]) -> Option<f64> {
    let (low, high) =
        scores.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &s| (low.min(s), high.max(s)));
    (high - low <= SAME).then_some(low)
}

impl Method {
    /// The curve through the share of events at the only score there is.
    ///
    /// ```text
    /// platt:     intercept = ln(share / (1 - share)) - score     slope = 1     variance of the intercept = 1 / (n share (1 - share))
    /// beta:      the same curve, with both exponents 1
    /// platt_smoothed:  as platt, with the mean of the smoothed targets for the share
    /// venn_abers:      [events / (n + 1), (events + 1) / (n + 1)] at every score
    /// isotonic:  one knot, with the share and its Wilson interval
    /// ```
    /// Nothing tells the slope: 1 leaves the model's own scale as it is, should it ever give another score. Both classes are
    /// among the rows.
    pub(crate) fn at(self, score: f64, events: &[bool], weights: &[f64]) -> Calibrator {
        match self {
            Self::Platt => Calibrator::Platt(constant_platt(score, events, weights)),
            Self::PlattSmoothed => {
                let targets = smoothed(events, weights);
                let of_events: f64 = targets.iter().zip(weights).map(|(y, w)| y * w).sum();
                let share = of_events / weights.iter().sum::<f64>();
                Calibrator::Platt(through(share, score, events.len() as f64))
            }
            Self::VennAbers => Calibrator::VennAbers(at_one_score(events, weights)),
            Self::Beta => {
                let Platt { intercept: c, covariance: [cc, ..], .. } = constant_platt(score, events, weights);
                Calibrator::Beta(Beta { a: 1.0, b: 1.0, c, covariance: [0.0, 0.0, 0.0, 0.0, 0.0, cc] })
            }
            Self::Isotonic => {
                let share = share(events, weights);
                let (low, high) = wilson(share, events.len() as f64);
                Calibrator::Isotonic(Isotonic {
                    scores: vec![score],
                    probabilities: vec![share],
                    low: vec![low],
                    high: vec![high],
                })
            }
        }
    }
}

/// Platt's curve at the only score there is; see [`Method::at`].
pub(crate) fn constant_platt(score: f64, events: &[bool], weights: &[f64]) -> Platt {
    through(share(events, weights), score, events.len() as f64)
}

/// The curve of slope 1 through a share of `n` rows at a score.
fn through(share: f64, score: f64, n: f64) -> Platt {
    let variance = 1.0 / (n * share * (1.0 - share));
    Platt { intercept: logit(share) - score, slope: 1.0, covariance: [variance, 0.0, 0.0] }
}

/// Weighted share of events.
fn share(events: &[bool], weights: &[f64]) -> f64 {
    let of_events: f64 = events.iter().zip(weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
    of_events / weights.iter().sum::<f64>()
}
