//! Calibrators: from a score to a probability, by a rising curve.

mod beta;
mod choice;
mod constant;
mod isotonic;
mod platt;
mod two_slopes;
mod venn_abers;

use amparo_models::Calibrator;

pub use beta::beta;
pub use isotonic::{isotonic, pool_adjacent_violators};
pub use platt::{Line, logistic_line, platt, platt_smoothed};
pub use venn_abers::venn_abers;

pub(crate) use choice::{Deal, Scored, choose};
pub(crate) use constant::{constant, constant_platt};
pub(crate) use two_slopes::{TwoSlopes, two_slopes};

use crate::Error;

/// Which curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A logistic curve: two numbers, for few events.
    Platt,
    /// The same with Platt's smoothed targets, for a few dozen events.
    PlattSmoothed,
    /// A logistic curve that may bend differently at its ends: three numbers, for hundreds of events.
    Beta,
    /// Pooled shares: no shape assumed, for many events.
    Isotonic,
    /// Two isotonic fits for each score, with the case added as a non-event and as an event: an interval for each case.
    VennAbers,
}

impl Method {
    /// All there are.
    pub const ALL: [Self; 5] =
        [Self::Platt, Self::PlattSmoothed, Self::Beta, Self::Isotonic, Self::VennAbers];

    /// Its name in configs and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platt => "platt",
            Self::PlattSmoothed => "platt_smoothed",
            Self::Beta => "beta",
            Self::Isotonic => "isotonic",
            Self::VennAbers => "venn_abers",
        }
    }

    /// Fits the curve to scores and events that the model was not fitted on.
    ///
    /// # Errors
    /// [`Error::NotRising`] if the events fall as the score rises; see [`platt()`],
    /// [`platt_smoothed()`], [`beta()`], [`isotonic()`] and [`venn_abers()`].
    pub fn fit(
        self,
        scores: &[f64],
        events: &[bool],
        weights: &[f64],
        outcome: &str,
    ) -> Result<Calibrator, Error> {
        match self {
            Self::Platt => platt(scores, events, weights, outcome).map(Calibrator::Platt),
            Self::PlattSmoothed => platt_smoothed(scores, events, weights, outcome).map(Calibrator::Platt),
            Self::VennAbers => venn_abers(scores, events, weights, outcome).map(Calibrator::VennAbers),
            Self::Beta => beta(scores, events, weights, outcome).map(Calibrator::Beta),
            Self::Isotonic => isotonic(scores, events, weights, outcome).map(Calibrator::Isotonic),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
