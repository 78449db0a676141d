#![expect(clippy::unwrap_used, reason = "tests")]

mod answer;
mod glossary;
mod golden;
mod order;
mod properties;
mod reason;
mod said;
mod versions;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::testing::{Question, Scale, instrument};
use amparo_datasets::{Answers, Instrument, Polarity, Text};

use super::{Facts, Glossary, words};
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::{Assessment, Calibrator, Error, OutcomeModel, Points, Protocol, Scorer, assess};

/// A version made by hand: a form, a protocol, a recidivism model and perhaps a lethality model.
pub(super) struct Made {
    pub form: Arc<Instrument>,
    pub protocol: Protocol,
    pub recidivism: OutcomeModel,
    pub lethality: Option<OutcomeModel>,
    pub synthetic: bool,
}

impl Made {
    pub fn facts(&self) -> Facts<'_> {
        Facts { instrument: &self.form, protocol: &self.protocol, synthetic: self.synthetic }
    }

    pub fn assess(&self, row: &[u8]) -> Assessment {
        assess(&self.protocol, &self.form, &self.recidivism, self.lethality.as_ref(), row).unwrap()
    }

    pub fn text(&self, row: &[u8]) -> Text {
        text(self.facts(), &self.assess(row)).unwrap()
    }
}

/// What the built-in glossary says of an assessment, without its reasons.
pub(super) fn text(facts: Facts<'_>, assessment: &Assessment) -> Result<Text, Error> {
    words(facts, assessment).map(|words| words.text)
}

/// One outcome of points over a population of `rows`.
pub(super) fn part(
    outcome: &str,
    form: &Arc<Instrument>,
    points: Points,
    platt: Platt,
    rows: Vec<u8>,
) -> OutcomeModel {
    let scorer = Scorer::from(points);
    let answers = Answers::from_codes(Arc::clone(form), rows).unwrap();
    let weights = vec![1.0; answers.n_rows()];
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let exempt = BTreeSet::new();
    OutcomeModel::new(outcome.to_owned(), scorer, Calibrator::Platt(platt), background, form, &exempt)
        .unwrap()
}

/// Points for the answers of some indicators; all other answers have none.
pub(super) fn points_on(form: &Instrument, table: &[(&str, &[i32])], offset: f64, scale: f64) -> Points {
    let mut points: Vec<Vec<i32>> = form.indicators().iter().map(|i| vec![0; i.n_answers()]).collect();
    for (id, of) in table {
        points[form.position(id).unwrap()] = of.to_vec();
    }
    Points { points, offset, scale }
}

/// A form: the answers given, all others the first one.
pub(super) fn row_of(form: &Instrument, answers: &[(&str, &str)]) -> Vec<u8> {
    let mut row = vec![0; form.indicators().len()];
    for (indicator, answer) in answers {
        let j = form.position(indicator).unwrap();
        row[j] = form.indicators()[j].code(answer).unwrap();
    }
    row
}

/// The real form and protocol with points made up for a test, over a population of four.
pub(super) fn vpr(synthetic: bool) -> Made {
    let form = Arc::new(Instrument::named("vpr5.0-h").unwrap());
    let table: &[(&str, &[i32])] = &[
        ("I02", &[0, 1, 3, 5, 1]),
        ("I05", &[0, 2, 4, 6, 2]),
        ("I06", &[0, 4, 1]),
        ("I16", &[0, 5, 1]),
        ("I18", &[0, 3, 1]),
        ("I21", &[0, 2, 1]),
        ("I29", &[0, 1, 0]),
        ("I35", &[0, 6, 2]),
    ];
    let lethal: &[(&str, &[i32])] = &[("I04", &[0, 4, 1]), ("I05", &[0, 0, 1, 3, 0]), ("I35", &[0, 4, 1])];
    let population: Vec<u8> = [
        row_of(&form, &[]),
        row_of(&form, &[("I02", "mild"), ("I21", "present"), ("I29", "present")]),
        row_of(&form, &[("I02", "severe"), ("I05", "severe"), ("I06", "present"), ("I29", "present")]),
        row_of(&form, &[("I05", "mild"), ("I35", "present")]),
    ]
    .concat();
    let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] };
    let points = points_on(&form, table, -3.0, 0.125);
    let recidivism = part("new_assault", &form, points, platt.clone(), population.clone());
    let points = points_on(&form, lethal, -9.5, 0.25);
    let lethality = Some(part("lethal", &form, points, platt, population));
    let protocol = Protocol::named("es-2025").unwrap();
    Made { form, protocol, recidivism, lethality, synthetic }
}

/// A form of three questions, no time, an outcome nobody has listed, a floor, no lethality model.
pub(super) fn small() -> Made {
    let binary = Scale::new("binary", &[("no", "no", "no"), ("yes", "sí", "yes")]);
    let graded = Scale::new(
        "graded",
        &[("none", "nada", "none"), ("some", "algo", "some"), ("much", "mucho", "much")],
    );
    let form = instrument(
        "small",
        &[
            Question::new("A", Polarity::Risk, binary.clone()).labelled("Puerta", "Door"),
            Question::new("B", Polarity::Risk, graded).labelled("Ventana", "Window"),
            Question::new("C", Polarity::Neutral, binary).labelled("Perro", "Dog"),
        ],
    );
    let points =
        Points { points: vec![vec![0, 4, 1], vec![0, 1, 3, 0], vec![0, 1, 0]], offset: -2.0, scale: 0.5 };
    let rows = vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 0, 0, 1];
    let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.04, 0.0, 0.0] };
    let recidivism = part("theft", &form, points, platt, rows);
    let protocol = Protocol::from_toml(PROTOCOL, Path::new("small.toml")).unwrap();
    Made { form, protocol, recidivism, lethality: None, synthetic: false }
}

const PROTOCOL: &str = r#"
id = "small"
title = { es = "t", en = "t" }
cut_points = { es = "c", en = "c" }
outcome = "theft"
cumulative_measures = true
unlearned_answers = "flag"
level = [
  { id = "l0", label = { es = "verde", en = "green" }, from_probability = 0.0, reassess_within_hours = 1000, measures = [] },
  { id = "l1", label = { es = "ámbar", en = "amber" }, from_probability = 0.3, reassess_within_hours = 47, measures = [] },
  { id = "l2", label = { es = "rojo", en = "red" }, from_probability = 0.7, reassess_within_hours = 24, measures = [] },
]
[[floor]]
id = "dog"
at_least = "l1"
any = [{ indicator = "C", answers = ["no"] }]
reason = { es = "no hay perro", en = "there is no dog" }
[[flag]]
id = "alone"
label = { es = "sola en casa", en = "alone at home" }
any = [{ indicator = "C", answers = ["no"] }]
"#;
