//! Boosted trees for the classes of an ordered outcome.

mod halves;

use std::sync::Arc;

use amparo_datasets::{Instrument, Outcome};
use amparo_models::scorer::Tree;
use amparo_models::{Candidate, Forest, Scorer};

use self::halves::Halves;
use super::Family;
use super::cumulative::{CumulativeLoss, Thresholds};
use crate::boosting::{BoostedParams, Boosting, Order};
use crate::early_stopping::Best;
use crate::{Classed, Error, Fit, Learn, Noted, TrainingSet, classed};

/// Boosted trees for ordered classes.
pub const FAMILY: Family = Family {
    name: "ordered_boosted",
    read: |settings| {
        Ok(Arc::new(OrderedBoostedFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// Trees between two fits of the thresholds.
const STAGE: usize = 10;

/// Checked [`BoostedParams`] with the seed and the indicators whose direction is not enforced.
///
/// ```text
/// P(class k or above) = sigmoid(f - t[k])        f: sum of the trees; t: thresholds, which ascend
/// loss                = - sum_i w_i ln P(class of i)       rows whose class is known
/// g_i, h_i            = w_i (p + q - 1), w_i (p (1 - p) + q (1 - q))        p, q: probabilities of the class of i or above, and of a higher one
/// ```
/// All classes share `f`, so the trees are those of one score, explained and proved like those of `boosted`, and classes never cross. Thresholds begin
/// with those of the shares of the classes, and after every 10 trees and at the end they are fitted again to the sums so far.
///
/// Trees are grown by the same engine, on two halves of each row: with given thresholds, the loss is that of a row that reached its class and of one
/// that did not reach the next, each a row of a log loss with a start of its own, and something that hangs on thresholds only.
///
/// DIFFERENCE: where rows are drawn (`rows` below 1), the halves of a row are drawn apart. `min_child_weight` counts both halves.
///
/// # Errors
/// [`Error::NotOrdered`]; [`Error::NoRowOfClass`]; [`Error::NotConverged`].
///
/// # References
/// Schmid, Hothorn, Maloney, Weller and Potapov, "Geoadditive regression modeling of stream biological condition", Environmental and Ecological Statistics
/// 18, 2011 (boosting of proportional odds, with thresholds fitted anew in between).
#[derive(Debug, Clone)]
pub struct OrderedBoostedFit {
    params: BoostedParams,
    seed: u64,
    exempt: Vec<String>,
}

/// Trees that all classes share, and where on their sum each class begins.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedBoosted {
    /// The trees.
    pub trees: Vec<Tree>,
    /// Where each class begins.
    pub thresholds: Thresholds,
    n_indicators: usize,
}

impl OrderedBoosted {
    /// The log-odds of the outcome as trees, with a start that is rounded to a 32-bit float as leaves are.
    pub fn forest(&self) -> Forest {
        Forest {
            n_indicators: self.n_indicators,
            base: f64::from(-self.thresholds.of_outcome() as f32),
            trees: self.trees.clone(),
        }
    }

    fn scorer(&self) -> Result<Scorer, Error> {
        Ok(Candidate::trees("forest", self.forest())?.into())
    }
}

impl OrderedBoostedFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range; with `offset`, which trees for ordered classes do not have.
    pub fn new(params: &BoostedParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        params.check()?;
        if let Some(offset) = &params.offset {
            let message = format!(
                "`offset` is `{offset}`, expected none: trees for ordered classes begin with the shares of the classes"
            );
            return Err(Error::config("offset", message));
        }
        Ok(Self { params: params.clone(), seed, exempt: exempt.to_vec() })
    }

    fn boosted(&self, set: &TrainingSet, classed: &Classed) -> Result<OrderedBoosted, Error> {
        let form = set.answers().instrument();
        self.check(form)?;
        let orders = Order::all(form, &self.exempt);
        let mut n_trees = self.params.trees;
        if let Some(stopping) = self.params.early_stopping {
            let (part, held) = stopping.divided(set, self.seed)?;
            let (part, held) = (part.classed()?, held.classed()?);
            let mut sums = vec![0.0; held.codes.len()];
            let without = CumulativeLoss::given(&held, &sums).mean(&Thresholds::of_shares(&part));
            let mut best = Best::new(stopping.patience, without, ());
            self.grow(&part, &orders, n_trees, |number, tree, thresholds| {
                sums.iter_mut().zip(held.set.answers().rows()).for_each(|(f, row)| *f += tree.score(row));
                best.sees(number, CumulativeLoss::given(&held, &sums).mean(thresholds), || ())
            })?;
            n_trees = best.round;
        }
        self.grow(classed, &orders, n_trees, |_, _, _| false)
    }

    /// Grows trees, by stages between which the thresholds are fitted; `stop` is asked after each tree with their number, the tree and the
    /// thresholds that it was grown with.
    fn grow(
        &self,
        classed: &Classed,
        orders: &[Order],
        n_trees: usize,
        mut stop: impl FnMut(usize, &Tree, &Thresholds) -> bool,
    ) -> Result<OrderedBoosted, Error> {
        let halves = Halves::of(classed);
        let answers = classed.set.answers();
        let (mut thresholds, mut trees) = (Thresholds::of_shares(classed), Vec::new());
        let mut sums = vec![0.0; classed.codes.len()];
        let mut is_over = false;
        while trees.len() < n_trees && !is_over {
            let first = trees.len();
            let params = BoostedParams { trees: STAGE.min(n_trees - first), ..self.params.clone() };
            let start = |half| halves.log_odds(half, &sums, &thresholds);
            let stage = Boosting::new((&start, first), &params, self.seed, orders, &halves.set);
            let grown = stage.run(|number, tree| {
                is_over = stop(first + number, tree, &thresholds);
                is_over
            });
            for (sum, row) in sums.iter_mut().zip(answers.rows()) {
                *sum += grown.iter().map(|tree| tree.score(row)).sum::<f64>();
            }
            trees.extend(grown);
            thresholds = thresholds.refitted(classed, &sums)?;
        }
        Ok(OrderedBoosted { trees, thresholds, n_indicators: answers.n_indicators() })
    }
}

impl Fit for OrderedBoostedFit {
    type Model = OrderedBoosted;

    fn fit(&self, set: &TrainingSet) -> Result<OrderedBoosted, Error> {
        self.boosted(set, &set.classed()?)
    }
}

impl Learn for OrderedBoostedFit {
    fn check(&self, form: &Instrument) -> Result<(), Error> {
        self.params.interactions.iter().try_for_each(|limits| limits.check_on(form))
    }

    fn check_outcome(&self, outcome: &Outcome) -> Result<(), Error> {
        classed::known(outcome).map(drop)
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        self.fit(set)?.scorer()
    }

    fn learn_with_notes(&self, set: &TrainingSet) -> Result<(Scorer, Noted), Error> {
        let classed = set.classed()?;
        let boosted = self.boosted(set, &classed)?;
        Ok((boosted.scorer()?, boosted.thresholds.noted(&classed)))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
