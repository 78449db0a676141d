//! How scores tell who has the event sooner, at several horizons.

use serde::{Deserialize, Serialize};

use crate::measure::{Count, Measure};

/// The event within several numbers of days, on rows that were followed: those lost from sight too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Horizons {
    /// The rows at each horizon, by rising days.
    pub rows: Vec<HorizonRows>,
    /// One entry a scored version, in the order of the report.
    pub scored: Vec<ScoredHorizons>,
}

/// What became of the rows within a number of days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HorizonRows {
    /// The days.
    pub days: u32,
    /// Rows with the event within them, unweighted.
    pub events: Count,
    /// Rows without the event that were in sight through the last of them.
    pub without: Count,
    /// Rows that were lost from sight before.
    pub lost: Count,
    /// Kaplan-Meier estimate of the share with the event, with the weights; its interval is by case.
    pub observed: Measure,
}

/// One score at each horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoredHorizons {
    /// Its name.
    pub name: String,
    /// By rising days.
    pub at: Vec<AtHorizon>,
}

/// One score at one horizon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AtHorizon {
    /// The days.
    pub days: u32,
    /// Area under the ROC curve of the event within them ([`horizon_auc`](crate::metrics::horizon_auc)).
    pub auc: Measure,
    /// This area less that of the reference version, on the same rows; `None` for the reference itself.
    pub difference: Option<Measure>,
    /// Kaplan-Meier estimate of the share with the event in each fifth of the rows by score, from the lowest scores. Rows of one score
    /// are in one fifth.
    pub by_fifth: Vec<Measure>,
}
