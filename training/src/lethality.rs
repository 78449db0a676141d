//! The second reading: points for a lethal assault, learned from a case-control sample.

use std::collections::BTreeSet;

use amparo_models::calibrator::Platt;
use amparo_models::explain::Background;
use amparo_models::{Calibrator, Model, Part, Scorer};

use amparo_datasets::split::folds;

use crate::calibrate::platt;
use crate::points::PointsFit;
use crate::{Data, Error, Fit, Table};

/// Fits, calibrates by cross-fitting and explains the lethality points.
///
/// Deaths are so rare that they are sampled all, and the other cases a few. Odds ratios do not depend on how many of
/// each were sampled, so the points are learned from the sample as it is; the intercept is then brought to the
/// population (prior correction), and the explanation compares with the population, by the sampling weights:
///
/// ```text
/// intercept = intercept of the sample + ln(mean weight of events / mean weight of non-events)
/// ```
///
/// # Errors
/// Whatever the points or the calibration refuse.
///
/// # References
/// King and Zeng, "Logistic regression in rare events data", Political Analysis 9, 2001, section 4.1.
pub(crate) fn fit(
    fit: &PointsFit,
    data: &Data,
    n_folds: usize,
    seed: u64,
    exempt: &BTreeSet<String>,
) -> Result<Part, Error> {
    let sample = Data { weights: vec![1.0; data.events.len()], ..data.clone() };
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let folds = folds(&sample.cohort, &rows, &sample.outcome, n_folds, seed)?;
    let mut scores = vec![0.0; rows.len()];
    for (held, of_fold) in folds.iter().enumerate() {
        let seen: Vec<usize> =
            rows.iter().copied().filter(|row| of_fold.binary_search(row).is_err()).collect();
        let table = Table::new(&sample, &seen, &format!("all lethality folds but {}", held + 1))?;
        let points = fit.fit(&table)?;
        of_fold.iter().for_each(|&row| scores[row] = points.score(sample.cohort.answers().row(row)));
    }
    let curve = platt(&scores, &sample.events, &sample.weights, &sample.outcome)?;
    let calibrator = Platt { intercept: curve.intercept + prior_correction(data), ..curve };
    let points = fit.fit(&Table::new(&sample, &rows, "the lethality cohort")?)?;
    let scorer = Scorer::Points(points);
    let background = Background::of(&scorer, data.cohort.answers(), &data.weights)?;
    let instrument = data.cohort.instrument();
    let calibrator = Calibrator::Platt(calibrator);
    Ok(Part::new(data.outcome.clone(), scorer, calibrator, background, instrument, exempt)?)
}

fn prior_correction(data: &Data) -> f64 {
    let mean = |wanted: bool| {
        let of: Vec<f64> =
            data.events.iter().zip(&data.weights).filter(|(e, _)| **e == wanted).map(|(_, w)| *w).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    libm::log(mean(true) / mean(false))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
