//! Hand-worked reclassification, scikit-learn's kappa, and the decision curve's formula, through the whole of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::input::{Columns, GroupColumn, Kind, Levels};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::HeldOut;

const N: usize = 240;

fn scored(name: &str, kind: Kind, probability: Vec<f64>) -> Scored {
    let cuts = vec![0.1, 0.2, 0.4];
    Scored {
        name: name.into(),
        score: probability.clone(),
        levels: Some(Levels {
            ids: ["low", "medium", "high", "extreme"].map(Into::into).to_vec(),
            codes: probability.iter().map(|p| cuts.iter().filter(|cut| p >= cut).count() as u8).collect(),
            cuts,
            intensity: None,
            reassess_days: None,
            labels: None,
        }),
        probability: matches!(kind, Kind::Version { .. }).then_some(probability),
        kind,
        survival: None,
    }
}

fn version(name: &str, probability: Vec<f64>) -> Scored {
    scored(
        name,
        Kind::Version { digest: name.into(), family: "points".into(), dial: None, more_unknown: None },
        probability,
    )
}

fn context() -> Context {
    Context {
        cohort: "test".into(),
        synthetic: None,
        notes: Vec::new(),
        held_out: HeldOut::stated("all"),
        outcome: "event".into(),
        horizon_days: None,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: "none".into(),
        seed: 3,
        replicates: 200,
        subject: "base".into(),
        reference: "base".into(),
        smallest_cell: 10,
        bins: 10,
        margin: None,
        pairwise: false,
    }
}

/// Base cycles through 0.05, 0.15, 0.3 and 0.5. The challenger puts every sixth row a level up (to extreme from extreme: no move)
/// and every tenth of the second half a level down.
fn rows() -> (Input, Vec<Scored>) {
    let ladder = [0.05, 0.15, 0.3, 0.5];
    let base: Vec<usize> = (0..N).map(|row| row % 4).collect();
    let new: Vec<usize> = (0..N)
        .map(|row| match base[row] {
            level if row % 6 == 0 => (level + 1).min(3),
            level if row >= N / 2 && row % 10 == 1 => level.saturating_sub(1),
            level => level,
        })
        .collect();
    let officers: Vec<usize> = (0..N).map(|row| (base[row] + usize::from(row % 3 == 0)).min(3)).collect();
    let at = |levels: &[usize]| levels.iter().map(|level| ladder[*level]).collect::<Vec<f64>>();
    let input = Input::new(Columns {
        y: (0..N).map(|row| row % 5 == 0).collect(),
        weight: (0..N).map(|row| if row % 2 == 0 { 2.0 } else { 1.0 }).collect(),
        cluster: (0..N as u32).map(|row| row / 2).collect(),
        groups: vec![GroupColumn {
            name: "half".into(),
            labels: vec!["first".into(), "second".into(), "nobody".into()],
            codes: (0..N).map(|row| u16::from(row >= N / 2)).collect(),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    })
    .unwrap();
    let all = vec![
        version("base", at(&base)),
        version("new", at(&new)),
        scored("officers", Kind::Foreign, at(&officers)),
    ];
    (input, all)
}

fn run() -> (Input, Vec<Scored>, CountedSections) {
    let (input, scored) = rows();
    let tables = counted(&input, &scored, &context(), &mut |_| ());
    (input, scored, tables)
}

#[track_caller]
fn near(measure: &Measure, expected: f64, wrong: f64) {
    let found = measure.value().unwrap();
    assert!((found - expected).abs() <= 1e-12, "found {found}, expected {expected}");
    assert!((found - wrong).abs() > 1e-6, "the check cannot fail");
}

#[test]
fn moves_are_counted_by_pair_outcome_and_group() {
    let (_, _, tables) = run();
    let [moved] = &tables.reclassification[..] else { panic!("{} entries", tables.reclassification.len()) };
    assert_eq!((moved.name.as_str(), moved.against.as_str()), ("new", "base"));
    // Rows 0, 6, .. 234 are even, so level 0 (row % 4 == 0) or 2: all 40 move up, with weight 2 of 360.
    near(&moved.up, 80.0 / 360.0, 40.0 / 240.0);
    // Rows 121, 131, .. 231 that are no multiple of 6: 12 odd rows, of which level 1 at row % 4 == 1, 3 at 3; weight 1 each.
    near(&moved.down, 12.0 / 360.0, 12.0 / 240.0);
    assert!(moved.up.interval().is_some_and(|(low, high)| low < 80.0 / 360.0 && high > 80.0 / 360.0));
    let cell = |from: &str, to: &str| moved.cells.iter().find(|c| c.from == from && c.to == to).unwrap();
    assert_eq!(cell("low", "medium").n, Count::Exact(20));
    assert_eq!(cell("low", "medium").events, Count::Few { fewer_than: 10 });
    assert_eq!(cell("medium", "low").n, Count::Few { fewer_than: 10 });
    assert_eq!(cell("extreme", "low").n, Count::Exact(0));
    assert_eq!(moved.cells.len(), 16);
    let who: Vec<(&str, &str)> =
        moved.by_group.iter().map(|who| (who.group.as_str(), who.label.as_str())).collect();
    assert_eq!(
        who,
        [
            ("outcome", "event"),
            ("outcome", "no event"),
            ("half", "first"),
            ("half", "second"),
            ("half", "nobody")
        ]
    );
    // First half: rows 0, 6, .. 114: 20 rows of weight 2, of 180. Nobody moves down there.
    near(&moved.by_group[2].up, 40.0 / 180.0, 20.0 / 120.0);
    near(&moved.by_group[2].down, 0.0, 12.0 / 360.0);
    assert_eq!(moved.by_group[2].down.reason(), Some(Reason::SameInResamples));
    near(&moved.by_group[3].down, 12.0 / 180.0, 0.0);
    assert_eq!(moved.by_group[4].up.reason(), Some(Reason::NoRows));
    // Multiples of 30, the events among those moved up: 8 rows.
    assert_eq!(moved.by_group[0].up.reason(), Some(Reason::suppressed(10, SmallCell::RowsInACell)));
}

#[test]
fn agreement_is_with_foreign_columns_and_with_the_reference() {
    let (_, _, tables) = run();
    let pairs: Vec<(&str, &str)> =
        tables.agreement.iter().map(|one| (one.name.as_str(), one.against.as_str())).collect();
    assert_eq!(pairs, [("base", "officers"), ("new", "base"), ("new", "officers")]);
    // sklearn 1.9.1, levels and weights as in `rows`: cohen_kappa_score(new, officers, labels=range(4), weights="linear",
    // sample_weight=w), the same "quadratic"; numpy.average(abs(new - officers), weights=w) / 3
    let one = &tables.agreement[2];
    near(&one.kappa_linear, 0.928_818_586_258_032_6, 0.959_920_831_271_647_7);
    near(&one.kappa_quadratic, 0.959_920_831_271_647_7, 0.928_818_586_258_032_6);
    near(&one.ranked_probability_score, 0.029_629_629_629_629_63, 3.0 * 0.029_629_629_629_629_63);
    assert!(one.kappa_linear.interval().is_some_and(|(low, high)| low < 0.928 && high > 0.929));
}

#[test]
fn decision_curves_are_of_versions_and_hold_every_cut() {
    let (input, scored, tables) = run();
    assert_eq!(tables.decision.iter().map(Vec::is_empty).collect::<Vec<_>>(), [false, false, true]);
    let curve = &tables.decision[1];
    assert_eq!((curve[0].threshold, curve.last().unwrap().threshold), (0.01, 0.5));
    let point = curve.iter().find(|point| (point.threshold - 0.3).abs() < 1e-12).unwrap();
    let p = scored[1].probability.as_ref().unwrap();
    let Columns { y, weight, .. } = input.columns();
    let sum =
        |holds: &dyn Fn(usize) -> bool| (0..N).filter(|row| holds(*row)).map(|row| weight[row]).sum::<f64>();
    let (tp, fp) = (sum(&|row| y[row] && p[row] >= 0.3), sum(&|row| !y[row] && p[row] >= 0.3));
    let (events, others) = (sum(&|row| y[row]), sum(&|row| !y[row]));
    near(&point.net_benefit, (tp - fp * 3.0 / 7.0) / 360.0, (tp - fp * 0.3) / 360.0);
    near(&point.treat_all, (events - others * 3.0 / 7.0) / 360.0, (tp - fp * 3.0 / 7.0) / 360.0);
    assert!(point.net_benefit.interval().is_some());
}

#[test]
fn small_cells_are_not_shown() {
    let (input, scored) = rows();
    let strict = Context { smallest_cell: 100, ..context() };
    let tables = counted(&input, &scored, &strict, &mut |_| ());
    assert!(tables.decision[1].iter().all(|point| point.net_benefit.value().is_none()));
    assert!(
        tables.reclassification[0].up.value().is_none() && tables.agreement[0].kappa_linear.value().is_some()
    );
}
