#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::input::{Columns, Kind};

/// 40 rows of 20 cases: riskier rows have the event sooner; every fifth is lost on day 15.
fn input(horizons: Vec<u32>) -> (Input, Scored) {
    let n = 40_usize;
    let score: Vec<f64> = (0..n).map(|row| (row * 17 % 40) as f64).collect();
    let lost = |row: &usize| row % 5 == 4;
    let day = |row: usize| if lost(&row) { 15.0 } else { 50.0 - score[row] + (row * 7 % 23) as f64 };
    let columns = Columns {
        y: (0..n).map(|row| row % 4 == 0).collect(),
        weight: vec![1.0; n],
        cluster: (0..n as u32).map(|row| row / 2).collect(),
        survival: Some(Survival {
            days: (0..n).map(day).collect(),
            happened: (0..n).map(|row| !lost(&row) && row % 4 != 1).collect(),
            cluster: (0..n as u32).map(|row| row / 2).collect(),
            weight: vec![1.0; n],
            groups: Vec::new(),
            horizons,
        }),
        ..Columns::default()
    };
    let scored = Scored {
        name: "a".into(),
        kind: Kind::Foreign,
        score: Vec::new(),
        probability: None,
        levels: None,
        survival: Some(score),
    };
    (Input::new(columns).unwrap(), scored)
}

#[test]
fn rows_are_counted_and_every_row_is_in_one_fifth() {
    let (input, scored) = input(vec![25, 40]);
    let found = horizons(&input, std::slice::from_ref(&scored), ("a", 1)).unwrap();
    for at in &found.rows {
        let exact = |count: Count| match count {
            Count::Exact(n) => n,
            Count::Few { .. } => panic!("hidden"),
        };
        assert_eq!(exact(at.events) + exact(at.without) + exact(at.lost), 40);
        assert!(exact(at.lost) >= 8 && exact(at.events) > 0);
    }
    assert!(found.rows[0].observed.value() < found.rows[1].observed.value());
    let [early, late] = [0, 1].map(|k| &found.scored[0].at[k]);
    assert_eq!((early.days, late.days, early.by_fifth.len()), (25, 40, 5));
    // The score orders the days, so the fifths rise, and so does each with time.
    let values = |at: &AtHorizon| at.by_fifth.iter().map(|m| m.value().unwrap()).collect::<Vec<_>>();
    assert!(values(late).is_sorted(), "{:?}", values(late));
    assert!(values(early).iter().zip(values(late)).all(|(a, b)| *a <= b));
    assert!(early.auc.value().unwrap() > 0.8 && early.difference.is_none());
}

#[test]
fn differences_are_paired_and_small_cells_are_hidden() {
    let (input, scored) = input(vec![40]);
    let worse = Scored {
        name: "b".into(),
        survival: scored.survival.as_ref().map(|of| of.iter().map(|score| (score / 8.0).floor()).collect()),
        ..scored.clone()
    };
    let unscored = Scored { name: "c".into(), survival: None, ..scored.clone() };
    let all = [scored, worse, unscored];
    let found = horizons(&input, &all, ("a", 1)).unwrap();
    let [a, b, c] = [0, 1, 2].map(|k| &found.scored[k].at[0]);
    let expected = b.auc.value().unwrap() - a.auc.value().unwrap();
    let difference = b.difference.as_ref().unwrap();
    assert!((difference.value().unwrap() - expected).abs() <= 1e-12);
    // Paired: narrower than two areas that had nothing to do with each other.
    let width = |m: &Measure| m.interval().map(|(low, high)| high - low).unwrap();
    assert!(width(difference) < width(&a.auc).hypot(width(&b.auc)));
    assert_eq!(c.auc.reason(), Some(Reason::NoScoreInFollowUp));
    assert_eq!(c.by_fifth[0].reason(), Some(Reason::NoScoreInFollowUp));
    assert_eq!(c.difference.as_ref().unwrap().reason(), Some(Reason::NoScoreInFollowUp));
    let hidden = horizons(&input, &all, ("a", 30)).unwrap();
    assert!(hidden.scored[0].at[0].auc.value().is_none());
    assert!(hidden.scored[0].at[0].by_fifth.iter().all(|m| m.value().is_none()));
    assert!(matches!(hidden.rows[0].lost, Count::Few { fewer_than: 30 }));
}

#[test]
fn there_is_none_without_follow_up_or_horizons() {
    let (without, scored) = input(Vec::new());
    assert!(horizons(&without, &[scored], ("a", 1)).is_none());
    let falling = without.with_horizons(vec![40, 20]).unwrap_err().to_string();
    assert!(falling.contains("horizons are [40, 20], expected rising days above 0"), "{falling}");
}
