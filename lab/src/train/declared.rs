//! The numbers that a version states of itself: point values on rows it did not learn from.

use std::collections::BTreeMap;

use amparo_evaluation::metrics::auc;
use amparo_models::{OutcomeModel, probability};
use amparo_training::pipeline::Trained;
use amparo_training::{Data, Experiment, Losses, OutOfFold};

/// Values by name.
type Values = BTreeMap<String, f64>;

/// Declared metrics by candidate and part: of the test part, and of the lethality model by cross-fitting.
pub(super) fn metrics(
    experiment: &Experiment,
    trained: &Trained,
) -> BTreeMap<String, BTreeMap<String, Values>> {
    let mut metrics: BTreeMap<String, BTreeMap<String, Values>> = BTreeMap::new();
    for (name, values) in of_test_part(trained) {
        metrics.entry(name).or_default().insert("test".to_owned(), values);
    }
    if let Some((data, crossed, _)) = trained.lethality_out_of_fold() {
        let values = of_lethality(data, crossed);
        for name in experiment.candidates() {
            metrics.entry(name).or_default().insert("lethality, cross-fitted".to_owned(), values.clone());
        }
    }
    metrics
}

/// Log loss, Brier score and AUC on the test part, by candidate; nothing where rows are held back by cross-fitting.
fn of_test_part(trained: &Trained) -> Vec<(String, Values)> {
    let Some(split) = &trained.split else { return Vec::new() };
    let test = trained.data.part(&split.test);
    let of_candidate = |(name, part): &(String, OutcomeModel)| {
        let scores: Vec<f64> = test.answers().map(|row| part.score(row)).collect();
        let calibrated: Vec<f64> =
            scores.iter().map(|&s| probability::logit(part.calibrate(s).probability)).collect();
        let Losses { log_loss, brier } = Losses::of(&calibrated, test.events(), test.weights());
        let mut values = Values::from([("log_loss".to_owned(), log_loss), ("brier".to_owned(), brier)]);
        // Both classes are in the test part, or there would be no version.
        values.extend(auc(&scores, test.events(), test.weights()).map(|auc| ("auc".to_owned(), auc)));
        (name.clone(), values)
    };
    trained.candidates.iter().map(of_candidate).collect()
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
