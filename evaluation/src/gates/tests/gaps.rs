//! Gates of kind `gap` and `change`.

use super::super::Answer::{Block, CannotTell, Pass};
use super::*;

const KEY: &str = "recall@high";
const GAP: &str = "kind = \"gap\"\nmetric = \"recall@high\"\nmargin = 0.05";
const CHANGE: &str = "kind = \"change\"\nmetric = \"recall@high\"\nmargin = 0.03";

fn absent(label: &str) -> Gap {
    gap(label, KEY, value(0.0, -0.04, 0.04), None)
}

fn of(tables: Vec<GroupTable>) -> Report {
    report(scored("new", Measures::new(), tables), None, Vec::new())
}

#[test]
fn all_gaps_must_be_absent() {
    let all =
        of(vec![table("sex", &["a", "b"], vec![absent("b")]), table("age", &["a", "c"], vec![absent("c")])]);
    let (answer, findings) = answered(&all, GAP);
    assert_eq!((answer, findings.len()), (Pass, 2));
    assert_eq!(findings[0].against.as_deref(), Some("a"));
}

#[test]
fn one_gap_that_is_present_blocks() {
    for (low, high) in [(0.06, 0.2), (-0.2, -0.06)] {
        let present = gap("c", KEY, value(f64::midpoint(low, high), low, high), None);
        let report = of(vec![table("sex", &["a", "b", "c"], vec![absent("b"), present])]);
        let (answer, findings) = answered(&report, GAP);
        assert_eq!(answer, Block);
        let blocking: Vec<_> =
            findings.iter().filter(|f| f.answer == Block).map(|f| f.label.as_deref()).collect();
        assert_eq!(blocking, [Some("c")]);
        // Looked at without that label, or in another metric, it passes.
        let without = format!("{GAP}\ngroup = \"sex\"\nlabels = [\"b\"]");
        assert_eq!(super::answer(&report, &without), Pass);
    }
}

#[test]
fn few_events_cannot_tell_and_the_labels_are_named() {
    let wide = gap("b", KEY, value(0.0, -0.2, 0.2), None);
    let gaps = vec![wide, gap("c", KEY, few(), None), absent("d")];
    let report = of(vec![table("race", &["a", "b", "c", "d"], gaps)]);
    let verdict = judged(&report, &gates(&[GAP]), &Waivers::default());
    let gate = &verdict.results[0];
    assert_eq!(gate.answer, CannotTell);
    let open = gate.findings.iter().filter(|finding| finding.answer == CannotTell);
    assert_eq!(open.map(|finding| finding.label.as_deref()).collect::<Vec<_>>(), [Some("b"), Some("c")]);
}

#[test]
fn a_gap_is_judged_by_the_simultaneous_interval() {
    let mut gap = absent("b");
    gap.simultaneous = Some(Band { low: -0.06, high: 0.06 });
    let report = |gap: Gap| of(vec![table("sex", &["a", "b"], vec![gap])]);
    assert_eq!(answer(&report(gap.clone()), GAP), CannotTell);
    gap.simultaneous = None;
    let (answer, findings) = answered(&report(gap), GAP);
    assert_eq!((answer, findings[0].judged), (CannotTell, None));
    assert_eq!(findings[0].reason, Some(Reason::NoSimultaneousInterval));
}

#[test]
fn a_label_without_its_gap_is_not_passed_over() {
    let report = of(vec![table("sex", &["a", "b", "c"], vec![absent("b")])]);
    let (answer, findings) = answered(&report, GAP);
    assert_eq!((answer, findings.len()), (CannotTell, 2));
    assert_eq!(answered(&of(Vec::new()), GAP).0, CannotTell, "no group column at all");
}

/// A gap now, the same gap in the version in force, and its change.
fn grown(now: Measure, before: Measure, change: Measure) -> Report {
    let new = table("sex", &["a", "b"], vec![gap("b", KEY, now, Some(change))]);
    let old = table("sex", &["a", "b"], vec![gap("b", KEY, before, None)]);
    report(
        scored("new", Measures::new(), vec![new]),
        Some(scored("old", Measures::new(), vec![old])),
        Vec::new(),
    )
}

#[test]
fn a_gap_may_shrink_but_not_grow() {
    let (wide, narrow) = (value(-0.3, -0.34, -0.26), value(-0.1, -0.14, -0.06));
    let shrunk = grown(narrow.clone(), wide.clone(), value(0.2, 0.17, 0.23));
    assert_eq!(answer(&shrunk, CHANGE), Pass);
    let widened = grown(wide.clone(), narrow, value(-0.2, -0.23, -0.17));
    let (answer, findings) = answered(&widened, CHANGE);
    assert_eq!(answer, Block);
    let judged = findings[0].judged.unwrap();
    assert!((judged.low - 0.17).abs() <= 1e-12 && (judged.high - 0.23).abs() <= 1e-12);
    let still = grown(wide.clone(), wide.clone(), value(0.0, -0.02, 0.02));
    assert_eq!(super::answer(&still, CHANGE), Pass);
    let open = grown(wide.clone(), wide, value(0.0, -0.05, 0.05));
    assert_eq!(super::answer(&open, CHANGE), CannotTell);
}

#[test]
fn a_change_that_is_not_known_cannot_tell() {
    let measure = || value(0.0, -0.02, 0.02);
    let (answer, findings) = answered(&grown(measure(), measure(), few()), CHANGE);
    assert_eq!((answer, findings[0].reason), (CannotTell, few().reason()));
    assert_eq!(super::answer(&grown(measure(), few(), measure()), CHANGE), CannotTell);
    // Intervals that contradict one another prove nothing.
    let (answer, findings) = answered(&grown(measure(), measure(), value(0.5, 0.4, 0.6)), CHANGE);
    assert_eq!((answer, findings[0].reason), (CannotTell, Some(Reason::ContradictingIntervals)));
    let alone = of(vec![table("sex", &["a", "b"], vec![absent("b")])]);
    assert_eq!(super::answer(&alone, CHANGE), CannotTell);
}

fn pairs(findings: &[Finding]) -> Vec<String> {
    let name = |label: &Option<String>| label.clone().unwrap_or_default();
    findings.iter().map(|f| format!("{} {}", name(&f.label), name(&f.against))).collect()
}

#[test]
fn a_gate_says_which_labels_it_compares() {
    let labels = ["a", "b", "c", "unknown"];
    let of_pair = |label: &str, against: &str| Gap { against: against.to_owned(), ..absent(label) };
    let gaps = vec![absent("b"), absent("c"), of_pair("c", "b")];
    let mut with_unknown = table("race", &labels, gaps);
    with_unknown.unknown = vec!["unknown".to_owned()];
    let report = of(vec![with_unknown]);
    let compared = |more: &str| {
        let (answer, findings) = answered(&report, &format!("{GAP}\n{more}"));
        (answer, pairs(&findings))
    };
    let three = vec!["b a".to_owned(), "c a".to_owned(), "c b".to_owned()];
    assert_eq!(compared(""), (Pass, three[..2].to_vec()));
    assert_eq!(compared("pairwise = true"), (Pass, three.clone()));
    // The sign is that of the report, whichever way round the labels stand in the gate.
    assert_eq!(compared("group = \"race\"\nlabels = [\"b\", \"c\"]"), (Pass, three[2..].to_vec()));
    assert_eq!(compared("group = \"race\"\nreference = \"c\""), (Pass, three[1..].to_vec()));
    assert_eq!(
        compared("group = \"race\"\nlabels = [\"a\"]\nreference = \"b\""),
        (Pass, three[..1].to_vec())
    );
    let mut without = report.clone();
    without.scored[0].groups[0].gaps.pop();
    let (answer, findings) = answered(&without, &format!("{GAP}\npairwise = true"));
    assert_eq!(
        (answer, pairs(&findings).len()),
        (CannotTell, 3),
        "a gap that is not in the report is not passed over"
    );
}

#[test]
fn labels_that_a_gate_passes_over_are_named() {
    let mut race = table("race", &["a", "b", "unknown"], vec![absent("b")]);
    race.unknown = vec!["unknown".to_owned()];
    race.max_min_differences = vec![crate::report::MaxMinDifference {
        metric: "equalised_odds@high".to_owned(),
        highest: "a".to_owned(),
        lowest: "b".to_owned(),
        worst: String::new(),
        left_out: vec![crate::report::LeftOut {
            label: "c".to_owned(),
            reason: Reason::suppressed(10, SmallCell::Events),
        }],
        measure: value(0.05, 0.0, 0.08),
        ratio: few(),
    }];
    let report = of(vec![race]);
    let odds = "kind = \"value\"\nmetric = \"equalised_odds@high\"\nat_most = 0.1\ngroup = \"race\"";
    let verdict = judged(&report, &gates(&[GAP, odds]), &Waivers::default());
    let passed_over = |gate: usize| -> Vec<(String, Reason)> {
        verdict.results[gate].passed_over.iter().map(|over| (over.label.clone(), over.reason)).collect()
    };
    let left_out = |label: &str, reason| vec![(label.to_owned(), reason)];
    assert_eq!(passed_over(0), left_out("unknown", Reason::NotRecorded));
    assert_eq!(passed_over(1), left_out("c", Reason::suppressed(10, SmallCell::Events)));
    // Values of each label are asked of labels among others only, unless the label is named.
    let value = "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.1\ngroup = \"race\"";
    let (_, findings) = answered(&report, value);
    assert_eq!(pairs(&findings), ["a ", "b "]);
    let (_, findings) = answered(&report, &format!("{value}\nlabels = [\"unknown\"]"));
    assert_eq!(pairs(&findings), ["unknown "]);
}
