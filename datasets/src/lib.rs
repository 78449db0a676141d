#![doc = include_str!("../README.md")]

mod answers;
mod cases;
mod censoring_curve;
mod cohort;
mod describe;
#[cfg(feature = "sources")]
mod dialect;
mod error;
mod foreign;
mod form_answer;
pub mod identity;
mod instrument;
mod kaplan_meier;
mod lang;
mod named;
mod numbers;
#[cfg(feature = "sources")]
#[cfg_attr(
    not(feature = "tables"),
    expect(dead_code, unused_imports, reason = "the rest is what only imports read")
)]
mod source;
pub mod split;
mod splitmix;
pub mod synthetic;
#[cfg(feature = "tables")]
pub mod table;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod wilson;
#[cfg(feature = "sources")]
mod zone;

pub use answers::{Answers, encode_form, expected as expected_answers};
pub use cases::{number_cases, row_case};
pub use censoring_curve::{CensoringCurve, FollowUpEnd};
pub use cohort::{
    Assigned, AssignedFolds, Classes, Cohort, CohortParts, Division, ForeignScore, Group, Labelled,
    LateAnswers, MAX_CLASSES, Oracle, Outcome, Provenance, ScoreLevel, Side, Status, Synthetic,
};
pub use describe::{
    AnswerCount, By, Crossed, CrossedCell, CrossedIndicator, Description, GroupSummary, IndicatorSummary,
    LabelCount, OutcomeSummary, Period, Rate, ScoreSummary,
};
pub use error::{Error, Problem, Problems};
pub use foreign::{ForeignColumn, ForeignKind, ForeignTable};
pub use form_answer::FormAnswer;
pub use instrument::{
    Answer, Bins, Factor, Indicator, Instrument, MAX_KNOWN_ANSWERS, MAX_TOLD_APART, Polarity, Text, UNKNOWN,
};
pub use kaplan_meier::{FollowedRow, Risk, kaplan_meier};
pub use lang::{Bilingual, Lang};
pub use named::{Name, built_in_or_file};
pub use numbers::Numbers;
#[cfg(feature = "sources")]
pub use source::{AnswerReader, CaseReader, CellKind, GroupReader, Source, StatusReader};
pub use splitmix::{SPLITMIX_STEP, splitmix};

pub use wilson::wilson;

/// The built-in source whose comments explain every key.
pub const EXAMPLE_SOURCE: &str = include_str!("../sources/compas-two-years.toml");
