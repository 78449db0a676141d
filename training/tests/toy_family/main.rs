//! How a family of models is added: everything that is specific to it stands in `centroid.rs`, beside this file.
//!
//! Among the built-in families it would touch two files: its own, `training/src/families/centroid.rs`, which is new, and
//! `training/src/families.rs`, with two lines (`mod centroid;` and `centroid::FAMILY` in the list). No file of another crate
//! changes, because what it learns has one of the two forms that a version can hold. Here the list is handed over instead,
//! so that it touches one file only. The test uses the public interface and nothing else.
#![expect(clippy::unwrap_used, reason = "tests")]

mod centroid;

use std::collections::BTreeMap;

use amparo_datasets::Cohort;
use amparo_datasets::synthetic::{Design, Options, generate};
use amparo_models::{Registry, Version};
use amparo_training::families::{FAMILIES, Family};
use amparo_training::{Error, Experiment, TrainingSet, pipeline};

const THRESHOLD: f64 = 0.01;

fn config(threshold: &str) -> String {
    format!(
        r#"
        name = "toy"
        instrument = "vpr5.0-h"
        protocol = "es-2025"
        outcome = "new_assault"
        seed = 1
        inner_folds = 3
        least_rows = 1
        calibration = "platt"
        holdout = {{ kind = "split", method = "stratified", fit = 0.6, calibrate = 0.2 }}

        [[candidate]]
        name = "points"
        family = "points"
        unit = 0.1

        [[candidate]]
        name = "nearest"
        family = "centroid"
        threshold = {threshold}

        [[hybrid]]
        baseline = "points"
        candidate = "nearest"
        dials = [0.5]
        "#
    )
}

fn read(threshold: &str) -> Result<Experiment, Error> {
    let families: Vec<Family> = FAMILIES.iter().copied().chain([centroid::FAMILY]).collect();
    Experiment::with_families(&config(threshold), &families)
}

fn cohort() -> Cohort {
    generate(&Options { seed: 7, design: Design::Population { rows: 3000 } }, &|_| {}).unwrap()
}

#[test]
fn a_toy_family_trains_publishes_scores_explains_and_is_proved_monotone() {
    let experiment = read(&THRESHOLD.to_string()).unwrap();
    let trained = pipeline::train(&experiment, &cohort(), None, &|_| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::create(folder.path()).unwrap();
    let drafts = trained.drafts("toy", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    // Each is read back from its files and verified before it counts as published.
    let versions: Vec<Version> = drafts.iter().map(|draft| registry.publish(draft).unwrap()).collect();
    let names: Vec<&str> = versions.iter().map(|v| v.manifest().training.candidate.as_str()).collect();
    assert_eq!(names, ["points", "nearest", "hybrid-nearest-0.5"]);
    let [points, nearest, hybrid] = [0, 1, 2].map(|at| versions[at].recidivism());

    let indicators = trained.instrument.indicators();
    let directed = indicators.iter().filter(|i| i.polarity != amparo_datasets::Polarity::Neutral);
    assert!(nearest.proof().indicators(&trained.instrument).eq(directed.map(|i| i.id.as_str())));

    let split = trained.split.as_ref().unwrap();
    let set = TrainingSet::new(&trained.data, &split.fit, "the fit part").unwrap();
    let (mut scores, mut differ) = (Vec::new(), 0.0_f64);
    for &row in &split.test {
        let form = trained.data.cohort.answers().row(row);
        for part in [nearest, hybrid] {
            let explanation = part.explain(form).unwrap().total;
            let sum = explanation.base + explanation.values.iter().sum::<f64>();
            assert!((sum - part.score(form)).abs() <= 1e-9);
        }
        let score = nearest.score(form);
        assert!((score - by_distances(&set, form)).abs() <= 1e-9, "{score}");
        assert!((hybrid.score(form) - (points.score(form) + score) / 2.0).abs() <= 1e-12);
        differ = differ.max((score - points.score(form)).abs());
        scores.push((score, trained.data.events[row]));
    }
    assert!(differ > 0.1, "the two ends of the dial are not the same model");
    let ranked = auc(&scores);
    assert!(ranked > 0.6, "{ranked}");
}

/// The score another way: by the distances to both centroids, those of an indicator brought together by the threshold.
fn by_distances(set: &TrainingSet, row: &[u8]) -> f64 {
    let indicators = set.answers().instrument().indicators();
    let halves =
        indicators.iter().enumerate().filter(|(j, i)| row[*j] != i.unknown()).map(|(j, indicator)| {
            let [mut c0, mut c1] =
                [false, true].map(|event| centroid::mean_code(set, j, indicator.unknown(), event));
            let (middle, apart) = ((c0 + c1) / 2.0, c1 - c0);
            let against = match indicator.polarity {
                amparo_datasets::Polarity::Neutral => false,
                amparo_datasets::Polarity::Risk => apart < 0.0,
                amparo_datasets::Polarity::Protective => apart > 0.0,
            };
            if against || apart.abs() <= THRESHOLD {
                return 0.0;
            }
            let step = apart.signum() * THRESHOLD / 2.0;
            (c0, c1) = (c0 + step, c1 - step);
            assert!(((c0 + c1) / 2.0 - middle).abs() <= 1e-12);
            let x = f64::from(row[j]);
            ((x - c0).powi(2) - (x - c1).powi(2)) / 2.0
        });
    halves.sum()
}

/// Share of pairs of an event and another row in which the event scores higher, ties counting half.
fn auc(scores: &[(f64, bool)]) -> f64 {
    let of = |wanted: bool| scores.iter().filter(move |(_, event)| *event == wanted).map(|(score, _)| *score);
    let (mut right, mut pairs) = (0.0, 0.0);
    for with in of(true) {
        for without in of(false) {
            pairs += 1.0;
            right += if with > without {
                1.0
            } else if with < without {
                0.0
            } else {
                0.5
            };
        }
    }
    right / pairs
}

#[test]
fn its_parameters_are_checked_like_those_of_any_family() {
    let error = read("-1.0").unwrap_err().to_string();
    assert_eq!(error, "config: candidate `nearest`: `threshold` is -1, expected 0 or more");
    let error = read("0.01\nthreshhold = 1.0").unwrap_err().to_string();
    assert_eq!(error, "config: candidate `nearest`: unknown field `threshhold`, expected one of `threshold`");
    let built_in = Experiment::from_toml(&config("0.01")).unwrap_err().to_string();
    assert_eq!(
        built_in,
        "config: candidate `nearest`: `family` is `centroid`, expected one of points, logistic, boosted, additive"
    );
}
