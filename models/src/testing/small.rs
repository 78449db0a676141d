//! A small version made by hand: three questions, points that can be added up in the head, a protocol with a rule of each kind.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::testing::{self as datasets, Question, Scale};
use amparo_datasets::{Answers, Instrument, Polarity, Text};
use serde_json::json;

use crate::artefact::TrainingRecord;
use crate::calibrator::Platt;
use crate::explain::{Background, Deal, Subsamples};
use crate::registry::{IN_FORCE, ModelRef, Registry};
use crate::scorer::{Candidate, Node, Tree};
use crate::testing::learned;
use crate::{Calibrator, Draft, Forest, Hybrid, NeverBelowBaseline, OutcomeModel, Points, Protocol, Scorer};

/// When verdicts are given and aliases moved.
pub const AT: &str = "2026-03-02T08:00:00Z";

/// The questions of its form: `A` (binary), `B` (graded) and `C` (binary, correctable), all of them risks.
fn questions() -> [Question; 3] {
    [
        Question::new("A", Polarity::Risk, Scale::binary()),
        Question::new("B", Polarity::Risk, Scale::graded()),
        Question::new("C", Polarity::Risk, Scale::binary()).labelled("menores", "minors").correctable(),
    ]
}

/// What its probabilities mean: four levels, a rule of lethality, a floor, a flag and two safety plans.
pub const PROTOCOL: &str = r#"
id = "small-1"
title = { es = "pequeño", en = "small" }
cut_points = { es = "de prueba", en = "for a test" }
outcome = "assault"
horizon_days = 180
cumulative_measures = true
unlearned_answers = "flag"

[[level]]
id = "low"
label = { es = "bajo", en = "low" }
from_probability = 0.0
reassess_within_hours = 1440
measures = [{ es = "llamar", en = "call" }]

[[level]]
id = "medium"
label = { es = "medio", en = "medium" }
from_probability = 0.3
reassess_within_hours = 720
measures = [{ es = "visitar", en = "visit" }]

[[level]]
id = "high"
label = { es = "alto", en = "high" }
from_probability = 0.6
reassess_within_hours = 168
measures = [{ es = "vigilar", en = "watch" }]

[[level]]
id = "extreme"
label = { es = "extremo", en = "extreme" }
from_probability = 0.9
reassess_within_hours = 72
measures = [{ es = "proteger", en = "protect" }]

[lethality]
outcome = "lethal"
horizon_days = 365

[[lethality.rule]]
from_probability = 0.01
at_least = "medium"
special_relevance = true
reason = { es = "riesgo letal", en = "lethal risk" }

[[floor]]
id = "minors"
at_least = "medium"
any = [{ indicator = "C", answers = ["present"] }]
reason = { es = "menores", en = "minors" }

[[flag]]
id = "minors_at_risk"
label = { es = "menores en riesgo", en = "minors at risk" }
any = [{ indicator = "C", answers = ["present"] }]

[[safety_plan]]
id = "phone"
always = true
text = { es = "teléfono a mano", en = "phone at hand" }

[[safety_plan]]
id = "locks"
any = [{ indicator = "A", answers = ["present"] }]
text = { es = "cambiar cerraduras", en = "change locks" }
"#;

/// The four rows that explanations compare with.
const ROWS: [u8; 12] = [0, 0, 0, 1, 0, 0, 0, 2, 1, 1, 1, 0];

/// The form.
pub fn instrument() -> Arc<Instrument> {
    datasets::instrument("small", &questions())
}

/// The protocol.
pub fn protocol() -> Protocol {
    Protocol::from_toml(PROTOCOL, Path::new("small-1.toml")).unwrap()
}

/// A record of a training that never was.
pub fn training() -> TrainingRecord {
    let record = json!({
        "candidate": "points",
        "cohort_fingerprint": "c0ffee",
        "cohort_title": "four rows",
        "synthetic": "made by hand",
        "lethality": null,
        "outcome": "assault",
        "horizon_days": 180,
        "split": {"cross_fit": {"folds": 5, "repeats": 1, "seed": 7}},
        "n_rows": {"fit": 4},
        "code_version": "test",
        "metrics": {"test": {"auc": 0.75}},
        "directions": [],
        "notes": [],
    });
    serde_json::from_value(record).unwrap()
}

/// The version: log-odds = offset + 0.5 x points, against 200 cases of each of four rows; of offset -3 the base is -1.375,
/// the mean values are 1, 0.5 and 0.125.
pub fn draft(name: &str, offset: f64) -> Draft {
    made(name, offset, None)
}

/// The same of offset -3, fitted without one of its questions.
pub fn draft_without(name: &str, left_out: &str) -> Draft {
    made(name, -3.0, Some(left_out.to_owned()))
}

fn made(name: &str, offset: f64, left_out: Option<String>) -> Draft {
    let instrument = instrument();
    let answers = Answers::from_codes(Arc::clone(&instrument), ROWS.repeat(200)).unwrap();
    let deal = Deal::of(&(0..800).map(|case| case.to_string()).collect::<Vec<_>>());
    let part = |outcome: &str, mut points: Vec<Vec<i32>>, offset: f64| {
        let place = left_out.as_ref().and_then(|id| instrument.position(id));
        place.iter().for_each(|&j| points[j].fill(0));
        let scorer = Scorer::from(Points { points, offset, scale: 0.5 });
        let weights = [1.0; 800];
        let background = Background::of(&scorer, &answers, &weights).unwrap();
        let subsamples = Subsamples::of(&scorer, &answers, &weights, &deal).unwrap();
        let calibrator =
            Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
        let part = OutcomeModel::new(
            outcome.to_owned(),
            scorer,
            calibrator,
            background,
            &instrument,
            &BTreeSet::new(),
        )
        .unwrap()
        .leaving_out(&left_out, &instrument)
        .unwrap();
        let population = part.population_of(&answers, &weights, subsamples).unwrap();
        part.with_population(population).unwrap().with_learned(learned(&answers), &instrument).unwrap()
    };
    Draft {
        name: name.to_owned(),
        protocol: protocol(),
        recidivism: part("assault", vec![vec![0, 4, 1], vec![0, 1, 3, 0], vec![0, 1, 0]], offset),
        lethality: Some(part("lethal", vec![vec![0, 2, 1], vec![0, 1, 2, 1], vec![0, 0, 0]], -6.0)),
        not_monotone: BTreeSet::new(),
        training: training(),
        config_toml: String::new(),
        card_md: "# Small\n".to_owned(),
        published_at: "2026-03-01T09:30:00Z".to_owned(),
        instrument,
    }
}

/// The same with 1.5 more for A present and B severe together, against the same four rows, none of which has both.
pub fn draft_with_a_pair(name: &str) -> Draft {
    let draft = draft(name, -3.0);
    let instrument = Arc::clone(&draft.instrument);
    let answers = Answers::from_codes(Arc::clone(&instrument), ROWS.to_vec()).unwrap();
    let points = draft.recidivism.scorer().baseline().unwrap().clone();
    let nodes = vec![
        Node::Split { indicator: 0, set: 0b010, left: 1, right: 2 },
        Node::Split { indicator: 1, set: 0b0100, left: 3, right: 4 },
        Node::Leaf(0.0),
        Node::Leaf(3.0),
        Node::Leaf(0.0),
    ];
    let forest = Forest { n_indicators: 3, base: 0.0, trees: vec![Tree { nodes }] };
    let scorer = Scorer::from(Hybrid::new(0.5, points, Candidate::trees("forest", forest).unwrap()).unwrap());
    let background = Background::of(&scorer, &answers, &[1.0; 4]).unwrap();
    let calibrator = draft.recidivism.calibrator().clone();
    let part = OutcomeModel::new(
        "assault".to_owned(),
        scorer,
        calibrator,
        background,
        &instrument,
        &BTreeSet::new(),
    );
    let part = part.unwrap().with_learned(learned(&answers), &instrument).unwrap();
    Draft { recidivism: part, ..draft }
}

/// The same under the clause that its level is never below that of its baseline, whose own curve gives higher probabilities.
pub fn draft_under_clause(name: &str) -> Draft {
    let draft = draft_with_a_pair(name);
    let clause = NeverBelowBaseline {
        reason: Text { es: "así se acordó".to_owned(), en: "so it was agreed".to_owned() },
        calibrator: Calibrator::Platt(Platt { intercept: 2.0, slope: 1.0, covariance: [0.0; 3] }),
    };
    let recidivism = draft.recidivism.never_below(clause, &draft.instrument, &BTreeSet::new()).unwrap();
    Draft { recidivism, ..draft }
}

/// Keeps a verdict of gates that ask nothing, which lets a version of this form be put in force.
pub fn let_pass(registry: &Registry, model: &str, version: u32) {
    let digest = |version: u32| {
        registry.load(&ModelRef::version(model, version).unwrap()).unwrap().digest().to_owned()
    };
    let in_force = registry.aliases(model).unwrap().get(IN_FORCE).map(|&v| json!({"digest": digest(v)}));
    let verdict = json!({
        "passed": true,
        "version": {"digest": digest(version)},
        "against": in_force,
        "gates": {"digest": "0".repeat(64)},
        "at": "2026-03-02T07:00:00Z",
    });
    registry.keep_verdict(model, version, &verdict.to_string()).unwrap();
}

/// Moves `champion` of a model of this form to a version, after such a verdict.
pub fn put_in_force(registry: &Registry, model: &str, version: u32) {
    let_pass(registry, model, version);
    registry.alias(model, IN_FORCE, version, "ana", "better", AT).unwrap();
}
