//! The numbers that a version states of itself: point values on rows it did not learn from, and by how much those on the others overstate.

use std::collections::BTreeMap;

use amparo_evaluation::metrics::{auc, recalibrate};
use amparo_models::OutcomeModel;
use amparo_training::config::Holdout;
use amparo_training::optimism::{Judged, Optimism};
use amparo_training::pipeline::Trained;
use amparo_training::{Data, Experiment, LabelledRows, Losses, OutOfFold};

use crate::Error;

/// Values by name.
type Values = BTreeMap<String, f64>;

/// Declared metrics by candidate and part: of the test part, or of the rows that were scored out of fold; of the rows that were fitted on, with and
/// without their optimism, if the config asks for it; and of the lethality model by cross-fitting.
///
/// # Errors
/// Out-of-fold scores that are not those of the cohort.
pub(super) fn metrics(
    experiment: &Experiment,
    trained: &Trained,
    optimism: Option<&Optimism>,
) -> Result<BTreeMap<String, BTreeMap<String, Values>>, Error> {
    let mut metrics: BTreeMap<String, BTreeMap<String, Values>> = BTreeMap::new();
    let mut declare = |candidate: &str, part: &str, values: Values| {
        metrics.entry(candidate.to_owned()).or_default().insert(part.to_owned(), values);
    };
    let of_lethality = trained.lethality_out_of_fold().map(|(data, crossed, _)| of_lethality(data, crossed));
    for (at, (name, model)) in trained.candidates.iter().enumerate() {
        if let Some(split) = &trained.split {
            declare(name, "test", of_rows(model, &trained.data.part(&split.test)));
        }
        if let Some(values) = out_of_fold(experiment, trained, name)? {
            declare(name, "cross-fitted", values);
        }
        if let Some(Optimism { used, of_candidates, .. }) = optimism {
            let apparent = of_rows(model, &trained.fitted());
            let mut corrected: Values = apparent
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), value - of_candidates[at].get(name)?)))
                .collect();
            corrected.insert("resamples".to_owned(), *used as f64);
            declare(name, "apparent", apparent);
            declare(name, "optimism-corrected", corrected);
        }
        if let Some(values) = &of_lethality {
            declare(name, "lethality, cross-fitted", values.clone());
        }
    }
    Ok(metrics)
}

/// AUC, Brier score, log loss and calibration slope; a number that is not defined is left out.
pub(super) fn judged(rows: Judged<'_>) -> Values {
    let Judged { log_odds, probabilities, events, weights } = rows;
    let Losses { log_loss, brier } = Losses::of_probabilities(probabilities, events, weights);
    let mut values = Values::from([("log_loss".to_owned(), log_loss), ("brier".to_owned(), brier)]);
    values.extend(auc(log_odds, events, weights).map(|auc| ("auc".to_owned(), auc)));
    let line = recalibrate(probabilities, events, weights).line.ok();
    values.extend(line.map(|line| ("calibration_slope".to_owned(), line.slope)));
    values
}

/// The numbers of a model on some rows.
fn of_rows(model: &OutcomeModel, rows: &LabelledRows<'_>) -> Values {
    let log_odds: Vec<f64> = rows.answers().map(|row| model.score(row)).collect();
    let probabilities: Vec<f64> = log_odds.iter().map(|&s| model.calibrate(s).probability).collect();
    let (events, weights) = (rows.events(), rows.weights());
    judged(Judged { log_odds: &log_odds, probabilities: &probabilities, events, weights })
}

/// The numbers of a candidate's out-of-fold scores, each the mean over the repeats; nothing where rows are held back by a split.
fn out_of_fold(experiment: &Experiment, trained: &Trained, candidate: &str) -> Result<Option<Values>, Error> {
    let Some(bytes) = trained.out_of_fold(candidate) else { return Ok(None) };
    let Holdout::CrossFit { repeats, .. } = experiment.config().holdout else { return Ok(None) };
    let repeats = OutOfFold::from_bytes(bytes, candidate, repeats, &trained.data)?;
    let rows = trained.fitted();
    let mut sums: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for out in &repeats {
        let (log_odds, probabilities) = (rows.of(&out.log_odds), rows.of(&out.probabilities));
        let (events, weights) = (rows.events(), rows.weights());
        let of_repeat =
            judged(Judged { log_odds: &log_odds, probabilities: &probabilities, events, weights });
        of_repeat.into_iter().for_each(|(name, value)| sums.entry(name).or_default().push(value));
    }
    let all = sums.into_iter().filter(|(_, values)| values.len() == repeats.len());
    Ok(Some(all.map(|(name, values)| (name, values.iter().sum::<f64>() / values.len() as f64)).collect()))
}

/// Observed over expected events and AUC of the lethality model, on rows that its points did not see.
fn of_lethality(data: &Data, crossed: &OutOfFold) -> Values {
    let expected: f64 = crossed.probabilities.iter().zip(&data.weights).map(|(p, w)| p * w).sum();
    let observed: f64 = data.events.iter().zip(&data.weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
    let mut values = Values::from([("observed_expected".to_owned(), observed / expected)]);
    let auc = auc(&crossed.log_odds, &data.events, &data.weights);
    values.extend(auc.map(|auc| ("auc".to_owned(), auc)));
    values
}
