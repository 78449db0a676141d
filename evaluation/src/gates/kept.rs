//! Verdicts as a registry keeps them: those of this format, and those of format 1, which held their words.

use serde::Deserialize;

use super::finding::Answer;
use super::verdict::{GatesRecord, Subject, Verdict};
use super::waiver::Waiver;
use crate::definitions::Text;
use crate::error::Error;

/// A verdict read back, whatever its format.
#[derive(Debug, Clone, PartialEq)]
pub enum KeptVerdict {
    /// Of this format: codes and numbers.
    Current(Box<Verdict>),
    /// Of format 1: in the words that it was written with.
    InWords(Box<VerdictInWords>),
}

/// What people read of a verdict of format 1; its numbers stay in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct VerdictInWords {
    /// The verdict in one sentence.
    pub text: Text,
    /// The version that was judged.
    pub version: Subject,
    /// The version it was compared with.
    pub against: Option<Subject>,
    /// The gates.
    pub gates: GatesRecord,
    /// What was evaluated, and on what.
    pub context: ContextInWords,
    /// The waivers.
    pub waivers: Vec<WaiverInWords>,
    /// Every gate, in the order of the file.
    pub results: Vec<ResultInWords>,
}

/// What people read of the context of a verdict of format 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ContextInWords {
    /// The cohort.
    pub cohort: String,
    /// The sentence that stands with numbers of a synthetic cohort.
    pub synthetic: Option<String>,
    /// How the rows were held out.
    pub held_out: String,
    /// The outcome.
    pub outcome: String,
}

/// A waiver of format 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WaiverInWords {
    /// Gate, version, reason and name.
    pub waiver: Waiver,
    /// What became of it.
    pub text: Text,
}

/// A gate of format 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ResultInWords {
    /// Name of the gate.
    pub name: String,
    /// Who answers for the threshold.
    pub owner: String,
    /// Why this threshold.
    pub reason: Text,
    /// What it came to.
    pub answer: Answer,
    /// Whether a waiver lifted `cannot_tell`.
    pub waived: bool,
    /// The answer in one sentence.
    pub text: Text,
}

impl KeptVerdict {
    /// Reads a verdict of this format or of format 1.
    ///
    /// # Errors
    /// [`Error::Format`] for another format, [`Error::Unreadable`] if it does not parse.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        match Verdict::from_json(json) {
            Err(Error::Format { found: 1, .. }) => serde_json::from_str(json)
                .map(|verdict| Self::InWords(Box::new(verdict)))
                .map_err(|error| Error::Unreadable { problem: error.to_string() }),
            read => read.map(|verdict| Self::Current(Box::new(verdict))),
        }
    }

    /// The gates it was found by.
    #[must_use]
    pub fn gates(&self) -> &GatesRecord {
        match self {
            Self::Current(verdict) => &verdict.gates,
            Self::InWords(verdict) => &verdict.gates,
        }
    }
}
