#![expect(clippy::unwrap_used, reason = "tests")]

mod clauses;
mod left_out;
mod probes;
mod refused;
mod round_trip;
mod tampered;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::Answers;
use amparo_datasets::split::{Method, Plan};
use tempfile::TempDir;

use crate::artefact::{DirectionRecord, SplitRecord, TrainingRecord};
use crate::calibrator::Platt;
use crate::explain::{Background, Deal, Subsamples};
use crate::scorer::{Node, Tree};
use crate::testing::{self, additive_candidate, protocol_text, small, tree_candidate};
use crate::{Additive, Calibrator, Draft, Error, Forest, Hybrid, OutcomeModel, Points, Protocol, Scorer};

const RULES: &str = r#"
[lethality]
outcome = "homicide"
horizon_days = 180

[[lethality.rule]]
from_probability = 0.01
at_least = "high"
special_relevance = true
reason = { es = "r", en = "r" }
"#;

/// A hybrid of points and one tree, with a logistic model of a second outcome, on a form of four questions.
pub(crate) fn draft(name: &str) -> Draft {
    let instrument = testing::instrument(4);
    let points = Points {
        points: vec![vec![0, 3, 1], vec![0, -1, -2, 0], vec![0, 1, 2, 5, 1], vec![0, 1, 0]],
        offset: -2.1,
        scale: 0.3,
    };
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let nodes = vec![
        split(0, 0b101, 1, 2),
        Node::Leaf(-0.1),
        split(2, 0b10011, 3, 4),
        Node::Leaf(0.2),
        Node::Leaf(0.45),
    ];
    let forest = Forest { n_indicators: 4, base: -1.7, trees: vec![Tree { nodes }] };
    let hybrid = Hybrid::new(0.35, points, tree_candidate(forest)).unwrap();
    let logistic = Additive {
        intercept: -5.3,
        weights: vec![
            vec![0.0, 0.9, 0.1],
            vec![0.0, -0.2, -0.7, 0.0],
            vec![0.0, 0.1, 0.2, 0.3, 0.1],
            vec![0.0; 3],
        ],
    };
    let none = BTreeSet::new();
    let mut draft = draft_of(Arc::clone(&instrument), Scorer::from(hybrid), &none);
    draft.lethality = Some(part("homicide", &instrument, Scorer::from(additive_candidate(logistic)), &none));
    name.clone_into(&mut draft.name);
    draft
}

/// A version of one scorer.
pub(super) fn draft_of(
    instrument: Arc<amparo_datasets::Instrument>,
    scorer: Scorer,
    exempt: &BTreeSet<String>,
) -> Draft {
    let recidivism = part("assault", &instrument, scorer, exempt);
    let metrics = BTreeMap::from([("auc".to_owned(), 0.1 + 0.2), ("log_loss".to_owned(), 1.0 / 3.0)]);
    let plan = Plan {
        method: Method::Stratified,
        fit: 0.6,
        calibrate: 0.2,
        seed: u64::MAX,
        temporal: Default::default(),
        shared_cases: Default::default(),
    };
    let levels = protocol_text("assault", Some(180), &[("low", 0.0), ("high", 0.2)]);
    let protocol = format!("# kept word for word\n{levels}{RULES}");
    Draft {
        name: "vpr".to_owned(),
        instrument,
        protocol: Protocol::from_toml(&protocol, Path::new("small.toml")).unwrap(),
        recidivism,
        lethality: None,
        not_monotone: exempt.clone(),
        training: TrainingRecord {
            split: SplitRecord::Holdout { plan },
            cuts: None,
            n_rows: BTreeMap::from([("fit".to_owned(), 24), ("test".to_owned(), 8)]),
            metrics: BTreeMap::from([("test".to_owned(), metrics)]),
            directions: vec![DirectionRecord {
                indicator: "I1".to_owned(),
                declared: amparo_datasets::Polarity::Risk,
                per_step: 0.1,
                low: 1.0 / 30.0,
                high: 0.1 + 0.2,
            }],
            notes: vec!["ñandú".to_owned()],
            ..small::training()
        },
        config_toml: "seed = 7 # as run\n".to_owned(),
        card_md: "# A card\n".to_owned(),
        published_at: "2026-03-01T09:30:00Z".to_owned(),
    }
}

fn part(
    outcome: &str,
    instrument: &Arc<amparo_datasets::Instrument>,
    scorer: Scorer,
    exempt: &BTreeSet<String>,
) -> OutcomeModel {
    let mut draw = testing::Draw::new(11);
    let (answers, weights): (Answers, Vec<f64>) = testing::population(&mut draw, instrument, 1000);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let platt = Platt { intercept: 0.07, slope: 0.93, covariance: [0.01, -0.002, 0.03] };
    let calibrator = Calibrator::Platt(platt);
    let cases: Vec<String> = (0..1000).map(|row| (row / 10 * 9 + row % 9).to_string()).collect();
    let subsamples = Subsamples::of(&scorer, &answers, &weights, &Deal::of(&cases)).unwrap();
    let part =
        OutcomeModel::new(outcome.to_owned(), scorer, calibrator, background, instrument, exempt).unwrap();
    let population = part.population_of(&answers, &weights, subsamples).unwrap();
    let learned = testing::learned(&answers);
    part.with_population(population).unwrap().with_learned(learned, instrument).unwrap()
}

/// Writes a draft as version 1 into a new folder.
fn written(draft: &Draft) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(draft, 1, dir.path());
    dir
}

/// Every file of a draft under a number.
fn files(draft: &Draft, number: u32) -> BTreeMap<String, Vec<u8>> {
    draft.with_manifest(number, draft.files().unwrap()).unwrap()
}

fn write(draft: &Draft, number: u32, dir: &Path) {
    for (name, bytes) in files(draft, number) {
        fs::write(dir.join(name), bytes).unwrap();
    }
}

/// The message of what has to fail.
pub(crate) fn message<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "no error".to_owned(),
        Err(e) => e.to_string(),
    }
}
