//! Logistic regression with an elastic net: weights that are small, and many of them 0.

use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::probability::logit;
use amparo_models::{Additive, Candidate, Model, Scorer};

use super::Family;
use super::columns::Columns;
use crate::boosting::Order;
use crate::{Error, Fit, Learn, TrainingSet};
pub(super) use descent::Curvature;
pub use params::{CrossValidation, ElasticNetParams, Lambda, Rule};
pub use path::PathStep;
use path::{along, chosen, cross_validated, grid};
pub(super) use penalty::Penalty;
use problem::Problem;

mod descent;
mod params;
mod path;
mod penalty;
mod problem;

/// Logistic regression with an elastic net.
pub const FAMILY: Family = Family {
    name: "elastic_net",
    read: |settings| {
        Ok(Arc::new(ElasticNetFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// Checked [`ElasticNetParams`] with the seed and the indicators whose direction is not enforced.
///
/// Each known answer adds a step `d` to the answer before it; `unknown`, and every answer but the first to a neutral indicator, has a
/// weight of its own. In steps and weights `d`:
///
/// ```text
/// minimise  (1/n) sum_i w_i (softplus(s_i) - y_i s_i) + lambda sum (l1_ratio |d| + (1 - l1_ratio)/2 d^2)      weights w_i with mean 1
/// subject to d >= 0 for risk, d <= 0 for protective indicators (unless declared not monotone)
/// ```
/// A step of 0 makes an answer count as the one before it. Without bounds this is scikit-learn's
/// `LogisticRegression(solver="saga", C=1/(n lambda), l1_ratio=l1_ratio)` on the same columns, and glmnet's `binomial` with
/// `standardize=FALSE`.
///
/// It is found by coordinate descent on quadratic models of the loss, as in glmnet, for a path of penalties from the smallest one that
/// leaves no weight down, each from the weights before. Here the models are kept as second derivatives by pairs of columns, of
/// which a form has a few thousand; they are taken from the rows anew only when the old ones do not lead on, and a round of the descent
/// does not touch the rows. Gradients are sums of whole numbers over packed rows, those that are alike together, so that the time is linear
/// in rows and the result does not depend on the number of threads.
///
/// DIFFERENCE to glmnet: columns are not standardised, because a step from one answer to the next is a unit already and a rare answer
/// shall need more evidence; and there is no screening of columns by strong rules, because a round costs a step of a few
/// hundred numbers only for columns that move.
///
/// # Errors
/// [`Error::NotConverged`]; [`Error::OneClass`] if a fold that chooses the penalty has only events or none.
///
/// # References
/// - Zou and Hastie, "Regularization and variable selection via the elastic net", Journal of the Royal Statistical Society B 67, 2005.
/// - Friedman, Hastie and Tibshirani, "Regularization paths for generalized linear models via coordinate descent", Journal of Statistical
///   Software 33(1), 2010.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticNetFit {
    params: ElasticNetParams,
    seed: u64,
    exempt: Vec<String>,
}

/// A fitted elastic net.
#[derive(Debug, Clone, PartialEq)]
pub struct ElasticNet {
    /// What each answer adds.
    pub tables: Additive,
    /// The penalty that it was fitted with.
    pub lambda: f64,
    /// The smallest penalty that leaves no weight.
    pub largest_lambda: f64,
    /// What cross-validation found, from the largest penalty down; empty if the penalty was given.
    pub path: Vec<PathStep>,
}

/// The tables of least log loss without a penalty, as far as the largest gradient of the mean loss tells: to 3e-9.
///
/// # Errors
/// [`Error::NotConverged`].
pub(super) fn unpenalised(set: &TrainingSet, columns: &Columns) -> Result<Additive, Error> {
    let problem = Problem::new(set, columns);
    let weights = problem.solve(Penalty::new(0.0, 1.0), problem.start(logit(set.base_rate())))?.weights;
    Ok(Additive { intercept: weights[0], weights: columns.tables(&weights) })
}

impl Model for ElasticNet {
    fn n_indicators(&self) -> usize {
        self.tables.n_indicators()
    }

    fn score(&self, row: &[u8]) -> f64 {
        self.tables.score(row)
    }
}

impl ElasticNet {
    /// The answers that add exactly 0, by id of indicator and answer; the first answer to each indicator is the reference, which is not
    /// among them.
    pub fn zero_answers<'i>(&self, instrument: &'i Instrument) -> Vec<(&'i str, &'i str)> {
        let indicators = instrument.indicators().iter().zip(&self.tables.weights);
        let of = |(indicator, table): (&'i amparo_datasets::Indicator, &Vec<f64>)| {
            let answers = indicator.answers().iter().zip(table).skip(1);
            let zero = answers.filter(|(_, weight)| weight.abs() <= 0.0);
            zero.map(|(answer, _)| (indicator.id.as_str(), answer.id.as_str())).collect::<Vec<_>>()
        };
        indicators.flat_map(of).collect()
    }
}

impl ElasticNetFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &ElasticNetParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        params.check()?;
        Ok(Self { params: *params, seed, exempt: exempt.to_vec() })
    }
}

impl Fit for ElasticNetFit {
    type Model = ElasticNet;

    fn fit(&self, set: &TrainingSet) -> Result<ElasticNet, Error> {
        let instrument = set.answers().instrument();
        let orders = Order::all(instrument, &self.exempt);
        let n_answers: Vec<usize> = instrument.indicators().iter().map(|i| i.n_answers()).collect();
        let columns = Columns::steps_of_ordered(&n_answers, &orders);
        let (l1_ratio, base) = (self.params.l1_ratio, logit(set.base_rate()));
        let problem = Problem::new(set, &columns);
        let start = problem.start(base);
        let largest_lambda = problem.largest_lambda(&start, l1_ratio);
        let (weights, lambda, path) = match self.params.lambda {
            Lambda::Of(lambda) => {
                (problem.solve(Penalty::new(lambda, l1_ratio), start)?.weights, lambda, Vec::new())
            }
            Lambda::Chosen(by) => {
                let lambdas = grid(largest_lambda, &by);
                let path = cross_validated(set, &columns, &lambdas, l1_ratio, by.folds, self.seed)?;
                let at = chosen(&path, by.rule);
                let mut weights = start.weights;
                along(&problem, base, &lambdas[..=at], l1_ratio, |found| weights = found.to_vec())?;
                (weights, lambdas[at], path)
            }
        };
        let tables = Additive { intercept: weights[0], weights: columns.tables(&weights) };
        Ok(ElasticNet { tables, lambda, largest_lambda, path })
    }
}

impl Learn for ElasticNetFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(Candidate::additive(FAMILY.name, self.fit(set)?.tables)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
