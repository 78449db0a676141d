//! Gates of kind `value` and `difference`.

use super::super::Answer::{Block, CannotTell, Pass};
use super::super::testing::with_directions;
use super::*;

fn auc(measure: Measure) -> Report {
    report(scored("new", one("auc", measure), Vec::new()), None, Vec::new())
}

const AT_LEAST: &str = "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7";

#[test]
fn the_whole_interval_must_lie_on_the_good_side() {
    assert_eq!(answer(&auc(value(0.75, 0.71, 0.79)), AT_LEAST), Pass);
    assert_eq!(answer(&auc(value(0.65, 0.61, 0.69)), AT_LEAST), Block);
    // The value alone would pass, or block.
    assert_eq!(answer(&auc(value(0.75, 0.69, 0.79)), AT_LEAST), CannotTell);
    assert_eq!(answer(&auc(value(0.69, 0.66, 0.72)), AT_LEAST), CannotTell);
}

#[test]
fn a_band_has_two_bad_sides() {
    let slope = |low, high| {
        let measure = value(f64::midpoint(low, high), low, high);
        report(scored("new", one("calibration_slope", measure), Vec::new()), None, Vec::new())
    };
    let band = "kind = \"value\"\nmetric = \"calibration_slope\"\nat_least = 0.8\nat_most = 1.25";
    assert_eq!(answer(&slope(0.85, 1.2), band), Pass);
    assert_eq!(answer(&slope(0.5, 0.79), band), Block);
    assert_eq!(answer(&slope(1.26, 1.5), band), Block);
    for (low, high) in [(0.7, 0.9), (1.2, 1.3), (0.7, 1.4)] {
        assert_eq!(answer(&slope(low, high), band), CannotTell, "{low} {high}");
    }
}

#[test]
fn what_has_no_number_or_no_interval_cannot_tell_and_says_why() {
    let point = Measure::Point { value: 0.9, n: 50, events: 20, reason: Reason::SameInResamples };
    for measure in [few(), point] {
        let (answer, findings) = answered(&auc(measure.clone()), AT_LEAST);
        assert_eq!((answer, &findings[0].measure), (CannotTell, &measure));
    }
    let nothing = report(scored("new", Measures::new(), Vec::new()), None, Vec::new());
    let (answer, findings) = answered(&nothing, AT_LEAST);
    assert_eq!((answer, findings[0].measure.reason()), (CannotTell, Some(Reason::NotInReport)));
}

/// A column with a good label, a bad one, one that cannot tell and one that is suppressed.
fn by_label() -> Report {
    let cell = |label, measure| row(label, one("auc", measure), Measures::new());
    let mut sex = table("sex", &[], Vec::new());
    sex.rows = vec![
        cell("good", value(0.8, 0.75, 0.85)),
        cell("bad", value(0.6, 0.55, 0.65)),
        cell("open", value(0.7, 0.6, 0.8)),
        cell("few", few()),
    ];
    report(scored("new", Measures::new(), vec![sex]), None, Vec::new())
}

#[test]
fn every_label_must_pass_and_any_may_block() {
    let report = by_label();
    let of = |labels: &str| answered(&report, &format!("{AT_LEAST}\ngroup = \"sex\"\nlabels = {labels}"));
    assert_eq!(of("[\"good\"]").0, Pass);
    assert_eq!(of("[\"good\", \"open\"]").0, CannotTell);
    assert_eq!(of("[\"good\", \"few\"]").0, CannotTell);
    let (answer, findings) = of("[]");
    assert_eq!((answer, findings.len()), (Block, 4));
    let answers: Vec<_> = findings.iter().map(|f| (f.label.as_deref().unwrap(), f.answer)).collect();
    assert_eq!(answers, [("good", Pass), ("bad", Block), ("open", CannotTell), ("few", CannotTell)]);
    // A label that the table lacks is not passed over.
    let (answer, findings) = of("[\"gone\"]");
    assert_eq!((answer, findings[0].label.as_deref()), (CannotTell, Some("gone")));
}

#[test]
fn a_number_of_a_whole_column_is_found_where_it_stands() {
    let mut sex = table("sex", &["a", "b"], Vec::new());
    sex.penalised = one("fairness_penalised@high", value(0.8, 0.7, 0.9));
    let report = report(scored("new", Measures::new(), vec![sex]), None, Vec::new());
    let findings = super::super::judge::findings(&report, "new", &{
        let mut gate = gates(&[AT_LEAST]).gates()[0].clone();
        gate.metric = "fairness_penalised@high".into();
        gate.group = Some("sex".into());
        gate
    });
    assert_eq!((findings.len(), findings[0].answer, findings[0].label.as_deref()), (1, Pass, None));
}

/// A version in force, and the new one's difference from it in one metric, as a whole and in label `b` of `sex`.
fn against(metric: &str, measure: Measure) -> Report {
    let mut sex = table("sex", &[], Vec::new());
    sex.rows = vec![row("b", Measures::new(), one(metric, measure.clone()))];
    let new = scored("new", Measures::new(), vec![sex]);
    report(new, Some(scored("old", Measures::new(), Vec::new())), vec![(metric, measure)])
}

#[test]
fn a_difference_is_bad_on_the_side_that_the_metric_says() {
    for (metric, sign) in [("auc", 1.0), ("brier", -1.0)] {
        let ask = format!("kind = \"difference\"\nmetric = \"{metric}\"\nmargin = 0.02");
        let of = |worst: f64, best: f64| {
            let (a, b) = (sign * worst, sign * best);
            against(metric, value(f64::midpoint(a, b), a.min(b), a.max(b)))
        };
        for ask in [ask.clone(), format!("{ask}\ngroup = \"sex\"")] {
            assert_eq!(answer(&of(-0.01, 0.03), &ask), Pass, "{ask}");
            assert_eq!(answer(&of(0.05, 0.09), &ask), Pass, "a gain of whatever size: {ask}");
            assert_eq!(answer(&of(-0.09, -0.03), &ask), Block, "{ask}");
            assert_eq!(answer(&of(-0.03, 0.03), &ask), CannotTell, "{ask}");
        }
    }
}

#[test]
fn without_a_version_in_force_nothing_is_no_worse() {
    let alone = auc(value(0.8, 0.7, 0.9));
    let (answer, findings) = answered(&alone, "kind = \"difference\"\nmetric = \"auc\"\nmargin = 0.5");
    assert_eq!((answer, findings[0].measure.reason()), (CannotTell, Some(Reason::NoVersionInForce)));
}

#[test]
fn a_gate_counts_the_directions_that_the_manifest_lists() {
    let mut report = with_directions();
    let of = |report: &Report, more: &str| {
        let text = format!("kind = \"directions\"\n{more}");
        judged(report, &gates(&[&text]), &Waivers::default()).results.remove(0)
    };
    for (more, answer) in [("", Block), ("most = 1", Block), ("most = 2", Pass)] {
        assert_eq!(of(&report, more).answer, answer, "{more}");
    }
    let json = serde_json::to_string(&of(&report, "")).unwrap();
    assert_eq!(serde_json::from_str::<crate::gates::GateResult>(&json).unwrap(), of(&report, ""));
    // Of scores whose manifest is not known nothing can be told.
    report.directions.clear();
    assert_eq!(of(&report, "most = 5").answer, CannotTell);
    let wrong = "kind = \"directions\"\nmetric = \"auc\"\nmargin = 0.1\ngroup = \"sex\"";
    let other = "kind = \"value\"\nat_least = 0.1\nmost = 2";
    let error = Gates::from_toml(&written(&[wrong, other])).unwrap_err().to_string();
    for problem in [
        "gate `g0` (line 5): `metric` does not belong to the kind `directions`",
        "gate `g0` (line 5): `group` does not belong to the kind `directions`",
        "gate `g0` (line 5): `margin` does not belong to the kind `directions`",
        "gate `g1` (line 12): expected `metric`, as for every gate but those of kind `directions`",
        "gate `g1` (line 12): `most` belongs to the kind `directions`",
    ] {
        assert!(error.contains(problem), "`{problem}` is not in {error}");
    }
}
