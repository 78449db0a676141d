//! The report as data: what `report.json` holds and what the page is drawn from.

mod case_mix;
mod classes;
mod curves;
mod directions;
mod finite;
mod grouped;
mod held_out;
mod horizons;
mod levels;
mod transition;

pub use case_mix::{AnswerMix, CaseMix, IndicatorMix, MixAuc, MixRows, MixScores};
pub use classes::{ClassCell, ClassTold, Classes, ClassesJudged, ToldBy};
pub use curves::{CurvePoint, DecisionPoint};
pub use directions::{ContradictedDirection, Effects, VersionDirections};
pub use grouped::{Band, Equivalence, Gap, GroupRow, GroupTable, LeftOut, MaxMinDifference, ReferenceBy};
pub use held_out::{Compared, HeldOut, How, PartialScore, Proof, VersionHeldOut};
pub use horizons::{AtHorizon, HorizonRows, Horizons, ScoredHorizons};
pub use levels::{Agreement, Reclassification, ReclassificationCell, ReclassificationGroup, WorkloadRow};
pub use transition::{Moved, Moves, Position, PositionGap, Transition};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::definitions::{Definition, Text};
use crate::error::Error;
use crate::input::Kind;
use crate::measure::{Count, Measure};

/// The format of [`Report`]; a reader refuses another.
pub const FORMAT: u32 = 11;

/// Measures by key: a metric's name, or `metric@level` for a metric that belongs to a level.
///
/// `recall@high` is the recall of "high or above"; `level_share@high` is the share of rows that are exactly `high`.
/// [`split_key`] takes a key apart; [`crate::definitions`] explains each metric.
pub type Measures = BTreeMap<String, Measure>;

/// What was evaluated, on what, and how; nothing here is computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The cohort's name.
    pub cohort: String,
    /// Present when the cohort is synthetic: the sentence that says so, shown wherever the numbers are.
    pub synthetic: Option<String>,
    /// What the source notes of the cohort, in its own words; the page and the CSV show it.
    pub notes: Vec<String>,
    /// How the rows were kept from what is judged on them.
    pub held_out: HeldOut,
    /// The outcome's name.
    pub outcome: String,
    /// Days within which the outcome counts; `None` where the source does not say.
    pub horizon_days: Option<u32>,
    /// Rows left out because follow-up ended before the horizon without an event.
    pub censored_left_out: u64,
    /// Rows left out because the outcome excludes them.
    pub excluded_left_out: u64,
    /// Fingerprint of the cohort's data.
    pub fingerprint: String,
    /// Seed of the bootstrap.
    pub seed: u64,
    /// Bootstrap replicates, at least [`crate::MIN_REPLICATES`].
    pub replicates: u32,
    /// Name of the scored version that the report is about.
    pub subject: String,
    /// Name of the scored version that differences are taken against; the subject itself where it is compared with none.
    pub reference: String,
    /// A number that rests on fewer rows or events than this is suppressed.
    pub smallest_cell: u64,
    /// Quantile bins of the reliability table.
    pub bins: u32,
    /// A gap in a share is called absent when its simultaneous interval lies within `[-margin, margin]`; `None`: no margin was stated.
    pub margin: Option<f64>,
    /// Whether gaps are taken between all labels of a group column, and not only against the reference label.
    pub pairwise: bool,
}

/// The rows behind the report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// Rows (assessments).
    pub n: u64,
    /// Distinct cases; the bootstrap resamples these.
    pub cases: u64,
    /// Rows with the event, unweighted.
    pub events: u64,
    /// Whether rows weigh differently.
    pub weighted: bool,
    /// Weighted share of rows with the event.
    pub base_rate: Measure,
}

/// One bin of the reliability table: rows of similar probability, and how many had the event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bin {
    /// Lowest probability in the bin.
    pub from: f64,
    /// Highest probability in the bin.
    pub to: f64,
    /// Rows in the bin.
    pub n: u64,
    /// Weighted mean probability, in [0, 1].
    pub mean_probability: f64,
    /// Weighted observed rate with its Wilson interval, in [0, 1]; its `n` and `events` are the bin's.
    pub observed: Measure,
}

/// One level of a scored version; its numbers are in [`ScoredReport::overall`] under `metric@level`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LevelRow {
    /// The level's id.
    pub level: String,
    /// What people read for the level.
    pub label: Text,
    /// Lowest probability (version) or raw value (foreign) of the level; `None` for the lowest level.
    pub cut: Option<f64>,
    /// How much of the strongest protection the level gives, in [0, 1].
    pub intensity: f64,
    /// Rows exactly at the level.
    pub n: Count,
    /// Of those, rows with the event.
    pub events: Count,
}

/// Everything about one scored version (or foreign column).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScoredReport {
    /// Its name.
    pub name: String,
    /// Version or foreign column.
    pub kind: Kind,
    /// Every measure over all rows, by key.
    pub overall: Measures,
    /// Reliability table, from the lowest probabilities; empty without probabilities.
    pub reliability: Vec<Bin>,
    /// Smooth calibration curve with its band, by rising probability; empty without probabilities.
    pub curve: Vec<CurvePoint>,
    /// Decision curve, by rising threshold; empty without probabilities.
    pub decision: Vec<DecisionPoint>,
    /// The levels, from the lowest; empty without levels.
    pub levels: Vec<LevelRow>,
    /// What the levels ask of the police, from the lowest; empty without levels.
    pub workload: Vec<WorkloadRow>,
    /// The group tables, in the order of the input.
    pub groups: Vec<GroupTable>,
}

/// A paired difference between two scored versions on the same rows and resamples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The scored version.
    pub name: String,
    /// The reference version.
    pub against: String,
    /// Key of the measure.
    pub metric: String,
    /// `name - against`: 0 is equality; the metric's definition says which sign is better.
    pub measure: Measure,
    /// The smallest true difference that these rows would have shown with probability 0.8.
    pub detectable: Option<f64>,
}

/// What an evaluation says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// What was evaluated and how.
    pub context: Context,
    /// The rows behind it.
    pub rows: Rows,
    /// One entry a scored version, in the order given.
    pub scored: Vec<ScoredReport>,
    /// Differences of every scored version against the reference.
    pub differences: Vec<Difference>,
    /// Cases that a version puts at another level than the reference, one entry a version with the same levels.
    pub reclassification: Vec<Reclassification>,
    /// What each position of a dial would change, one entry a pair of a baseline and a candidate of which a blend was judged.
    pub transitions: Vec<Transition>,
    /// Agreement of levels as an ordered scale, one entry a pair of a version and a foreign column with as many levels.
    pub agreement: Vec<Agreement>,
    /// The declared directions that the rows of each version's fit contradict; empty where the scores are those of no published version.
    pub directions: Vec<VersionDirections>,
    /// How the rows differ from those that models were fitted on, one entry a version that is judged on other cases than those.
    pub case_mix: Vec<CaseMix>,
    /// How well the classes of the outcome are told; `None` where it is not ordered.
    pub classes: Option<Classes>,
    /// The event within several numbers of days; `None` where the follow-up is not known.
    pub horizons: Option<Horizons>,
    /// What each metric means, in display order.
    pub definitions: Vec<Definition>,
}

impl Report {
    /// Reads a report from its JSON.
    ///
    /// # Errors
    /// [`Error::Format`] if it is of another format, [`Error::Unreadable`] if it does not parse or has a field too few or too many.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        let unreadable = |error: serde_json::Error| Error::Unreadable { problem: error.to_string() };
        let Outline { format } = serde_json::from_str(json).map_err(unreadable)?;
        if format != u64::from(FORMAT) {
            return Err(Error::Format { found: format, expected: u64::from(FORMAT) });
        }
        serde_json::from_str(json).map_err(unreadable)
    }

    /// The scored version with a name.
    #[must_use]
    pub fn scored(&self, name: &str) -> Option<&ScoredReport> {
        self.scored.iter().find(|scored| scored.name == name)
    }

    /// The difference of a scored version against the reference, by key of the measure.
    #[must_use]
    pub fn difference(&self, name: &str, metric: &str) -> Option<&Measure> {
        self.differences.iter().find(|d| d.name == name && d.metric == metric).map(|d| &d.measure)
    }
}

/// A measure's key: `metric`, or `metric@level`.
#[must_use]
pub fn key(metric: &str, level: Option<&str>) -> String {
    level.map_or_else(|| metric.to_owned(), |level| format!("{metric}@{level}"))
}

/// Metric and level of a key; the reverse of [`key`].
#[must_use]
pub fn split_key(key: &str) -> (&str, Option<&str>) {
    key.split_once('@').map_or((key, None), |(metric, level)| (metric, Some(level)))
}

/// The part of a report that says how to read the rest.
#[derive(Deserialize)]
struct Outline {
    format: u64,
}
