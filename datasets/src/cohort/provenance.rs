//! Where a cohort comes from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a synthetic cohort was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Synthetic {
    /// Name and version of the generator.
    pub generator: String,
    /// Its seed.
    pub seed: u64,
    /// The sentence that must stand wherever the cohort's results appear.
    pub statement: String,
}

/// Where a cohort comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Name for people.
    pub title: String,
    /// Set if and only if the cases are invented.
    pub synthetic: Option<Synthetic>,
    /// Id of the source file, for an imported table.
    pub source: Option<String>,
    /// SHA-256 of the raw table, for an imported table.
    pub input_digest: Option<String>,
    /// Sentences a reader of any result must know (rows left out, ambiguous fields).
    pub notes: Vec<String>,
    /// Indicators some of whose answers were known only after the assessment, by the days of an imported table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub late_answers: Vec<LateAnswers>,
}

/// How many answers to an indicator are dated after the assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateAnswers {
    /// The indicator.
    pub indicator: String,
    /// Rows whose answer was known only after the day of the assessment.
    pub n_late: u64,
    /// Rows of which both days are known.
    pub n_dated: u64,
}

impl fmt::Display for LateAnswers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { indicator, n_late, n_dated } = self;
        write!(f, "indicator `{indicator}` is dated after the assessment in {n_late} of {n_dated} rows")
    }
}
