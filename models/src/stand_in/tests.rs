use amparo_datasets::Polarity;

use super::{Counts, StandIn};
use crate::testing::instrument_of;

/// The stand-ins of one indicator of 4 known answers and `unknown`, whose direction is enforced unless it is neutral. An answer
/// needs 10 rows, and each row weighs 2.
fn of(polarity: Polarity, rows: [u64; 5]) -> Vec<(u8, Vec<(u8, f64)>)> {
    let counts = Counts {
        rows: vec![rows.to_vec()],
        events: vec![vec![0; 5]],
        weights: vec![rows.iter().map(|&n| 2.0 * n as f64).collect()],
        effective: vec![],
    }
    .fitted_alike();
    let all =
        StandIn::all(&instrument_of(&[(4, polarity)]), &counts, 10, |i| i.polarity != Polarity::Neutral);
    assert!(all.iter().all(|stand_in| stand_in.indicator == 0));
    all.into_iter().map(|stand_in| (stand_in.answer, stand_in.shares)).collect()
}

#[test]
fn a_known_answer_in_order_counts_as_its_learned_neighbours() {
    assert_eq!(
        of(Polarity::Risk, [30, 9, 0, 10, 20]),
        [(1, vec![(0, 0.75), (3, 0.25)]), (2, vec![(0, 0.75), (3, 0.25)]),]
    );
    // At an end there is one neighbour.
    assert_eq!(of(Polarity::Risk, [3, 30, 10, 9, 20]), [(0, vec![(1, 1.0)]), (3, vec![(2, 1.0)])]);
}

#[test]
fn other_answers_count_as_all_learned_known_ones() {
    // `unknown`, learned or not, is no stand-in for others.
    assert_eq!(
        of(Polarity::Risk, [30, 10, 10, 30, 9]),
        [(4, vec![(0, 0.375), (1, 0.125), (2, 0.125), (3, 0.375)])]
    );
    assert_eq!(
        of(Polarity::Neutral, [30, 9, 10, 0, 20]),
        [(1, vec![(0, 0.75), (2, 0.25)]), (3, vec![(0, 0.75), (2, 0.25)]),]
    );
    // From the least risk to the most.
    assert_eq!(of(Polarity::Protective, [30, 0, 10, 10, 5])[1], (4, vec![(3, 0.2), (2, 0.2), (0, 0.6)]));
}

#[test]
fn there_is_always_something_that_an_answer_counts_as() {
    let unknown = vec![(4, 1.0)];
    let expected: Vec<(u8, Vec<(u8, f64)>)> = (0..4).map(|code| (code, unknown.clone())).collect();
    assert_eq!(of(Polarity::Risk, [0, 9, 1, 0, 40]), expected);
    // None learned: every answer that occurs, so that the indicator has no effect.
    let all = vec![(0, 0.25), (4, 0.75)];
    let expected: Vec<(u8, Vec<(u8, f64)>)> = (0..5).map(|code| (code, all.clone())).collect();
    assert_eq!(of(Polarity::Risk, [3, 0, 0, 0, 9]), expected);
}

#[test]
fn as_many_rows_as_are_needed_are_enough() {
    assert_eq!(of(Polarity::Risk, [10; 5]), []);
    assert_eq!(of(Polarity::Risk, [10, 10, 10, 9, 10]), [(3, vec![(2, 1.0)])]);
}

#[test]
fn rows_of_unequal_weights_count_as_fewer() {
    // 30 rows of weight 1 and one that weighs 30: (30 + 30)^2 / (30 + 900) = 3.87 effective rows, not 31.
    let form = instrument_of(&[(2, Polarity::Neutral)]);
    let codes = [vec![0; 31], vec![1; 20], vec![2; 10]].concat();
    let answers = amparo_datasets::Answers::from_codes(std::sync::Arc::clone(&form), codes).unwrap();
    let mut weights = vec![0.1; 61];
    weights[..31].fill(1.0);
    weights[30] = 30.0;
    let counts = Counts::of(&answers, &[false; 61], &weights);
    assert_eq!(counts.rows, [[31, 20, 10]]);
    let found: Vec<u64> = (0..3).map(|code| counts.effective_rows(0, code)).collect();
    assert_eq!(found, [3, 20, 10]);
    assert!((counts.effective[0][0] - 3600.0 / 930.0).abs() <= 1e-12);
    let unlearned = |counts: &Counts| -> Vec<u8> {
        StandIn::all(&form, counts, 10, |_| false).iter().map(|stand_in| stand_in.answer).collect()
    };
    assert_eq!(unlearned(&counts), [0]);
    // By the number of rows it would be learned.
    assert!(unlearned(&counts.fitted_alike()).is_empty());
}
