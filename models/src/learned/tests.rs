use std::collections::BTreeSet;

use amparo_datasets::{Answers, Instrument, Polarity};

use super::{AnswerCount, Counts, Learned, Rows};
use crate::calibrator::Platt;
use crate::explain::Background;
use crate::scorer::{Additive, Forest, Node, Tree};
use crate::testing::{additive_candidate, instrument_of, learned, tree_candidate};
use crate::{Calibrator, Error, OutcomeModel, Points, Scorer};

/// Counts of one indicator.
fn counts(rows: &[u64], events: &[u64]) -> Counts {
    let weights = vec![rows.iter().map(|&n| n as f64).collect()];
    Counts { rows: vec![rows.to_vec()], events: vec![events.to_vec()], weights }
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
    assert_eq!((learned.fewer_than(0, 1), learned.fewer_than(0, 2)), (10, 1));
    // 10 events of 10 rows are kept, and 20 of 100.
    assert_eq!(learned.smallest_cell(), Some(10));
    let text = serde_json::to_string(&learned).unwrap();
    assert_eq!(
        text,
        r#"{"needed":10,"answers":[[{"rows":100,"events":20},{"rows":{"fewer_than":10},"events":null},{"rows":0,"events":0},{"rows":10,"events":null}]]}"#
    );
    assert_eq!(serde_json::from_str::<Learned>(&text).unwrap(), learned);
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
    let changes: [(Change, &str); 6] = [
        (|l| l.needed = 0, "0 rows are needed, expected at least 1"),
        (|l| l.answers.clear(), "counts of 0 indicators, expected 1"),
        (|l| l.answers[0].truncate(3), "indicator `I1` has 3 counts, expected 4"),
        (|l| l.answers[0][1].rows = Rows::Number(0), "answer `a1` to indicator `I1` has"),
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
