use std::collections::BTreeSet;

use super::*;
use crate::testing::{data, form, uniform};

/// 600 rows of 150 cases, dealt so that the rows of a case do not stand beside each other.
fn cases() -> TrainingSet {
    let n = 600;
    let rows: Vec<Vec<u8>> = (0..n).map(|i| vec![(uniform(i) * 3.0) as u8]).collect();
    let events: Vec<bool> = (0..n).map(|i| uniform(7_000 + i) < 0.3).collect();
    let cases: Vec<usize> = (0..n).map(|i| i % 150).collect();
    let data = data(&form(&[(2, "risk")]), &rows, &events, &vec![1.0; n], &cases);
    TrainingSet::new(&data, &(0..n).collect::<Vec<_>>(), "the test").unwrap()
}

#[test]
fn no_case_is_on_both_sides_and_no_row_is_lost() {
    let set = cases();
    let stopping = EarlyStopping { held_out: 0.3, patience: 10 };
    let (rest, drawn) = stopping.divided(&set, 5).unwrap();
    let of = |set: &TrainingSet| set.cases().iter().copied().collect::<BTreeSet<u32>>();
    assert!(of(&rest).is_disjoint(&of(&drawn)));
    assert_eq!(rest.n_rows() + drawn.n_rows(), 600);
    // 150 cases with probability 0.3: five standard deviations.
    assert!((of(&drawn).len() as f64 - 45.0).abs() <= 28.0);
    assert_eq!(stopping.divided(&set, 5).unwrap(), (rest, drawn.clone()), "the same seed");
    assert_ne!(of(&stopping.divided(&set, 6).unwrap().1), of(&drawn), "another seed");
}

#[test]
fn a_part_without_events_is_named() {
    let rows: Vec<Vec<u8>> = (0..40).map(|i| vec![(i % 3) as u8]).collect();
    let events: Vec<bool> = (0..40).map(|i| i == 0).collect();
    let set = crate::testing::training_set(&form(&[(2, "risk")]), &rows, &events, &[1.0; 40]);
    let error = EarlyStopping { held_out: 0.3, patience: 10 }.divided(&set, 1).unwrap_err().to_string();
    assert!(error.starts_with("outcome `again` has 0 events among "), "{error}");
    assert!(error.contains(" rows of a part for early stopping, expected"), "{error}");
}

#[test]
fn the_least_loss_counts_and_patience_ends() {
    let mut best = Best::new(20, 0.69, "start");
    assert!(!best.sees(10, 0.5, || "ten"));
    assert!(!best.sees(20, 0.5, || "no better"));
    assert!(best.sees(30, 0.6, || "worse"));
    assert_eq!((best.round, best.state), (10, "ten"));
}
