//! How cases stand on the scales of levels: reclassified by a version, agreed with others, and what that asks of the police.

use serde::{Deserialize, Serialize};

use crate::measure::{Count, Measure};

/// Cases at one level by the reference and at another (or the same) by a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReclassificationCell {
    /// Level by the reference.
    pub from: String,
    /// Level by the version.
    pub to: String,
    /// Rows.
    pub n: Count,
    /// Of those, rows with the event.
    pub events: Count,
}

/// Who was reclassified: one label of a group column, or rows with (`event`) and without (`no event`) the event under group `outcome`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReclassificationGroup {
    /// The group column.
    pub group: String,
    /// The label.
    pub label: String,
    /// Its rows at a higher level than by the reference.
    pub n_up: Count,
    /// Its rows at a lower level than by the reference.
    pub n_down: Count,
    /// Share of its rows at a higher level than by the reference.
    pub up: Measure,
    /// Share of its rows at a lower level than by the reference.
    pub down: Measure,
}

/// Cases at another level than by the version in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Reclassification {
    /// The version.
    pub name: String,
    /// The reference.
    pub against: String,
    /// Rows at a higher level than by the reference.
    pub n_up: Count,
    /// Rows at a lower level than by the reference.
    pub n_down: Count,
    /// Share of rows at a higher level than by the reference.
    pub up: Measure,
    /// Share of rows at a lower level than by the reference.
    pub down: Measure,
    /// Every pair of levels, by `from` then `to`, from the lowest.
    pub cells: Vec<ReclassificationCell>,
    /// By outcome, then by every label of every group column.
    pub by_group: Vec<ReclassificationGroup>,
}

/// How far two orders of the same levels agree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// One scored version or foreign column.
    pub name: String,
    /// The other: officers, experts, or the reference.
    pub against: String,
    /// Cohen's kappa with linear weights, in [-1, 1].
    pub kappa_linear: Measure,
    /// Cohen's kappa with quadratic weights, in [-1, 1].
    pub kappa_quadratic: Measure,
    /// Ranked probability score of the levels of `name` as forecasts of those of `against`, in [0, 1]; 0 is agreement.
    pub ranked_probability_score: Measure,
}

/// What a level asks of the police.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WorkloadRow {
    /// The level's id.
    pub level: String,
    /// Days within which a case at the level is assessed again; `None` without a period or a protocol.
    pub reassess_days: Option<f64>,
    /// Cases at the level, for every 1,000 cases.
    pub cases: Measure,
    /// Assessments a year that these cases ask for (`cases x 365.25 / reassess_days`), for every 1,000 cases.
    pub assessments_per_year: Measure,
}
