//! Why there is no number, no correction or no mark: a code, and the numbers and ids that belong to it.
//!
//! No sentence stands in an assessment for a reason. [`Glossary::reason`](crate::wording::Glossary::reason) makes a reason a
//! text in both languages where somebody reads it, so a corrected sentence changes no data.

mod earlier;

use serde::{Deserialize, Serialize};

use crate::compared::Compared;

pub(crate) use earlier::reason_or_sentence;

/// A reason: `{"code": "too_few_cases", "cases": 312, "needed": 800}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// There is no level above.
    HighestLevel,
    /// There is no level below.
    LowestLevel,
    /// No known answer may be corrected.
    NothingCorrectable,
    /// No combination of the correctable answers raises the level: proved.
    NeverRises {
        /// How many answers are correctable.
        correctable: usize,
    },
    /// No combination of the correctable answers lowers the level: proved.
    NeverFalls {
        /// How many answers are correctable.
        correctable: usize,
    },
    /// The search for corrections stopped.
    SearchStopped {
        /// After so many sets of answers.
        sets: usize,
    },
    /// It depends on unanswered questions.
    DependsOnUnknown {
        /// These questions.
        indicators: Vec<String>,
    },
    /// It cannot be ruled out, as far as was worked out.
    NotRuledOut {
        /// The unanswered questions that leave it open.
        indicators: Vec<String>,
    },
    /// The version has no lethality model.
    NoLethalityModel,
    /// No probability of the version is below a cut-point.
    NeverBelow {
        /// The cut-point.
        cut_point: f64,
        /// The lowest probability of the version.
        lowest: f64,
    },
    /// No probability of the version reaches a cut-point.
    NeverReached {
        /// The cut-point.
        cut_point: f64,
        /// The highest probability of the version.
        highest: f64,
    },
    /// Two protocols have different levels.
    OtherLevels {
        /// One protocol.
        protocol: String,
        /// Its levels, from the lowest.
        levels: Vec<String>,
        /// The other protocol.
        other: String,
        /// Its levels, from the lowest.
        other_levels: Vec<String>,
    },
    /// Nothing was kept of the population when the version was made.
    PopulationNotKept,
    /// The population has too few cases to be divided into subsamples.
    TooFewCases {
        /// Cases of the population.
        cases: usize,
        /// The fewest that are divided.
        needed: usize,
    },
    /// The population has too few rows to place a number among its numbers.
    TooFewRows {
        /// Rows of the population.
        rows: usize,
        /// The fewest that are enough.
        needed: usize,
    },
    /// Too few rows that a model was fitted on had an answer: it counts as the average of the learned answers to the question.
    UnlearnedAnswer {
        /// The question.
        indicator: String,
        /// The answer.
        answer: String,
        /// Fewer rows than this had it: 1 if none had.
        fewer_than: u64,
        /// The fewest that are enough.
        needed: u64,
        /// Which rows these are; not written where they are counted as they are.
        #[serde(default, skip_serializing_if = "Compared::is_rows")]
        compared: Compared,
    },
    /// The trees are so deep that the table of subsamples would take too much room.
    TreesTooDeep {
        /// Cells that the table would have.
        cells: usize,
        /// The most that are kept.
        most: usize,
    },
}

#[cfg(test)]
mod tests;
