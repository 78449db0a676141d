//! How well the classes of an ordered outcome are foretold.

use serde::{Deserialize, Serialize};

use crate::measure::{Count, Measure};

/// What an ordered outcome is, and how well each scored version tells its classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Classes {
    /// The classes, from the lowest to the highest.
    pub ids: Vec<String>,
    /// The lowest class that is the outcome.
    pub from: String,
    /// Rows whose class is not known: they count for the rest of the report, and not here.
    pub unknown: Count,
    /// What was judged, in the order of the scored versions.
    pub judged: Vec<ClassesJudged>,
    /// Versions that have thresholds, and whose thresholds or calibrator were fitted on these very rows: out-of-fold scores come without those of the folds, so
    /// the probabilities of their classes are not judged.
    pub not_judged: Vec<String>,
}

/// How the class of a row was foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// By the probability of each class: the most probable one; of equal ones the higher.
    Probabilities,
    /// By the level of its protocol or its own, of which there are as many as classes: the lowest level for the lowest class, and so on.
    Levels,
}

/// How well one scored version tells the classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassesJudged {
    /// Name of the scored version.
    pub name: String,
    /// How it tells the class.
    pub by: ToldBy,
    /// Cohen's kappa of foretold and true classes with quadratic weights, in [-1, 1].
    pub kappa_quadratic: Measure,
    /// Mean ranked probability score, in [0, 1]; 0 is certainty of the true class. A level counts as certain of its class.
    pub ranked_probability_score: Measure,
    /// Mean of the F1 of the classes that occur, foretold or true, in [0, 1].
    pub macro_f1: Measure,
    /// Each class, from the lowest.
    pub by_class: Vec<ClassTold>,
    /// Every pair of a foretold and a true class, from the lowest.
    pub cells: Vec<ClassCell>,
}

/// How well one class is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassTold {
    /// The class.
    pub class: String,
    /// Rows of the class.
    pub n: Count,
    /// Rows that are foretold to be of the class.
    pub told: Count,
    /// Share of the rows of the class that are foretold to be of it.
    pub recall: Measure,
    /// Share of the rows foretold to be of the class that are of it.
    pub precision: Measure,
    /// Share of the rows foretold to be of the class that are of a higher one: those that it puts too low.
    pub higher: Measure,
}

/// Rows foretold to be of one class that are of another (or the same).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClassCell {
    /// Class as it is foretold.
    pub told: String,
    /// Class as it is.
    pub is: String,
    /// Rows.
    pub n: Count,
}
