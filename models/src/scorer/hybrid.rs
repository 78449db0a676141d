//! The dial between the baseline and a candidate.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::{Candidate, HYBRID, Points};
use crate::{Error, Model};

/// The baseline blended with a candidate, in log-odds.
///
/// ```text
/// log-odds = (1 - dial) * baseline + dial * candidate          dial in [0, 1]
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hybrid {
    dial: f64,
    baseline: Points,
    candidate: Candidate,
}

impl Hybrid {
    /// Blends.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the dial is not in [0, 1].
    pub fn new(dial: f64, baseline: Points, candidate: Candidate) -> Result<Self, Error> {
        let hybrid = Self { dial, baseline, candidate };
        hybrid.check_dial()?;
        Ok(hybrid)
    }

    /// How far the blend is from the baseline (0) towards the candidate (1).
    pub fn dial(&self) -> f64 {
        self.dial
    }

    /// The baseline part.
    pub fn baseline(&self) -> &Points {
        &self.baseline
    }

    /// The candidate part.
    pub fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    /// The same dial between other models.
    pub(super) fn with(&self, baseline: Points, candidate: Candidate) -> Self {
        Self { dial: self.dial, baseline, candidate }
    }

    pub(super) fn check(&self, instrument: &Instrument) -> Result<(), Error> {
        self.check_dial()?;
        self.baseline.check(instrument)?;
        self.candidate.check(instrument)
    }

    fn check_dial(&self) -> Result<(), Error> {
        if (0.0..=1.0).contains(&self.dial) {
            return Ok(());
        }
        Err(Error::invalid(HYBRID, format!("dial is {}, expected a number from 0 to 1", self.dial)))
    }
}

impl Model for Hybrid {
    fn n_indicators(&self) -> usize {
        self.baseline.n_indicators()
    }

    fn score(&self, row: &[u8]) -> f64 {
        (1.0 - self.dial) * self.baseline.score(row) + self.dial * self.candidate.score(row)
    }
}
