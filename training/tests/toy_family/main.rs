//! How a family of models is added: everything that is specific to it stands in `burgess.rs`, beside this file.
//!
//! Among the built-in families it would touch two files: its own, `training/src/families/burgess.rs`, which is new, and
//! `training/src/families.rs`, with two lines (`mod burgess;` and `burgess::FAMILY` in the list). No file of another crate
//! changes, because what it learns has one of the two forms that a version can hold. Here the list is handed over instead,
//! so that it touches one file only. The test uses the public interface and nothing else.
#![expect(clippy::unwrap_used, reason = "tests")]

mod burgess;

use std::collections::BTreeMap;

use amparo_datasets::synthetic::{Design, Options, generate};
use amparo_datasets::{Cohort, Indicator, Instrument, Polarity};
use amparo_models::{Registry, Version};
use amparo_training::families::{FAMILIES, Family};
use amparo_training::{Error, Experiment, TrainingSet, pipeline};

const DIFFERENCE: f64 = 0.01;

fn config(difference: &str) -> String {
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
        name = "units"
        family = "burgess"
        difference = {difference}

        [[hybrid]]
        baseline = "points"
        candidate = "units"
        dials = [0.5]
        "#
    )
}

fn read(difference: &str) -> Result<Experiment, Error> {
    let families: Vec<Family> = FAMILIES.iter().copied().chain([burgess::FAMILY]).collect();
    Experiment::with_families(&config(difference), &families)
}

fn cohort() -> Cohort {
    generate(&Options { seed: 7, design: Design::Population { rows: 3000 } }, &|_| {}).unwrap()
}

#[test]
fn a_toy_family_trains_publishes_scores_explains_and_is_proved_monotone() {
    let experiment = read(&DIFFERENCE.to_string()).unwrap();
    let trained = pipeline::train(&experiment, &cohort(), None, &|_: &str| {}).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::create(folder.path()).unwrap();
    let drafts = trained.drafts("toy", "2026-01-01T00:00:00Z", &BTreeMap::new(), &|_, _| "card".to_owned());
    // Each is read back from its files and verified before it counts as published.
    let versions: Vec<Version> = drafts.iter().map(|draft| registry.publish(draft).unwrap()).collect();
    let names: Vec<&str> = versions.iter().map(|v| v.manifest().training.candidate.as_str()).collect();
    assert_eq!(names, ["points", "units", "hybrid-units-0.5"]);
    let [points, units, hybrid] = [0, 1, 2].map(|at| versions[at].recidivism());

    let indicators = trained.instrument.indicators();
    let directed = indicators.iter().filter(|i| i.polarity != Polarity::Neutral);
    assert!(units.proof().indicators(&trained.instrument).eq(directed.map(|i| i.id.as_str())));

    let split = trained.split.as_ref().unwrap();
    let set = TrainingSet::new(&trained.data, &split.fit, "the fit part").unwrap();
    let share = |(j, indicator): (usize, &Indicator)| {
        [false, true].map(|later| burgess::share(&set, j, indicator.unknown(), later))
    };
    let shares: Vec<[f64; 2]> = indicators.iter().enumerate().map(share).collect();
    let (mut scores, mut differ) = (Vec::new(), 0.0_f64);
    for &row in &split.test {
        let form = trained.data.cohort.answers().row(row);
        for part in [units, hybrid] {
            let explanation = part.explain(form).unwrap().total;
            let sum = explanation.base + explanation.values.iter().sum::<f64>();
            assert!((sum - part.score(form)).abs() <= 1e-9);
        }
        let score = units.score(form);
        assert!((score - by_counting(&trained.instrument, &shares, form)).abs() <= 1e-9, "{score}");
        assert!((hybrid.score(form) - (points.score(form) + score) / 2.0).abs() <= 1e-12);
        differ = differ.max((score - points.score(form)).abs());
        scores.push((score, trained.data.events[row]));
    }
    assert!(differ > 0.1, "the two ends of the dial are not the same model");
    let ranked = auc(&scores);
    assert!(ranked > 0.6, "{ranked}");
}

/// The score another way: by counting the indicators on either side, given the shares of events with the first answer and with a later
/// one.
fn by_counting(instrument: &Instrument, shares: &[[f64; 2]], row: &[u8]) -> f64 {
    let speaks = |for_it: bool| {
        let of = |((indicator, [first, later]), code): &((&Indicator, &[f64; 2]), &u8)| {
            let (against, apart) =
                if for_it { (Polarity::Protective, later - first) } else { (Polarity::Risk, first - later) };
            (1..indicator.unknown()).contains(*code) && indicator.polarity != against && apart > DIFFERENCE
        };
        instrument.indicators().iter().zip(shares).zip(row).filter(of).count() as f64
    };
    speaks(true) - speaks(false)
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
    assert_eq!(error, "config: candidate `units`: `difference` is -1, expected 0 or more");
    let error = read("0.01\ndiference = 1.0").unwrap_err().to_string();
    assert_eq!(error, "config: candidate `units`: unknown field `diference`, expected one of `difference`");
    let built_in = Experiment::from_toml(&config("0.01")).unwrap_err().to_string();
    assert_eq!(
        built_in,
        "config: candidate `units`: `family` is `burgess`, expected one of points, optimal_points, logistic, boosted, additive, naive_bayes, centroid, elastic_net, tree, random_forest, cox, discrete_hazard, proportional_odds, ordered_boosted, imported"
    );
}
