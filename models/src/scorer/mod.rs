//! The closed set of models.

mod additive;
mod forest;
mod hybrid;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

pub use additive::{Logistic, Points};
pub use forest::{Forest, Leaf, Node, Path, Tree};
pub use hybrid::{Candidate, Hybrid};

use crate::{Error, Model};

/// Any model Amparo can publish. Adding one is a compile error until every place handles it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scorer {
    /// The statistical baseline.
    Points(Points),
    /// Logistic regression on answers.
    Logistic(Logistic),
    /// Boosted trees on answer sets.
    Forest(Forest),
    /// The baseline blended with a candidate.
    Hybrid(Hybrid),
}

impl Scorer {
    /// Short name of the family: `points`, `logistic`, `forest`, `hybrid`.
    pub fn family(&self) -> &'static str {
        match self {
            Self::Points(_) => "points",
            Self::Logistic(_) => "logistic",
            Self::Forest(_) => "forest",
            Self::Hybrid(_) => "hybrid",
        }
    }

    /// The dial from baseline (0) to model (1).
    pub fn dial(&self) -> f64 {
        match self {
            Self::Points(_) => 0.0,
            Self::Logistic(_) | Self::Forest(_) => 1.0,
            Self::Hybrid(hybrid) => hybrid.dial(),
        }
    }

    /// Checks that every number is finite and that tables and trees fit the instrument.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the first thing that does not fit.
    pub fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        match self {
            Self::Points(points) => points.check(instrument),
            Self::Logistic(logistic) => logistic.check(instrument),
            Self::Forest(forest) => forest.check(instrument),
            Self::Hybrid(hybrid) => hybrid.check(instrument),
        }
    }
}

impl Model for Scorer {
    fn n_indicators(&self) -> usize {
        match self {
            Self::Points(points) => points.n_indicators(),
            Self::Logistic(logistic) => logistic.n_indicators(),
            Self::Forest(forest) => forest.n_indicators(),
            Self::Hybrid(hybrid) => hybrid.n_indicators(),
        }
    }

    fn score(&self, row: &[u8]) -> f64 {
        match self {
            Self::Points(points) => points.score(row),
            Self::Logistic(logistic) => logistic.score(row),
            Self::Forest(forest) => forest.score(row),
            Self::Hybrid(hybrid) => hybrid.score(row),
        }
    }
}

#[cfg(test)]
mod tests;
