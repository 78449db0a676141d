use std::collections::BTreeMap;

use super::*;
use crate::testing::{AT, Place, Recorder, SPLIT, Told, cohort, cross_fit};

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
    assert_eq!((metrics, declared), (6, 6), "log loss, Brier score and AUC of two candidates");

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
