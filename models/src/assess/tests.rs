#![expect(clippy::unwrap_used, reason = "tests")]

mod clause;
mod context;
mod editions;
mod golden;
mod rules;
mod unknown;
mod unlearned;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{Answers, Instrument, Polarity};

use super::{Assessment, assess};
use crate::calibrator::{Isotonic, Platt};
use crate::explain::Background;
use crate::testing::instrument_of;
use crate::{Calibrator, Error, OutcomeModel, Points, Protocol, Scorer};

/// Four levels, two lethality rules, two floors, two flags, three pieces of advice.
const PROTOCOL: &str = r#"
id = "small"
title = { es = "t", en = "t" }
cut_points = { es = "c", en = "c" }
outcome = "new_assault"
horizon_days = 320
cumulative_measures = true
unlearned_answers = "flag"
level = [
  { id = "l0", label = { es = "l0", en = "l0" }, from_probability = 0.0, reassess_within_hours = 100, measures = [{ es = "m0", en = "m0" }] },
  { id = "l1", label = { es = "l1", en = "l1" }, from_probability = 0.1, reassess_within_hours = 50, measures = [{ es = "m1", en = "m1" }] },
  { id = "l2", label = { es = "l2", en = "l2" }, from_probability = 0.5, reassess_within_hours = 20, measures = [{ es = "m2", en = "m2" }] },
  { id = "l3", label = { es = "l3", en = "l3" }, from_probability = 0.8, reassess_within_hours = 10, measures = [{ es = "m3", en = "m3" }] },
]
[lethality]
outcome = "lethal"
horizon_days = 365
rule = [
  { from_probability = 0.001, at_least = "l1", special_relevance = true, reason = { es = "h1", en = "h1" } },
  { from_probability = 0.01, at_least = "l2", special_relevance = true, reason = { es = "h2", en = "h2" } },
]
[[floor]]
id = "graded"
at_least = "l3"
any = [{ indicator = "I2", answers = ["a2"] }]
reason = { es = "f", en = "f" }
[[floor]]
id = "neutral"
at_least = "l2"
any = [{ indicator = "I3", answers = ["a1"] }]
reason = { es = "g", en = "g" }
[[flag]]
id = "some"
label = { es = "s", en = "s" }
any = [{ indicator = "I1", answers = ["a1"] }]
[[flag]]
id = "grave"
label = { es = "g", en = "g" }
any = [{ indicator = "I2", answers = ["a2"] }, { indicator = "I3", answers = ["a1"] }]
[[safety_plan]]
id = "everybody"
always = true
text = { es = "e", en = "e" }
[[safety_plan]]
id = "known"
any = [{ indicator = "I2", answers = ["a1", "a2"] }]
text = { es = "k", en = "k" }
[[safety_plan]]
id = "careful"
any = [{ indicator = "I2", answers = ["a2", "unknown"] }, { indicator = "I1", answers = ["a1"] }]
text = { es = "c", en = "c" }
"#;

fn protocol() -> Protocol {
    Protocol::from_toml(PROTOCOL, Path::new("small.toml")).unwrap()
}

/// I1: a0, a1. I2: a0, a1, a2. I3, neutral: a0, a1. The code after these is `unknown`.
fn form() -> Arc<Instrument> {
    instrument_of(&[(2, Polarity::Risk), (3, Polarity::Risk), (2, Polarity::Neutral)])
}

fn part(outcome: &str, points: Points, calibrator: Calibrator) -> OutcomeModel {
    let form = form();
    let scorer = Scorer::from(points);
    let rows = vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 0, 1];
    let answers = Answers::from_codes(Arc::clone(&form), rows).unwrap();
    let background = Background::of(&scorer, &answers, &[1.0; 4]).unwrap();
    OutcomeModel::new(outcome.to_owned(), scorer, calibrator, background, &form, &BTreeSet::new()).unwrap()
}

fn points() -> Points {
    Points { points: vec![vec![0, 4, 1], vec![0, 2, 5, 1], vec![0, 1, 0]], offset: -3.0, scale: 0.5 }
}

fn recidivism() -> OutcomeModel {
    let platt = Platt { intercept: -1.0, slope: 2.0, covariance: [0.04, 0.01, 0.09] };
    part("new_assault", points(), Calibrator::Platt(platt))
}

/// Score 0, 1 or 2 by the answer to I2; `unknown` scores 0. Probabilities 0.0001, 0.001 and 0.02.
fn lethality() -> OutcomeModel {
    let points = Points { points: vec![vec![0; 3], vec![0, 1, 2, 0], vec![0; 3]], offset: 0.0, scale: 1.0 };
    let probabilities = vec![0.0001, 0.001, 0.02];
    let isotonic = Isotonic {
        scores: vec![0.0, 1.0, 2.0],
        low: vec![0.00005, 0.0005, 0.01],
        high: vec![0.0002, 0.002, 0.03],
        probabilities,
    };
    part("lethal", points, Calibrator::Isotonic(isotonic))
}

fn of(row: &[u8]) -> Assessment {
    assess(&protocol(), &form(), &recidivism(), Some(&lethality()), row).unwrap()
}

fn refused(result: Result<Assessment, Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_row_that_is_not_of_the_form_is_refused() {
    let (protocol, form, part) = (protocol(), form(), recidivism());
    assert_eq!(
        refused(assess(&protocol, &form, &part, None, &[0, 0])),
        "assessment: 2 answers and a model of 3 indicators found, expected 3 as on form `small`"
    );
    assert_eq!(
        refused(assess(&protocol, &form, &part, None, &[3, 0, 9])),
        "assessment: code 3 of indicator `I1` is not below 3; code 9 of indicator `I3` is not below 3"
    );
}

#[test]
fn a_model_of_another_outcome_is_refused() {
    let (protocol, form) = (protocol(), form());
    assert_eq!(
        refused(assess(&protocol, &form, &lethality(), None, &[0, 0, 0])),
        "assessment: the model is of outcome `lethal`, the protocol speaks of `new_assault`"
    );
    assert_eq!(
        refused(assess(&protocol, &form, &recidivism(), Some(&recidivism()), &[0, 0, 0])),
        "assessment: the model is of outcome `new_assault`, the protocol speaks of `lethal`"
    );
}

#[test]
fn a_protocol_that_asks_what_the_form_does_not_is_refused() {
    let text = PROTOCOL.replace(r#"indicator = "I3""#, r#"indicator = "I9""#);
    let protocol = Protocol::from_toml(&text, Path::new("small.toml")).unwrap();
    assert_eq!(
        refused(assess(&protocol, &form(), &recidivism(), None, &[0, 0, 0])),
        "protocol: indicator `I9` is not on the form `small`"
    );
}

#[test]
fn answers_come_back_from_json_bit_by_bit() {
    for row in crate::testing::all_forms(&form()) {
        let assessment = of(&row);
        let text = serde_json::to_string(&assessment).unwrap();
        assert_eq!(serde_json::from_str::<Assessment>(&text).unwrap(), assessment, "{row:?}");
    }
}
