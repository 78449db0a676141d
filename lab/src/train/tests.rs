use std::collections::BTreeMap;

use super::*;
use crate::testing::{AT, Place, Recorder, SPLIT, Told, cohort, cross_fit};
use amparo_training::OutOfFold;

/// The leaves of a TOML table by dotted key, with their values as the file writes them.
fn leaves(prefix: &str, table: &toml::Table) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (key, value) in table {
        let key = format!("{prefix}.{key}");
        match value {
            toml::Value::Table(below) => found.extend(leaves(&key, below)),
            toml::Value::String(text) => drop(found.insert(key, text.clone())),
            toml::Value::Array(items) if items.iter().any(toml::Value::is_table) => {
                for item in items.iter().map(|item| item.as_table().unwrap()) {
                    found.extend(leaves(&format!("{key}.{}", item["name"].as_str().unwrap()), item));
                }
            }
            other => drop(found.insert(key, other.to_string())),
        }
    }
    found
}

#[test]
fn parameters_declared_metrics_and_files_are_recorded() {
    let (place, cohort, recorder) = (Place::new(), cohort(400), Recorder::default());
    let experiment = place.experiment(SPLIT);
    let training =
        Training { experiment: &experiment, cohort: &cohort, lethality: None, name: "other", at: AT };
    let published = train(&training, &place.registry, &recorder).unwrap();
    let told = recorder.told();

    let params: BTreeMap<String, String> = told
        .iter()
        .filter_map(|one| match one {
            Told::Param(key, value) => Some((key.clone(), value.clone())),
            _ => None,
        })
        .collect();
    let written = leaves("config", &experiment.text().parse().unwrap());
    assert!(written.len() > 10, "{written:?}");
    assert_eq!(written["config.candidate.points.unit"], "0.1");
    for (key, value) in &written {
        assert_eq!(params.get(key), Some(value), "{key}");
    }
    assert_eq!(params["model"], "other");
    assert_eq!(params["cohort.fingerprint"], cohort.fingerprint());

    let metrics = told.iter().filter(|one| matches!(one, Told::Metric(..))).count();
    let mut declared = 0;
    for version in &published.versions {
        let training = &version.manifest().training;
        for (metric, value) in &training.metrics["test"] {
            let key = format!("{}/test/{metric}", training.candidate);
            assert!(told.contains(&Told::Metric(key.clone(), *value)), "{key}");
            declared += 1;
        }
    }
    assert_eq!(
        (metrics, declared),
        (8, 8),
        "log loss, Brier score, AUC and calibration slope of two candidates"
    );

    let config = Told::Artefact("config.toml".to_owned(), experiment.text().as_bytes().to_vec());
    assert!(told.contains(&config));
    for version in &published.versions {
        let name = format!("{}/card.md", number_name(version));
        assert!(told.contains(&Told::Artefact(name.clone(), version.card().as_bytes().to_vec())), "{name}");
    }
}

#[test]
fn every_step_is_told_and_the_last_one_ends_the_stage() {
    let (place, cohort, recorder) = (Place::new(), cohort(400), Recorder::default());
    let experiment = place.experiment(&cross_fit(2, 1));
    let training =
        Training { experiment: &experiment, cohort: &cohort, lethality: None, name: "small", at: AT };
    train(&training, &place.registry, &recorder).unwrap();
    let told = recorder.told();
    let steps: Vec<u64> = told
        .iter()
        .filter_map(|one| if let Told::Advance(done) = one { Some(*done) } else { None })
        .collect();
    // Besides the steps of the fit: two folds, and two versions.
    assert_eq!(steps, (1..=STEPS + 4).collect::<Vec<_>>());
    assert!(told.contains(&Told::Stage("training".to_owned(), STEPS + 4)));
    assert!(told.contains(&Told::Busy("fitting".to_owned())));
}

#[test]
fn a_card_is_of_the_version_it_stands_in() {
    let versions = Place::new().train(SPLIT, &cohort(400));
    let candidates = ["points", "logistic"];
    assert_eq!(versions.len(), candidates.len());
    for (version, candidate) in versions.iter().zip(candidates) {
        assert!(version.card().contains(&format!("small: {candidate}")), "{}", version.card());
        let auc = version.manifest().training.metrics["test"]["auc"];
        assert!(version.card().contains(&format!("test: auc {auc:.4}")), "{}", version.card());
    }
    assert_ne!(versions[0].card(), versions[1].card());
}

#[test]
fn numbers_of_out_of_fold_scores_are_declared_and_with_a_section_those_of_resamples() {
    let (place, cohort) = (Place::new(), cohort(400));
    let published = |more: &str, name: &str| {
        let experiment = place.experiment(&format!("{}{more}", cross_fit(2, 2)));
        let training = Training { experiment: &experiment, cohort: &cohort, lethality: None, name, at: AT };
        train(&training, &place.registry, &Recorder::default()).unwrap()
    };
    let plain = published("", "plain");
    let resampled = published("\n[optimism]\nresamples = 6\n", "resampled");
    for (plain, version) in plain.versions.iter().zip(&resampled.versions) {
        let (plain, metrics) = (&plain.manifest().training, &version.manifest().training.metrics);
        let parts: Vec<&String> = metrics.keys().collect();
        assert_eq!(parts, ["apparent", "cross-fitted", "optimism-corrected"]);
        assert_eq!(plain.metrics.keys().collect::<Vec<_>>(), ["cross-fitted"]);
        assert_eq!(plain.metrics["cross-fitted"], metrics["cross-fitted"]);
        let corrected = &metrics["optimism-corrected"];
        assert!((corrected["resamples"] - 6.0).abs() <= 0.0);
        for name in ["auc", "brier", "log_loss", "calibration_slope"] {
            assert!(corrected.contains_key(name) && metrics["apparent"].contains_key(name), "{name}");
        }
        // The mean over both repeats, each by counting pairs.
        let data = &resampled.trained.data;
        let bytes = resampled.trained.out_of_fold(&plain.candidate).unwrap();
        let repeats = OutOfFold::from_bytes(bytes, &plain.candidate, 2, data).unwrap();
        let mean = repeats.iter().map(|out| pairs(&out.log_odds, &data.events)).sum::<f64>() / 2.0;
        assert!((metrics["cross-fitted"]["auc"] - mean).abs() <= 1e-12);
        assert!((metrics["apparent"]["auc"] - mean).abs() > 1e-6);
    }
}

/// Share of pairs of an event and another row that are ranked right.
fn pairs(scores: &[f64], events: &[bool]) -> f64 {
    let of = |wanted: bool| scores.iter().zip(events).filter(move |(_, e)| **e == wanted).map(|(s, _)| *s);
    let (mut won, mut all) = (0.0, 0.0);
    for event in of(true) {
        for other in of(false) {
            all += 1.0;
            won += if event > other {
                1.0
            } else if event < other {
                0.0
            } else {
                0.5
            };
        }
    }
    won / all
}

#[test]
fn the_numbers_of_folds_are_told_and_make_up_those_of_the_whole() {
    let (place, cohort, recorder) = (Place::new(), cohort(400), Recorder::default());
    let experiment = place.experiment(&cross_fit(3, 2));
    let training =
        Training { experiment: &experiment, cohort: &cohort, lethality: None, name: "small", at: AT };
    let published = train(&training, &place.registry, &recorder).unwrap();
    let told: BTreeMap<String, f64> = recorder
        .told()
        .into_iter()
        .filter_map(|one| if let Told::Metric(key, value) = one { Some((key, value)) } else { None })
        .collect();
    let rows = published.trained.fitted();
    for version in &published.versions {
        let training = &version.manifest().training;
        let bytes = published.trained.out_of_fold(&training.candidate).unwrap();
        let repeats = OutOfFold::from_bytes(bytes, &training.candidate, 2, &published.trained.data).unwrap();
        let (mut whole, mut of_first) = (0.0, 0.0);
        for (out, repeat) in repeats.iter().zip(1..) {
            let folds = rows.of(&out.folds);
            for fold in 0..3 {
                let weight: f64 =
                    rows.weights().iter().zip(&folds).filter(|(_, of)| **of == fold).map(|(w, _)| w).sum();
                let total: f64 = rows.weights().iter().sum();
                let key =
                    format!("{}/cross-fitted/repeat-{repeat}/fold-{}/log_loss", training.candidate, fold + 1);
                whole += told[&key] * weight / total / 2.0;
                of_first += told[&format!("{}/cross-fitted/repeat-1/fold-1/log_loss", training.candidate)]
                    * weight
                    / total
                    / 2.0;
            }
        }
        let declared = training.metrics["cross-fitted"]["log_loss"];
        assert!((whole - declared).abs() <= 1e-12, "{whole} {declared}");
        assert!((of_first - declared).abs() > 1e-12, "one fold is not the whole");
    }
}
