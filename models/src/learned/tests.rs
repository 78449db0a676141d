use std::collections::BTreeSet;

use amparo_datasets::{Answers, Instrument, Polarity};

use super::{AnswerCount, Compared, Counts, Learned, Rows};
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::scorer::{Additive, Forest, Node, Tree};
use crate::testing::{additive_candidate, instrument_of, learned, tree_candidate};
use crate::{Calibrator, Error, OutcomeModel, Points, Scorer};

/// Counts of one indicator.
fn counts(rows: &[u64], events: &[u64]) -> Counts {
    let weights = vec![rows.iter().map(|&n| n as f64).collect()];
    Counts { rows: vec![rows.to_vec()], events: vec![events.to_vec()], weights, effective: vec![] }
        .fitted_alike()
}

/// Rows as `-1` and events as none where they are withheld.
fn told(rows: &[u64], events: &[u64]) -> Vec<(i64, Option<u64>)> {
    let of = |count: &AnswerCount| match count.rows {
        Rows::Number(rows) => (rows as i64, count.events),
        Rows::Few { fewer_than } => {
            assert_eq!(fewer_than, 10);
            (-1, count.events)
        }
    };
    Learned::of(&counts(rows, events), 10).answers[0].iter().map(of).collect()
}

#[test]
fn counts_are_those_of_the_rows() {
    let form = instrument_of(&[(2, Polarity::Risk), (2, Polarity::Neutral)]);
    let answers = Answers::from_codes(form, vec![0, 2, 1, 0, 1, 0, 0, 1]).unwrap();
    let found = Counts::of(&answers, &[true, false, true, false], &[1.0, 2.0, 4.0, 0.5]);
    assert_eq!(found.rows, [[2, 2, 0], [2, 1, 1]]);
    assert_eq!(found.events, [[1, 1, 0], [1, 0, 1]]);
    assert!(crate::testing::worst(&found.weights.concat(), &[1.5, 6.0, 0.0, 6.0, 0.5, 1.0]) <= 0.0);
}

#[test]
fn no_small_number_is_kept() {
    assert_eq!(told(&[100, 50, 0], &[20, 25, 0]), [(100, Some(20)), (50, Some(25)), (0, Some(0))]);
    // Few events, or few others, among many rows.
    assert_eq!(told(&[100, 50, 60], &[20, 3, 25])[1], (50, None));
    assert_eq!(told(&[100, 50, 60], &[20, 47, 25])[1], (50, None));
    // Few rows: and the next smallest, or the events would be the difference to the others.
    assert_eq!(told(&[100, 7, 50], &[20, 2, 25]), [(100, Some(20)), (-1, None), (50, None)]);
    assert_eq!(told(&[100, 7, 8], &[20, 2, 3]), [(100, Some(20)), (-1, None), (-1, None)]);
    // All that is left out counts too few, whatever else is left out.
    assert_eq!(told(&[9, 0, 0], &[2, 0, 0]), [(-1, None), (0, Some(0)), (0, Some(0))]);
}

#[test]
fn what_is_learned_is_known_without_the_small_numbers() {
    let learned = Learned::of(&counts(&[100, 9, 0, 10], &[20, 2, 0, 10]), 10);
    let found: Vec<bool> = (0..4).map(|code| learned.is_learned(0, code)).collect();
    assert_eq!(found, [true, false, false, true]);
    assert_eq!(learned.unlearned().collect::<Vec<_>>(), [(0, 1), (0, 2)]);
    assert_eq!(
        [learned.fewer_than(0, 1), learned.fewer_than(0, 2)],
        [(10, Compared::Rows), (1, Compared::Rows)]
    );
    // 10 events of 10 rows are kept, and 20 of 100.
    assert_eq!(learned.smallest_cell(), Some(10));
    let text = serde_json::to_string(&learned).unwrap();
    assert_eq!(
        text,
        r#"{"needed":10,"answers":[[{"rows":100,"events":20},{"rows":{"fewer_than":10},"events":null},{"rows":0,"events":0},{"rows":10,"events":null}]]}"#
    );
    assert_eq!(serde_json::from_str::<Learned>(&text).unwrap(), learned);
}

#[test]
fn a_weighted_fit_says_that_effective_rows_were_compared() {
    let mut weighted = counts(&[100, 50, 9, 0, 10], &[20, 20, 2, 0, 10]);
    weighted.effective = vec![vec![60.25, 6.5, 4.0, 0.0, 10.0]];
    let learned = Learned::of(&weighted, 10);
    assert_eq!(learned.compared, Compared::EffectiveRows);
    // 50 rows are enough, 6 effective ones are not.
    assert_eq!(learned.unlearned().collect::<Vec<_>>(), [(0, 1), (0, 2), (0, 3)]);
    assert_eq!(
        [learned.fewer_than(0, 1), learned.fewer_than(0, 2), learned.fewer_than(0, 3)],
        [(7, Compared::EffectiveRows), (10, Compared::Rows), (1, Compared::Rows)]
    );
    let text = serde_json::to_string(&learned).unwrap();
    assert!(
        text.starts_with(
            r#"{"needed":10,"compared":"effective_rows","answers":[[{"rows":100,"events":20,"effective":60},{"rows":50,"events":20,"effective":6},{"rows":{"fewer_than":10},"events":null},"#
        ),
        "{text}"
    );
    assert_eq!(serde_json::from_str::<Learned>(&text).unwrap(), learned);
    let form = instrument_of(&[(4, Polarity::Neutral)]);
    assert_eq!(learned.unlearned_ids(&form, |_| true), [("I1", "a1 [n = 50, n_eff = 6], a2, a3".to_owned())]);
    // By the number of rows it would have been learned, and nothing but rows is told.
    let raw = Learned::of(&weighted.fitted_alike(), 10);
    assert_eq!((raw.compared, raw.is_learned(0, 1)), (Compared::Rows, true));
    assert!(!serde_json::to_string(&raw).unwrap().contains("effective"));
}

#[test]
fn equal_weights_change_nothing() {
    let form = instrument_of(&[(2, Polarity::Risk)]);
    let codes = [vec![0; 10], vec![1; 9], vec![2; 11]].concat();
    let answers = Answers::from_codes(form, codes).unwrap();
    let events: Vec<bool> = (0..30).map(|row| row % 3 == 0).collect();
    let of = |weights: &[f64]| Learned::of(&Counts::of(&answers, &events, weights), 10);
    let plain = of(&[1.0; 30]);
    for weight in [0.1, 1.0 / 3.0, 12_345.678] {
        assert_eq!(of(&[weight; 30]), plain);
    }
    // Also where each answer has a weight of its own, but its rows the same.
    let by_answer = [vec![0.7; 10], vec![3.1; 9], vec![0.2; 11]].concat();
    assert_eq!(of(&by_answer), plain);
    let mut one_heavier = by_answer;
    one_heavier[0] = 1.4;
    assert!(of(&one_heavier) != plain && !of(&one_heavier).is_learned(0, 0) && plain.is_learned(0, 0));
}

/// Three rows in which nobody answers `unknown`, and a model of them.
fn model(scorer: Scorer) -> (OutcomeModel, std::sync::Arc<Instrument>, Learned) {
    let form = instrument_of(&[(3, Polarity::Neutral)]);
    let answers = Answers::from_codes(std::sync::Arc::clone(&form), vec![0, 1, 2]).unwrap();
    let background = Background::of(&scorer, &answers, &[1.0; 3]).unwrap();
    let platt = Platt { intercept: 0.0, slope: 1.0, covariance: [0.01, 0.0, 0.01] };
    let part =
        OutcomeModel::new("x".into(), scorer, Calibrator::Platt(platt), background, &form, &BTreeSet::new());
    (part.unwrap(), form, learned(&answers))
}

fn checked(scorer: Scorer, change: impl FnOnce(&mut Learned)) -> Result<(), String> {
    let (part, form, mut learned) = model(scorer);
    change(&mut learned);
    part.with_learned(learned, &form).map(|_| ()).map_err(|error: Error| error.to_string())
}

fn table(unknown: f64) -> Scorer {
    additive_candidate(Additive { intercept: 0.0, weights: vec![vec![0.5, -1.0, 2.0, unknown]] }).into()
}

fn tree(set: u16) -> Scorer {
    let nodes = vec![Node::Split { indicator: 0, set, left: 1, right: 2 }, Node::Leaf(1.0), Node::Leaf(2.0)];
    let nodes = [nodes, vec![]].concat();
    tree_candidate(Forest { n_indicators: 1, base: 0.0, trees: vec![Tree { nodes }] }).into()
}

#[test]
fn an_unlearned_answer_inside_the_range_passes() {
    for unknown in [-1.0, 0.3, 2.0] {
        assert_eq!(checked(table(unknown), |_| ()), Ok(()));
    }
    assert_eq!(checked(tree(0b1001), |_| ()), Ok(()));
    let points = Points { points: vec![vec![0, 2, 4, 3]], offset: 0.0, scale: 1.0 };
    assert_eq!(checked(points.into(), |_| ()), Ok(()));
}

#[test]
fn one_outside_of_it_is_refused() {
    let said = "learned answers: answer `unknown` to indicator `I1` was not learned, but it does not count as the learned \
                answers do in ";
    for unknown in [-1.000_001, 2.000_001] {
        assert_eq!(checked(table(unknown), |_| ()), Err(format!("{said}the table of family `logistic`")));
    }
    // All known answers go one way, `unknown` another.
    assert_eq!(checked(tree(0b0111), |_| ()), Err(format!("{said}tree 0")));
    // Were it learned, it might.
    assert!(
        !checked(table(9.0), |l| l.answers[0][3].rows = Rows::Number(1)).unwrap_err().contains("not count")
    );
}

#[test]
fn counts_of_another_population_are_refused() {
    type Change = fn(&mut Learned);
    let changes: [(Change, &str); 9] = [
        (|l| l.needed = 0, "0 rows are needed, expected at least 1"),
        (|l| l.answers.clear(), "counts of 0 indicators, expected 1"),
        (|l| l.answers[0].truncate(3), "indicator `I1` has 3 counts, expected 4"),
        (|l| l.answers[0][1].rows = Rows::Number(0), "answer `a1` to indicator `I1` has"),
        // Effective rows that were not compared, that are more than the rows, and that are missing.
        (|l| l.answers[0][1].effective = Some(1), "answer `a1` to indicator `I1` has"),
        (
            |l| {
                l.compared = Compared::EffectiveRows;
                l.answers[0].iter_mut().for_each(|count| count.effective = Some(1));
                l.answers[0][1].effective = Some(2);
            },
            "answer `a1` to indicator `I1` has",
        ),
        (|l| l.compared = Compared::EffectiveRows, "answer `a0` to indicator `I1` has"),
        (|l| l.answers[0][1].events = Some(2), "answer `a1` to indicator `I1` has"),
        (
            |l| l.answers[0][1].rows = Rows::Number(5),
            "the rows of indicator `I1` add up to 7 to 7, expected 3",
        ),
    ];
    for (change, expected) in changes {
        let said = checked(table(0.0), change).unwrap_err();
        assert!(said.contains(expected), "{said}");
    }
}
