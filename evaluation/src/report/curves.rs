//! Curves over the probability.

use serde::{Deserialize, Serialize};

use crate::measure::Measure;

/// A point of the smooth calibration curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// Probability, in [0, 1].
    pub probability: f64,
    /// Smoothed rate of the event there, with its pointwise 95 % interval.
    pub observed: Measure,
}

/// A point of the decision curve: what acting on everybody at or above a threshold is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DecisionPoint {
    /// Threshold probability `t`, in (0, 1): acting on one case that needs it is worth `t / (1 - t)` acts that were not needed.
    pub threshold: f64,
    /// `TP / n - FP / n x t / (1 - t)`.
    pub net_benefit: Measure,
    /// The same, acting on everybody; acting on nobody is worth 0.
    pub treat_all: Measure,
}
