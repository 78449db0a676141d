#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use amparo_datasets::{Instrument, Polarity};

use crate::assess::{Assessment, assess};
use crate::calibrator::Platt;
use crate::explain::{Background, Interactions};
use crate::testing::{Draw, forest, form, instrument_of, points, population, tree_candidate};
use crate::{Calibrator, Hybrid, OutcomeModel, Protocol, Scorer};

const PROTOCOL: &str = r#"
id = "small"
title = { es = "t", en = "t" }
cut_points = { es = "c", en = "c" }
outcome = "new_assault"
cumulative_measures = true
unlearned_answers = "flag"
level = [
  { id = "l0", label = { es = "l0", en = "l0" }, from_probability = 0.0, measures = [] },
  { id = "l1", label = { es = "l1", en = "l1" }, from_probability = 0.5, measures = [] },
]
"#;

const TOLERANCE: f64 = 1e-9;

fn drawn(seed: u64) -> (Arc<Instrument>, Protocol, OutcomeModel, Vec<u8>) {
    let mut draw = Draw::new(seed);
    let kinds: Vec<(usize, Polarity)> = (0..6).map(|j| (2 + j % 3, Polarity::Neutral)).collect();
    let instrument = instrument_of(&kinds);
    let (answers, weights) = population(&mut draw, &instrument, 40);
    let baseline = points(&mut draw, &instrument);
    let candidate = tree_candidate(forest(&mut draw, &instrument, &[0, 1, 3, 4]));
    let scorer = Scorer::from(Hybrid::new(0.6, baseline, candidate).unwrap());
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] });
    let part =
        OutcomeModel::new("new_assault".to_owned(), scorer, platt, background, &instrument, &BTreeSet::new())
            .unwrap();
    let protocol = Protocol::from_toml(PROTOCOL, Path::new("small.toml")).unwrap();
    let row = form(&mut draw, &instrument);
    (instrument, protocol, part, row)
}

fn with_pairs(seed: u64) -> (Assessment, Interactions) {
    let (instrument, protocol, part, row) = drawn(seed);
    let assessment = assess(&protocol, &instrument, &part, None, &row).unwrap();
    (assessment.with_pairs(&instrument, &part, &row).unwrap(), part.interactions(&row).unwrap())
}

#[test]
fn are_those_of_the_library_each_once_and_none_of_nothing() {
    let mut n = 0;
    for seed in 0..20 {
        let (assessment, found) = with_pairs(seed);
        let ids: Vec<&str> = assessment.explanation.values.iter().map(|v| v.indicator.as_str()).collect();
        let mut pairs = assessment.explanation.interactions.unwrap().into_iter();
        for i in 0..ids.len() {
            for j in i + 1..ids.len() {
                let expected = found.pair(i, j).unwrap();
                if expected.abs() > 0.0 {
                    let pair = pairs.next().unwrap();
                    assert_eq!((pair.a.as_str(), pair.b.as_str()), (ids[i], ids[j]));
                    assert!((pair.value - expected).abs() <= 0.0, "{pair:?} {expected}");
                    n += 1;
                }
            }
        }
        assert_eq!(pairs.next(), None);
    }
    // Indicators I3 and I6 are in no tree, so at most six of the fifteen pairs have something.
    assert!(n > 20 && n <= 6 * 20, "{n}");
}

#[test]
fn nothing_else_changes_and_what_is_not_asked_is_not_there() {
    let (instrument, protocol, part, row) = drawn(3);
    let plain = assess(&protocol, &instrument, &part, None, &row).unwrap();
    let text = serde_json::to_string(&plain).unwrap();
    assert!(!text.contains("interactions") && !text.contains("alone"), "{text}");
    let mut asked = plain.clone().with_pairs(&instrument, &part, &row).unwrap();
    assert_ne!(asked, plain);
    let read: Assessment = serde_json::from_str(&serde_json::to_string(&asked).unwrap()).unwrap();
    assert_eq!(read, asked);
    asked.explanation.interactions = None;
    asked.explanation.values.iter_mut().for_each(|v| v.alone = None);
    assert_eq!(asked, plain);
}

#[test]
fn pairs_that_do_not_add_up_are_refused() {
    let (assessment, _) = with_pairs(3);
    let log_odds = assessment.recidivism.log_odds;
    let refused = |slip: &dyn Fn(&mut Assessment)| {
        let mut wrong = assessment.clone();
        slip(&mut wrong);
        wrong.explanation.check_pairs(log_odds).err().map(|error| error.to_string())
    };
    assert_eq!(refused(&|_| ()), None);
    assert_eq!(refused(&|a| a.explanation.base += 1e-10), None);
    let pair = |a: &mut Assessment, add: f64| a.explanation.interactions.as_mut().unwrap()[0].value += add;
    let alone = |a: &mut Assessment, j: usize, add: f64| {
        let alone = a.explanation.values[j].alone.as_mut().unwrap();
        *alone += add;
    };
    assert!(refused(&|a| pair(a, 2.0 * TOLERANCE + 1e-10)).is_some());
    assert!(refused(&|a| pair(a, f64::NAN)).is_some());
    // The whole is right, two values are not.
    assert!(refused(&|a| (alone(a, 0, 1e-6), alone(a, 1, -1e-6)).0).is_some());
    assert!(refused(&|a| _ = a.explanation.interactions.as_mut().unwrap().pop()).is_some());
    assert_eq!(
        refused(&|a| a.explanation.interactions.as_mut().unwrap()[0].a = "I9".to_owned()).unwrap(),
        "interactions: indicator `I9` has no value"
    );
    assert_eq!(
        refused(&|a| a.explanation.values[1].alone = None).unwrap(),
        "interactions: indicator `I2` has no `alone`"
    );
}

#[test]
fn another_row_or_no_row_of_the_form_is_refused() {
    let (instrument, protocol, part, row) = drawn(3);
    let assessment = assess(&protocol, &instrument, &part, None, &row).unwrap();
    let refused =
        |row: &[u8]| assessment.clone().with_pairs(&instrument, &part, row).unwrap_err().to_string();
    let mut other = row.clone();
    other[0] = (other[0] + 1) % 2;
    assert!(refused(&other).starts_with("explanation adds up to "), "{}", refused(&other));
    assert!(refused(&row[1..]).starts_with("assessment: 5 answers"), "{}", refused(&row[1..]));
    assert!(refused(&[9; 6]).starts_with("assessment: code 9 of indicator `I1`"), "{}", refused(&[9; 6]));
}
