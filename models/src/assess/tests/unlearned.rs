use std::path::Path;
use std::sync::Arc;

use amparo_datasets::Answers;

use super::{PROTOCOL, form, lethality, of, protocol, recidivism};
use crate::learned::{Compared, Counts, Learned, StandIn};
use crate::testing::{all_forms, worst};
use crate::wording::{Facts, words};
use crate::{Error, Model, OutcomeModel, Protocol, Reason, assess};

/// The four rows behind [`recidivism`] and [`lethality`]: nobody answered `unknown`, and `a1` of `I1` is that of two.
fn counted(part: OutcomeModel, needed: u64) -> OutcomeModel {
    let form = form();
    let answers = Answers::from_codes(Arc::clone(&form), vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 0, 1]).unwrap();
    let counts = Counts::of(&answers, &[false, true, false, true], &[1.0; 4]);
    part.with_learned(Learned::of(&counts, needed), &form).unwrap()
}

#[test]
fn what_nobody_answered_is_named_for_each_calculation() {
    let (first, second) = (counted(recidivism(), 1), counted(lethality(), 1));
    let assessment = assess(&protocol(), &form(), &first, Some(&second), &[2, 3, 0]).unwrap();
    let found: Vec<(&str, &str, &str)> = assessment
        .unlearned_answers
        .iter()
        .map(|u| (u.outcome.as_str(), u.indicator.as_str(), u.answer.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("new_assault", "I1", "unknown"),
            ("new_assault", "I2", "unknown"),
            ("lethal", "I1", "unknown"),
            ("lethal", "I2", "unknown")
        ]
    );
    let reason = serde_json::to_string(&assessment.unlearned_answers[0].reason).unwrap();
    assert_eq!(
        reason,
        r#"{"code":"unlearned_answer","indicator":"I1","answer":"unknown","fewer_than":1,"needed":1}"#
    );
    assert!(assessment.reasons().iter().any(|(place, _)| place == "unlearned_answers.0.reason"));
    let known = assess(&protocol(), &form(), &first, Some(&second), &[1, 2, 1]).unwrap();
    assert_eq!(known.unlearned_answers, []);
    // Of a model about which nothing is known, nothing is said.
    assert_eq!(of(&[2, 3, 2]).unlearned_answers, []);
}

#[test]
fn a_protocol_may_refuse_them() {
    let text = PROTOCOL.replace("unlearned_answers = \"flag\"", "unlearned_answers = \"refuse\"");
    let strict = Protocol::from_toml(&text, Path::new("small.toml")).unwrap();
    let part = counted(recidivism(), 1);
    let refused = assess(&strict, &form(), &part, None, &[0, 3, 2]).unwrap_err();
    assert!(matches!(&refused, Error::UnlearnedAnswers { answers, .. } if answers.len() == 2));
    assert_eq!(
        refused.to_string(),
        "protocol `small` refuses answers that the version has not learned from: answer `unknown` to indicator `I2` (outcome \
         `new_assault`); answer `unknown` to indicator `I3` (outcome `new_assault`)"
    );
    assert!(assess(&strict, &form(), &part, None, &[0, 2, 1]).is_ok());
    let other = PROTOCOL.replace("unlearned_answers = \"flag\"", "unlearned_answers = \"ignore\"");
    let said = Protocol::from_toml(&other, Path::new("small.toml")).unwrap_err().to_string();
    assert!(said.contains("expected `flag` or `refuse`"), "{said}");
    let without = PROTOCOL.replace("unlearned_answers = \"flag\"", "");
    let said = Protocol::from_toml(&without, Path::new("small.toml")).unwrap_err().to_string();
    assert!(said.contains("missing field `unlearned_answers`"), "{said}");
}

#[test]
fn the_words_name_them_on_their_own_in_both_languages() {
    let part = counted(recidivism(), 1);
    let assessment = assess(&protocol(), &form(), &part, None, &[2, 0, 0]).unwrap();
    let (form, protocol) = (form(), protocol());
    let facts = Facts { instrument: &form, protocol: &protocol, synthetic: false };
    let text = words(facts, &assessment).unwrap().text;
    assert!(
        text.en.contains("What these answers weigh could not be learned, as fewer than 1 of the assessments"),
        "{}",
        text.en
    );
    assert!(text.es.contains("De estas respuestas no se ha podido aprender lo que pesan"), "{}", text.es);
    assert!(assessment.explanation.values[0].value.abs() > crate::wording::LEAST);
    // It is not among the answers that go with a higher or a lower number.
    let mut learned = assessment.clone();
    learned.unlearned_answers.clear();
    let said = |text: &str| text.matches("unknown").count();
    let without = words(facts, &learned).unwrap().text;
    assert_eq!(said(&text.en), said(&without.en), "{}\n{}", text.en, without.en);
    assert!(!without.en.contains("could not be learned"));
}

#[test]
fn the_words_say_so_where_rows_are_too_few_by_their_weights() {
    // The two rows with `a1` of `I1` weigh 9 and 1: (9 + 1)^2 / (81 + 1) = 1.2 effective rows, and 2 are needed. The two with `a0`
    // are two.
    let (form, protocol) = (form(), protocol());
    let part = |weights: [f64; 4]| {
        let answers =
            Answers::from_codes(Arc::clone(&form), vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 0, 1]).unwrap();
        let counts = Counts::of(&answers, &[false, true, false, true], &weights);
        Learned::of(&counts, 2)
    };
    let learned = part([1.0, 9.0, 1.0, 1.0]);
    assert_eq!((learned.is_learned(0, 0), learned.is_learned(0, 1)), (true, false));
    assert!(part([1.0; 4]).is_learned(0, 1));
    let facts = Facts { instrument: &form, protocol: &protocol, synthetic: false };
    let mut assessment = assess(&protocol, &form, &counted(recidivism(), 1), None, &[2, 0, 0]).unwrap();
    let (fewer_than, compared) = learned.fewer_than(0, 1);
    let Reason::UnlearnedAnswer { indicator, answer, .. } = assessment.unlearned_answers[0].reason.clone()
    else {
        panic!("{:?}", assessment.unlearned_answers)
    };
    assessment.unlearned_answers[0].reason =
        Reason::UnlearnedAnswer { indicator, answer, fewer_than, needed: 2, compared };
    let text = words(facts, &assessment).unwrap().text;
    assert!(text.en.contains("amount, by their statistical weights, to fewer than 2:"), "{}", text.en);
    assert!(text.es.contains("por su ponderación estadística, a menos de 2:"), "{}", text.es);
    assert!(!text.en.contains("fewer than 2 of the assessments"));
}

#[test]
fn the_range_over_unknown_answers_covers_an_unlearned_one() {
    let points = recidivism().scorer().baseline().unwrap().clone();
    let form = form();
    let answers = Answers::from_codes(Arc::clone(&form), vec![0, 0, 0, 1, 1, 0, 0, 2, 1, 1, 0, 1]).unwrap();
    let counts = Counts::of(&answers, &[false; 4], &[1.0; 4]);
    let stand_ins = StandIn::all(&form, &counts, 1, |_| true);
    assert_eq!(stand_ins.len(), 3);
    let far = crate::Points {
        points: points
            .points
            .iter()
            .map(|table| {
                let mut table = table.clone();
                *table.last_mut().unwrap() = 40;
                table
            })
            .collect(),
        ..points
    };
    let outside = |points: &crate::Points| {
        let part = super::part("new_assault", points.clone(), recidivism().calibrator().clone());
        all_forms(&form)
            .iter()
            .map(|row| {
                let (range, score) = (part.range(&form, row), part.scorer().score(row));
                (range.low - score).max(score - range.high)
            })
            .fold(f64::NEG_INFINITY, f64::max)
    };
    assert!(outside(&far.averaged(&stand_ins)) <= 1e-12);
    // An answer of its own may lie far outside.
    assert!(outside(&far) > 1.0);
    assert!(worst(&[far.score(&[0; 3])], &[far.averaged(&stand_ins).score(&[0; 3])]) <= 0.0);
}

#[test]
fn reasons_of_unlearned_answers_have_words() {
    let reason = Reason::UnlearnedAnswer {
        indicator: "I05".into(),
        answer: "unknown".into(),
        fewer_than: 10,
        needed: 10,
        compared: Compared::Rows,
    };
    let text = crate::wording::Glossary::built_in().unwrap().reason(&reason);
    assert!(
        text.en
            .starts_with("fewer than 10 assessments that were learned from have the answer “unknown” to I05"),
        "{}",
        text.en
    );
    assert!(text.es.contains("hacen falta al menos 10"), "{}", text.es);
    let Reason::UnlearnedAnswer { indicator, answer, needed, .. } = reason else { panic!("{reason:?}") };
    let weighted = Reason::UnlearnedAnswer {
        indicator,
        answer,
        fewer_than: 7,
        needed,
        compared: Compared::EffectiveRows,
    };
    let json = serde_json::to_string(&weighted).unwrap();
    assert!(json.ends_with(r#""fewer_than":7,"needed":10,"compared":"effective_rows"}"#), "{json}");
    let text = crate::wording::Glossary::built_in().unwrap().reason(&weighted);
    assert!(
        text.en.contains("amount, by their statistical weights, to fewer than 7, at least 10"),
        "{}",
        text.en
    );
    assert!(text.es.contains("por su ponderación estadística, a menos de 7"), "{}", text.es);
}
