//! Boosted trees.

mod offset;

use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::{Candidate, Forest, Scorer};

use super::Family;
pub use crate::boosting::BoostedParams;
use crate::boosting::{Order, best_number_of_trees, boost_on, constant};
pub use crate::interactions::Interactions;
use crate::{Error, Fit, Learn, TrainingSet};

/// Boosted trees.
pub const FAMILY: Family = Family {
    name: "boosted",
    read: |settings| {
        Ok(Arc::new(BoostedFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// Checked [`BoostedParams`] with the seed and the indicators whose direction is not enforced.
///
/// Risk indicators are bound to rise, protective ones to fall; exempt ones are cut in the order of their answers, and
/// neutral ones are split into whatever sets of answers tell most. `unknown` joins either side. How the trees are grown is
/// told in [`boosting`](crate::boosting).
///
/// With an `offset` the points are fitted on the same rows first, and the trees are boosted from their log-odds:
///
/// ```text
/// log-odds = offset of the points + scale * sum_j points[j][x_j] + sum of the trees
/// ```
/// Everything is stored as trees, the points as one for each indicator, rounded to 32-bit floats before boosting begins.
#[derive(Debug, Clone)]
pub struct BoostedFit {
    params: BoostedParams,
    seed: u64,
    exempt: Vec<String>,
    /// The candidate that it is learned on top of, where the parameters name one.
    base: Option<Arc<dyn Learn>>,
}

impl BoostedFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &BoostedParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        params.check()?;
        Ok(Self { params: params.clone(), seed, exempt: exempt.to_vec(), base: None })
    }

    /// What boosting starts from, fitted on the same rows: the log-odds of their share of events, or the points.
    fn start(&self, set: &TrainingSet) -> Result<Forest, Error> {
        let Some(name) = &self.params.offset else { return Ok(constant(set)) };
        let base = self.base.as_ref().map(|base| base.learn(set)).transpose()?;
        match base.as_ref().and_then(Scorer::baseline) {
            Some(points) => Ok(offset::as_trees(points)),
            None => {
                let message = format!("`offset` is `{name}`, but no points are given to boost on top of");
                Err(Error::config("offset", message))
            }
        }
    }
}

impl Fit for BoostedFit {
    type Model = Forest;

    fn fit(&self, set: &TrainingSet) -> Result<Forest, Error> {
        let form = set.answers().instrument();
        self.check(form)?;
        let orders = Order::all(form, &self.exempt);
        let mut params = self.params.clone();
        if let Some(stopping) = params.early_stopping {
            let (part, held) = stopping.divided(set, self.seed)?;
            params.trees = best_number_of_trees(
                &self.start(&part)?,
                &params,
                self.seed,
                &orders,
                (&part, &held),
                stopping.patience,
            );
        }
        Ok(boost_on(&self.start(set)?, &params, self.seed, &orders, set))
    }
}

impl Learn for BoostedFit {
    fn rests_on(&self) -> Option<&str> {
        self.params.offset.as_deref()
    }

    fn on(&self, base: &Arc<dyn Learn>) -> Result<Arc<dyn Learn>, Error> {
        Ok(Arc::new(Self { base: Some(Arc::clone(base)), ..self.clone() }))
    }

    fn check(&self, form: &Instrument) -> Result<(), Error> {
        self.params.interactions.iter().try_for_each(|limits| limits.check_on(form))
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        // The name under which versions have always stored trees; a config asks for the way they are grown.
        Ok(Candidate::trees("forest", self.fit(set)?)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
