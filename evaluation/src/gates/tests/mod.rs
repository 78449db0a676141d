#![expect(clippy::unwrap_used, reason = "tests")]

mod files;
mod gaps;
mod values;
mod verdicts;

use std::collections::BTreeMap;

use super::{Answer, Ask, Finding, Gates, Verdict, Waivers};
use crate::input::Kind;
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::{
    Band, Context, Difference, FORMAT, Gap, GroupRow, GroupTable, HeldOut, Measures, ReferenceBy, Report,
    Rows, ScoredReport,
};
use crate::telling::{self, Lang};

const AT: (&str, &str) = ("2026-03-02T08:00:00Z", "test");

/// A value with its interval, on 100 rows of which 40 have the event.
fn value(value: f64, low: f64, high: f64) -> Measure {
    Measure::Value { value, low, high, n: 100, events: 40 }
}

fn few() -> Measure {
    Measure::undefined(Reason::suppressed(10, SmallCell::Events))
}

fn one(key: &str, measure: Measure) -> Measures {
    BTreeMap::from([(key.to_owned(), measure)])
}

fn row(label: &str, measures: Measures, differences: Measures) -> GroupRow {
    GroupRow {
        label: label.to_owned(),
        n: Count::Exact(100),
        events: Count::Exact(40),
        measures,
        differences,
    }
}

/// The gap of a label against label `a`, with a simultaneous interval as wide as its own.
fn gap(label: &str, metric: &str, measure: Measure, change: Option<Measure>) -> Gap {
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
fn table(group: &str, labels: &[&str], gaps: Vec<Gap>) -> GroupTable {
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

fn scored(name: &str, overall: Measures, groups: Vec<GroupTable>) -> ScoredReport {
    ScoredReport {
        name: name.to_owned(),
        kind: Kind::Version { digest: format!("digest of {name}"), family: "points".into(), dial: None },
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
fn report(new: ScoredReport, old: Option<ScoredReport>, differences: Vec<(&str, Measure)>) -> Report {
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
        agreement: Vec::new(),
        directions: Vec::new(),
        definitions: Vec::new(),
        context,
    }
}

const HEAD: &str = "format = 1\nid = \"g\"\ntitle = { es = \"t\", en = \"t\" }\nowner = \"o\"\n";

/// Gates named `g0`, `g1`, ... of which each is the rest of its table.
fn gates(rest: &[&str]) -> Gates {
    Gates::from_toml(&written(rest)).unwrap_or_else(|e| panic!("{e}"))
}

fn written(rest: &[&str]) -> String {
    let gate = |(at, rest): (usize, &&str)| {
        format!("[[gate]]\nname = \"g{at}\"\nreason = {{ es = \"r\", en = \"r\" }}\n{rest}\n")
    };
    HEAD.to_owned() + &rest.iter().enumerate().map(gate).collect::<String>()
}

fn judged(report: &Report, gates: &Gates, waivers: &Waivers) -> Verdict {
    Verdict::new(report, "new", gates, waivers, AT).unwrap()
}

/// What one gate comes to, with the numbers behind it.
fn answered(report: &Report, rest: &str) -> (Answer, Vec<Finding>) {
    let verdict = judged(report, &gates(&[rest]), &Waivers::default());
    let gate = verdict.results.into_iter().next().unwrap();
    (gate.answer, gate.findings)
}

/// A finding in words, as a gate of any kind but `change` tells it.
fn words(finding: &Finding, lang: Lang) -> String {
    telling::finding(finding, Ask::Gap { margin: 0.1 }, lang)
}

fn answer(report: &Report, rest: &str) -> Answer {
    answered(report, rest).0
}
