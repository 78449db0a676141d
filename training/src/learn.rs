//! What every family of candidates can do, whatever it learns.

use std::fmt::Debug;

use amparo_models::Scorer;

use crate::{Error, TrainingSet};

/// Checked parameters of one candidate, of whatever family.
///
/// [`Fit`](crate::Fit) gives each family's own type of model; this trait gives them all as [`Scorer`], so that an
/// experiment can hold a list of them.
pub trait Learn: Debug + Send + Sync {
    /// Learns from the training set; the same set gives the same scorer to the last bit.
    ///
    /// # Errors
    /// When the training set cannot carry such a model.
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error>;
}
