//! The transition plan: what each position between a baseline and a candidate would change.

use serde::{Deserialize, Serialize};

use super::Measures;
use crate::input::End;
use crate::measure::{Count, Measure};

/// The positions of one dial, from the baseline (0) to the candidate (1), as far as they were judged.
///
/// Nothing here is computed a second time: every number stands elsewhere in the report too, and is the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// The model at 0.
    pub baseline: End,
    /// The model at 1.
    pub candidate: End,
    /// The version that moves, differences and changes are taken against: the report's reference.
    pub against: String,
    /// By rising dial, then by name.
    pub positions: Vec<Position>,
}

/// One version on the dial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The version's name.
    pub name: String,
    /// Its dial in [0, 1].
    pub dial: f64,
    /// Protection, overload, AUC and Brier score; for each level but the lowest the recall, and the share of rows, at the level or above
    /// (`recall@level`, `selection_rate@level`).
    pub measures: Measures,
    /// Of these, the version's less the reference's, on the same resamples; empty for the reference itself.
    pub differences: Measures,
    /// Who would be at another level than by the reference; `None` for the reference itself, or where their levels differ.
    pub moves: Option<Moves>,
    /// Gaps between groups in the recall at each level or above.
    pub gaps: Vec<PositionGap>,
}

/// Rows at another level than by the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Moves {
    /// All rows.
    pub all: Moved,
    /// Rows with the event.
    pub events: Moved,
    /// Rows without the event.
    pub others: Moved,
}

/// How many of some rows are at another level than by the reference, and what share of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Rows at a higher level, unweighted.
    pub n_up: Count,
    /// Rows at a lower level, unweighted.
    pub n_down: Count,
    /// Weighted share at a higher level.
    pub up: Measure,
    /// Weighted share at a lower level.
    pub down: Measure,
}

/// The gap between two labels of a group column, by a position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PositionGap {
    /// The group column.
    pub group: String,
    /// The label.
    pub label: String,
    /// The label it is taken against.
    pub against: String,
    /// Key of the measure, `recall@level`.
    pub metric: String,
    /// `label - against`.
    pub measure: Measure,
    /// This gap less the reference version's, on the same resamples; `None` for the reference itself.
    pub change: Option<Measure>,
}
