//! Logistic regression on answers.

use std::sync::Arc;

use amparo_models::probability::logit;
use amparo_models::{Additive, Candidate, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::columns::Columns;
use super::newton::{Search, check_l2};
use crate::{Error, Fit, Learn, TrainingSet};
use loss::LogLoss;

mod loss;

/// Logistic regression.
pub const FAMILY: Family = Family {
    name: "logistic",
    read: |settings| Ok(Arc::new(LogisticFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How the logistic candidate is fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `l2` | above 0 | ridge penalty per unit of squared step, against a total weight of one per row |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogisticParams {
    /// Ridge penalty.
    pub l2: f64,
}

/// Checked [`LogisticParams`] with the indicators whose direction is not enforced.
///
/// Each known answer adds a step `d` to the answer before it; `unknown` has a weight `u` of its own:
///
/// ```text
/// w[j][g] = d[j][1] + ... + d[j][g]      w[j][unknown] = u[j]
/// minimise  sum_i w_i (softplus(s_i) - y_i s_i) + l2/2 * (sum d^2 + sum u^2)       weights w_i with mean 1
/// subject to d >= 0 for risk, d <= 0 for protective indicators (unless declared not monotone)
/// ```
/// Without the bounds this is scikit-learn's `LogisticRegression(C=1/l2)` on thermometer-coded answers.
///
/// # Errors
/// [`Error::NotConverged`].
///
/// # References
/// Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control 20, 1982.
#[derive(Debug, Clone, PartialEq)]
pub struct LogisticFit {
    l2: f64,
    exempt: Vec<String>,
}

impl LogisticFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &LogisticParams, exempt: &[String]) -> Result<Self, Error> {
        check_l2(params.l2)?;
        Ok(Self { l2: params.l2, exempt: exempt.to_vec() })
    }
}

impl Fit for LogisticFit {
    type Model = Additive;

    fn fit(&self, set: &TrainingSet) -> Result<Additive, Error> {
        let columns = Columns::of_form(set.answers().instrument(), &self.exempt);
        let rows: Vec<Vec<usize>> =
            set.answers().rows().map(|row| std::iter::once(0).chain(columns.of_row(row)).collect()).collect();
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        let weights: Vec<f64> = set.weights().iter().map(|w| w / mean).collect();
        let search = Search {
            what: "logistic regression",
            n_rows: rows.len(),
            bounds: &columns.bounds,
            n_unpenalised: 1,
            l2: self.l2,
        };
        let mut start = vec![0.0; columns.bounds.len()];
        start[0] = logit(set.base_rate());
        let loss = LogLoss { rows: &rows, events: set.events(), weights: &weights };
        let fitted = search.minimise(&loss, start)?;
        Ok(Additive { intercept: fitted[0], weights: columns.tables(&fitted) })
    }
}

impl Learn for LogisticFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(Candidate::additive(FAMILY.name, self.fit(set)?)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
