//! What the unanswered questions leave open.

use std::collections::BTreeSet;
use std::path::Path;

use amparo_datasets::{Answers, Polarity};

use super::{PROTOCOL, form, of};
use crate::assess::{Assessment, assess};
use crate::calibrator::Platt;
use crate::completion::Certificate;
use crate::explain::Background;
use crate::testing::{
    Draw, additive_candidate, all_forms, instrument_of, logistic, points, tree, tree_candidate, worst,
};
use crate::{Calibrator, Forest, Hybrid, Model, OutcomeModel, Points, Protocol, Scorer};

#[test]
fn the_question_to_ask_first_is_the_one_that_could_move_the_level_most() {
    assert_eq!(of(&[0, 0, 0]).ask_first, None);
    // I2's last answer sets a floor of l3.
    let asked = of(&[2, 3, 2]).ask_first.unwrap();
    assert_eq!((asked.indicator.as_str(), asked.level_steps), ("I2", 3));
    // I1 moves the score by 1.5 at most, I3 by 0.5 only, but I3 sets a floor of l2.
    let asked = of(&[2, 0, 2]).ask_first.unwrap();
    assert_eq!((asked.indicator.as_str(), asked.level_steps), ("I3", 2));
    // From score 0 (probability sigmoid(-1) = 0.27, l1) I3 reaches score 0.5, probability 0.5: l2, exactly.
    let asked = of(&[1, 1, 2]).ask_first.unwrap();
    assert_eq!((asked.lowest_level.as_str(), asked.highest_level.as_str()), ("l1", "l2"));
    assert!(worst(&[asked.probability_change], &[0.5 - 0.268_941_421_369_995_1]) <= 1e-15);
}

/// What is wrong with the account of the unknown answers, by assessing each form that answers one more.
fn fault(assessment: &Assessment, row: &[u8]) -> Option<String> {
    let form = form();
    let place = |id: &str| id[1..].parse::<usize>().unwrap();
    let mut best = (0, 0.0);
    let mut rest = assessment.if_answered.iter().flatten();
    for (j, indicator) in form.indicators().iter().enumerate().filter(|(j, i)| row[*j] == i.unknown()) {
        let said = rest.next()?;
        let answers: Vec<Assessment> = (0..indicator.unknown())
            .map(|code| {
                let mut row = row.to_vec();
                row[j] = code;
                of(&row)
            })
            .collect();
        let levels = || answers.iter().map(|a| place(&a.level));
        let probabilities = || answers.iter().map(|a| a.recidivism.probability);
        let [low, high] = [
            probabilities().fold(f64::INFINITY, f64::min),
            probabilities().fold(f64::NEG_INFINITY, f64::max),
        ];
        let value = &assessment.explanation.values[j];
        let found = [said.probability.low, said.probability.high, said.value, said.probability_value];
        let ends = (place(&said.lowest_level), place(&said.highest_level));
        let expected = (levels().min().unwrap(), levels().max().unwrap());
        if said.indicator != indicator.id
            || ends != expected
            || worst(&found, &[low, high, value.value, value.probability_value]) > 0.0
        {
            return Some(format!("{said:?}"));
        }
        let now = (place(&assessment.level), assessment.recidivism.probability);
        let steps = levels().map(|l| l.abs_diff(now.0)).max().unwrap();
        let change = probabilities().map(|p| (p - now.1).abs()).fold(0.0, f64::max);
        if (steps, change) > best {
            best = (steps, change);
        }
    }
    let first = assessment.ask_first.as_ref();
    let said = first.map_or((0, 0.0), |first| (first.level_steps, first.probability_change));
    (said != best).then(|| format!("{first:?}, expected {best:?}"))
}

#[test]
fn each_unknown_answer_is_accounted_for_as_by_asking_it() {
    for row in all_forms(&form()) {
        assert_eq!(fault(&of(&row), &row), None, "{row:?}");
    }
    // A slip in any of it would be noticed.
    let right = of(&[2, 3, 0]);
    let slips: [fn(&mut Assessment); 5] = [
        |a| a.if_answered.as_mut().unwrap()[1].value += 1e-9,
        |a| a.if_answered.as_mut().unwrap()[0].probability.high -= 1e-9,
        |a| a.if_answered.as_mut().unwrap()[1].highest_level = "l2".to_owned(),
        |a| a.if_answered.as_mut().unwrap().swap(0, 1),
        |a| a.ask_first.as_mut().unwrap().level_steps = 1,
    ];
    for slip in slips {
        let mut wrong = right.clone();
        slip(&mut wrong);
        assert!(fault(&wrong, &[2, 3, 0]).is_some());
    }
}

/// A part on `n` neutral questions with two answers each, and the protocol without its floors.
fn many(n: usize, scorer: impl Fn(&amparo_datasets::Instrument) -> Scorer) -> Assessment {
    let form = instrument_of(&vec![(2, Polarity::Neutral); n]);
    let scorer = scorer(&form);
    let answers = Answers::from_codes(form.clone(), vec![0; n]).unwrap();
    let make = |outcome: &str| {
        let background = Background::of(&scorer, &answers, &[1.0]).unwrap();
        let platt = Platt { intercept: -5.0, slope: 1.0, covariance: [0.0; 3] };
        let calibrator = Calibrator::Platt(platt);
        OutcomeModel::new(outcome.to_owned(), scorer.clone(), calibrator, background, &form, &BTreeSet::new())
            .unwrap()
    };
    let text = &PROTOCOL[..PROTOCOL.find("[[floor]]").unwrap()];
    let protocol = Protocol::from_toml(text, Path::new("small.toml")).unwrap();
    assess(&protocol, &form, &make("new_assault"), Some(&make("lethal")), &vec![2; n]).unwrap()
}

#[test]
fn a_form_full_of_unknown_answers_has_an_exact_range() {
    let points = |_: &amparo_datasets::Instrument| {
        Scorer::from(Points { points: vec![vec![0, 1, 0]; 40], offset: -3.0, scale: 0.25 })
    };
    let range = many(40, points).recidivism.if_unknowns;
    // -5 - 3 and -5 - 3 + 40 / 4
    assert!(
        worst(&[range.low, range.high], &[0.000_335_350_130_466_478_1, 0.880_797_077_977_882_3]) <= 1e-15
    );
    assert_eq!(range.certificate, Certificate::Exact);
    assert!(worst(&[range.gap], &[0.0]) <= 0.0);
    // Trees of five questions out of 12.
    let forest = |form: &amparo_datasets::Instrument| {
        let mut draw = Draw::new(3);
        let asked: Vec<usize> = (0..12).collect();
        let trees = (0..20).map(|_| tree(&mut draw, form, &asked, 5)).collect();
        Scorer::from(tree_candidate(Forest { n_indicators: 12, base: 0.0, trees }))
    };
    let range = many(12, forest).recidivism.if_unknowns;
    let scorer = forest(&instrument_of(&[(2, Polarity::Neutral); 12]));
    let known = |number: usize| (0..12).map(|j| (number >> j & 1) as u8).collect::<Vec<u8>>();
    let curve = |score: f64| crate::probability::sigmoid(score - 5.0);
    let all = || (0..1 << 12).map(|number| curve(scorer.score(&known(number))));
    let expected = [all().fold(1.0, f64::min), all().fold(0.0, f64::max)];
    assert!(worst(&[range.low, range.high], &expected) <= 1e-10);
    assert_eq!(range.certificate, Certificate::Exact);
}

#[test]
fn a_range_too_wide_to_search_is_given_as_bounds_and_rules_stay_open() {
    let hard = |form: &amparo_datasets::Instrument| {
        let mut draw = Draw::new(5);
        let asked: Vec<usize> = (0..60).collect();
        let trees = (0..400).map(|_| tree(&mut draw, form, &asked, 6)).collect();
        let forest = Forest { n_indicators: 60, base: -20.0, trees };
        let baseline = points(&mut draw, form);
        Scorer::from(Hybrid::new(0.5, baseline, tree_candidate(forest)).unwrap())
    };
    let assessment = many(60, hard);
    let range = &assessment.recidivism.if_unknowns;
    assert_eq!(range.certificate, Certificate::Bounds);
    assert!(range.gap > 0.0 && range.low >= 0.0 && range.high <= 1.0, "{range:?}");
    assert_eq!(assessment.unknown.len(), 60);
    // Whatever was tried lies inside.
    for said in assessment.if_answered.iter().flatten() {
        assert!(said.probability.low <= said.probability.high);
    }
    let mut draw = Draw::new(9);
    let form = instrument_of(&[(2, Polarity::Neutral); 60]);
    let scorer = hard(&form);
    for _ in 0..2000 {
        let row: Vec<u8> = (0..60).map(|_| draw.below(2) as u8).collect();
        let p = crate::probability::sigmoid(scorer.score(&row) - 5.0);
        assert!(range.low <= p && p <= range.high, "{p} {range:?}");
    }
    // So nobody can say that the lethality rule would not hold.
    let open = &assessment.undetermined_raises[0];
    assert_eq!(open.id, "lethality");
    assert_eq!(open.reason, crate::Reason::NotRuledOut { indicators: assessment.unknown.clone() });
}

#[test]
fn a_constant_model_leaves_nothing_open() {
    let constant = |_: &amparo_datasets::Instrument| {
        Scorer::from(Points { points: vec![vec![1; 3]; 9], offset: 0.0, scale: 1.0 })
    };
    let assessment = many(9, constant);
    let (range, now) = (assessment.recidivism.if_unknowns, assessment.recidivism.probability);
    assert!(worst(&[range.low, range.high, range.gap], &[now, now, 0.0]) <= 0.0);
    assert_eq!(assessment.ask_first, None);
    assert_eq!(assessment.if_answered.as_ref().unwrap().len(), 9);
    // Another model does leave something open.
    let other = |form: &amparo_datasets::Instrument| {
        Scorer::from(additive_candidate(logistic(&mut Draw::new(1), form)))
    };
    assert!(many(9, other).ask_first.is_some());
}
