//! How the rows of a report were kept from the versions that are judged on them.

mod words;

use serde::{Deserialize, Serialize};

use crate::definitions::Text;

/// How the rows of a report were kept from what is judged on them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum HeldOut {
    /// Rows of a cohort that no version was fitted or calibrated on.
    Versions {
        /// Rows (assessments), each once.
        n_rows: u64,
        /// How they were kept from each version.
        versions: Vec<VersionHeldOut>,
        /// Scores of the cohort that some rows lack.
        partial: Vec<PartialScore>,
    },
    /// Rows of a case-control sample, each scored by a lethality model that was fitted and calibrated without its case.
    CaseControl {
        /// Rows (assessments).
        n_rows: u64,
    },
    /// Stated by whoever evaluates, in their own words.
    Stated {
        /// The statement.
        text: String,
    },
}

/// How rows were kept from one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct VersionHeldOut {
    /// Its name in the report.
    pub version: String,
    /// How.
    pub how: How,
}

/// One way of keeping rows from a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum How {
    /// The version was trained on the cohort without the cases of its test part, and scores them itself.
    TestPart,
    /// The version was trained on the whole cohort. Rows are scored by models that its config fits and calibrates without
    /// their cases.
    CrossFit {
        /// Parts that the cases are divided in; models see all but one.
        folds: u64,
        /// Times that each row is scored, each time with another division.
        repeats: u64,
    },
    /// The calibrator of the version was fitted on this cohort, and its model on another one. Rows are scored by its model, and
    /// given their probabilities by calibrators that were fitted without their cases.
    Recalibrated {
        /// Parts that the cases are divided in; calibrators see all but one.
        folds: u64,
    },
    /// The version was trained on another cohort and scores the rows itself. That it saw none of the cases was stated by whoever
    /// evaluated.
    OtherCohort {
        /// Whether the statement was proved.
        proof: Proof,
    },
}

/// What became of the statement that a version saw none of the cases.
///
/// A version that saw any of them is judged on none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proof {
    /// No case id is among those that the version saw, by their keyed fingerprints.
    NoneInCommon {
        /// What was compared.
        compared: Compared,
    },
    /// No case id is among them, but more cases have the answers of cases that the version saw than people who were never seen would:
    /// the same people may stand in both cohorts under other ids.
    AnswersInCommon {
        /// What was compared.
        compared: Compared,
    },
    /// One of the tables names no cases, so that no id can be compared.
    NoCaseIds,
    /// The registry holds no fingerprints of the cases that the version saw.
    NoFingerprints,
    /// The fingerprints were made with a key that the registry does not hold.
    OtherKey,
}

/// Numbers of cases behind a [`Proof`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// Cases of the cohort.
    pub n_cases: u64,
    /// Cases that the version was fitted or calibrated on.
    pub n_seen: u64,
    /// Cases of the cohort with the answers of a case that the version saw.
    pub n_answers: u64,
    /// The same, as expected of people who were never seen, rounded.
    pub n_answers_expected: u64,
}

/// A score of the cohort that some rows lack: it is judged on those that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PartialScore {
    /// Its name.
    pub score: String,
    /// Rows that have it.
    pub n_rows: u64,
}

impl HeldOut {
    /// A statement of whoever evaluates.
    #[must_use]
    pub fn stated(text: &str) -> Self {
        Self::Stated { text: text.to_owned() }
    }

    /// Whether a version is judged by cross-fitting: its results are then those of models that its config fits.
    #[must_use]
    pub fn is_cross_fitted(&self, version: &str) -> bool {
        match self {
            Self::Versions { versions, .. } => {
                versions.iter().any(|one| one.version == version && matches!(one.how, How::CrossFit { .. }))
            }
            Self::CaseControl { .. } => true,
            Self::Stated { .. } => false,
        }
    }

    /// The same in words, without a full stop.
    #[must_use]
    pub fn text(&self) -> Text {
        words::text(self)
    }
}
