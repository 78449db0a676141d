//! Words stand apart from data: every reason has its words, and no other glossary changes an assessment.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Glossary, Made, row_of, small, vpr};
use crate::calibrator::{Isotonic, VennAbers};
use crate::wording::words;
use crate::{Calibrator, Reason};

/// The places of all objects with a code, found in the JSON and not in the types.
fn coded(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    let below = |field: &str| if place.is_empty() { field.to_owned() } else { format!("{place}.{field}") };
    match value {
        Value::Object(fields) if fields.contains_key("code") => {
            found.insert(place.to_owned());
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(field, value)| coded(value, &below(field), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, item)| coded(item, &below(&n.to_string()), found));
        }
        _ => {}
    }
}

/// The small form with a curve that reaches neither of the cut-points around its ends.
fn isotonic() -> Made {
    let curve = Isotonic {
        scores: vec![-2.0, 2.0],
        probabilities: vec![0.35, 0.6],
        low: vec![0.3, 0.5],
        high: vec![0.4, 0.7],
    };
    calibrated(Calibrator::Isotonic(curve))
}

/// The small form with another calibrator.
fn calibrated(calibrator: Calibrator) -> Made {
    let made = small();
    let part = &made.recidivism;
    let recidivism = crate::OutcomeModel::new(
        "theft".to_owned(),
        part.scorer().clone(),
        calibrator,
        part.background().clone(),
        &made.form,
        &BTreeSet::new(),
    );
    Made { recidivism: recidivism.unwrap(), ..made }
}

#[test]
fn every_reason_has_its_place_and_its_words() {
    let glossary = Glossary::built_in().unwrap();
    let (mut places, mut codes) = (BTreeSet::new(), BTreeSet::new());
    let real = |synthetic: bool| {
        let made = vpr(synthetic);
        let row = row_of(&made.form, &[("I06", "unknown"), ("I35", "unknown"), ("I02", "severe")]);
        (made, row)
    };
    let cases = [
        (small(), vec![0, 0, 0]),
        (small(), vec![2, 3, 2]),
        (isotonic(), vec![0, 0, 2]),
        (isotonic(), vec![1, 2, 1]),
        real(true),
        real(false),
        (Made { lethality: None, ..vpr(false) }, real(false).1),
    ];
    for (made, row) in cases {
        let assessment = made.assess(&row);
        let mut expected = BTreeSet::new();
        coded(&serde_json::to_value(&assessment).unwrap(), "", &mut expected);
        let said = words(made.facts(), &assessment).unwrap();
        assert_eq!(said.reasons.keys().cloned().collect::<BTreeSet<_>>(), expected);
        for (place, reason) in assessment.reasons() {
            assert_eq!(said.reasons[&place], glossary.reason(reason), "{place}");
            let code = serde_json::to_value(reason).unwrap()["code"].as_str().unwrap().to_owned();
            codes.insert(code);
        }
        places.extend(expected);
    }
    for place in [
        "recidivism.percentile.undefined",
        "lethality.percentile.undefined",
        "explanation.stability.undefined",
        "explanation.percentiles.undefined",
        "undetermined_flags.0.reason",
        "undetermined_raises.0.reason",
        "next_level.up.log_odds_difference.undefined",
        "next_level.down.log_odds_difference.undefined",
        "next_level.corrections.up.none",
        "next_level.corrections.down.none",
    ] {
        assert!(places.contains(place), "no case has a reason at {place}: {places:?}");
    }
    for code in ["never_below", "never_reached", "depends_on_unknown", "no_lethality_model"] {
        assert!(codes.contains(code), "no case has the reason {code}: {codes:?}");
    }
}

#[test]
fn an_assessment_holds_no_sentence_but_the_protocols() {
    let made = vpr(true);
    let row = row_of(&made.form, &[("I06", "unknown"), ("I35", "unknown"), ("I02", "severe")]);
    let assessment = made.assess(&row);
    let protocol = made.protocol.text();
    fn sentences(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) if text.contains(' ') => found.push(text.clone()),
            Value::Object(fields) => fields.values().for_each(|value| sentences(value, found)),
            Value::Array(items) => items.iter().for_each(|item| sentences(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    sentences(&serde_json::to_value(&assessment).unwrap(), &mut found);
    assert!(found.len() > 10, "{found:?}");
    for sentence in found {
        assert!(protocol.contains(&sentence), "`{sentence}` is not the protocol's");
    }
    assert!(!protocol.contains(&Glossary::built_in().unwrap().reason(&Reason::PopulationNotKept).es));
}

#[test]
fn two_answers_to_one_question_are_not_called_a_margin() {
    let (low_from, low) = (vec![-9.0], vec![0.3]);
    let tables = VennAbers { low_from, low, high_to: vec![9.0], high: vec![0.4] };
    let said = |made: Made| {
        let assessment = made.assess(&[0, 0, 0]);
        let json = serde_json::to_value(&assessment.recidivism).unwrap();
        (words(made.facts(), &assessment).unwrap().text, json["interval_kind"].clone())
    };
    let (two, kind) = said(calibrated(Calibrator::VennAbers(tables)));
    assert_eq!(kind, "venn_abers");
    assert!(two.en.contains("it would be 30 if one like this"), "{}", two.en);
    assert!(two.en.contains("and 40 if one with it were"), "{}", two.en);
    assert!(two.es.contains("no son un margen de error"), "{}", two.es);
    assert!(!two.en.contains("the margin goes") && !two.es.contains("el margen va"));
    // A margin is one, and nothing is said of its kind: as before there were two.
    let (one, kind) = said(small());
    assert!(kind.is_null() && one.en.contains("the margin goes from"), "{}", one.en);
}
