//! Additive models: one table of log-odds an indicator and for chosen pairs, boosted in turn.

use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::Scorer;

use super::Family;
use crate::additive::additive;
pub use crate::additive::{AdditiveModel, AdditiveParams, Algorithm, PairEffect};
use crate::boosting::Order;
use crate::{Error, Fit, Learn, TrainingSet};

/// Additive models.
pub const FAMILY: Family = Family {
    name: "additive",
    read: |settings| {
        Ok(Arc::new(AdditiveFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// Checked [`AdditiveParams`] with the seed and the indicators whose direction is not enforced.
///
/// Where logistic regression finds the tables of least penalised loss, this goes towards those of least loss in small steps
/// and stops on the way. How that is done is told in [`additive`](crate::additive).
#[derive(Debug, Clone, PartialEq)]
pub struct AdditiveFit {
    params: AdditiveParams,
    seed: u64,
    exempt: Vec<String>,
}

impl AdditiveFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &AdditiveParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        params.check()?;
        Ok(Self { params: params.clone(), seed, exempt: exempt.to_vec() })
    }
}

impl Fit for AdditiveFit {
    type Model = AdditiveModel;

    fn fit(&self, set: &TrainingSet) -> Result<AdditiveModel, Error> {
        let form = set.answers().instrument();
        self.check(form)?;
        additive(&self.params, self.seed, &Order::all(form, &self.exempt), set)
    }
}

impl Learn for AdditiveFit {
    fn check(&self, form: &Instrument) -> Result<(), Error> {
        self.params.interactions.iter().try_for_each(|limits| limits.check_on(form))
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(self.fit(set)?.candidate(FAMILY.name)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
