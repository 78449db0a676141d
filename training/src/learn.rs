//! What every family of candidates can do, whatever it learns.

use std::fmt::Debug;
use std::sync::Arc;

use amparo_datasets::{Instrument, Outcome};
use amparo_models::Scorer;
use amparo_models::artefact::OrderedRecord;
use amparo_models::imported::ImportRecord;

use crate::{Error, TrainingSet};

/// What a version says of a fit beside the model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Noted {
    /// Whole sentences without a full stop at the end.
    pub notes: Vec<String>,
    /// The thresholds of a cumulative model.
    pub ordered: Option<OrderedRecord>,
    /// Where a model comes from that was fitted elsewhere.
    pub imported: Option<ImportRecord>,
}

impl From<Vec<String>> for Noted {
    fn from(notes: Vec<String>) -> Self {
        Self { notes, ..Self::default() }
    }
}

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

    /// Refuses an outcome that it cannot be learned from.
    ///
    /// # Errors
    /// [`Error::Config`] with everything that is missing; nothing where both classes are enough.
    fn check_outcome(&self, _outcome: &Outcome) -> Result<(), Error> {
        Ok(())
    }

    /// Whether it learns from how long rows were followed, and so from the censored ones too; most do not see these.
    fn follows(&self) -> bool {
        false
    }

    /// Name of the candidate that this one is learned on top of; most stand alone.
    fn rests_on(&self) -> Option<&str> {
        None
    }

    /// The same parameters on top of that candidate; of use only where [`rests_on`](Self::rests_on) names one.
    ///
    /// Whenever it learns it lets the other candidate learn from the same rows first, so nothing that is held back gets in by it.
    ///
    /// # Errors
    /// [`Error::Config`] if it rests on none.
    fn on(&self, _base: &Arc<dyn Learn>) -> Result<Arc<dyn Learn>, Error> {
        Err(Error::config("offset", "a candidate that stands alone is learned on top of no other"))
    }

    /// Learns from the training set; the same set gives the same scorer to the last bit.
    ///
    /// # Errors
    /// When the training set cannot carry such a model.
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error>;

    /// The same with what a version says of the fit beside the model; most have nothing to add.
    ///
    /// # Errors
    /// As [`learn`](Self::learn); what is said cannot be computed.
    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        Ok((self.learn(set)?, Noted::default()))
    }
}
