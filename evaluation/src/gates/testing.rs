//! Reports and gates made up for tests: few numbers, each stated.
#![expect(clippy::unwrap_used, reason = "a test that cannot make its input has failed")]

use std::collections::BTreeMap;

use amparo_datasets::Polarity;
use amparo_models::artefact::DirectionRecord;

use super::{Answer, Finding, Gates, Verdict, Waiver, Waivers};
use crate::input::Kind;
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::{
    Band, Context, Difference, Effects, FORMAT, Gap, GroupRow, GroupTable, HeldOut, Measures, ReferenceBy,
    Report, Rows, ScoredReport, VersionDirections,
};

/// When a verdict is given, and by what.
pub const AT: (&str, &str) = ("2026-03-02T08:00:00Z", "test");

/// A value with its interval, on 100 rows of which 40 have the event.
pub fn value(value: f64, low: f64, high: f64) -> Measure {
    Measure::Value { value, low, high, n: 100, events: 40 }
}

/// A measure that is suppressed for its 9 events or fewer.
pub fn few() -> Measure {
    Measure::undefined(Reason::suppressed(10, SmallCell::Events))
}

/// One measure under its key.
pub fn one(key: &str, measure: Measure) -> Measures {
    BTreeMap::from([(key.to_owned(), measure)])
}

/// The row of a label in a group column.
pub fn row(label: &str, measures: Measures, differences: Measures) -> GroupRow {
    GroupRow {
        label: label.to_owned(),
        n: Count::Exact(100),
        events: Count::Exact(40),
        measures,
        differences,
    }
}

/// The gap of a label against label `a`, with a simultaneous interval as wide as its own.
pub fn gap(label: &str, metric: &str, measure: Measure, change: Option<Measure>) -> Gap {
    Gap {
        label: label.to_owned(),
        against: "a".to_owned(),
        metric: metric.to_owned(),
        simultaneous: measure.interval().map(|(low, high)| Band { low, high }),
        measure,
        ratio: few(),
        detectable: None,
        equivalence: None,
        change,
    }
}

/// A group column whose reference label is `a`.
pub fn table(group: &str, labels: &[&str], gaps: Vec<Gap>) -> GroupTable {
    let rows = labels.iter().map(|label| row(label, Measures::new(), Measures::new())).collect();
    let (group, reference) = (group.to_owned(), "a".to_owned());
    GroupTable {
        group,
        reference,
        reference_by: ReferenceBy::Rows,
        unknown: Vec::new(),
        rows,
        gaps,
        max_min_differences: Vec::new(),
        penalised: Measures::new(),
    }
}

/// What a report holds of one version.
pub fn scored(name: &str, overall: Measures, groups: Vec<GroupTable>) -> ScoredReport {
    ScoredReport {
        name: name.to_owned(),
        kind: Kind::Version {
            digest: format!("digest of {name}"),
            family: "points".into(),
            dial: None,
            more_unknown: None,
        },
        overall,
        reliability: Vec::new(),
        curve: Vec::new(),
        decision: Vec::new(),
        levels: Vec::new(),
        workload: Vec::new(),
        groups,
    }
}

/// A report of `new`, and of `old` as the version in force, if there is one.
pub fn report(new: ScoredReport, old: Option<ScoredReport>, differences: Vec<(&str, Measure)>) -> Report {
    let reference = old.as_ref().unwrap_or(&new).name.clone();
    let context = Context {
        cohort: "made up".into(),
        synthetic: None,
        notes: Vec::new(),
        held_out: HeldOut::stated("all"),
        outcome: "again".into(),
        horizon_days: None,
        censored_left_out: 0,
        excluded_left_out: 0,
        fingerprint: "f".into(),
        seed: 1,
        replicates: 100,
        subject: new.name.clone(),
        reference: reference.clone(),
        smallest_cell: 10,
        bins: 10,
        margin: Some(0.05),
        pairwise: false,
    };
    let differences = differences.into_iter().map(|(metric, measure)| Difference {
        name: new.name.clone(),
        against: reference.clone(),
        metric: metric.to_owned(),
        measure,
        detectable: None,
    });
    Report {
        format: FORMAT,
        differences: differences.collect(),
        rows: Rows { n: 100, cases: 100, events: 40, weighted: false, base_rate: value(0.4, 0.3, 0.5) },
        scored: std::iter::once(new).chain(old).collect(),
        reclassification: Vec::new(),
        transitions: Vec::new(),
        agreement: Vec::new(),
        directions: Vec::new(),
        case_mix: Vec::new(),
        classes: None,
        horizons: None,
        definitions: Vec::new(),
        context,
    }
}

/// What every file of gates begins with.
pub const HEAD: &str = "format = 1\nid = \"g\"\ntitle = { es = \"t\", en = \"t\" }\nowner = \"o\"\n";

/// Gates named `g0`, `g1`, ... of which each is the rest of its table.
pub fn gates(rest: &[&str]) -> Gates {
    Gates::from_toml(&written(rest)).unwrap_or_else(|e| panic!("{e}"))
}

/// The file of such gates.
pub fn written(rest: &[&str]) -> String {
    let gate = |(at, rest): (usize, &&str)| {
        format!("[[gate]]\nname = \"g{at}\"\nreason = {{ es = \"r\", en = \"r\" }}\n{rest}\n")
    };
    HEAD.to_owned() + &rest.iter().enumerate().map(gate).collect::<String>()
}

/// The verdict on `new`.
pub fn judged(report: &Report, gates: &Gates, waivers: &Waivers) -> Verdict {
    Verdict::new(report, "new", gates, waivers, AT).unwrap()
}

/// What one gate comes to, with the numbers behind it.
pub fn answered(report: &Report, rest: &str) -> (Answer, Vec<Finding>) {
    let verdict = judged(report, &gates(&[rest]), &Waivers::default());
    let gate = verdict.results.into_iter().next().unwrap();
    (gate.answer, gate.findings)
}

/// What one gate comes to.
pub fn answer(report: &Report, rest: &str) -> Answer {
    answered(report, rest).0
}

/// One gate that passes (`g0`), one that blocks (`g1`), one that cannot tell (`g2`).
pub fn three() -> (Report, Gates) {
    let overall = BTreeMap::from([
        ("auc".to_owned(), value(0.8, 0.75, 0.85)),
        ("brier".to_owned(), value(0.3, 0.28, 0.32)),
        ("observed_expected".to_owned(), value(1.0, 0.7, 1.3)),
    ]);
    let gates = gates(&[
        "kind = \"value\"\nmetric = \"auc\"\nat_least = 0.7",
        "kind = \"value\"\nmetric = \"brier\"\nat_most = 0.2",
        "kind = \"value\"\nmetric = \"observed_expected\"\nat_most = 1.2",
    ]);
    let old = scored("old", Measures::new(), Vec::new());
    (report(scored("new", overall, Vec::new()), Some(old), Vec::new()), gates)
}

/// Of a gate, for version 2 of `new`.
pub fn waiver(gate: &str) -> Waiver {
    let [gate, version, reason, by] = [gate, "new@2", "looked at one by one", "ana"].map(str::to_owned);
    Waiver { gate, version, reason, by }
}

/// A verdict as format 1 wrote it, with its words.
pub const IN_WORDS: &str = r#"{
  "format": 1,
  "passed": false,
  "text": {"es": "new no pasa: de 1 condiciones", "en": "new does not pass: of 1 gates"},
  "version": {"name": "new", "digest": "d"},
  "against": null,
  "at": "2026-01-02T03:04:05Z",
  "code_version": "0.1.0",
  "gates": {"id": "old-gates", "title": {"es": "t", "en": "t"}, "owner": "o", "digest": "g", "text": ""},
  "waivers": [],
  "context": {"cohort": "made up", "synthetic": "Made up.", "held_out": "all", "outcome": "again", "horizon_days": null,
    "censored_left_out": 0, "excluded_left_out": 0, "fingerprint": "f", "seed": 1, "replicates": 100, "reference": "new", "smallest_cell": 10,
    "bins": 10, "margin": 0.05, "pairwise": false},
  "rows": {"n": 100, "cases": 100, "events": 40, "weighted": false,
    "base_rate": {"state": "undefined", "reason": "not computed"}},
  "results": [{"name": "g0", "owner": "o", "reason": {"es": "porque sí", "en": "because"}, "metric": "auc", "group": null,
    "labels": [], "ask": {"kind": "value", "at_least": 0.7, "at_most": null}, "answer": "block", "waived": false,
    "findings": [], "text": {"es": "AUC: bloquea", "en": "AUC: blocks"}}]
}"#;

/// Four examined directions of `new`, of which the rows contradict two.
pub fn with_directions() -> Report {
    let direction = |indicator: &str, declared, per_step: f64| DirectionRecord {
        indicator: indicator.to_owned(),
        declared,
        per_step,
        low: per_step - 0.02,
        high: per_step + 0.02,
    };
    let listed = [
        direction("I01", Polarity::Risk, -0.05),
        direction("I02", Polarity::Protective, 0.06),
        // On the declared side, and on neither side for sure.
        direction("I03", Polarity::Risk, 0.05),
        direction("I04", Polarity::Risk, -0.01),
    ];
    let mut report = report(scored("new", Measures::new(), Vec::new()), None, Vec::new());
    report.directions = vec![VersionDirections::new(
        "new",
        &listed,
        Effects { without_effect: vec!["I01".to_owned()], ..Effects::default() },
    )];
    report
}
