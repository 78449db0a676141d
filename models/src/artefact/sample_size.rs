use std::fmt;

use serde::{Deserialize, Serialize};

/// How far the rows that were fitted on carry a model with one number an answer, stated before the fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSizeRecord {
    /// Rows that were fitted on, not weighted.
    pub n_rows: u64,
    /// Rows of them with the outcome.
    pub n_events: u64,
    /// Numbers that such a model has, without its intercept: for each indicator the answers that occur, less one.
    pub n_parameters: u64,
    /// The Cox-Snell R2 that is assumed: 15 % of the largest one at this share of events.
    pub r2: f64,
    /// Factor by which the effects of a fit without a penalty must be expected to shrink in other rows, below 1; nothing if it would be 0 or
    /// less, so that such a fit tells nothing.
    pub shrinkage: Option<f64>,
    /// By how much Nagelkerke's R2 of such a fit must be expected to be overstated by the rows that were fitted on; nothing without a shrinkage.
    pub optimism: Option<f64>,
    /// Rows that would be needed for a shrinkage of 0.9 or more, an optimism of 0.05 or less, and the share of events to within 0.05.
    pub least_rows: u64,
}

impl SampleSizeRecord {
    /// Events for each of the numbers.
    #[must_use]
    pub fn events_per_parameter(&self) -> f64 {
        self.n_events as f64 / self.n_parameters as f64
    }

    /// Whether there are as many rows as are needed.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.n_rows >= self.least_rows
    }
}

impl fmt::Display for SampleSizeRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { n_rows, n_events, n_parameters, shrinkage, optimism, least_rows, .. } = self;
        let each = self.events_per_parameter();
        write!(
            f,
            "the fit has {n_rows} rows with {n_events} events; a model with one number an answer has {n_parameters} numbers: {each:.1} events each"
        )?;
        match (shrinkage, optimism) {
            (Some(shrinkage), Some(optimism)) => write!(
                f,
                "; without a penalty, its expected shrinkage is {shrinkage:.2} and its expected optimism in Nagelkerke's R2 {optimism:.3}"
            )?,
            _ => write!(
                f,
                "; without a penalty, such a model would be expected to tell nothing about other rows"
            )?,
        }
        let is_enough = if self.is_enough() { "" } else { ", more than there are" };
        write!(f, "; {least_rows} rows are advised{is_enough} (Riley et al. 2020)")
    }
}
