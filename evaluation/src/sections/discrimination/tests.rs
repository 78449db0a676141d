use super::*;
use crate::input::{GroupColumn, Kind, Survival};

fn rows(n: usize) -> (Columns, Scored) {
    let days: Vec<f64> = (0..n).map(|row| (row * 37 % 180) as f64).collect();
    let codes: Vec<u16> = (0..n).map(|row| u16::from(row % 3 == 0)).collect();
    let columns = Columns {
        groups: vec![GroupColumn {
            name: "third".into(),
            labels: vec!["no".into(), "yes".into(), "nobody".into()],
            codes: Vec::new(),
            ..GroupColumn::default()
        }],
        survival: Some(Survival {
            happened: (0..n).map(|row| row % 4 == 0).collect(),
            cluster: (0..n as u32).collect(),
            weight: vec![1.0; n],
            groups: vec![codes],
            horizons: Vec::new(),
            days: days.clone(),
        }),
        ..Columns::default()
    };
    let score = days.iter().enumerate().map(|(row, day)| -day + (row * 53 % 97) as f64).collect();
    let scored = Scored {
        name: "a".into(),
        kind: Kind::Foreign,
        score: Vec::new(),
        probability: None,
        levels: None,
        survival: Some(score),
    };
    (columns, scored)
}

#[test]
fn equals_lifelines_for_all_rows_and_by_label() {
    let (columns, scored) = rows(400);
    // lifelines 0.30.0, rows as above: concordance_index(days, -score, happened), then for the rows of each label
    let all = &c_index(&columns, &scored, None, 10)[0];
    let groups = c_index(&columns, &scored, Some(0), 10);
    let found = [all, &groups[0], &groups[1]].map(|measure| measure.value().unwrap_or(f64::INFINITY));
    let expected = [0.838_088_374_173_666_7, 0.846_011_774_212_166_7, 0.831_121_575_342_465_8];
    let error = found.iter().zip(&expected).map(|(a, b): (&f64, &f64)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error <= 1e-12, "{found:?}");
    // A wrong answer would fail: one for the other.
    assert!((expected[0] - expected[1]).abs() > 1e-4 && (expected[1] - expected[2]).abs() > 1e-4);
    assert!(matches!(all, Measure::Value { n: 400, events: 100, .. }));
    assert_eq!(groups[2].reason(), Some(Reason::suppressed(10, SmallCell::Rows)));
}

#[test]
fn what_is_missing_is_said() {
    let (columns, scored) = rows(400);
    let reason = |columns: &Columns, scored: &Scored| c_index(columns, scored, None, 10)[0].reason();
    let unscored = Scored { survival: None, ..scored.clone() };
    assert_eq!(reason(&columns, &unscored), Some(Reason::NoScoreInFollowUp));
    let unfollowed = Columns { survival: None, ..columns };
    assert_eq!(reason(&unfollowed, &scored), Some(Reason::NoFollowUp));
    let (few, scored) = rows(36);
    assert_eq!(reason(&few, &scored), Some(Reason::suppressed(10, SmallCell::Events)));
}
