#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_models::calibrator::{Beta, Isotonic, VennAbers};
use amparo_models::explain::Background;
use amparo_models::scorer::Candidate;
use amparo_models::testing::{self, Draw, all_forms, learned, small};
use amparo_models::{Calibrator, Draft, Hybrid, OutcomeModel, Protocol, Scorer, Version};
use prost::Message;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::check::check_forms;
use super::write;
use crate::onnx::proto::ModelProto;
use crate::onnx::run::{Data, Tensor, run};
use crate::published::version;

/// Every form there is gets what the version says of it.
fn says_the_same(draft: &Draft) -> Version {
    let version = version(draft);
    let file = write(&version).unwrap();
    check_forms(&version, &file.bytes, &all_forms(version.instrument())).unwrap();
    assert_eq!(file, write(&version).unwrap());
    version
}

#[test]
fn versions_made_by_hand() {
    says_the_same(&small::draft("small", -3.0));
    says_the_same(&small::draft("small", 2.0));
    says_the_same(&small::draft_without("small", "B"));
    says_the_same(&small::draft_with_a_pair("small"));
    says_the_same(&small::draft_under_clause("small"));
}

#[test]
fn every_calibrator() {
    let curves = [vec![0.05, 0.3, 0.6, 0.9], vec![0.1, 0.4, 0.7, 0.95]];
    let calibrators = [
        Calibrator::Beta(Beta { a: 0.8, b: 1.4, c: 0.3, covariance: [0.0; 6] }),
        Calibrator::Isotonic(Isotonic {
            scores: vec![-3.0, -1.5, 0.0, 0.5],
            low: curves[0].clone(),
            probabilities: curves[0].clone(),
            high: curves[1].clone(),
        }),
        // One knot, and steps exactly where sums of points lie.
        Calibrator::Isotonic(Isotonic {
            scores: vec![-1.0],
            low: vec![0.2],
            probabilities: vec![0.3],
            high: vec![0.4],
        }),
        Calibrator::VennAbers(VennAbers {
            low_from: vec![-2.5, -1.0, 0.5],
            low: vec![0.1, 0.4, 0.8],
            high_to: vec![-2.0, -0.5],
            high: vec![0.3, 0.6],
        }),
        Calibrator::VennAbers(VennAbers {
            low_from: Vec::new(),
            low: Vec::new(),
            high_to: vec![0.0],
            high: vec![0.6],
        }),
    ];
    for calibrator in calibrators {
        let draft = small::draft("small", -3.0);
        let recidivism = draft.recidivism.clone().recalibrated(calibrator.clone(), None).unwrap();
        says_the_same(&Draft { recidivism, ..draft });
    }
}

/// A draft with another scorer, drawn from a seed: directions are not asked of it.
fn drawn(scorer: Scorer) -> Draft {
    let draft = small::draft("small", -3.0);
    let form = Arc::clone(&draft.instrument);
    let (answers, weights) = testing::population(&mut Draw::new(1), &form, 300);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let exempt: BTreeSet<String> = form.indicators().iter().map(|i| i.id.clone()).collect();
    let calibrator = draft.recidivism.calibrator().clone();
    let part =
        OutcomeModel::new("assault".to_owned(), scorer, calibrator, background, &form, &exempt).unwrap();
    let part = part.with_learned(learned(&answers), &form).unwrap();
    Draft { recidivism: part, lethality: None, not_monotone: exempt, ..draft }
}

#[test]
fn drawn_scorers_of_each_kind() {
    for seed in 0..8 {
        let mut draw = Draw::new(seed);
        for scorer in testing::scorers(&mut draw, &small::instrument()) {
            says_the_same(&drawn(scorer));
        }
    }
}

#[test]
fn a_forest_without_trees_is_its_base() {
    let forest = amparo_models::Forest { n_indicators: 3, base: -1.25, trees: Vec::new() };
    let candidate = Candidate::trees("forest", forest).unwrap();
    says_the_same(&drawn(Scorer::from(candidate.clone())));
    let points = testing::points(&mut Draw::new(3), &small::instrument());
    says_the_same(&drawn(Scorer::from(Hybrid::new(0.25, points, candidate).unwrap())));
}

/// The outputs of a version for some rows of codes.
fn outputs(version: &Version, codes: &[i64]) -> std::collections::BTreeMap<String, Tensor> {
    let model = ModelProto::decode(&*write(version).unwrap().bytes).unwrap();
    let n = version.instrument().indicators().len();
    let shape = vec![codes.len() / n, n];
    run(&model.graph.unwrap(), Tensor { shape, data: Data::Integers(codes.to_vec()) }).unwrap()
}

#[test]
fn a_code_that_the_form_does_not_have_gives_nothing() {
    let found = outputs(&version(&small::draft("small", -3.0)), &[0, 0, 0, -1, 0, 0, 0, 0, 3]);
    let log_odds = found["log_odds"].doubles().unwrap();
    assert_eq!(log_odds.iter().map(|v| v.is_nan()).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(found["level"].integers().unwrap()[1..], [-1, -1]);
    assert!(found["lethality_probability"].doubles().unwrap()[1].is_nan());
}

#[test]
fn an_unlearned_answer_gives_nothing_where_the_protocol_refuses_it() {
    let flagging = version(&small::draft("small", -3.0));
    let unlearned = |form: &Vec<u8>| !flagging.unlearned_answers(form).unwrap().is_empty();
    let forms = all_forms(flagging.instrument());
    let (some, all) = (forms.iter().filter(|form| unlearned(form)).count(), forms.len());
    assert!(0 < some && some < all, "{some} of {all} forms have unlearned answers");
    let draft = small::draft("small", -3.0);
    let text =
        draft.protocol.text().replace("unlearned_answers = \"flag\"", "unlearned_answers = \"refuse\"");
    let protocol = Protocol::from_toml(&text, Path::new("small-1.toml")).unwrap();
    let refusing = says_the_same(&Draft { protocol, ..draft });
    let codes: Vec<i64> = forms.iter().flatten().map(|&code| i64::from(code)).collect();
    let found = outputs(&refusing, &codes);
    let nothing = found["level"].integers().unwrap().iter().filter(|level| **level == -1).count();
    assert_eq!(nothing, some);
}

#[test]
fn a_graph_that_says_something_else_is_not_handed_out() {
    let version = version(&small::draft("small", -3.0));
    let mut model = ModelProto::decode(&*write(&version).unwrap().bytes).unwrap();
    let forms = all_forms(version.instrument());
    let graph = model.graph.as_mut().unwrap();
    let points = graph.initializer.iter_mut().find(|c| c.name == "recidivism_baseline_points").unwrap();
    points.raw_data[0] += 1;
    let refused = check_forms(&version, &model.encode_to_vec(), &forms).unwrap_err().to_string();
    assert!(
        refused.starts_with("ONNX: the graph gives form 0 `log_odds` Some(-2.5), the version gives -3"),
        "{refused}"
    );
}
