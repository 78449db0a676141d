//! The transition plan against a count of the rows by hand.

use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, Dial, End, GroupColumn, Input, Kind, Scored};
use amparo_evaluation::measure::{Count, Measure};
use amparo_evaluation::report::{Context, Position, Report, Transition};

use crate::common;

const N: usize = 600;
const CUTS: [f64; 3] = [0.1, 0.2, 0.4];

/// Repeatable numbers in [0, 1).
fn draw(row: usize, column: usize) -> f64 {
    let mixed = (row as u64 * 4 + column as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 53) as f64
}

fn weight(row: usize) -> f64 {
    if row.is_multiple_of(3) { 2.0 } else { 1.0 }
}

fn end(row: usize, which: usize) -> f64 {
    0.02 + 0.6 * draw(row, which) * draw(row, 3)
}

fn blend(w: f64) -> Vec<f64> {
    (0..N).map(|row| (1.0 - w) * end(row, 0) + w * end(row, 1)).collect()
}

fn event(row: usize) -> bool {
    draw(row, 2) < 0.15 + 0.5 * end(row, 1)
}

fn level(p: f64) -> usize {
    CUTS.iter().filter(|cut| p >= **cut).count()
}

fn input() -> Input {
    Input::new(Columns {
        y: (0..N).map(event).collect(),
        weight: (0..N).map(weight).collect(),
        cluster: (0..N as u32).map(|row| row / 2).collect(),
        groups: vec![GroupColumn {
            name: "outcome".into(),
            labels: vec!["event".into(), "other".into()],
            codes: (0..N).map(|row| (row % 2) as u16).collect(),
            reference: Some("other".into()),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    })
    .unwrap()
}

/// Blends of `b` and `c`, not in their order; `d` is another candidate, of which there is no blend; `x` has no dial.
fn scored() -> Vec<Scored> {
    let mut other = common::version("d", Some(1.0), blend(0.9));
    if let Kind::Version { dial: Some(Dial { candidate: Some(End { digest, .. }), .. }), .. } =
        &mut other.kind
    {
        *digest = "another".into();
    }
    vec![
        common::version("half", Some(0.5), blend(0.5)),
        common::version("candidate", Some(1.0), blend(1.0)),
        other,
        common::version("baseline", Some(0.0), blend(0.0)),
        common::version("quarter", Some(0.25), blend(0.25)),
        common::version("x", None, blend(0.3)),
    ]
}

fn report(scored: &[Scored], context: Context) -> Report {
    evaluate(&input(), scored, context, &|_| ()).unwrap()
}

fn plan(report: &Report) -> &Transition {
    let [plan] = &report.transitions[..] else { panic!("{} plans", report.transitions.len()) };
    plan
}

#[track_caller]
fn near(measure: &Measure, expected: f64, wrong: f64) {
    let found = measure.value().unwrap();
    assert!((found - expected).abs() <= 1e-12, "found {found}, expected {expected}");
    assert!((found - wrong).abs() > 1e-6, "the check cannot fail");
    assert!(measure.interval().is_some_and(|(low, high)| low <= found && found <= high), "{measure:?}");
}

/// Rows that hold, counted, and their weight.
fn sum(holds: impl Fn(usize) -> bool) -> (u64, f64) {
    let rows = (0..N).filter(|row| holds(*row));
    rows.fold((0, 0.0), |(n, w), row| (n + 1, w + weight(row)))
}

#[test]
fn positions_are_the_versions_of_one_pair_by_rising_dial() {
    let report = report(&scored(), common::context("baseline", 100));
    let plan = plan(&report);
    let found: Vec<(&str, f64)> = plan.positions.iter().map(|one| (one.name.as_str(), one.dial)).collect();
    // `d` is another candidate and `x` has no dial: neither is on it.
    assert_eq!(found, [("baseline", 0.0), ("quarter", 0.25), ("half", 0.5), ("candidate", 1.0)]);
    assert_eq!((plan.baseline.family.as_str(), plan.candidate.family.as_str()), ("b", "c"));
    assert_eq!(plan.against, "baseline");
}

#[test]
fn moves_recall_and_gaps_are_those_of_the_rows() {
    // Every count is told.
    let report = report(&scored(), Context { smallest_cell: 1, ..common::context("baseline", 200) });
    let base = blend(0.0);
    for one in &plan(&report).positions {
        let p = blend(one.dial);
        let moved = |row: usize, up: bool| {
            let (from, to) = (level(base[row]), level(p[row]));
            if up { to > from } else { to < from }
        };
        if let Some(moves) = &one.moves {
            for (what, who) in [(&moves.all, None), (&moves.events, Some(true)), (&moves.others, Some(false))]
            {
                let is_one = |row: usize| who.is_none_or(|who| event(row) == who);
                let (rows, total) = sum(is_one);
                for (share, count, up) in [(&what.up, what.n_up, true), (&what.down, what.n_down, false)] {
                    let (n, w) = sum(|row| is_one(row) && moved(row, up));
                    assert_eq!(count, Count::Exact(n), "{} {who:?} up {up}", one.name);
                    // Counted without weights, the share is another.
                    near(share, w / total, n as f64 / rows as f64);
                }
            }
        } else {
            assert!(one.name == "baseline" && one.differences.is_empty());
        }
        for (at, id) in [(1, "medium"), (2, "high")] {
            let selected = sum(|row| level(p[row]) >= at).1 / sum(|_| true).1;
            let recall = |holds: &dyn Fn(usize) -> bool, p: &[f64]| {
                sum(|row| holds(row) && event(row) && level(p[row]) >= at).1
                    / sum(|row| holds(row) && event(row)).1
            };
            let everybody = recall(&|_| true, &p);
            near(&one.measures[&format!("selection_rate@{id}")], selected, everybody);
            near(&one.measures[&format!("recall@{id}")], everybody, selected);
            let gap = |p: &[f64]| recall(&|row| row % 2 == 0, p) - recall(&|row| row % 2 == 1, p);
            let found = one.gaps.iter().find(|gap| gap.metric == format!("recall@{id}")).unwrap();
            assert_eq!(
                (found.group.as_str(), found.label.as_str(), found.against.as_str()),
                ("outcome", "event", "other")
            );
            near(&found.measure, gap(&p), -gap(&p));
            if let Some(change) = &found.change {
                near(change, gap(&p) - gap(&base), gap(&base) - gap(&p));
                let difference = &one.differences[&format!("recall@{id}")];
                let of_base = recall(&|_| true, &base);
                near(difference, everybody - of_base, of_base - everybody);
            }
        }
    }
}

#[test]
fn a_plan_repeats_the_report_and_moves_are_against_the_reference_wherever_it_stands() {
    let report = report(&scored(), common::context("half", 100));
    let plan = plan(&report);
    assert_eq!(plan.against, "half");
    let of = |name: &str| plan.positions.iter().find(|one| one.name == name).unwrap();
    assert!(of("half").moves.is_none() && of("baseline").moves.is_some());
    let (half, base) = (blend(0.5), blend(0.0));
    let down = sum(|row| level(base[row]) < level(half[row])).0;
    assert_eq!(of("baseline").moves.as_ref().map(|moves| moves.all.n_down), Some(Count::Exact(down)));
    // Against the baseline nobody of it would move.
    assert!(down > 0);
    for one in &plan.positions {
        let scored = report.scored(&one.name).unwrap();
        assert!(one.measures.iter().all(|(key, measure)| scored.overall[key] == *measure));
    }
}

#[test]
fn few_rows_are_not_told_and_one_position_is_no_plan() {
    let strict = Context { smallest_cell: 60, ..common::context("baseline", 100) };
    let small = report(&scored(), strict);
    let quarter: &Position = &plan(&small).positions[1];
    let moves = quarter.moves.as_ref().unwrap();
    assert_eq!(moves.events.n_up, Count::Few { fewer_than: 60 });
    assert!(moves.events.up.value().is_none() && moves.events.up.reason().is_some());
    // Without a blend there is no dial, whatever stands at its ends.
    let ends: Vec<Scored> =
        scored().into_iter().filter(|one| ["baseline", "candidate"].contains(&&*one.name)).collect();
    assert!(report(&ends, common::context("baseline", 100)).transitions.is_empty());
    // A blend with one end is one.
    let two: Vec<Scored> =
        scored().into_iter().filter(|one| ["half", "baseline"].contains(&&*one.name)).collect();
    assert_eq!(report(&two, common::context("baseline", 100)).transitions[0].positions.len(), 2);
}

#[test]
fn a_dial_without_a_model_and_a_share_above_one_are_refused() {
    let mut wrong = common::version("v", Some(1.5), blend(0.5));
    if let Kind::Version { dial: Some(dial), more_unknown, .. } = &mut wrong.kind {
        (dial.baseline, dial.candidate) = (None, None);
        *more_unknown = Some(10.0);
    }
    let error = evaluate(&input(), &[wrong], common::context("v", 100), &|_| ()).unwrap_err().to_string();
    for problem in [
        "`dial` of `v` is 1.5, expected in [0, 1]",
        "`dial` of `v` has neither a baseline nor a candidate, expected one at least",
        "`more_unknown` of `v` is 10, expected in [0, 1]",
    ] {
        assert!(error.contains(problem), "{error}");
    }
}
