//! Logistic regression on answers.

use std::sync::Arc;

use amparo_models::{Additive, Candidate, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::columns::Columns;
use crate::boosting::Order;
use crate::{Error, Fit, Learn, TrainingSet};
use newton::Problem;

mod newton;
mod quadratic;

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
        if !(params.l2.is_finite() && params.l2 > 0.0) {
            return Err(Error::config("l2", format!("`l2` is {}, expected a number above 0", params.l2)));
        }
        Ok(Self { l2: params.l2, exempt: exempt.to_vec() })
    }
}

impl Fit for LogisticFit {
    type Model = Additive;

    fn fit(&self, set: &TrainingSet) -> Result<Additive, Error> {
        let instrument = set.answers().instrument();
        let n_answers: Vec<usize> = instrument.indicators().iter().map(|i| i.n_answers()).collect();
        let columns = Columns::steps(&n_answers, &Order::all(instrument, &self.exempt));
        let rows: Vec<Vec<usize>> = set
            .answers()
            .rows()
            .map(|row| {
                let of_row =
                    row.iter().zip(&columns.active).flat_map(|(&code, active)| &active[usize::from(code)]);
                std::iter::once(0).chain(of_row.copied()).collect()
            })
            .collect();
        let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
        let weights: Vec<f64> = set.weights().iter().map(|w| w / mean).collect();
        let problem = Problem {
            rows: &rows,
            events: set.events(),
            weights: &weights,
            l2: self.l2,
            bounds: &columns.bounds,
        };
        let fitted = problem.solve(set.base_rate())?;
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
