//! The columns of a table that bins are found on, as rows; what cannot be read is told with its row and text.

use std::collections::BTreeMap;

use amparo_datasets::{ForeignColumn, ForeignKind, ForeignTable, Numbers, Problem, Problems, number_cases};
use serde::Serialize;

use super::super::DraftPlan;
use super::super::column::Column;
use super::super::outcome::{self, Outcome};
use super::super::{told, words};
use super::counted::Rows;
use super::{BinsPlan, refused, wrong};
use crate::Error;

/// What was read.
pub(super) struct Read<'t> {
    pub rows: Rows,
    pub counts: RowCounts,
    /// The text that says that the outcome happened.
    pub event: &'t str,
    /// The texts that say that it did not.
    pub no_event: Vec<&'t str>,
    /// Texts of the column of numbers that stand for none.
    pub unknown: Vec<&'t str>,
    /// Whether the numbers of the table may be meant in two ways.
    pub ambiguous: bool,
}

/// Which rows of a table counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RowCounts {
    /// Rows that bins were found on: number and outcome are known.
    pub counted: usize,
    /// Those of them in which the outcome happened.
    pub events: usize,
    /// Rows that were not asked for.
    pub not_asked_for: usize,
    /// Rows whose outcome is not known.
    pub without_outcome: usize,
    /// Rows whose outcome is known, and the number is not.
    pub without_number: usize,
}

impl<'t> Read<'t> {
    pub fn of(table: &'t ForeignTable, plan: &BinsPlan<'_>) -> Result<Self, Error> {
        let numbers = told::NumbersTold::of(table, &DraftPlan::default());
        let mut problems = Problems::default();
        let kept = kept(table, plan, &mut problems);
        let values = named(table, "column", plan.column, &mut problems)
            .map(|column| Values::of(column, numbers.numbers, plan.unknown, &kept, &mut problems));
        let outcome = named(table, "outcome", plan.outcome.0, &mut problems)
            .and_then(|column| happened(column, plan, numbers.numbers, &mut problems));
        let weights = match plan.weight {
            None => Some(vec![1.0; table.n_rows]),
            Some(name) => named(table, "weight", name, &mut problems)
                .map(|column| weights(column, numbers.numbers, &kept, &mut problems)),
        };
        let case_ids = plan.case.and_then(|name| named(table, "case", name, &mut problems));
        let ((Some(values), Some((outcome, no_event))), Some(weights)) = ((values, outcome), weights) else {
            return Err(wrong(plan, problems));
        };
        if !problems.0.is_empty() {
            return Err(wrong(plan, problems));
        }
        let mut counts = RowCounts::default();
        let mut counted = Vec::new();
        let mut rows = Rows::default();
        for row in 0..table.n_rows {
            let (event, number) = (outcome.of_rows[row], values.numbers[row]);
            match (kept[row], event, number) {
                (false, ..) => counts.not_asked_for += 1,
                (true, None, _) => counts.without_outcome += 1,
                (true, Some(_), None) => counts.without_number += 1,
                (true, Some(event), Some(number)) => {
                    counted.push(row);
                    rows.numbers.push(number);
                    rows.events.push(event);
                    rows.weights.push(weights[row]);
                }
            }
        }
        rows.cases = match case_ids {
            Some(column) => number_cases(counted.iter().map(|row| column.cells[*row].as_str())).0,
            None => (0..counted.len() as u32).collect(),
        };
        (counts.counted, counts.events) = (rows.len(), rows.n_events());
        let (event, ambiguous) = (outcome.event, numbers.ambiguous);
        Ok(Self { rows, counts, event, no_event, unknown: values.unknown, ambiguous })
    }
}

/// The column of a name, if it can be read as one.
fn named<'t>(
    table: &'t ForeignTable,
    field: &str,
    name: &str,
    problems: &mut Problems,
) -> Option<&'t ForeignColumn> {
    let found: Vec<&ForeignColumn> = table.columns.iter().filter(|column| column.name == name).collect();
    let message = match found[..] {
        [] => {
            let names: Vec<String> =
                table.columns.iter().map(|column| format!("`{}`", column.name)).collect();
            format!("the table has no column `{name}`, expected one of {}", names.join(", "))
        }
        [first, ..] if found.iter().any(|other| other.cells != first.cells) => {
            format!("the header names column `{name}` {} times, with different cells below", found.len())
        }
        [first, ..] => match &first.kind {
            ForeignKind::Unreadable(what) => format!("column `{name}` holds {what}, which cannot be read"),
            _ => return Some(first),
        },
    };
    problems.push(Problem::new(field, message));
    None
}

/// Which rows are asked for.
fn kept(table: &ForeignTable, plan: &BinsPlan<'_>, problems: &mut Problems) -> Vec<bool> {
    let mut texts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    plan.only.iter().for_each(|(name, text)| texts.entry(*name).or_default().push(*text));
    let mut kept = vec![true; table.n_rows];
    for (name, texts) in texts {
        let Some(column) = named(table, "only", name, problems) else { continue };
        for text in texts.iter().filter(|text| column.cells.iter().all(|cell| cell != **text)) {
            let message = format!("column `{name}` never holds `{text}`, by which rows are asked for");
            problems.push(Problem::new("only", message));
        }
        let is_asked_for = column.cells.iter().map(|cell| texts.contains(&cell.as_str()));
        kept.iter_mut().zip(is_asked_for).for_each(|(kept, is_asked_for)| *kept &= is_asked_for);
    }
    kept
}

/// What the outcome was, and the texts that say that it did not happen.
fn happened<'t>(
    column: &'t ForeignColumn,
    plan: &BinsPlan<'_>,
    numbers: Numbers,
    problems: &mut Problems,
) -> Option<(Outcome<'t>, Vec<&'t str>)> {
    let (name, text) = plan.outcome;
    if name == plan.column {
        let message = format!("`{name}` is the column and the outcome, expected two columns");
        problems.push(Problem::new("outcome", message));
        return None;
    }
    let columns = [Column::of(column, numbers, &DraftPlan::default())];
    match outcome::stated(&columns, name, text) {
        Ok(outcome) => {
            let others = columns[0].texts.keys().copied();
            let no_event = others.filter(|text| *text != outcome.event && !words::is_unknown(text)).collect();
            Some((outcome, no_event))
        }
        Err(message) => {
            problems.push(Problem::new("outcome", message));
            None
        }
    }
}

/// Numbers of a typed column are written with a point, whatever the texts of the table do.
fn written_in(column: &ForeignColumn, numbers: Numbers) -> Numbers {
    if column.kind == ForeignKind::Text { numbers } else { Numbers::default() }
}

/// The column of numbers.
struct Values<'t> {
    numbers: Vec<Option<f64>>,
    unknown: Vec<&'t str>,
}

impl<'t> Values<'t> {
    fn of(
        column: &'t ForeignColumn,
        numbers: Numbers,
        stated: &[&str],
        kept: &[bool],
        problems: &mut Problems,
    ) -> Self {
        let numbers = written_in(column, numbers);
        let mut unknown: BTreeMap<&str, ()> = BTreeMap::new();
        // Each text that is no number: its first row, its rows, and what was expected.
        let mut none: BTreeMap<&str, (usize, usize, String)> = BTreeMap::new();
        let mut of_rows = vec![None; column.cells.len()];
        for (row, cell) in column.cells.iter().enumerate().filter(|(row, _)| kept[*row]) {
            let cell = cell.as_str();
            if stated.contains(&cell) || words::is_nothing(cell) {
                unknown.insert(cell, ());
                continue;
            }
            match numbers.read(cell) {
                // Minus zero is zero.
                Ok(number) => of_rows[row] = Some(number + 0.0),
                Err(expected) => none.entry(cell).or_insert((row, 0, expected)).1 += 1,
            }
        }
        let mut none: Vec<_> = none.into_iter().collect();
        none.sort_by_key(|(_, (first, ..))| *first);
        for (text, (first, n, expected)) in none {
            let shown = text.escape_debug();
            let rows = if n == 1 { "1 row".to_owned() } else { format!("{n} rows") };
            let message = format!(
                "column `{}` holds `{shown}` in {rows}, expected {expected}, or that the text is stated to be unknown",
                column.name
            );
            problems.push(Problem::new("column", message).at_row(first + 1));
        }
        for text in stated.iter().filter(|text| !unknown.contains_key(**text)) {
            let message =
                format!("column `{}` never holds `{text}`, which is stated to be unknown", column.name);
            problems.push(Problem::new("unknown", message));
        }
        Self { numbers: of_rows, unknown: unknown.into_keys().collect() }
    }
}

fn weights(column: &ForeignColumn, numbers: Numbers, kept: &[bool], problems: &mut Problems) -> Vec<f64> {
    let numbers = written_in(column, numbers);
    let mut of_rows = vec![1.0; column.cells.len()];
    for (row, cell) in column.cells.iter().enumerate().filter(|(row, _)| kept[*row]) {
        match numbers.read(cell) {
            Ok(weight) if weight > 0.0 => of_rows[row] = weight,
            _ => {
                let shown = cell.escape_debug();
                let message = format!("weight `{}` is `{shown}`, expected a number above 0", column.name);
                problems.push(Problem::new("weight", message).at_row(row + 1));
            }
        }
    }
    of_rows
}

/// Refuses rows on which no two bins can stand.
pub(super) fn check_events(counts: &RowCounts, plan: &BinsPlan<'_>) -> Result<(), Error> {
    let RowCounts { counted, events, .. } = *counts;
    let others = counted - events;
    let outcome = plan.outcome.0;
    if events == 0 || others == 0 {
        let said = format!(
            "outcome `{outcome}` happened in {events} of {counted} rows that count, expected some with and some without it"
        );
        return Err(refused(plan, "outcome", said));
    }
    let needed = 2 * plan.least_events;
    if events < needed || others < needed {
        let said = format!(
            "{events} rows with outcome `{outcome}` and {others} without it are too few for two bins of {} each: {needed} of both are needed",
            plan.least_events
        );
        return Err(refused(plan, "least_events", said));
    }
    Ok(())
}
