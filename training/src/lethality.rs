//! The lethality model: points for a lethal assault, learned from a case-control sample.

use std::collections::BTreeSet;

use amparo_models::calibrator::Platt;
use amparo_models::explain::{Background, Deal, Subsamples};
use amparo_models::pooling::Pooling;
use amparo_models::{Calibrator, Model, OutcomeModel, Points, Scorer};

use amparo_datasets::split::folds;

use crate::calibrate::{constant, constant_platt, platt};
use crate::families::points::PointsFit;
use crate::pooling::{Pooled, pooled};
use crate::{Data, Error, Experiment, Fit, OutOfFold, TrainingSet};

/// What it is called among the candidates.
pub const NAME: &str = "lethality";

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
    experiment: &Experiment,
    fit: &PointsFit,
    data: &Data,
    exempt: &BTreeSet<String>,
) -> Result<OutcomeModel, Error> {
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let (PooledPoints { pooling, points }, curve) = calibrated(experiment, fit, data, &rows)?;
    let scorer = Scorer::from(points);
    let (answers, weights) = (data.cohort.answers(), data.weights.as_slice());
    let pooled = pooling.answers(answers)?;
    let background = Background::of(&scorer, &pooled, weights)?;
    let subsamples = Subsamples::of(&scorer, &pooled, weights, &Deal::of(data.cohort.cases()))?;
    let made = (scorer, Calibrator::Platt(curve), background);
    let (outcome, form) = (data.outcome.clone(), data.cohort.instrument());
    let part = OutcomeModel::pooled(outcome, pooling, made, form, exempt)?
        .leaving_out(&experiment.config().leave_out, form)?;
    let sample = unweighted(data);
    let learned =
        experiment.learned_rule().learned(&TrainingSet::new(&sample, &rows, "the lethality cohort")?);
    let population = part.population_of(answers, weights, subsamples)?;
    Ok(part.with_population(population)?.with_learned(learned, data.cohort.instrument())?)
}

/// Scores of every row of a lethality cohort by points and curves that did not see its case.
///
/// # Errors
/// [`Error::Config`] if the experiment asks for no lethality model; whatever the points or the calibration refuse.
pub fn out_of_fold(experiment: &Experiment, data: &Data) -> Result<OutOfFold, Error> {
    let Some(fit) = &experiment.lethality else {
        return Err(Error::config("lethality", "the config has no `[lethality]` section"));
    };
    let (n_folds, seed) = (experiment.config().inner_folds, experiment.config().seed);
    let rows: Vec<usize> = (0..data.events.len()).collect();
    let mut out = OutOfFold {
        candidate: NAME.to_owned(),
        log_odds: vec![0.0; rows.len()],
        probabilities: vec![0.0; rows.len()],
        folds: vec![0; rows.len()],
        baseline: None,
        censored: vec![0.0; data.n_censored()],
    };
    let folds = folds(&data.cohort, &rows, &data.outcome, n_folds, seed.wrapping_add(1))?;
    let censored: Vec<Vec<usize>> = folds.iter().map(|rows| data.censored_with(rows)).collect();
    for ((of_fold, censored), held) in folds.into_iter().zip(censored).zip(0..) {
        let (points, curve) = calibrated(experiment, fit, data, &others(&rows, &of_fold))?;
        let curve = Calibrator::Platt(curve);
        for row in of_fold {
            out.folds[row] = held;
            out.log_odds[row] = points.score(data.cohort.answers().row(row));
            out.probabilities[row] = curve.calibrate(out.log_odds[row]).probability;
        }
        for row in censored {
            out.censored[row] = points.score(data.censored.answers().row(row));
        }
    }
    Ok(out)
}

/// Points of the pooled form, with its pools.
struct PooledPoints {
    pooling: Pooling,
    points: Points,
}

impl PooledPoints {
    /// The score of a row of the form.
    fn score(&self, row: &[u8]) -> f64 {
        self.points.score(&self.pooling.row(row))
    }
}

/// Points of the given rows, with a curve from cross-fitted points of the same rows, brought to the population.
///
/// What an unlearned answer counts as is an average over the population, by the sampling weights.
fn calibrated(
    experiment: &Experiment,
    fit: &PointsFit,
    data: &Data,
    rows: &[usize],
) -> Result<(PooledPoints, Platt), Error> {
    let (n_folds, seed) = (experiment.config().inner_folds, experiment.config().seed);
    let fitted = |sample: &Data, rows: &[usize], part: &str| -> Result<PooledPoints, Error> {
        let (rule, set) = (experiment.learned_rule(), TrainingSet::new(sample, rows, part)?);
        let Pooled { pooling, set } = pooled(&set, rule, seed)?;
        let stand_ins = rule.stand_ins_of_sample(&TrainingSet::new(data, rows, part)?, &pooling);
        let learn = |set: &TrainingSet| fit.fit(set).map_err(Error::of_candidate(NAME, "fitted"));
        let points = match set.without(&experiment.config().leave_out) {
            Some((asked, places)) => learn(&asked)?.widened(&places, set.answers().instrument()),
            None => learn(&set)?,
        };
        Ok(PooledPoints { pooling, points: points.averaged(&stand_ins) })
    };
    let sample = unweighted(data);
    let mut scores = vec![0.0; data.events.len()];
    for (held, of_fold) in folds(&sample.cohort, rows, &sample.outcome, n_folds, seed)?.iter().enumerate() {
        let part = format!("all lethality folds but {}", held + 1);
        let points = fitted(&sample, &others(rows, of_fold), &part)?;
        of_fold.iter().for_each(|&row| scores[row] = points.score(sample.cohort.answers().row(row)));
    }
    let part = data.part(rows);
    let points = fitted(&sample, rows, "the lethality cohort")?;
    let of_points: Vec<f64> = part.answers().map(|row| points.score(row)).collect();
    let ones = vec![1.0; rows.len()];
    let curve = match constant(&of_points) {
        Some(score) => constant_platt(score, part.events(), &ones),
        None => platt(&part.of(&scores), part.events(), &ones, &sample.outcome)
            .map_err(Error::of_candidate(NAME, "calibrated"))?,
    };
    let intercept = curve.intercept + prior_correction(part.events(), part.weights());
    Ok((points, Platt { intercept, ..curve }))
}

/// The sample as it is, every row for itself.
fn unweighted(data: &Data) -> Data {
    Data { weights: vec![1.0; data.events.len()], ..data.clone() }
}

/// The rows that are not in a fold; the fold is ascending.
fn others(rows: &[usize], fold: &[usize]) -> Vec<usize> {
    rows.iter().copied().filter(|row| fold.binary_search(row).is_err()).collect()
}

fn prior_correction(events: &[bool], weights: &[f64]) -> f64 {
    let mean = |wanted: bool| {
        let of: Vec<f64> =
            events.iter().zip(weights).filter(|(e, _)| **e == wanted).map(|(_, w)| *w).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    libm::log(mean(true) / mean(false))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
