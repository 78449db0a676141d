//! Calibrators: from a score to a probability, by a rising curve.

mod beta;
mod constant;
mod isotonic;
mod platt;

use amparo_models::Calibrator;
use serde::{Deserialize, Serialize};

pub use beta::beta;
pub use isotonic::{isotonic, pool_adjacent_violators};
pub use platt::{Line, logistic_line, platt};

pub(crate) use constant::{constant, constant_platt};

use crate::Error;

/// Which curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A logistic curve: two numbers, for few events.
    Platt,
    /// A logistic curve that may bend differently at its ends: three numbers, for hundreds of events.
    Beta,
    /// Pooled shares: no shape assumed, for many events.
    Isotonic,
}

impl Method {
    /// Fits the curve to scores and events that the model was not fitted on.
    ///
    /// # Errors
    /// [`Error::NotRising`] if the events fall as the score rises; see [`platt()`], [`beta()`] and [`isotonic()`].
    pub fn fit(
        self,
        scores: &[f64],
        events: &[bool],
        weights: &[f64],
        outcome: &str,
    ) -> Result<Calibrator, Error> {
        match self {
            Self::Platt => platt(scores, events, weights, outcome).map(Calibrator::Platt),
            Self::Beta => beta(scores, events, weights, outcome).map(Calibrator::Beta),
            Self::Isotonic => isotonic(scores, events, weights, outcome).map(Calibrator::Isotonic),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
