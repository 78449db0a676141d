//! How far the values of an explanation could move, and where they stand among those of the population.

use amparo_datasets::{Indicator, Instrument};
use serde::{Deserialize, Serialize};

use crate::explain::stability::{DEGREES_OF_FREEDOM, RESAMPLES};
use crate::explain::{OrReason, Percentile, SUBSAMPLES, Stability, ValueStability};
use crate::{Explanation, OutcomeModel};

/// How far base and values could move if the case were compared with another population of the same kind.
///
/// The cases of the population are dealt into subsamples; from what the values against each of them differ by follow the
/// standard deviations, and by resampling subsamples the ranges of ranks. It speaks of the population that the case is
/// compared with, not of another fit of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = KnownStability))]
pub struct ExplanationStability {
    /// Subsamples of cases.
    pub subsamples: usize,
    /// Degrees of freedom of each standard deviation: one less.
    pub degrees_of_freedom: usize,
    /// Resamples behind the ranges of ranks.
    pub resamples: usize,
    /// Standard deviation of the base, in log-odds.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub base_sd: f64,
    /// One an indicator, in the form's order.
    pub values: Vec<StableValue>,
}

/// How far one value could move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StableValue {
    /// The question.
    pub indicator: String,
    /// Standard deviation of its value, in log-odds.
    #[cfg_attr(feature = "openapi", schema(minimum = 0))]
    pub sd: f64,
    /// Lower end of the value's 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the interval stays on one side of 0.
    pub sign_holds: bool,
    /// Its place by absolute value, 1 for the largest.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub rank: usize,
    /// The first place it has in 95 % of the resamples, or `rank` if that is before.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub rank_from: usize,
    /// The last one, or `rank` if that is after.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub rank_to: usize,
}

/// Where one value stands among those of its indicator in the population of the version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlacedValue {
    /// The question.
    pub indicator: String,
    /// Share of the population with a lower value, and half of those with the same.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub percentile: f64,
    /// It is exact within this.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub resolution: f64,
}

impl ExplanationStability {
    pub(super) fn of(
        part: &OutcomeModel,
        instrument: &Instrument,
        row: &[u8],
        explanation: &Explanation,
    ) -> OrReason<Self> {
        part.stability(row, explanation).map(|Stability { base_sd, values }| {
            let of = |(indicator, v): (&Indicator, ValueStability)| StableValue {
                indicator: indicator.id.clone(),
                sd: v.sd,
                low: v.low,
                high: v.high,
                sign_holds: v.sign_holds(),
                rank: v.rank,
                rank_from: v.rank_from,
                rank_to: v.rank_to,
            };
            Self {
                subsamples: SUBSAMPLES,
                degrees_of_freedom: DEGREES_OF_FREEDOM,
                resamples: RESAMPLES,
                base_sd,
                values: instrument.indicators().iter().zip(values).map(of).collect(),
            }
        })
    }
}

/// Where each value stands.
pub(super) fn placed(
    part: &OutcomeModel,
    instrument: &Instrument,
    explanation: &Explanation,
) -> OrReason<Vec<PlacedValue>> {
    part.percentiles(explanation).map(|values| {
        let of = |(indicator, at): (&Indicator, Percentile)| PlacedValue {
            indicator: indicator.id.clone(),
            percentile: at.percentile,
            resolution: at.resolution,
        };
        instrument.indicators().iter().zip(values).map(of).collect()
    })
}
