//! ProPublica's published table of COMPAS, to the printed digits.
//!
//! Larson, Mattu, Kirchner and Angwin, How We Analyzed the COMPAS Recidivism Algorithm, ProPublica, 2016: two-year recidivism, "medium or
//! high" (decile 5 or above) against "low". The area is not in the article:
//! sklearn.metrics.roc_auc_score(two_year_recid, decile_score) -> 0.7021662544019724
#![expect(clippy::print_stderr, reason = "tests")]

use amparo_evaluation::evaluate;
use amparo_evaluation::input::{Columns, GroupColumn, Input, Kind, Levels, Scored};
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::Report;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/compas_two_years_deid.csv");

#[test]
fn the_published_table_is_reproduced() {
    let Some(report) = report() else { return };
    let scored = &report.scored[0];
    let race = &scored.groups[0];
    let of = |label: &str, metric: &str| {
        race.rows.iter().find(|row| row.label == label).unwrap().measures[metric].value().unwrap()
    };
    let all = |metric: &str| scored.overall[metric].value().unwrap();
    let printed = |value: f64, digits: usize| format!("{value:.digits$}");

    assert_eq!(printed(100.0 * all("false_positive_rate@high"), 2), "32.35");
    assert_eq!(printed(100.0 * (1.0 - all("recall@high")), 2), "37.40");
    assert_eq!(printed(100.0 * all("events_in_lowest"), 2), "37.40");
    assert_eq!(printed(100.0 * of("African-American", "false_positive_rate@high"), 2), "44.85");
    assert_eq!(printed(100.0 * (1.0 - of("African-American", "recall@high")), 2), "27.99");
    assert_eq!(printed(of("African-American", "ppv@high"), 2), "0.63");
    assert_eq!(printed(100.0 * of("Caucasian", "false_positive_rate@high"), 2), "23.45");
    assert_eq!(printed(100.0 * (1.0 - of("Caucasian", "recall@high")), 2), "47.72");
    assert_eq!(printed(of("Caucasian", "ppv@high"), 2), "0.59");
    assert_eq!(printed(all("auc"), 4), "0.7022");
    // A wrong answer would fail: the groups' numbers differ from each other and from the whole.
    assert_ne!(printed(100.0 * of("Caucasian", "false_positive_rate@high"), 2), "32.35");
}

#[test]
fn the_gap_is_signed_and_excludes_equality() {
    let Some(report) = report() else { return };
    let race = &report.scored[0].groups[0];
    assert_eq!(race.reference, "African-American", "the largest label");
    let gap = race
        .gaps
        .iter()
        .find(|gap| gap.label == "Caucasian" && gap.metric == "false_positive_rate@high")
        .unwrap();
    assert!((gap.measure.value().unwrap() - (0.2345 - 0.4485)).abs() <= 1e-4);
    let (low, high) = gap.measure.interval().unwrap();
    assert!(low < high && high < 0.0, "{low} {high}");
    // Few Native Americans and Asians in the file: their cells are kept, and say why they are empty.
    let small = race.rows.iter().find(|row| row.label == "Asian").unwrap();
    let reason = small.measures["auc"].reason();
    assert!(matches!(reason, Some(Reason::Suppressed { fewer_than: 10, .. })), "{small:?}");
    assert_eq!(report.scored[0].overall["brier"].reason(), Some(Reason::NotAProbability));
}

fn report() -> Option<Report> {
    let text = match std::fs::read_to_string(FILE) {
        Ok(text) => text,
        Err(error) if std::env::var("AMPARO_REAL_DATA").is_ok_and(|v| v == "required") => {
            panic!("{FILE}: {error}")
        }
        Err(_) => {
            eprintln!("skipped: {FILE} is absent");
            return None;
        }
    };
    let mut lines = text.lines().map(fields);
    let header = lines.next().unwrap();
    let at = |name: &str| header.iter().position(|field| field == name).unwrap();
    let (race, decile, recid) = (at("race"), at("decile_score"), at("two_year_recid"));
    let rows: Vec<Vec<String>> = lines.collect();
    assert_eq!(rows.len(), 7214);
    let mut labels: Vec<String> = rows.iter().map(|row| row[race].clone()).collect();
    labels.sort();
    labels.dedup();
    let codes =
        rows.iter().map(|row| labels.iter().position(|label| *label == row[race]).unwrap() as u16).collect();
    let score: Vec<f64> = rows.iter().map(|row| row[decile].parse().unwrap()).collect();
    let input = Input::new(Columns {
        y: rows.iter().map(|row| row[recid] == "1").collect(),
        weight: vec![1.0; rows.len()],
        cluster: (0..rows.len() as u32).collect(),
        groups: vec![GroupColumn { name: "race".into(), labels, codes, ..GroupColumn::default() }],
        ..Columns::default()
    })
    .unwrap();
    let compas = Scored {
        name: "compas".into(),
        kind: Kind::Foreign,
        levels: Some(Levels {
            ids: vec!["low".into(), "high".into()],
            codes: score.iter().map(|decile| u8::from(*decile >= 5.0)).collect(),
            cuts: vec![5.0],
            intensity: None,
            reassess_days: None,
            labels: None,
        }),
        score,
        probability: None,
        survival: None,
    };
    Some(evaluate(&input, &[compas], crate::common::context("compas", 100), &|_| ()).unwrap())
}

/// The fields of a line of CSV; quoted fields may hold commas.
fn fields(line: &str) -> Vec<String> {
    let mut quoted = false;
    let mut out = vec![String::new()];
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => out.push(String::new()),
            _ => out.last_mut().unwrap().push(c),
        }
    }
    out
}
