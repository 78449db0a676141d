//! The two traits everything that scores has.

use crate::Error;

/// Largest difference between an explanation's sum and the score it explains.
pub const ADDITIVITY: f64 = 1e-9;

/// A function of a row of answer codes.
pub trait Model: Send + Sync {
    /// Number of indicators of a row.
    fn n_indicators(&self) -> usize;

    /// The score of one row, in log-odds.
    ///
    /// `row` holds one code an indicator, checked at the door; see [`amparo_datasets::Answers`].
    fn score(&self, row: &[u8]) -> f64;
}

/// What an indicator adds to the score of one row.
pub trait Explain: Send + Sync {
    /// Exact interventional Shapley values of one row, in log-odds, against the background behind `self`.
    fn explain(&self, row: &[u8]) -> Explanation;
}

/// The score of one row, taken apart by indicator.
///
/// ```text
/// score(x) = base + sum_j values[j]          base = E_background[score]
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// Mean score of the background, in log-odds.
    pub base: f64,
    /// One value an indicator, in log-odds.
    pub values: Vec<f64>,
}

impl Explanation {
    /// Refuses values that do not add up.
    ///
    /// # Errors
    /// [`Error::Additivity`] if base and values differ from `score` by more than 1e-9, or are not numbers.
    pub fn checked(self, score: f64) -> Result<Self, Error> {
        let sum = self.base + self.values.iter().sum::<f64>();
        let difference = (sum - score).abs();
        if difference <= ADDITIVITY { Ok(self) } else { Err(Error::Additivity { sum, score, difference }) }
    }

    /// The mixture `(1 - dial) x self + dial x other`: Shapley values are linear in the model.
    #[must_use]
    pub fn mixed(&self, other: &Self, dial: f64) -> Self {
        let mix = |a: f64, b: f64| (1.0 - dial) * a + dial * b;
        Self {
            base: mix(self.base, other.base),
            values: self.values.iter().zip(&other.values).map(|(&a, &b)| mix(a, b)).collect(),
        }
    }
}
