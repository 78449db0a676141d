//! What the baseline alone says of a form, where the level must not be below its own.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::Interval;
use crate::completion::Certificate;
use crate::{OutcomeModel, Protocol};

/// The baseline of a hybrid as a model of its own, where a clause of the version says that the level is never below the one that it
/// gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BaselineAlone {
    /// Its score.
    pub log_odds: f64,
    /// Its own calibrated probability of the outcome of `recidivism`.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub probability: f64,
    /// The level of this probability, below which the proposed level is not.
    pub level: String,
    /// Its lowest and highest probability over all ways of answering the unknown questions with known answers.
    pub if_unknowns: Interval,
    /// Whether some answers give exactly these (`exact`), or they may be too wide (`bounds`).
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub certificate: Certificate,
}

impl BaselineAlone {
    pub(super) fn of(
        protocol: &Protocol,
        instrument: &Instrument,
        part: &OutcomeModel,
        row: &[u8],
    ) -> Option<Self> {
        let alone = part.baseline_alone()?;
        let (log_odds, range) = (alone.score(row), alone.range(instrument, row));
        let now = alone.probability(log_odds);
        Some(Self {
            log_odds,
            probability: now,
            level: protocol.levels()[protocol.level_of(now)].id.clone(),
            if_unknowns: Interval { low: alone.probability(range.low), high: alone.probability(range.high) },
            certificate: range.certificate(),
        })
    }
}
