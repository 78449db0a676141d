use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Undefined;

/// Where a score stands, or why that is not known.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ScorePercentile {
    /// It is known.
    Known(Percentile),
    /// It is not.
    Undefined(Undefined),
}

/// Where a number stands among those of the population of the version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Percentile {
    /// Share of the population with a lower number, and half of those with the same.
    #[schema(minimum = 0, maximum = 1)]
    pub percentile: f64,
    /// It is exact within this.
    #[schema(minimum = 0, maximum = 1)]
    pub resolution: f64,
}

/// Where each value stands, or why that is not known.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Percentiles {
    /// One an indicator.
    Known(Vec<PlacedValue>),
    /// They are not known.
    Undefined(Undefined),
}

/// Where one value stands among those of its indicator in the population of the version.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlacedValue {
    /// The question.
    pub indicator: String,
    /// Share of the population with a lower value, and half of those with the same.
    #[schema(minimum = 0, maximum = 1)]
    pub percentile: f64,
    /// It is exact within this.
    #[schema(minimum = 0, maximum = 1)]
    pub resolution: f64,
}

/// How far an explanation could move, or why that is not known.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Stability {
    /// It is known.
    Known(KnownStability),
    /// It is not.
    Undefined(Undefined),
}

/// How far base and values could move if the case were compared with another population of the same kind.
///
/// The cases of the population are dealt into subsamples; from what the values against each of them differ by follow the
/// standard deviations, and by resampling subsamples the ranges of ranks. It speaks of the population that the case is
/// compared with, not of another fit of the model.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct KnownStability {
    /// Subsamples of cases.
    pub subsamples: usize,
    /// Degrees of freedom of each standard deviation: one less.
    pub degrees_of_freedom: usize,
    /// Resamples behind the ranges of ranks.
    pub resamples: usize,
    /// Standard deviation of the base, in log-odds.
    #[schema(minimum = 0)]
    pub base_sd: f64,
    /// One an indicator, in the form's order.
    pub values: Vec<StableValue>,
}

/// How far one value could move.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StableValue {
    /// The question.
    pub indicator: String,
    /// Standard deviation of its value, in log-odds.
    #[schema(minimum = 0)]
    pub sd: f64,
    /// Lower end of the value's 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the interval stays on one side of 0.
    pub sign_holds: bool,
    /// Its place by absolute value, 1 for the largest.
    #[schema(minimum = 1)]
    pub rank: usize,
    /// The first place it has in 95 % of the resamples, or `rank` if that is before.
    #[schema(minimum = 1)]
    pub rank_from: usize,
    /// The last one, or `rank` if that is after.
    #[schema(minimum = 1)]
    pub rank_to: usize,
}
