//! Calibration slopes that a plain Newton step misses, in a report and under a gate.

use amparo_datasets::ForeignScore;
use amparo_evaluation::gates::{Answer, Gates, Verdict, Waivers};
use amparo_evaluation::input::{Columns, GroupColumn, Input, Repeats};
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::Report;
use amparo_evaluation::{bridge, evaluate};

use crate::common;

/// Sixty rows at three probabilities, of which 3, 10 and 12 have the event.
fn rows() -> (Vec<f64>, Vec<bool>) {
    let each = [(0.001, 3), (0.4, 10), (0.999, 12)];
    let row = |(p, events): (f64, usize)| (0..20).map(move |at| (p, at < events));
    each.into_iter().flat_map(row).unzip()
}

fn report(p: Vec<f64>, y: Vec<bool>, groups: Vec<GroupColumn>) -> Report {
    let n = y.len();
    let columns =
        Columns { y, weight: vec![1.0; n], cluster: (0..n as u32).collect(), groups, ..Columns::default() };
    let mut context = common::context("v", 400);
    context.smallest_cell = 1;
    let mut version = common::version("v", None, p);
    version.score.iter_mut().for_each(|score| *score = score.min(40.0));
    evaluate(&Input::new(columns).unwrap(), &[version], context, &|_| ()).unwrap()
}

const GATE: &str = r#"
format = 1
id = "g"
title = { es = "t", en = "t" }
owner = "o"
[[gate]]
name = "slope"
reason = { es = "r", en = "r" }
kind = "value"
metric = "calibration_slope"
at_least = 0.8
at_most = 1.25
"#;

#[test]
fn a_gate_blocks_a_slope_far_from_one() {
    let (p, y) = rows();
    let report = report(p, y, Vec::new());
    let slope = &report.scored[0].overall["calibration_slope"];
    // statsmodels GLM(y, add_constant(logit(p)), Binomial()).fit(tol=1e-15): 0.142499
    assert!((slope.value().unwrap() - 0.142_498_531_553_263_56).abs() <= 1e-10, "{slope:?}");
    // A wrong answer would fail: that of one row each is -0.0128.
    assert!((slope.value().unwrap() + 0.012_755).abs() > 0.1);
    let (low, high) = slope.interval().unwrap();
    assert!(low < 0.1 && high < 0.5, "{low} {high}");
    let gates = Gates::from_toml(GATE).unwrap();
    let verdict =
        Verdict::new(&report, "v", &gates, &Waivers::default(), ("2026-11-28T08:00:00Z", "test")).unwrap();
    assert_eq!(verdict.results[0].answer, Answer::Block);
}

#[test]
fn a_probability_of_one_hides_the_slope_of_its_own_label_only() {
    let (mut p, y) = rows();
    p[59] = 1.0;
    let group = GroupColumn {
        name: "half".into(),
        labels: vec!["even".into(), "odd".into()],
        codes: (0..60).map(|row| row % 2).collect(),
        ..GroupColumn::default()
    };
    let report = report(p, y, vec![group]);
    let scored = &report.scored[0];
    let infinite = Some(Reason::InfiniteLogOdds);
    assert_eq!(scored.overall["calibration_slope"].reason(), infinite);
    assert_eq!(scored.overall["calibration_intercept"].reason(), infinite);
    let [even, odd] = &scored.groups[0].rows[..] else { panic!("two labels") };
    assert_eq!(odd.measures["calibration_slope"].reason(), infinite);
    // Ten rows each with 2, 5 and 6 events: 0.123298 (statsmodels, as above).
    let slope = even.measures["calibration_slope"].value().unwrap();
    assert!((slope - EVEN).abs() <= 1e-8, "{slope}");
    assert!((slope - 0.142_498_5).abs() > 1e-3, "a wrong answer would fail: all rows");
}

/// The slope of the rows of even number.
const EVEN: f64 = 0.123_297_67;

#[test]
fn outcomes_all_alike_say_so() {
    let (p, y) = rows();
    let halves = GroupColumn {
        name: "event".into(),
        labels: vec!["no".into(), "yes".into()],
        codes: y.iter().map(|y| u16::from(*y)).collect(),
        ..GroupColumn::default()
    };
    let report = report(p, y, vec![halves]);
    // Of the label without an event it is said that events are too few.
    let events = &report.scored[0].groups[0].rows[1];
    for metric in ["calibration_slope", "calibration_intercept"] {
        assert_eq!(events.measures[metric].reason(), Some(Reason::OneOutcome), "{metric}");
    }
}

#[test]
fn a_foreign_score_that_is_a_probability_is_judged_as_one() {
    let (p, y) = rows();
    let n = y.len();
    let columns = Columns { y, weight: vec![1.0; n], cluster: (0..n as u32).collect(), ..Columns::default() };
    let input = Input::new(columns).unwrap();
    let judged = |is_probability: bool| {
        let values = p.iter().copied().map(Some).collect();
        let score = ForeignScore { name: "v".into(), values, levels: vec![], is_probability };
        let scored = bridge::foreign(&score, Repeats::default());
        evaluate(&input, &[scored], common::context("v", 100), &|_| ()).unwrap().scored.remove(0).overall
    };
    let found = judged(true);
    let value = |metric: &str| found[metric].value().unwrap();
    // By hand: 3, 10 and 12 events of 20 rows each at 0.001, 0.4 and 0.999; the slope by statsmodels, as above.
    let brier = (3.0 * 0.999_f64.powi(2)
        + 17.0 * 1e-6
        + 10.0 * 0.36
        + 10.0 * 0.16
        + 12.0 * 1e-6
        + 8.0 * 0.999_f64.powi(2))
        / 60.0;
    assert!((value("brier") - brier).abs() <= 1e-12, "{}", value("brier"));
    assert!((value("observed_expected") - 25.0 / 28.0).abs() <= 1e-12);
    assert!((value("calibration_slope") - 0.142_498_531_553_263_56).abs() <= 1e-10);
    // A mistake: the probability taken for log-odds.
    assert!((value("mean_probability") - 28.0 / 60.0).abs() <= 1e-12);
    let undeclared = judged(false);
    for metric in ["brier", "observed_expected", "calibration_slope", "mean_probability"] {
        assert_eq!(undeclared[metric].reason(), Some(Reason::NotAProbability), "{metric}");
    }
    assert!((undeclared["auc"].value().unwrap() - value("auc")).abs() <= 0.0);
}
