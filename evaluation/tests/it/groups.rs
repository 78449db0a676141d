//! Gaps, spreads and the metrics of acting, by hand on a small cohort; and what intervals say about a margin.

use amparo_evaluation::input::{Columns, GroupColumn, Input, Severe};
use amparo_evaluation::metrics::{Metric, definitions};
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Equivalence, Gap, Report};
use amparo_evaluation::{evaluate, evaluate_only};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::common;

/// Label a: 10 events of which 8 are at `high`, 30 others of which 6 are. Label b: 10 events, 5 at `high`; 50 others, 20 at `high`.
/// The rest is `low`. Severe: 4 of the events of a (1 of them low), 2 of b (both low), one row unknown.
fn columns() -> (Columns, Vec<f64>) {
    let cells = [
        // label, event, high, rows, severe among them
        (0, true, true, 8, 3),
        (0, true, false, 2, 1),
        (0, false, true, 6, 0),
        (0, false, false, 24, 0),
        (1, true, true, 5, 0),
        (1, true, false, 5, 2),
        (1, false, true, 20, 0),
        (1, false, false, 30, 0),
    ];
    let (mut y, mut codes, mut p, mut severe) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (label, event, high, rows, grave) in cells {
        for row in 0..rows {
            y.push(event);
            codes.push(label);
            // `common::version` cuts at 0.1, 0.2 and 0.4.
            p.push(if high { 0.25 } else { 0.05 });
            severe.push(Some(row < grave));
        }
    }
    // Neither counts: an unknown severe outcome, high or not.
    severe[0] = None;
    let n = y.len();
    let columns = Columns {
        y,
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups: vec![GroupColumn {
            name: "g".into(),
            labels: vec!["a".into(), "b".into()],
            codes,
            reference: Some("a".into()),
            ..GroupColumn::default()
        }],
        severe: Some(Severe { outcome: "grave".into(), happened: severe }),
        ..Columns::default()
    };
    (columns, p)
}

fn report() -> Report {
    let (columns, p) = columns();
    let mut context = common::context("base", 200);
    context.smallest_cell = 1;
    let low = p.iter().map(|p| if *p > 0.2 { 0.15 } else { 0.05 }).collect();
    let versions = [common::version("v", None, p), common::version("base", None, low)];
    evaluate(&Input::new(columns).unwrap(), &versions, context, &|_| ()).unwrap()
}

#[test]
fn metrics_of_acting_agree_with_counting_by_hand() {
    let report = report();
    let value = |key: &str| report.scored[0].overall[key].value().unwrap();
    for (key, expected) in [
        ("false_negative_rate@high", 7.0 / 20.0),
        ("selection_rate@high", 39.0 / 100.0),
        // Threshold 0.2, odds 1/4: 13 found, 26 needless.
        ("net_benefit@high", (13.0 - 26.0 / 4.0) / 100.0),
        // Of 5 known severe outcomes 3 are low.
        ("severe_in_lowest", 3.0 / 5.0),
        ("recall@high", 13.0 / 20.0),
    ] {
        assert!((value(key) - expected).abs() <= 1e-12, "{key}: {} {expected}", value(key));
    }
    // A wrong answer would fail: odds of the probability 0.25 instead of the level's cut.
    assert!((value("net_benefit@high") - (13.0 - 26.0 / 3.0) / 100.0).abs() > 0.01);
    let curve = report.scored[0].decision.iter().find(|point| (point.threshold - 0.2).abs() < 1e-12);
    assert!(curve.is_some_and(|point| (point.net_benefit.value().unwrap() - 0.065).abs() <= 1e-12));
}

#[test]
fn without_a_graver_outcome_its_share_says_why() {
    let (mut columns, p) = columns();
    columns.severe = None;
    let input = Input::new(columns).unwrap();
    let context = common::context("v", 100);
    let only = [Metric::SevereInLowest, Metric::BaseRate];
    let report = evaluate_only(&input, &[common::version("v", None, p)], context, &only, &|_| ()).unwrap();
    let overall = &report.scored[0].overall;
    assert_eq!(overall["severe_in_lowest"].reason(), Some(Reason::NoSevereOutcome));
    assert_eq!(overall.len(), 2, "only what was asked for: {overall:?}");
    assert_eq!(report.definitions, definitions());
}

fn gap<'r>(report: &'r Report, version: usize, metric: &str) -> &'r Gap {
    report.scored[version].groups[0].gaps.iter().find(|gap| gap.metric == metric).unwrap()
}

#[test]
fn gaps_ratios_and_changes_agree_with_counting_by_hand() {
    let report = report();
    let recall = gap(&report, 0, "recall@high");
    let near =
        |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() <= 1e-12);
    assert!(near(recall.measure.value(), 0.5 - 0.8), "{recall:?}");
    assert!(near(recall.ratio.value(), 0.5 / 0.8));
    // Nobody is `high` by the reference: its gap is 0, and the change is the gap itself.
    assert!(near(gap(&report, 1, "recall@high").measure.value(), 0.0));
    assert!(near(recall.change.as_ref().unwrap().value(), -0.3));
    assert!(gap(&report, 1, "recall@high").change.is_none(), "the reference has no change");
    let (low, high) = recall.measure.interval().unwrap();
    let band = recall.simultaneous.unwrap();
    assert!(band.high - band.low > 0.9 * (high - low), "it holds for fewer things: {band:?} {low} {high}");
    assert!(recall.detectable.unwrap() > (band.high - band.low) / 2.0);
    // The false-positive gap of the reference is certain, and has no band.
    let none = gap(&report, 1, "false_positive_rate@high");
    assert!(none.simultaneous.is_none() && none.equivalence.is_none() && none.detectable.is_none());
    let within = &report.scored[0].groups[0].rows[1].differences;
    assert!(near(within["false_positive_rate@high"].value(), 20.0 / 50.0));
    assert!(near(within["recall@medium"].value(), 0.0), "both act at medium on the same rows");
    assert!(report.scored[1].groups[0].rows[1].differences.is_empty());
    assert!(!within.contains_key("base_rate"), "it is no version's");
}

#[test]
fn spreads_and_penalised_accuracy_agree_with_counting_by_hand() {
    let report = report();
    let table = &report.scored[0].groups[0];
    let spread =
        |metric: &str| table.max_min_differences.iter().find(|spread| spread.metric == metric).unwrap();
    let recall = spread("recall@high");
    assert!((recall.measure.value().unwrap() - 0.3).abs() <= 1e-12);
    assert_eq!((recall.highest.as_str(), recall.lowest.as_str(), recall.worst.as_str()), ("a", "b", "b"));
    assert!((recall.ratio.value().unwrap() - 0.625).abs() <= 1e-12);
    let (low, high) = recall.ratio.interval().unwrap();
    assert!(low < 0.625 && 0.625 < high && high <= 1.0, "{low} {high}");
    let wrong = spread("false_positive_rate@high");
    assert_eq!(wrong.worst, "b");
    // 0.4 - 0.2 = 0.2 is the smaller of the two.
    assert!((spread("equalised_odds@high").measure.value().unwrap() - 0.3).abs() <= 1e-12);
    assert_eq!(spread("selection_rate@high").worst, "", "neither direction is better");
    // (1 - brier)(1 - 0.2), brier: 13 x .75^2 + 7 x .95^2 + 26 x .25^2 + 54 x .05^2 over 100.
    let brier = (13.0 * 0.5625 + 7.0 * 0.9025 + 26.0 * 0.0625 + 54.0 * 0.0025) / 100.0;
    let penalised = &table.penalised["fairness_penalised@high"];
    assert!((penalised.value().unwrap() - (1.0 - brier) * 0.8).abs() <= 1e-12, "{penalised:?}");
    assert!(((1.0 - brier) * 0.7 - penalised.value().unwrap()).abs() > 0.05, "recall's spread would fail");
    assert!(penalised.interval().is_some());
}

/// A cohort of so many cases whose labels differ by `gap` in their selection rate.
fn selected(n: usize, gap: f64, margin: Option<f64>) -> Gap {
    let mut rng = Pcg64::seed_from_u64(5);
    let codes: Vec<u16> = (0..n).map(|row| (row % 2) as u16).collect();
    let p = codes
        .iter()
        .map(|code| if rng.random_range(0.0..1.0) < 0.3 + gap * f64::from(*code) { 0.25 } else { 0.05 })
        .collect();
    let columns = Columns {
        y: (0..n).map(|row| row % 10 < 2).collect(),
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups: vec![GroupColumn {
            name: "g".into(),
            labels: vec!["a".into(), "b".into()],
            codes,
            reference: Some("a".into()),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    };
    let context = amparo_evaluation::report::Context { margin, ..common::context("v", 200) };
    let only = [Metric::SelectionRate];
    let input = Input::new(columns).unwrap();
    let report = evaluate_only(&input, &[common::version("v", None, p)], context, &only, &|_| ()).unwrap();
    self::gap(&report, 0, "selection_rate@high").clone()
}

#[test]
fn a_gap_is_absent_present_or_unknown_by_its_interval_and_the_margin() {
    let verdict = |n, gap| selected(n, gap, Some(0.05)).equivalence;
    assert_eq!(verdict(20_000, 0.0), Some(Equivalence::Absent));
    assert_eq!(verdict(20_000, 0.2), Some(Equivalence::Present));
    // An interval that covers 0 is no proof of equality: few rows cannot tell.
    assert_eq!(verdict(200, 0.0), Some(Equivalence::CannotTell));
    assert_eq!(selected(20_000, 0.0, None).equivalence, None);
    // Detectable: (1.96 + 0.84) x sqrt(2 x .21 / 1000) at 1,000 rows a label, up to the noise of 200 replicates.
    let detectable = selected(2_000, 0.0, None).detectable.unwrap();
    assert!((detectable / 0.0574 - 1.0).abs() <= 0.2, "{detectable}");
}

#[test]
fn pairwise_gaps_are_between_all_labels_and_widen_what_holds_at_once() {
    // Three labels of 60 rows; the event is as frequent in all, acting is not.
    let n = 180;
    let columns = Columns {
        y: (0..n).map(|row| row % 3 == 0).collect(),
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups: vec![GroupColumn {
            name: "g".into(),
            labels: ["a", "b", "c"].map(str::to_owned).to_vec(),
            codes: (0..n).map(|row| (row / 60) as u16).collect(),
            reference: Some("a".into()),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    };
    let p: Vec<f64> = (0..n).map(|row| if row % (row / 60 + 2) == 0 { 0.25 } else { 0.05 }).collect();
    let share = |label: usize| p[label * 60..][..60].iter().filter(|p| **p > 0.2).count() as f64 / 60.0;
    let input = Input::new(columns).unwrap();
    let run = |pairwise: bool| {
        let context =
            amparo_evaluation::report::Context { pairwise, smallest_cell: 1, ..common::context("v", 200) };
        let versions = [common::version("v", None, p.clone())];
        evaluate_only(&input, &versions, context, &[Metric::SelectionRate], &|_| ()).unwrap()
    };
    let gaps = |report: &Report| {
        let gaps = report.scored[0].groups[0].gaps.clone();
        gaps.into_iter().filter(|gap| gap.metric == "selection_rate@high").collect::<Vec<Gap>>()
    };
    let names = |gaps: &[Gap]| {
        gaps.iter().map(|gap| format!("{} - {}", gap.label, gap.against)).collect::<Vec<String>>()
    };
    let (few, all) = (gaps(&run(false)), gaps(&run(true)));
    assert_eq!(names(&few), ["b - a", "c - a"]);
    assert_eq!(names(&all), ["b - a", "c - a", "c - b"]);
    let value = |gap: &Gap| gap.measure.value().unwrap();
    assert!((value(&all[2]) - (share(2) - share(1))).abs() <= 1e-12);
    // A wrong answer would fail: against the reference it is another gap.
    assert!((value(&all[2]) - (share(2) - share(0))).abs() > 0.01);
    let width = |gap: &Gap| gap.simultaneous.map(|band| band.high - band.low).unwrap();
    assert!(width(&all[0]) >= width(&few[0]), "three gaps at once need no narrower an interval than two");
}
