//! Scores of rows by models that did not see their cases.

mod kept;
mod whole;

use std::collections::HashSet;

use amparo_datasets::split::{assigned_folds, folds};
use amparo_models::Calibrator;
use amparo_models::artefact::{CalibrationRecord, FoldsBy, SplitRecord};
use rayon::prelude::*;

pub(crate) use self::whole::Whole;
use crate::bases::{BaseScores, Bases};
use crate::calibrate::{Deal, Scored, choose, constant};
use crate::data::rest;
use crate::dial::Dial;
use crate::in_order::all_or_first;
use crate::{Data, Error, Experiment, TrainingSet};

/// One candidate's scores of all rows in one repeat, each by a model that did not see the row's case.
#[derive(Debug, Clone, PartialEq)]
pub struct OutOfFold {
    /// Name of the candidate.
    pub candidate: String,
    /// Log-odds, one a row of the [`Data`].
    pub log_odds: Vec<f64>,
    /// Calibrated probability, one a row; the calibrator did not see the row's case either.
    pub probabilities: Vec<f64>,
    /// The fold that each row was held out in, from 0.
    pub folds: Vec<u32>,
    /// Calibrated probability by the baseline alone, one a row, where the candidate is a blend whose level is never below that of its
    /// baseline.
    pub baseline: Option<Vec<f64>>,
    /// Log-odds of the censored rows, one a row of [`Data::censored`], for concordance with the time to the event.
    pub censored: Vec<f64>,
}

/// Base scores of the given rows by cross-fitting: each fold is scored by parts fitted on the others.
///
/// The result has a place for every row of the data; only the given rows are filled.
pub(crate) fn base_scores(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    n_folds: usize,
    seed: u64,
) -> Result<BaseScores, Error> {
    let folds = folds(&data.cohort, rows, &data.outcome, n_folds, seed)?;
    let fitted = all_or_first((0..folds.len()).into_par_iter().map(|held| {
        let set = TrainingSet::new(data, &rest(&folds, held), &format!("all folds but {}", held + 1))?;
        let bases = Bases::fit(experiment, &set)?;
        Ok::<_, Error>(bases.scores(data.part(&folds[held]).answers()))
    }))?;
    let mut scores = BaseScores::zeros(experiment, data.n_rows());
    folds.iter().zip(&fitted).for_each(|(rows, of_fold)| scores.place(rows, of_fold));
    Ok(scores)
}

/// A calibrator for each candidate from cross-fitted scores of the given rows, with its method and what was compared to choose it.
///
/// A candidate that gives all of these rows the same score is calibrated as the constant it is: the fits of the folds give
/// each fold the share of events of the others, which is low where its own is high, so that no curve through them rises.
///
/// # Errors
/// [`Error::Candidate`] for the first candidate that cannot be calibrated.
pub(crate) fn calibrators(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    scores: &BaseScores,
    (bases, dials): (&Bases, &[Dial]),
) -> Result<Vec<(Calibrator, CalibrationRecord)>, Error> {
    let fitted = bases.scores(data.part(rows).answers()).candidates(experiment, dials);
    let of = |((scores, fitted), name): ((Vec<f64>, Vec<f64>), String)| {
        calibrator(experiment, &name, Scored { data, rows, scores: &scores }, constant(&fitted))
    };
    let scores = scores.candidates(experiment, dials).into_iter();
    scores.zip(fitted).zip(experiment.candidates()).map(of).collect()
}

/// The calibrator of one candidate from the cross-fitted scores of some rows; `constant` is the score that its model gives all of them, if it
/// does.
///
/// # Errors
/// [`Error::Candidate`] if it cannot be calibrated.
pub(crate) fn calibrator(
    experiment: &Experiment,
    candidate: &str,
    scored: Scored<'_>,
    constant: Option<f64>,
) -> Result<(Calibrator, CalibrationRecord), Error> {
    let config = experiment.config();
    let methods = config.calibration.methods();
    match constant {
        // One score tells no method from another.
        Some(score) => {
            let (method, part) = (methods[0], scored.data.part(scored.rows));
            Ok((method.at(score, part.events(), part.weights()), CalibrationRecord::only(method.name())))
        }
        None => choose(methods, scored, Deal { n_folds: config.inner_folds, seed: config.seed })
            .map_err(Error::of_candidate(candidate, "calibrated")),
    }
}

/// Scores of every row by whole experiments that did not see its case: fitted, blended (with the dial of a stacked blend chosen anew) and calibrated without it.
///
/// One list of candidates a repeat. Each of the `folds` experiments of a repeat calibrates by an inner cross-fitting of
/// its own, so that neither model nor calibrator has seen the rows they are judged on. Censored rows are scored as well, by models
/// that did not see their cases. A row in none of the table's own folds is in no fold of any kind: its entries are 0 and mean nothing, see
/// [`rows_in_folds`].
///
/// # Errors
/// [`Error::Config`] if the experiment holds rows back by a split; whatever a fit refuses.
pub fn out_of_fold(
    experiment: &Experiment,
    data: &Data,
    progress: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<OutOfFold>>, Error> {
    let SplitRecord::CrossFit { folds: n_folds, repeats, by, shared_cases, .. } = experiment.split_record()
    else {
        return Err(Error::config("holdout", "`holdout.kind` is `split`, expected `cross_fit`"));
    };
    let (names, baselines) = (experiment.candidates(), experiment.baselines_of_clauses());
    let all: Vec<usize> = (0..data.n_rows()).collect();
    let one_repeat = |repeat: usize| {
        let seed = experiment.config().seed.wrapping_add(1 + repeat as u64);
        let folds = match by {
            FoldsBy::Random => folds(&data.cohort, &all, &data.outcome, n_folds, seed)?,
            FoldsBy::Column => assigned_folds(&data.cohort, n_folds, shared_cases)?,
        };
        let mut out: Vec<OutOfFold> = names
            .iter()
            .zip(&baselines)
            .map(|(name, baseline)| OutOfFold {
                candidate: name.clone(),
                log_odds: vec![0.0; all.len()],
                probabilities: vec![0.0; all.len()],
                folds: vec![0; all.len()],
                baseline: baseline.map(|_| vec![0.0; all.len()]),
                censored: vec![0.0; data.n_censored()],
            })
            .collect();
        let censored: Vec<Vec<usize>> = folds.iter().map(|rows| data.censored_with(rows)).collect();
        for held in 0..folds.len() {
            let seen = without_cases_of(data, rest(&folds, held), &folds[held]);
            let whole = Whole::fit(experiment, data, &seen, (&format!("all folds but {}", held + 1), seed))?;
            let scores: Vec<_> = whole.scores(data.part(&folds[held]).answers()).collect();
            for ((out, (log_odds, probabilities)), baseline) in out.iter_mut().zip(&scores).zip(&baselines) {
                for ((&row, &score), &probability) in folds[held].iter().zip(log_odds).zip(probabilities) {
                    (out.log_odds[row], out.probabilities[row]) = (score, probability);
                    out.folds[row] = held as u32;
                }
                if let (Some(of_rows), Some(at)) = (&mut out.baseline, baseline) {
                    folds[held].iter().zip(&scores[*at].1).for_each(|(&row, &p)| of_rows[row] = p);
                }
            }
            let answers = data.censored.answers();
            let of_censored = whole.log_odds(censored[held].iter().map(|&row| answers.row(row)));
            for (out, scores) in out.iter_mut().zip(of_censored) {
                censored[held].iter().zip(scores).for_each(|(&row, score)| out.censored[row] = score);
            }
            progress();
        }
        Ok(out)
    };
    all_or_first((0..repeats).into_par_iter().map(one_repeat))
}

/// The rows that a cross-fitted version learns from and is judged on: all, or those that are in one of the table's own folds.
///
/// # Errors
/// Whatever [`assigned_folds`] refuses.
pub fn rows_in_folds(split: &SplitRecord, data: &Data) -> Result<Vec<usize>, Error> {
    match split {
        SplitRecord::CrossFit { folds, by: FoldsBy::Column, shared_cases, .. } => {
            let mut rows = assigned_folds(&data.cohort, *folds, *shared_cases)?.concat();
            rows.sort_unstable();
            Ok(rows)
        }
        SplitRecord::CrossFit { by: FoldsBy::Random, .. } | SplitRecord::Holdout { .. } => {
            Ok((0..data.n_rows()).collect())
        }
    }
}

/// The rows without those whose case is in the fold that is held out: the table's own folds may divide a case.
fn without_cases_of(data: &Data, mut rows: Vec<usize>, held: &[usize]) -> Vec<usize> {
    let cases: HashSet<&str> = data.part(held).cases().collect();
    rows.retain(|&row| !cases.contains(data.cohort.cases()[row].as_str()));
    rows
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
