//! Nearest centroid: how much nearer a form is to the mean of the events than to that of the other rows.

use std::sync::Arc;

use amparo_models::probability::logit;
use amparo_models::{Additive, Candidate, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::counts::counts;
use crate::boosting::Order;
use crate::{Error, Fit, Learn, TrainingSet};
use coordinate::{Coordinate, of_indicator};

mod coordinate;

/// Nearest centroid.
pub const FAMILY: Family = Family {
    name: "centroid",
    read: |settings| Ok(Arc::new(CentroidFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How the nearest centroid candidate is fitted.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `metric` | `euclidean`, `diagonal` | how the distance is measured |
/// | `shrinkage` | 0 or more | by how many standard errors each centroid is moved towards the mean of all rows |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CentroidParams {
    /// How the distance is measured.
    pub metric: Metric,
    /// Standard errors by which a centroid is moved.
    pub shrinkage: f64,
}

/// How the distance to a centroid is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// All coordinates alike.
    Euclidean,
    /// Each divided by its standard deviation within the classes.
    Diagonal,
}

/// Checked [`CentroidParams`] with the indicators whose direction is not enforced.
///
/// Each indicator becomes coordinates. Known answers of a graded one are 0 to 1 in the order of the form, in equal steps, and so are those
/// of a neutral one with two; a neutral one with more has a coordinate for each answer, of length `1 / sqrt 2`, so that any two of them
/// are at distance 1. `unknown` has a coordinate of its own; on the grades it stands at the mean of the known answers.
///
/// ```text
/// c_0, c_1, c    weighted means of the other rows, of the events, of all rows                    weights with mean 1
/// s^2            sum_i w_i (x_i - c of its class)^2 / (n - 2)        s_0: median of all s        n_0, n_1: weights of the classes
/// shrinkage      each c_k is moved towards c by shrinkage (s + s_0) sqrt(1 / n_k - 1 / n), at most until it is there
/// log-odds       ln(n_1 / n_0) + sum over coordinates ((x - c_0)^2 - (x - c_1)^2) / (2 v)
///                v = 1 (`euclidean`) or s^2 (`diagonal`)
/// ```
/// With one metric for both classes the squares of `x` cancel out, so the score is a sum of one number an answer and is explained
/// exactly. By the diagonal metric it is linear discriminant analysis with a diagonal covariance, and the log-odds are meant as such; by
/// the Euclidean one their scale is that of the grades, and calibration finds the right one. A grade against the declared direction
/// of its indicator has no effect, so the model is monotone.
///
/// DIFFERENCE to scikit-learn's `NearestCentroid`: it knows no weights and no directions, and its `decision_function` is twice our
/// log-odds (it leaves out the 1/2 of the reference, and so does its `predict_proba`). Coordinates that are the same in all rows have no
/// say in `s_0`.
///
/// # Errors
/// [`Error::NoSpread`] by the diagonal metric, if a coordinate differs between the classes and not within them.
///
/// # References
/// - Tibshirani, Hastie, Narasimhan and Chu, "Diagnosis of multiple cancer types by shrunken centroids of gene expression", PNAS 99,
///   2002.
/// - Hastie, Tibshirani and Friedman, "The elements of statistical learning", 2nd edition, 2009, section 18.2.
#[derive(Debug, Clone, PartialEq)]
pub struct CentroidFit {
    params: CentroidParams,
    exempt: Vec<String>,
}

impl CentroidFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`].
    pub fn new(params: &CentroidParams, exempt: &[String]) -> Result<Self, Error> {
        let shrinkage = params.shrinkage;
        if !(shrinkage.is_finite() && shrinkage >= 0.0) {
            let message = format!("`shrinkage` is {shrinkage}, expected 0 or more");
            return Err(Error::config("shrinkage", message));
        }
        Ok(Self { params: *params, exempt: exempt.to_vec() })
    }
}

impl Fit for CentroidFit {
    type Model = Additive;

    fn fit(&self, set: &TrainingSet) -> Result<Additive, Error> {
        let instrument = set.answers().instrument();
        let orders = Order::all(instrument, &self.exempt);
        let coordinates: Vec<Vec<Coordinate>> =
            orders.iter().enumerate().map(|(j, &order)| of_indicator(&counts(set, j), order)).collect();
        let shift = self.params.shrinkage * median(coordinates.iter().flatten().map(|c| c.sd).collect());
        let (mut intercept, mut weights) = (logit(set.base_rate()), Vec::with_capacity(coordinates.len()));
        for (indicator, coordinates) in instrument.indicators().iter().zip(&coordinates) {
            let mut table = vec![0.0; indicator.n_answers()];
            for coordinate in coordinates {
                let [c0, c1] = coordinate.shrunken(self.params.shrinkage, shift);
                let apart = c1 - c0;
                if apart.abs() <= 0.0 || apart * coordinate.sign < 0.0 {
                    continue;
                }
                let slope = match self.params.metric {
                    Metric::Euclidean => apart,
                    Metric::Diagonal if coordinate.sd > 0.0 => apart / (coordinate.sd * coordinate.sd),
                    Metric::Diagonal => return Err(Error::NoSpread { indicator: indicator.id.clone() }),
                };
                intercept -= slope * (c0 + c1) / 2.0;
                table.iter_mut().zip(&coordinate.places).for_each(|(weight, x)| *weight += slope * x);
            }
            weights.push(table);
        }
        Ok(Additive { intercept, weights })
    }
}

impl Learn for CentroidFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(Candidate::additive(FAMILY.name, self.fit(set)?)?.into())
    }
}

/// The middle one, or the mean of the two in the middle; 0 of none.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    if n == 0 { 0.0 } else { (values[(n - 1) / 2] + values[n / 2]) / 2.0 }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
