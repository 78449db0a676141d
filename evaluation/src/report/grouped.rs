//! What a report says by group.

use serde::{Deserialize, Serialize};

use super::Measures;
use crate::measure::{Count, Measure};
use crate::reason::Reason;

/// One label of a group column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupRow {
    /// The label.
    pub label: String,
    /// Rows with the label.
    pub n: Count,
    /// Of those, rows with the event.
    pub events: Count,
    /// The overall measures, computed among these rows.
    pub measures: Measures,
    /// Of these measures, the version's less the reference version's, on the same resamples; empty for the reference itself.
    pub differences: Measures,
}

/// A signed difference between two labels, mostly of a label and the table's reference label, on the same resamples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The label.
    pub label: String,
    /// The label it is taken against.
    pub against: String,
    /// Key of the measure.
    pub metric: String,
    /// `label - against`: 0 is equality, and the interval can cover it.
    pub measure: Measure,
    /// `label / against`: 1 is equality.
    pub ratio: Measure,
    /// Interval that holds for all gaps of the same metric and version together, over every label of every group column, with probability 0.95.
    pub simultaneous: Option<Band>,
    /// The smallest true gap that these rows would have shown (simultaneous interval without 0) with probability 0.8.
    pub detectable: Option<f64>,
    /// What the simultaneous interval says about the stated margin; `None` without margin, or for a metric that is no share.
    pub equivalence: Option<Equivalence>,
    /// This gap less the reference version's, on the same resamples: above 0, the version moved the label up against the reference label.
    pub change: Option<Measure>,
}

/// A label that is in nothing summed up over the labels of its column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// The label.
    pub label: String,
    /// Why: it has no value that is shown, or says that nothing was recorded.
    pub reason: Reason,
}

/// How a reference label was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReferenceBy {
    /// It was stated, by the source of the cohort or for this evaluation.
    Stated,
    /// It has the most rows of the labels of which something was recorded.
    Rows,
}

/// The largest value of a measure among a group's labels less the smallest.
///
/// A seminorm of the labels' deviations, so its interval is `difference +- q`, where `q` is the 95 % quantile of the same seminorm of
/// `resampled - observed` values: it holds at equality, where a percentile interval never does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct MaxMinDifference {
    /// Key of the measure; `equalised_odds@level` is the larger of the differences of recall and false-positive rate.
    pub metric: String,
    /// Label with the highest value; empty when undefined.
    pub highest: String,
    /// Label with the lowest value; empty when undefined.
    pub lowest: String,
    /// Label with the worst value by the metric's definition; empty when undefined or when neither direction is better.
    pub worst: String,
    /// The labels that it leaves out. `fairness_penalised@level` leaves out those of `false_positive_rate@level`.
    pub left_out: Vec<LeftOut>,
    /// Highest less lowest; undefined when fewer than two labels have a value.
    pub measure: Measure,
    /// Lowest over highest, in [0, 1] for shares: 1 is equality.
    pub ratio: Measure,
}

/// Every measure split by the labels of one group column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GroupTable {
    /// The group column's name.
    pub group: String,
    /// The label that gaps are taken against: as stated, or else the one with most rows.
    pub reference: String,
    /// How it was chosen.
    pub reference_by: ReferenceBy,
    /// Labels that say that nothing was recorded: they have a row, and are in no gap and nothing summed up over labels.
    pub unknown: Vec<String>,
    /// One row a label, in the column's order; labels without rows are kept.
    pub rows: Vec<GroupRow>,
    /// Signed gaps of every label but the reference and the unknown, then of further pairs of labels that were asked for.
    pub gaps: Vec<Gap>,
    /// Highest less lowest, named for what it is.
    pub max_min_differences: Vec<MaxMinDifference>,
    /// Accuracy penalised for unequal false-positive rates, by key `fairness_penalised@level`.
    pub penalised: Measures,
}

/// An interval that holds together with others of its family.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

/// What an interval says about a gap and a margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Equivalence {
    /// The whole interval lies within the margin.
    Absent,
    /// The whole interval lies beyond the margin, on one side.
    Present,
    /// Neither: these rows cannot tell.
    CannotTell,
}
