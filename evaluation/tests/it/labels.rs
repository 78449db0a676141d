//! Labels that are compared: the reference that is stated, pairs that gates name, and rows of which nothing was recorded.

use amparo_evaluation::gates::{Answer, Gates, Verdict, Waivers};
use amparo_evaluation::input::{Columns, GroupColumn, Input};
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{Gap, GroupTable, ReferenceBy, Report};
use amparo_evaluation::{Error, evaluate_only};

use crate::common;

const FPR: &str = "false_positive_rate@high";
const LABELS: [&str; 3] = ["black", "not recorded", "white"];

/// 1,000 rows without the event of `black` (389 of them `high`), 1,000 of `white` (250) and 3,000 of which nothing was recorded (320 in each
/// 1,000): more than of the others together. Each label has 100 events besides, half of them `high`.
fn columns(unknown: &[&str]) -> (Columns, Vec<f64>) {
    let (mut y, mut codes, mut p) = (Vec::new(), Vec::new(), Vec::new());
    for (label, rows, high) in [(0, 1000, 389), (1, 3000, 960), (2, 1000, 250)] {
        for row in 0..rows + 100 {
            let event = row >= rows;
            y.push(event);
            codes.push(label);
            p.push(if if event { row % 2 == 0 } else { row < high } { 0.25 } else { 0.05 });
        }
    }
    let n = y.len();
    let columns = Columns {
        y,
        weight: vec![1.0; n],
        cluster: (0..n as u32).collect(),
        groups: vec![GroupColumn {
            name: "race".into(),
            labels: LABELS.map(str::to_owned).to_vec(),
            codes,
            unknown: unknown.iter().map(|label| (*label).to_owned()).collect(),
            ..GroupColumn::default()
        }],
        ..Columns::default()
    };
    (columns, p)
}

const ONLY: [Metric; 4] =
    [Metric::Recall, Metric::FalsePositiveRate, Metric::EqualisedOdds, Metric::FairnessPenalised];

fn report(input: &Input, p: &[f64]) -> Report {
    let versions = [common::version("v", None, p.to_vec())];
    evaluate_only(input, &versions, common::context("v", 300), &ONLY, &|_| ()).unwrap()
}

fn of(unknown: &[&str]) -> Report {
    let (columns, p) = columns(unknown);
    report(&Input::new(columns).unwrap(), &p)
}

fn table(report: &Report) -> &GroupTable {
    &report.scored[0].groups[0]
}

fn rates(report: &Report) -> Vec<&Gap> {
    table(report).gaps.iter().filter(|gap| gap.metric == FPR).collect()
}

fn between(report: &Report) -> Vec<String> {
    rates(report).iter().map(|gap| format!("{} - {}", gap.label, gap.against)).collect()
}

fn near(found: Option<f64>, expected: f64) -> bool {
    found.is_some_and(|found| (found - expected).abs() <= 1e-12)
}

#[test]
fn what_was_not_recorded_is_shown_and_is_no_label_among_others() {
    let (plain, known) = (of(&[]), of(&["not recorded"]));
    // As a label among others it is the reference, and the two others are never compared.
    assert_eq!(table(&plain).reference, "not recorded");
    assert_eq!(between(&plain), ["black - not recorded", "white - not recorded"]);
    let told = table(&known);
    assert_eq!((told.reference.as_str(), told.reference_by), ("black", ReferenceBy::Rows));
    assert_eq!(between(&known), ["white - black"]);
    assert!(near(rates(&known)[0].measure.value(), 0.250 - 0.389));
    // It keeps its row.
    assert_eq!(told.rows.len(), 3);
    assert!(near(told.rows[1].measures[FPR].value(), 0.32));
    assert_eq!(told.unknown, ["not recorded"]);
    // Rows count overall whatever their label.
    assert_eq!(known.scored[0].overall, plain.scored[0].overall);
}

#[test]
fn what_is_summed_up_over_labels_names_those_it_leaves_out() {
    let (mut columns, p) = columns(&["not recorded"]);
    // Five rows of a fourth label, which are too few to be shown.
    columns.groups[0].labels.push("other".into());
    columns.groups[0].codes[..5].fill(3);
    let report = report(&Input::new(columns).unwrap(), &p);
    let spread = |metric: &str| {
        table(&report).max_min_differences.iter().find(|spread| spread.metric == metric).unwrap()
    };
    for metric in [FPR, "recall@high", "equalised_odds@high"] {
        let left: Vec<&str> = spread(metric).left_out.iter().map(|left| left.label.as_str()).collect();
        assert_eq!(left, ["not recorded", "other"], "{metric}");
        assert_eq!(spread(metric).left_out[0].reason, Reason::NotRecorded);
        assert!(matches!(spread(metric).left_out[1].reason, Reason::Suppressed { fewer_than: 10, .. }));
    }
    // 384 of 995 are left of `black`; with what was not recorded the difference would be as large, for it lies between.
    assert!(near(spread(FPR).measure.value(), 384.0 / 995.0 - 0.25));
    assert_eq!((spread(FPR).highest.as_str(), spread(FPR).lowest.as_str()), ("black", "white"));
}

#[test]
fn a_distance_between_labels_passes_over_what_was_not_recorded() {
    let (mut columns, mut p) = columns(&["not recorded"]);
    // Nobody of whom nothing was recorded is `high` now: the lowest rate of all.
    for (p, (code, event)) in p.iter_mut().zip(columns.groups[0].codes.iter().zip(&columns.y)) {
        if *code == 1 && !event {
            *p = 0.05;
        }
    }
    let spread = |columns: &Columns| {
        let report = report(&Input::new(columns.clone()).unwrap(), &p);
        let spread = table(&report).max_min_differences.iter().find(|spread| spread.metric == FPR).unwrap();
        (spread.measure.value(), spread.left_out.len())
    };
    let (found, left_out) = spread(&columns);
    assert!(near(found, 0.139) && left_out == 1, "{found:?}");
    // A wrong answer would fail: as a label among others it makes the difference that of `black` and nothing.
    columns.groups[0].unknown.clear();
    let (found, left_out) = spread(&columns);
    assert!(near(found, 0.389) && left_out == 0, "{found:?}");
}

/// The verdict of one gate on gaps of at most five points.
fn verdict(unknown: &[&str], rest: &str) -> Verdict {
    let text = format!(
        "format = 1\nid = \"g\"\ntitle = {{ es = \"t\", en = \"t\" }}\nowner = \"o\"\n[[gate]]\nname = \"alike\"\n\
         reason = {{ es = \"r\", en = \"r\" }}\nkind = \"gap\"\nmetric = \"{FPR}\"\nmargin = 0.05\ngroup = \"race\"\n{rest}\n"
    );
    let gates = Gates::from_toml(&text).unwrap();
    let (columns, p) = columns(unknown);
    let input = gates.with_compared(Input::new(columns).unwrap()).unwrap();
    Verdict::new(&report(&input, &p), "v", &gates, &Waivers::default(), ("2026-03-02T08:00:00Z", "test"))
        .unwrap()
}

#[test]
fn a_gate_on_two_labels_compares_these_two() {
    // The case that was found: nothing is said of what was not recorded, and it is the largest label.
    for unknown in [vec![], vec!["not recorded"]] {
        for rest in [
            "labels = [\"black\", \"white\"]",
            "labels = [\"black\", \"white\"]\nreference = \"white\"",
            "pairwise = true",
        ] {
            let verdict = verdict(&unknown, rest);
            let gate = &verdict.results[0];
            assert_eq!(gate.answer, Answer::Block, "{unknown:?} {rest}");
            let pair = gate.findings.iter().find(|finding| {
                [&finding.label, &finding.against]
                    .map(|label| label.as_deref().unwrap_or_default())
                    .iter()
                    .all(|label| ["black", "white"].contains(label))
            });
            let pair = pair.unwrap();
            assert!(near(pair.measure.value().map(f64::abs), 0.139), "{pair:?}");
            let judged = pair.judged.unwrap();
            let nearest = judged.low.abs().min(judged.high.abs());
            assert!(nearest > 0.05 && nearest < 0.139, "{judged:?}");
        }
    }
    // A wrong answer would fail: with the largest label as the reference each of the two is about seven points away.
    let with_reference = verdict(&[], "");
    let gate = &with_reference.results[0];
    assert!(gate.findings.iter().all(|finding| finding.measure.value().unwrap().abs() < 0.0701));
    assert_ne!(gate.answer, Answer::Block);
    assert!(gate.passed_over.is_empty());
    let passed_over = &verdict(&["not recorded"], "").results[0].passed_over;
    assert_eq!(passed_over.len(), 1);
    assert_eq!((passed_over[0].label.as_str(), passed_over[0].reason), ("not recorded", Reason::NotRecorded));
}

#[test]
fn a_pair_that_is_asked_for_has_the_intervals_of_the_same_gap_against_a_stated_reference() {
    let (columns, p) = columns(&["not recorded"]);
    let with = |change: &dyn Fn(&mut GroupColumn)| {
        let mut columns = columns.clone();
        change(&mut columns.groups[0]);
        report(&Input::new(columns).unwrap(), &p)
    };
    let stated = with(&|column| column.reference = Some("white".into()));
    assert_eq!(
        (table(&stated).reference.as_str(), table(&stated).reference_by),
        ("white", ReferenceBy::Stated)
    );
    let gap = |report: &Report, of: [&str; 2]| {
        let gaps = rates(report);
        (*gaps.iter().find(|gap| [gap.label.as_str(), gap.against.as_str()] == of).unwrap()).clone()
    };
    // With three labels, of which the largest is the reference, the pair is one gap more.
    let plain = with(&|column| column.unknown.clear());
    let asked = with(&|column| {
        column.unknown.clear();
        column.pairs = vec![["black".to_owned(), "white".to_owned()]; 2];
    });
    assert_eq!(between(&asked), ["black - not recorded", "white - not recorded", "black - white"]);
    let (one, other) = (gap(&asked, ["black", "white"]), gap(&stated, ["black", "white"]));
    assert_eq!((&one.measure, &one.ratio), (&other.measure, &other.ratio), "the same rows and resamples");
    let width = |gap: &Gap| gap.simultaneous.map(|band| band.high - band.low).unwrap();
    // It holds at once with the two others, and so needs a wider interval than alone; and they with it.
    assert!(width(&one) > width(&other), "{} {}", width(&one), width(&other));
    let first = ["black", "not recorded"];
    assert!(width(&gap(&asked, first)) >= width(&gap(&plain, first)));
    // A pair that is a gap already is not taken twice, whichever way round it is named.
    let again = with(&|column| column.pairs = vec![["black".to_owned(), "white".to_owned()]]);
    assert_eq!(between(&again), ["white - black"]);
}

#[test]
fn a_stated_reference_is_a_label_that_can_be_compared_with() {
    let input = || Input::new(columns(&["not recorded"]).0).unwrap();
    let found = input().with_references([("race", "white")]).unwrap();
    assert_eq!(found.columns().groups[0].reference.as_deref(), Some("white"));
    let Err(Error::Invalid { problems, .. }) =
        input().with_references([("race", "not recorded"), ("race", "green"), ("sex", "man")])
    else {
        panic!("accepted")
    };
    assert_eq!(
        problems,
        [
            "reference `not recorded` of group `race` is none of black, white",
            "reference `green` of group `race` is none of black, white",
            "group `sex` is none of the rows' group columns (race)",
        ]
    );
    let mut all = columns(&LABELS).0;
    all.groups[0].pairs = vec![["black".into(), "white".into()]];
    assert!(Input::new(all).is_err(), "nothing was recorded of any label");
}

#[test]
fn a_pair_of_labels_with_one_that_was_not_recorded_was_not_recorded() {
    let (columns, _) = columns(&["not recorded"]);
    let race = &columns.groups[0];
    let codes = (0..race.codes.len()).map(|row| (row % 2) as u16).collect();
    let half = GroupColumn {
        name: "half".into(),
        labels: vec!["a".into(), "b".into()],
        codes,
        reference: Some("a".into()),
        ..GroupColumn::default()
    };
    let crossed = race.crossed(&half).unwrap();
    assert_eq!(crossed.unknown, ["not recorded x a", "not recorded x b"]);
    assert_eq!(crossed.reference, None, "only one of the two states a reference");
    let race = GroupColumn { reference: Some("white".into()), ..race.clone() };
    assert_eq!(race.crossed(&half).unwrap().reference.as_deref(), Some("white x a"));
}
