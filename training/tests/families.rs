//! Candidates of several families from a config to published versions: cross-fitted, blended, calibrated, proved, written, read and
//! explained.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use amparo_datasets::synthetic::{Design, Options, generate};
use amparo_datasets::{Cohort, Polarity};
use amparo_models::{Registry, Version};
use amparo_training::{Experiment, Losses, pipeline};

const NAMES: [&str; 7] = ["points", "tables", "net", "bayes", "nearest", "exact", "hybrid-tables-0.5"];

fn experiment(holdout: &str) -> Experiment {
    let text = format!(
        r#"
        name = "tables"
        instrument = "vpr5.0-h"
        protocol = "es-2025"
        outcome = "new_assault"
        seed = 1
        inner_folds = 3
        least_rows = 10
        calibration = "platt"
        holdout = {holdout}

        [[candidate]]
        name = "points"
        family = "points"
        unit = 0.1

        [[candidate]]
        name = "tables"
        family = "additive"
        rounds = 400
        learning_rate = 0.05
        l2 = 1.0
        min_weight = 1.0
        pairs = 0
        algorithm = "fast"
        early_stopping = {{ held_out = 0.2, patience = 50 }}

        [[candidate]]
        name = "net"
        family = "elastic_net"
        l1_ratio = 0.5
        lambda = {{ folds = 4, n_lambdas = 20, min_ratio = 0.01, rule = "one_standard_error" }}

        [[candidate]]
        name = "bayes"
        family = "naive_bayes"
        smoothing = 0.5

        [[candidate]]
        name = "nearest"
        family = "centroid"
        metric = "diagonal"
        shrinkage = 0.5

        [[candidate]]
        name = "exact"
        family = "additive"
        rounds = 40
        learning_rate = 0.05
        l2 = 1.0
        min_weight = 1.0
        pairs = 4
        algorithm = "exact"

        [[hybrid]]
        baseline = "points"
        candidate = "tables"
        dials = [0.5]
        "#
    );
    Experiment::from_toml(&text).unwrap()
}

fn cohort() -> Cohort {
    generate(&Options { seed: 7, design: Design::Population { rows: 4000 } }, &|_| {}).unwrap()
}

#[test]
fn versions_survive_their_files_and_are_explained_and_proved() {
    let held_out = r#"{ kind = "split", method = "stratified", fit = 0.6, calibrate = 0.2 }"#;
    let trained = pipeline::train(&experiment(held_out), &cohort(), None, &|_: &str| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::create(folder.path()).unwrap();
    let drafts =
        trained.drafts("tables", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    let versions: Vec<Version> = drafts.iter().map(|draft| registry.publish(draft).unwrap()).collect();
    let names: Vec<&str> = versions.iter().map(|v| v.manifest().training.candidate.as_str()).collect();
    assert_eq!(names, NAMES);

    let indicators = trained.instrument.indicators();
    let directed: Vec<&str> =
        indicators.iter().filter(|i| i.polarity != Polarity::Neutral).map(|i| i.id.as_str()).collect();
    let split = trained.split.as_ref().unwrap();
    let forms = || split.test.iter().map(|&row| trained.data.cohort.answers().row(row));
    for (version, (_, fitted)) in versions.iter().zip(&trained.candidates) {
        let read = version.recidivism();
        assert!(read.proof().indicators(&trained.instrument).eq(directed.iter().copied()));
        for form in forms() {
            assert_eq!(read.score(form).to_bits(), fitted.score(form).to_bits());
            let explanation = read.explain(form).unwrap().total;
            let sum = explanation.base + explanation.values.iter().sum::<f64>();
            assert!((sum - read.score(form)).abs() <= 1e-9);
        }
    }
    let scores = |at: usize| forms().map(|form| versions[at].recidivism().score(form)).collect::<Vec<f64>>();
    let (points, tables, hybrid) = (scores(0), scores(1), scores(6));
    for ((points, tables), hybrid) in points.iter().zip(&tables).zip(hybrid) {
        assert!((hybrid - (points + tables) / 2.0).abs() <= 1e-12);
    }
    // It has learned something: better on the test part than the share of events is.
    let events: Vec<bool> = split.test.iter().map(|&row| trained.data.events[row]).collect();
    let weights: Vec<f64> = split.test.iter().map(|&row| trained.data.weights[row]).collect();
    let share = events.iter().zip(&weights).filter(|(e, _)| **e).map(|(_, w)| w).sum::<f64>()
        / weights.iter().sum::<f64>();
    let loss = |scores: &[f64]| Losses::of(scores, &events, &weights).log_loss;
    assert!(loss(&tables) < loss(&vec![(share / (1.0 - share)).ln(); events.len()]) - 0.01);
    // Two families are over-confident by construction: it is their calibrated probabilities that are good.
    let base = loss(&vec![(share / (1.0 - share)).ln(); events.len()]);
    let calibrated = |at: usize| -> Vec<f64> {
        let part = versions[at].recidivism();
        let of = |form: &[u8]| part.calibrate(part.score(form)).probability;
        forms().map(of).map(|p| (p / (1.0 - p)).ln()).collect()
    };
    let bayes = NAMES.iter().position(|name| *name == "bayes").unwrap();
    assert!(loss(&scores(bayes)) > base, "as it is, naive Bayes is worse than the share of events");
    assert!(loss(&calibrated(bayes)) < base - 0.01, "calibrated, it is not");
}

#[test]
fn it_is_cross_fitted_like_any_other() {
    let cross_fitted = r#"{ kind = "cross_fit", folds = 3, repeats = 1 }"#;
    let experiment = experiment(cross_fitted);
    let data = amparo_training::Data::new(&cohort(), "new_assault").unwrap();
    let out = amparo_training::out_of_fold(&experiment, &data, &|| {}).unwrap();
    let names: Vec<&str> = out[0].iter().map(|of| of.candidate.as_str()).collect();
    assert_eq!(names, NAMES);
    for of in &out[0] {
        assert!(of.log_odds.iter().all(|score| score.is_finite()));
        assert!(of.probabilities.iter().all(|p| *p > 0.0 && *p < 1.0));
    }
    for (a, b) in [(1, 2), (2, 3), (3, 4), (4, 5)] {
        assert_ne!(out[0][a].log_odds, out[0][b].log_odds);
    }
}

#[test]
fn what_is_wrong_with_a_config_is_told_at_once() {
    let text = experiment(r#"{ kind = "cross_fit", folds = 3, repeats = 1 }"#).text().to_owned();
    let wrong = text.replace("rounds = 400", "rounds = 0").replace("patience = 50", "patience = 0");
    let error = Experiment::from_toml(&wrong).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 2 problems\n  - candidate `tables`: `rounds` is 0, expected 1 to 100000\
         \n  - candidate `tables`: `early_stopping.patience` is 0, expected 1 or more"
    );
    let misspelt = text.replace(
        "min_weight = 1.0\n        pairs = 0\n        algorithm = \"fast\"",
        "min_weigth = 1.0\n        pairs = 0\n        algorithm = \"fast\"",
    );
    let error = Experiment::from_toml(&misspelt).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: candidate `tables`: unknown field `min_weigth`, expected one of `rounds`, `learning_rate`, `l2`, \
         `min_weight`, `pairs`, `interactions`, `algorithm`, `early_stopping`"
    );
}
