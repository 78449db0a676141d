//! The entries of a protocol file.

use amparo_datasets::Text;
use serde::{Deserialize, Serialize};

use super::Condition;

/// Id of the mark that the lethality rule puts on a case.
pub const SPECIAL_RELEVANCE: &str = "special_relevance";

/// What is done with a form that has answers which a version has not learned from; see [`crate::learned`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnlearnedAnswers {
    /// It is assessed, and the assessment names them.
    Flag,
    /// It is not assessed.
    Refuse,
}

/// One risk level and what it triggers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Short name, unique: `medium`.
    pub id: String,
    /// As shown to a person.
    pub label: Text,
    /// Absolute probability of the outcome from which a case has this level, in [0, 1).
    pub from_probability: f64,
    /// Hours within which the case is assessed again; `None` if the protocol sets no period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reassess_within_hours: Option<u32>,
    /// Measures that become mandatory.
    pub measures: Vec<Text>,
    /// Sub-states that the case platform tells apart; no score depends on them.
    #[serde(default, rename = "variant", skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<LevelVariant>,
}

/// A sub-state of a level that follows from the case file, not from the answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelVariant {
    /// Short name, unique in the level: `judicial_measures`.
    pub id: String,
    /// As shown to a person.
    pub label: Text,
    /// When the case platform puts a case here.
    pub when: Text,
}

/// What the lethality model does to the level.
#[derive(Debug, Clone, PartialEq)]
pub struct Lethality {
    /// The outcome that its probability is of.
    pub outcome: String,
    /// Days within which the outcome counts.
    pub horizon_days: u32,
    /// The rules, by increasing probability; the last one reached holds.
    pub rules: Vec<LethalityRule>,
}

/// One cut-point of the lethal probability.
#[derive(Debug, Clone, PartialEq)]
pub struct LethalityRule {
    /// Absolute probability of the lethal outcome from which the rule holds, in (0, 1).
    pub from_probability: f64,
    /// Place of the level that the case has at least.
    pub at_least: usize,
    /// Whether prosecutor and court are told that the case is of special relevance.
    pub special_relevance: bool,
    /// Why the level is raised.
    pub reason: Text,
}

/// Answers that set a lowest level, whatever the probability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// Short name, unique.
    pub id: String,
    /// Place of the level that the case has at least.
    pub at_least: usize,
    /// Any of these answers sets it.
    pub any: Vec<Condition>,
    /// Why.
    pub reason: Text,
}

/// A mark on the case that changes no level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Short name, unique: `minors_at_risk`.
    pub id: String,
    /// As shown to a person.
    pub label: Text,
    /// Any of these answers sets it.
    pub any: Vec<Condition>,
}

/// One piece of self-protection advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Short name, unique.
    pub id: String,
    /// What to do, told to the victim.
    pub text: Text,
    /// Whether everybody is told.
    #[serde(default)]
    pub always: bool,
    /// Otherwise: any of these answers calls for it.
    #[serde(default)]
    pub any: Vec<Condition>,
}

/// An event that demands a new assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Short name, unique: `complaint_withdrawn`.
    pub id: String,
    /// As shown to a person.
    pub label: Text,
}

/// A state of a case that the case platform keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseState {
    /// Short name, unique: `supervised`.
    pub id: String,
    /// As shown to a person.
    pub label: Text,
    /// What it means.
    pub meaning: Text,
}
