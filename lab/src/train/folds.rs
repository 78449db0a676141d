//! The numbers of each fold, for those who follow a training: the manifest states their mean over the repeats.

use amparo_training::config::Holdout;
use amparo_training::optimism::Judged;
use amparo_training::pipeline::Trained;
use amparo_training::{Experiment, OutOfFold};

use super::declared::judged;
use crate::{Error, Observer};

/// Tells the numbers of a candidate's out-of-fold scores on the rows of each fold, as `candidate/cross-fitted/repeat-1/fold-2/auc`; nothing where rows
/// are held back by a split, and no number that a fold does not define.
///
/// # Errors
/// Out-of-fold scores that are not those of the cohort.
pub(super) fn record(
    experiment: &Experiment,
    trained: &Trained,
    candidate: &str,
    observer: &dyn Observer,
) -> Result<(), Error> {
    let Some(bytes) = trained.out_of_fold(candidate) else { return Ok(()) };
    let Holdout::CrossFit { repeats, .. } = experiment.config().holdout else { return Ok(()) };
    let rows = trained.fitted();
    let (events, weights) = (rows.events(), rows.weights());
    for (out, repeat) in OutOfFold::from_bytes(bytes, candidate, repeats, &trained.data)?.iter().zip(1..) {
        let (log_odds, probabilities) = (rows.of(&out.log_odds), rows.of(&out.probabilities));
        let folds = rows.of(&out.folds);
        for fold in 0..=folds.iter().copied().max().unwrap_or_default() {
            let held: Vec<usize> = (0..folds.len()).filter(|&row| folds[row] == fold).collect();
            let of = |values: &[f64]| held.iter().map(|&row| values[row]).collect::<Vec<f64>>();
            let (log_odds, probabilities, weights) = (of(&log_odds), of(&probabilities), of(weights));
            let events: Vec<bool> = held.iter().map(|&row| events[row]).collect();
            let of_fold = judged(Judged {
                log_odds: &log_odds,
                probabilities: &probabilities,
                events: &events,
                weights: &weights,
            });
            for (name, value) in of_fold {
                observer.metric(
                    &format!("{candidate}/cross-fitted/repeat-{repeat}/fold-{}/{name}", fold + 1),
                    value,
                );
            }
        }
    }
    Ok(())
}
