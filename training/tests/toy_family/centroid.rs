//! Nearest shrunken centroids: the one file that this family takes.

use std::sync::Arc;

use amparo_datasets::Polarity;
use amparo_models::{Additive, Candidate, Scorer};
use amparo_training::families::Family;
use amparo_training::{Error, Learn, TrainingSet};
use serde::Deserialize;

pub const FAMILY: Family = Family {
    name: "centroid",
    read: |settings| {
        let CentroidParams { threshold } = settings.parameters()?;
        if !(threshold.is_finite() && threshold >= 0.0) {
            return Err(Error::config(
                "threshold",
                format!("`threshold` is {threshold}, expected 0 or more"),
            ));
        }
        Ok(Arc::new(CentroidFit { threshold, exempt: settings.not_monotone.to_vec() }))
    },
};

/// What a config says: by how much the difference of the two centroids is shrunk, in grades.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CentroidParams {
    threshold: f64,
}

/// How much nearer a row is to the mean answers of the events than to those of the other rows.
///
/// ```text
/// d[j] = c1[j] - c0[j], brought nearer to 0 by the threshold     c0, c1: weighted mean codes of the known answers
/// log-odds = sum_j d[j] (x[j] - (c0[j] + c1[j]) / 2)             an unknown answer adds nothing
/// ```
/// Without a threshold this is half the difference of the squared distances to the two centroids. A difference against the
/// declared direction of its indicator counts as 0, so the model is monotone.
///
/// # References
/// Tibshirani, Hastie, Narasimhan and Chu, "Diagnosis of multiple cancer types by shrunken centroids of gene expression",
/// PNAS 99, 2002.
#[derive(Debug)]
struct CentroidFit {
    threshold: f64,
    exempt: Vec<String>,
}

impl Learn for CentroidFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        let of = |(j, indicator): (usize, &amparo_datasets::Indicator)| {
            let [c0, c1] = [false, true].map(|event| mean_code(set, j, indicator.unknown(), event));
            let difference = c1 - c0;
            let shrunk = difference.signum() * (difference.abs() - self.threshold).max(0.0);
            let slope = match indicator.polarity {
                _ if self.exempt.contains(&indicator.id) => shrunk,
                Polarity::Neutral => shrunk,
                Polarity::Risk => shrunk.max(0.0),
                Polarity::Protective => shrunk.min(0.0),
            };
            let known = (0..indicator.unknown()).map(|code| slope * (f64::from(code) - (c0 + c1) / 2.0));
            known.chain([0.0]).collect()
        };
        let weights = set.answers().instrument().indicators().iter().enumerate().map(of).collect();
        Ok(Candidate::additive(FAMILY.name, Additive { intercept: 0.0, weights })?.into())
    }
}

/// Weighted mean code of the known answers to an indicator, of the events or of the other rows; 0 if there is none.
pub fn mean_code(set: &TrainingSet, j: usize, unknown: u8, event: bool) -> f64 {
    let rows = set.answers().rows().zip(set.events()).zip(set.weights());
    let (sum, total) = rows
        .filter(|((row, happened), _)| row[j] != unknown && **happened == event)
        .fold((0.0, 0.0), |(sum, total), ((row, _), weight)| {
            (sum + weight * f64::from(row[j]), total + weight)
        });
    if total > 0.0 { sum / total } else { 0.0 }
}
