//! A new calibrator for a model that stays as it is.

use amparo_datasets::split::folds;
use amparo_models::artefact::CalibrationRecord;
use amparo_models::{BaselineModel, Calibrator, OutcomeModel};

use crate::calibrate::{Deal, Scored, choose};
use crate::config::Calibration;
use crate::data::rest;
use crate::{Data, Error, Losses, OutOfFold};

/// How a model is recalibrated.
#[derive(Debug, Clone)]
pub struct Recalibration {
    /// Which method, or which of several.
    pub calibration: Calibration,
    /// Folds of the cases, by which the new calibrator is judged, and the methods are compared; at least 2.
    pub folds: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// Fewest events, and fewest rows without the event, that a calibrator is fitted to.
    pub least_events: u64,
}

/// Fewest events, and fewest rows without the event, unless somebody states another number.
///
/// # References
/// Vergouwe, Steyerberg, Eijkemans and Habbema, "Substantial effective sample sizes were required for external validation studies of
/// predictive logistic regression models", Journal of Clinical Epidemiology 58, 2005.
pub const LEAST_EVENTS: u64 = 100;

/// A new calibrator, with what it is worth.
#[derive(Debug, Clone)]
pub struct Recalibrated {
    /// The calibrator, fitted on all rows.
    pub calibrator: Calibrator,
    /// That of the baseline alone, fitted on all rows, where a clause on the level speaks of it.
    pub of_baseline: Option<Calibrator>,
    /// Its method, and what it was chosen among.
    pub record: CalibrationRecord,
    /// The model's scores of all rows, with the probabilities of calibrators that did not see the row's case.
    pub out_of_fold: OutOfFold,
    /// Losses of the probabilities that the model gave before, on the same rows.
    pub before: Losses,
    /// Losses of the out-of-fold probabilities.
    pub after: Losses,
}

/// Fits a new calibrator to the scores of a model on rows that it was not fitted on, and judges it by cross-fitting.
///
/// Cases are dealt into folds. For each fold, the method is chosen (if there is a choice) and the calibrator is fitted on all other
/// folds, and gives this one its probabilities: no probability by which it is judged comes from a curve that has seen the case. The calibrator
/// that is handed over is fitted on all rows. Where a clause says that the level is never below that of the baseline alone, the baseline gets
/// a new calibrator in the same way.
///
/// # Errors
/// [`Error::FewEvents`]; [`Error::NotRising`] and whatever else the method refuses; fewer cases than folds.
pub fn recalibrate(
    recalibration: &Recalibration,
    model: &OutcomeModel,
    candidate: &str,
    data: &Data,
) -> Result<Recalibrated, Error> {
    let Recalibration { calibration, folds: n_folds, seed, least_events } = recalibration;
    let events = data.n_events() as u64;
    let others = data.n_rows() as u64 - events;
    if events < *least_events || others < *least_events {
        let outcome = data.outcome.clone();
        return Err(Error::FewEvents { outcome, events, others, expected: *least_events });
    }
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    let scores: Vec<f64> = data.cohort.answers().rows().map(|row| model.score(row)).collect();
    let (deal, methods) = (Deal { n_folds: *n_folds, seed: *seed }, calibration.methods());
    let fitted = |rows: &[usize], scores: &[f64]| choose(methods, Scored { data, rows, scores }, deal);
    let scored =
        |alone: BaselineModel<'_>| data.cohort.answers().rows().map(|row| alone.score(row)).collect();
    let of_baseline: Option<Vec<f64>> = model.baseline_alone().map(scored);
    let mut out = OutOfFold {
        candidate: candidate.to_owned(),
        log_odds: scores.clone(),
        probabilities: vec![0.0; rows.len()],
        folds: vec![0; rows.len()],
        baseline: of_baseline.as_ref().map(|_| vec![0.0; rows.len()]),
        censored: data.censored.answers().rows().map(|row| model.score(row)).collect(),
    };
    let folds = folds(&data.cohort, &rows, &data.outcome, *n_folds, *seed)?;
    for (held, of_fold) in folds.iter().enumerate() {
        let others = rest(&folds, held);
        let (calibrator, _) = fitted(&others, &scores)?;
        for &row in of_fold {
            out.folds[row] = held as u32;
            out.probabilities[row] = calibrator.calibrate(scores[row]).probability;
        }
        if let (Some(out), Some(scores)) = (&mut out.baseline, &of_baseline) {
            let (calibrator, _) = fitted(&others, scores)?;
            of_fold.iter().for_each(|&row| out[row] = calibrator.calibrate(scores[row]).probability);
        }
    }
    let (calibrator, record) = fitted(&rows, &scores)?;
    let of_baseline = of_baseline.map(|scores| fitted(&rows, &scores)).transpose()?;
    let of_baseline = of_baseline.map(|(calibrator, _)| calibrator);
    let losses = |probabilities: &[f64]| Losses::of_probabilities(probabilities, &data.events, &data.weights);
    let old: Vec<f64> = scores.iter().map(|&score| model.calibrate(score).probability).collect();
    let (before, after) = (losses(&old), losses(&out.probabilities));
    Ok(Recalibrated { calibrator, of_baseline, record, out_of_fold: out, before, after })
}
