//! What every family of candidates can do, whatever it learns.

use std::fmt::Debug;

use amparo_datasets::Instrument;
use amparo_models::Scorer;

use crate::{Error, TrainingSet};

/// Checked parameters of one candidate, of whatever family.
///
/// [`Fit`](crate::Fit) gives each family's own type of model; this trait gives them all as [`Scorer`], so that an
/// experiment can hold a list of them.
pub trait Learn: Debug + Send + Sync {
    /// Refuses parameters that do not fit the form that is fitted on, which is without the indicators that are left out.
    ///
    /// # Errors
    /// [`Error::Config`] with everything that does not fit; nothing where the parameters name no part of a form.
    fn check(&self, _form: &Instrument) -> Result<(), Error> {
        Ok(())
    }

    /// Learns from the training set; the same set gives the same scorer to the last bit.
    ///
    /// # Errors
    /// When the training set cannot carry such a model.
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error>;
}
