//! Unit weights: the one file that this family takes.

use std::sync::Arc;

use amparo_datasets::Polarity;
use amparo_models::{Additive, Candidate, Scorer};
use amparo_training::families::Family;
use amparo_training::{Error, Learn, TrainingSet};
use serde::Deserialize;

pub const FAMILY: Family = Family {
    name: "burgess",
    read: |settings| {
        let BurgessParams { difference } = settings.parameters()?;
        if !(difference.is_finite() && difference >= 0.0) {
            return Err(Error::config(
                "difference",
                format!("`difference` is {difference}, expected 0 or more"),
            ));
        }
        Ok(Arc::new(BurgessFit { difference, exempt: settings.not_monotone.to_vec() }))
    },
};

/// What a config says: how far the shares of events must lie apart for an indicator to count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BurgessParams {
    difference: f64,
}

/// One point for each indicator that speaks for the event, one off for each that speaks against it.
///
/// ```text
/// log-odds = sum_j s[j] [x[j] is known, and not the first answer]
/// s[j]     = 1 if the share of events among such rows exceeds that among rows with the first answer by more than the difference,
///            -1 if it is below it by more than that, else 0
/// ```
/// A sign against the declared direction of its indicator counts as 0, so the model is monotone.
///
/// # References
/// Burgess, "Factors determining success or failure on parole", in "The workings of the indeterminate-sentence law and the parole
/// system in Illinois", 1928.
#[derive(Debug)]
struct BurgessFit {
    difference: f64,
    exempt: Vec<String>,
}

impl Learn for BurgessFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        let of = |(j, indicator): (usize, &amparo_datasets::Indicator)| {
            let [first, later] = [false, true].map(|later| share(set, j, indicator.unknown(), later));
            let apart = later - first;
            let sign = if apart.abs() > self.difference { apart.signum() } else { 0.0 };
            let sign = match indicator.polarity {
                _ if self.exempt.contains(&indicator.id) => sign,
                Polarity::Neutral => sign,
                Polarity::Risk => sign.max(0.0),
                Polarity::Protective => sign.min(0.0),
            };
            (0..=indicator.unknown())
                .map(|code| if code > 0 && code < indicator.unknown() { sign } else { 0.0 })
                .collect()
        };
        let weights = set.answers().instrument().indicators().iter().enumerate().map(of).collect();
        Ok(Candidate::additive(FAMILY.name, Additive { intercept: 0.0, weights })?.into())
    }
}

/// Weighted share of events among rows with the first answer to an indicator, or with a later known one; 0 if there is none.
pub fn share(set: &TrainingSet, j: usize, unknown: u8, later: bool) -> f64 {
    let rows = set.answers().rows().zip(set.events()).zip(set.weights());
    let (events, total) = rows
        .filter(|((row, _), _)| row[j] != unknown && (row[j] > 0) == later)
        .fold((0.0, 0.0), |(events, total), ((_, event), weight)| {
            (events + if *event { *weight } else { 0.0 }, total + weight)
        });
    if total > 0.0 { events / total } else { 0.0 }
}
