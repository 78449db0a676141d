//! Gaussian naive Bayes.

use std::sync::Arc;

use amparo_datasets::Answers;
use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::{GaussianNb, NaiveBayes};
use ndarray::{Array1, Array2};
use serde::Deserialize;

use super::coded::coded;
use super::guarded::guarded;
use crate::{Contend, ContenderFamily, Error, Scores, TrainingSet};

const LIBRARY: &str = "linfa-bayes 0.8";

/// The family.
pub(super) const FAMILY: ContenderFamily = ContenderFamily {
    name: "gaussian_naive_bayes",
    why_not_published: "which treats answers as numbers; `naive_bayes` is the exact family for answers",
    read: |settings| {
        let params: Params = settings.parameters()?;
        let smoothing = params.variance_smoothing;
        if !(smoothing.is_finite() && smoothing > 0.0) {
            let message = format!("`variance_smoothing` is {smoothing}, expected a number above 0");
            return Err(Error::config("variance_smoothing", message));
        }
        Ok(Arc::new(params))
    },
};

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    variance_smoothing: f64,
}

/// Difference of the joint log likelihoods of event and no event.
struct Fitted(GaussianNb<f64, usize>);

fn records(answers: &Answers) -> Result<Array2<f64>, String> {
    let rows = coded(answers);
    let shape = (rows.len(), rows.first().map_or(0, Vec::len));
    Array2::from_shape_vec(shape, rows.concat()).map_err(|error| error.to_string())
}

impl Contend for Params {
    fn contend(&self, set: &TrainingSet) -> Result<Box<dyn Scores>, Error> {
        let fitted = guarded(LIBRARY, "refused to fit", || {
            let targets: Array1<usize> = set.events().iter().map(|event| usize::from(*event)).collect();
            let data = Dataset::new(records(set.answers())?, targets);
            let params = GaussianNb::params().var_smoothing(self.variance_smoothing);
            params.fit(&data).map_err(|error| error.to_string())
        })?;
        Ok(Box::new(Fitted(fitted)))
    }
}

impl Scores for Fitted {
    fn scores(&self, rows: &Answers) -> Result<Vec<f64>, Error> {
        guarded(LIBRARY, "refused to score", || {
            let records = records(rows)?;
            let by_class = self.0.joint_log_likelihood(records.view());
            match (by_class.get(&1), by_class.get(&0)) {
                (Some(with), Some(without)) => Ok((with - without).to_vec()),
                _ => Err(format!("{} classes found, expected events and others", by_class.len())),
            }
        })
    }
}
