#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use amparo_evaluation::report::GroupRow;
use serde_json::Value;

use super::{COLUMNS, csv};
use crate::made_up::REPORT;

/// What a measure is in either file.
type Told = Vec<String>;

#[test]
fn every_number_of_the_report_is_in_the_table_and_the_reverse() {
    let report = REPORT.clone();
    let json = serde_json::to_value(&report).unwrap();
    let table = read(&csv(&report));
    let (mut in_json, mut numbers) = (Vec::new(), BTreeSet::new());
    collect(&json, &mut in_json, &mut numbers);
    let at = |row: &[String], column: &str| row[COLUMNS.iter().position(|c| *c == column).unwrap()].clone();
    // Measures one by one: as many, and the same.
    let mut in_table: Vec<Told> = table[1..]
        .iter()
        .filter(|row| !at(row, "state").is_empty())
        .map(|row| {
            // A bin keeps its rows also where its rate is undefined.
            let is_bare = at(row, "state") == "undefined";
            let columns = ["state", "value", "low", "high", "n", "events"];
            columns.map(|c| if is_bare && c == "n" { String::new() } else { canonical(&at(row, c)) }).to_vec()
        })
        .collect();
    in_json.sort();
    in_table.sort();
    assert!(in_json.len() > 5_000, "{}", in_json.len());
    assert_eq!(in_json.len(), in_table.len());
    let differ = in_json.iter().zip(&in_table).find(|(json, table)| json != table);
    assert_eq!(differ, None);
    // All numbers as a set: nothing is lost, nothing is invented.
    let found: BTreeSet<String> = table[1..]
        .iter()
        .flat_map(|row| row.iter().enumerate().filter(|(at, _)| IS_NUMBER.contains(&COLUMNS[*at])))
        .map(|(_, cell)| canonical(cell.trim_start_matches('<')))
        .filter(|cell| !cell.is_empty())
        .collect();
    assert_eq!(numbers, found);
    // A wrong answer would fail: one changed digit is in neither.
    assert!(!found.contains(&canonical("0.123456789")));
}

#[test]
fn lines_are_as_long_as_the_header_and_texts_survive() {
    let mut report = REPORT.clone();
    let hostile = "a \"quoted\", name\r\nin two lines";
    report.scored[0].groups[0].rows[0].label = hostile.to_owned();
    let table = read(&csv(&report));
    assert_eq!(table[0], COLUMNS);
    assert!(table.iter().all(|row| row.len() == COLUMNS.len()));
    assert!(table.iter().any(|row| row.iter().any(|cell| cell == hostile)));
    assert!(!csv(&report).contains("NaN"));
}

#[test]
fn a_formula_in_a_label_is_a_text() {
    let formulas = [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1+1",
        "-inf",
        "=cmd|' /C calc'!A0",
        "'=1",
        "=\"a\",1",
    ];
    let others = ["black", "", "-1", "-0.5e-3", "1=1", "a@b", "under 25", "<10", "ñ"];
    let mut report = REPORT.clone();
    let rows = &mut report.scored[0].groups[0].rows;
    let row = rows[0].clone();
    *rows = formulas
        .iter()
        .chain(&others)
        .map(|label| GroupRow { label: (*label).to_owned(), ..row.clone() })
        .collect();
    let table = read(&csv(&report));
    let cells: BTreeSet<&str> = table.iter().flatten().map(String::as_str).collect();
    for formula in formulas {
        assert!(cells.contains(format!("'{formula}").as_str()) && !cells.contains(formula), "{formula:?}");
    }
    others.iter().for_each(|other| assert!(cells.contains(other), "{other:?}"));
    // Nothing in the whole table is left to a spreadsheet, and every number is still one.
    let first = |cell: &&&str| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let computed = cells.iter().filter(first).filter(|cell| cell.parse::<f64>().is_err());
    assert_eq!(computed.count(), 0);
    assert!(cells.iter().any(|cell| cell.starts_with('-')));
    // One apostrophe from the front gives back what was there, an apostrophe too.
    let back = cells.iter().filter_map(|cell| cell.strip_prefix('\''));
    assert_eq!(back.collect::<BTreeSet<_>>(), BTreeSet::from(formulas));
}

const IS_NUMBER: [&str; 11] = [
    "at",
    "from",
    "to",
    "value",
    "low",
    "high",
    "simultaneous_low",
    "simultaneous_high",
    "n",
    "events",
    "detectable",
];

/// A number in one way of writing, or any other text as it is.
fn canonical(text: &str) -> String {
    text.parse::<f64>().map_or_else(|_| text.to_owned(), |value| format!("{value:?}"))
}

/// Measures and numbers of a JSON value.
fn collect(value: &Value, measures: &mut Vec<Told>, numbers: &mut BTreeSet<String>) {
    match value {
        Value::Number(number) => {
            numbers.insert(canonical(&number.to_string()));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, measures, numbers)),
        Value::Object(fields) => {
            if let Some(state) = fields.get("state") {
                let cell = |name: &str| match fields.get(name) {
                    Some(Value::Number(number)) => canonical(&number.to_string()),
                    _ => String::new(),
                };
                let state = state.as_str().unwrap().to_owned();
                let rest = ["value", "low", "high", "n", "events"].map(cell);
                measures.push(std::iter::once(state).chain(rest).collect());
            }
            fields.values().for_each(|field| collect(field, measures, numbers));
        }
        _ => {}
    }
}

/// An independent reader of RFC 4180.
fn read(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quoted, c) {
            (true, '"') if chars.peek() == Some(&'"') => cell.extend(chars.next()),
            (_, '"') => quoted = !quoted,
            (false, ',') => row.push(std::mem::take(&mut cell)),
            (false, '\r') => {}
            (false, '\n') => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (_, c) => cell.push(c),
        }
    }
    rows
}
