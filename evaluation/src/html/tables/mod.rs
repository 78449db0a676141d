//! The tables as data: captions, columns, cells; the template only prints them.

mod curves;
mod gaps;
mod groups;
mod levels;
mod moves;
mod overall;

pub(super) use curves::{decision, reliability};
pub(super) use gaps::{gaps, penalised, spreads};
pub(super) use groups::group;
pub(super) use levels::{by_level, threshold_differences};
pub(super) use moves::{agreement, moved, movers, workload};
pub(super) use overall::{differences, overall};

use serde::Serialize;

use super::number::Unit;
use super::view::View;
use crate::measure::Measure;
use crate::reason::Reason;
use crate::report::ScoredReport;

/// A table; `columns` leaves out the first, whose heading is `corner`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Table {
    id: String,
    caption: String,
    corner: &'static str,
    /// Whether intervals stand below their values, to save width.
    stacked: bool,
    columns: Vec<String>,
    bodies: Vec<Body>,
}

/// Rows that belong together, under a heading if it has one.
#[derive(Debug, Clone, Serialize)]
struct Body {
    heading: Option<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
struct Row {
    head: String,
    note: Option<String>,
    cells: Vec<Cell>,
}

/// A cell: value, interval, verdict, and what is to say about them; a difference on a second line.
#[derive(Debug, Clone, Default, Serialize)]
struct Cell {
    value: String,
    interval: Option<String>,
    verdict: Option<&'static str>,
    note: Option<String>,
    unknown: bool,
    second: Option<Box<Cell>>,
}

fn value_cell(view: &View<'_>, one: &ScoredReport, key: &str) -> Cell {
    one.overall
        .get(key)
        .map_or_else(|| unknown(view, Reason::NotInReport), |measure| cell(view, key, measure, false))
}

/// A measure of a key; `signed` for a difference, which also gets its verdict.
fn cell(view: &View<'_>, key: &str, measure: &Measure, signed: bool) -> Cell {
    let verdict = if signed { view.verdict(key, measure) } else { None };
    Cell { verdict, ..unit_cell(view, view.unit(key), measure, signed) }
}

/// A measure in a unit.
fn unit_cell(view: &View<'_>, unit: Unit, measure: &Measure, signed: bool) -> Cell {
    let Some(value) = measure.value() else {
        return unknown(view, measure.reason().unwrap_or(Reason::NotInReport));
    };
    let (value, interval) = if signed {
        view.numbers.difference(unit, value, measure.interval())
    } else {
        (
            view.numbers.value(unit, value),
            measure.interval().map(|interval| view.numbers.interval(unit, interval)),
        )
    };
    let note = measure.reason().map(|reason| format!("({})", view.numbers.reason(reason)));
    Cell { value, interval, note, ..Cell::default() }
}

fn unknown(view: &View<'_>, reason: Reason) -> Cell {
    Cell { value: view.numbers.not_known(reason), unknown: true, ..Cell::default() }
}

fn plain(value: String) -> Cell {
    Cell { value, ..Cell::default() }
}

fn dash() -> Cell {
    plain("\u{2013}".to_owned())
}

fn head(view: &View<'_>, one: &ScoredReport) -> Row {
    Row { head: one.name.clone(), note: Some(view.kind(one)), cells: Vec::new() }
}

fn version(view: &View<'_>) -> &'static str {
    view.lang.pick("versión", "version")
}

fn one_body(rows: impl Iterator<Item = Row>) -> Vec<Body> {
    vec![Body { heading: None, rows: rows.collect() }]
}

/// Column headings as they are.
fn columns<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).into()
}
