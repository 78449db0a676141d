//! Why a number, or its interval, is missing: as data, so that a report can be read in any language.
//!
//! The words are in the crate `reporting`.

use serde::{Deserialize, Serialize};

/// Why there is no value, or no interval of a value.
///
/// In JSON an object with a `code` and the numbers of that code, such as
/// `{"code": "suppressed", "fewer_than": 10, "of": "rows_at_level"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reason {
    /// The number rests on too few rows to be shown.
    Suppressed {
        /// The smallest cell that is shown.
        fewer_than: u64,
        /// What there is too little of.
        of: SmallCell,
    },

    /// A foreign column holds a raw value, not a probability.
    NotAProbability,
    /// The true probability is known of synthetic cohorts only.
    NoTrueProbability,
    /// A probability is exactly 0 or 1, so its log-odds are infinite.
    InfiniteLogOdds,
    /// No levels were assigned.
    NoLevels,
    /// The version has no level of this name.
    NoSuchLevel,
    /// The level begins at no probability within (0, 1).
    NoThreshold,
    /// No graver outcome was named.
    NoSevereOutcome,
    /// The days to the event, or to the end of follow-up, are not known.
    NoFollowUp,
    /// The rows of the follow-up have no score.
    NoScoreInFollowUp,
    /// Every row was lost from sight before the horizon.
    NobodyInSight,
    /// Some rows have no such score.
    ScoreMissingInSomeRows,
    /// The level has no period of reassessment.
    NoReassessmentPeriod,
    /// The levels belong to no protocol that states a period of reassessment.
    NoProtocol,
    /// There is no version in force to compare with.
    NoVersionInForce,

    /// There are no rows.
    NoRows,
    /// The rows have no weight.
    NoWeight,
    /// The denominator is 0.
    ZeroDenominator,
    /// An event had probability 0, or a non-event 1: the logarithmic loss is infinite.
    InfiniteLoss,
    /// The probability is constant, or separates the outcomes: recalibration has no best slope.
    NoSlope,
    /// All outcomes are alike: the event happened in every row, or in none.
    OneOutcome,
    /// The number exists, but the search for it did not come to an end.
    NoConvergence,
    /// All rows have the same one level on both sides, so agreement by chance is certain.
    OneLevel,
    /// No event is followed by a row whose follow-up lasts longer.
    NoComparablePair,
    /// The value of the reference label is 0.
    ReferenceIsZero,
    /// The highest value among the labels is 0.
    HighestIsZero,
    /// The lowest value among the labels is 0, which has no logarithm.
    LowestIsZero,
    /// The label says that nothing was recorded; it is no label among others.
    NotRecorded,
    /// Fewer than two labels of the group column have a value.
    FewerThanTwoLabels,
    /// There is no Brier score, or fewer than two labels have a value.
    NoBrierOrFewerThanTwoLabels,
    /// The metric has no zero that means none, or noise only adds to it: it has no ratio.
    NoRatio,
    /// The larger of two differences has no ratio.
    NoRatioOfLarger,
    /// The outcomes of a period, or of all periods, do not determine its risk.
    RiskUndetermined,
    /// Too few resamples determine the risk of every period.
    RiskUndeterminedInResamples,
    /// The risks of the periods cannot be told apart with this many rows.
    PeriodsAlike,
    /// The interval of the elasticity reaches over 1/2.
    ElasticityOnBothSides,
    /// Too many resamples leave the elasticity undefined.
    ElasticityUndefined,

    /// The number is undefined in too many resamples.
    UndefinedInResamples {
        /// Resamples in which it is undefined.
        undefined: u32,
        /// Resamples.
        drawn: u32,
    },
    /// The number is the same in every resample, so resampling cannot say how uncertain it is.
    SameInResamples,
    /// A number that is compared is the same in every resample.
    OneSideSameInResamples,
    /// The number was not followed over the resamples.
    NotResampled,
    /// One of the outcomes has a single case.
    OneCase,
    /// No case deviates from the others.
    NoDeviation,
    /// The number is the same in every case.
    SameInCases,
    /// The gap belongs to no family of simultaneous intervals.
    NoSimultaneousInterval,
    /// The intervals of a gap, of the gap before and of its change contradict one another.
    ContradictingIntervals,

    /// The report does not hold the number.
    NotInReport,
    /// The number was not computed.
    NotComputed,
    /// The number was not computed for this group.
    NotComputedForGroup,
}

/// What there is too little of for a number to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmallCell {
    /// Rows.
    Rows,
    /// Rows with the event.
    Events,
    /// Rows without the event.
    RowsWithoutEvent,
    /// Rows with the event, or rows without it.
    RowsWithOrWithoutEvent,
    /// Rows with a severe outcome.
    SevereOutcomes,
    /// Rows exactly at the level.
    RowsAtLevel,
    /// Rows at the level or above.
    RowsAtLevelOrAbove,
    /// Rows below the level.
    RowsBelowLevel,
    /// Rows at the level or above, or rows below it.
    RowsOnEitherSideOfLevel,
    /// Rows at the threshold probability or above.
    RowsAtThresholdOrAbove,
    /// Rows in one of the cells behind a share or a rate.
    RowsInACell,
    /// Rows with the indicator, or rows without it.
    RowsWithOrWithoutIndicator,
    /// Proposals in one of the cells behind a share.
    ProposalsInACell,
    /// Proposals for which the officer's own view was noted.
    OwnViews,
}

impl Reason {
    /// A number that is not shown because fewer than `fewer_than` rows stand behind it.
    #[must_use]
    pub fn suppressed(fewer_than: u64, of: SmallCell) -> Self {
        Self::Suppressed { fewer_than, of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code_with_its_numbers() {
        let json = |reason: Reason| serde_json::to_value(reason).unwrap_or_default();
        assert_eq!(
            json(Reason::suppressed(10, SmallCell::RowsAtLevel)),
            serde_json::json!({"code": "suppressed", "fewer_than": 10, "of": "rows_at_level"})
        );
        assert_eq!(
            json(Reason::UndefinedInResamples { undefined: 2, drawn: 100 }),
            serde_json::json!({"code": "undefined_in_resamples", "undefined": 2, "drawn": 100})
        );
        assert_eq!(json(Reason::OneCase), serde_json::json!({"code": "one_case"}));
    }

    #[test]
    fn what_is_no_reason_is_refused() {
        let read = serde_json::from_str::<Reason>;
        assert!(read(r#"{"code": "suppressed", "fewer_than": 10, "of": "rows"}"#).is_ok());
        for wrong in [
            r#""suppressed: fewer than 10 rows""#,
            r#"{"code": "suppressed", "fewer_than": 10}"#,
            r#"{"code": "suppressed", "fewer_than": 10, "of": "moons"}"#,
            r#"{"code": "suppressed", "fewer_than": 10, "of": "rows", "why": ""}"#,
            r#"{"code": "because"}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
