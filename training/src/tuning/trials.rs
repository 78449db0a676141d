//! Trials, and where those that are done are kept.

use std::fmt;

use amparo_datasets::splitmix;
use serde::{Deserialize, Serialize};

use crate::Error;

/// The rows that a choice is made on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "rows", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scope {
    /// All: the choice of the parameters to publish.
    AllRows,
    /// All but those of an outer fold, which the choice is judged on.
    Fold {
        /// Repeat, from 0.
        repeat: usize,
        /// The fold that is held out, from 0.
        fold: usize,
    },
}

impl Scope {
    /// The seed of the division into inner folds.
    pub(super) fn seed(self, seed: u64) -> u64 {
        match self {
            Self::AllRows => seed,
            Self::Fold { repeat, fold } => {
                splitmix(seed ^ splitmix((repeat as u64) << 32 | (fold as u64 + 1)))
            }
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllRows => write!(f, "the search on all rows"),
            Self::Fold { repeat, fold } => write!(f, "outer fold {} of repeat {}", fold + 1, repeat + 1),
        }
    }
}

/// Which trial of whom, on what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialKey {
    /// The rows.
    pub scope: Scope,
    /// Name of the candidate.
    pub candidate: String,
    /// Number of the trial, from 0.
    pub trial: usize,
}

/// Losses on one inner fold of models and calibrators that did not see its cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldLosses {
    /// Mean log loss, see [`Losses`](crate::Losses).
    pub log_loss: f64,
    /// Mean Brier score.
    pub brier: f64,
    /// Sum of the weights of the rows.
    pub weight: f64,
}

/// What became of a trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialLosses {
    /// Its losses, one an inner fold.
    Losses(Vec<FoldLosses>),
    /// Why it could not be fitted or calibrated. Such a trial is never taken.
    Failed(String),
}

/// A trial that is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finished {
    /// Which one.
    pub key: TrialKey,
    /// The values that were tried, by parameter.
    pub parameters: toml::Table,
    /// What became of it.
    pub losses: TrialLosses,
}

/// Where finished trials are kept while a search goes on.
pub trait TrialStore: Sync {
    /// What became of a trial, if it is kept with the same parameters.
    fn losses(&self, key: &TrialKey, parameters: &toml::Table) -> Option<TrialLosses>;

    /// Keeps a trial; it is not lost once this returns.
    ///
    /// # Errors
    /// Why it cannot be kept.
    fn keep(&self, finished: Finished) -> Result<(), Error>;
}
