//! A table as data, and the cells that all tables share.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::ScoredReport;
use serde::Serialize;

use crate::telling::number::Unit;
use crate::telling::view::View;

/// A table; `columns` leaves out the first, whose heading is `corner`.
#[derive(Debug, Clone, Serialize)]
pub(in crate::html) struct Table {
    pub(super) id: String,
    pub(super) caption: String,
    pub(super) corner: &'static str,
    /// Whether intervals stand below their values, to save width.
    pub(super) stacked: bool,
    pub(super) columns: Vec<String>,
    pub(super) bodies: Vec<Body>,
}

/// Rows that belong together, under a heading if it has one.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Body {
    pub(super) heading: Option<String>,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) head: String,
    pub(super) note: Option<String>,
    pub(super) cells: Vec<Cell>,
}

/// A cell: value, interval, verdict, and what is to say about them; a difference on a second line.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Cell {
    pub(super) value: String,
    pub(super) interval: Option<String>,
    pub(super) verdict: Option<&'static str>,
    pub(super) note: Option<String>,
    pub(super) unknown: bool,
    pub(super) second: Option<Box<Cell>>,
}

pub(super) fn value_cell(view: &View<'_>, one: &ScoredReport, key: &str) -> Cell {
    one.overall
        .get(key)
        .map_or_else(|| unknown(view, Reason::NotInReport), |measure| cell(view, key, measure, false))
}

/// A measure of a key; `signed` for a difference, which also gets its verdict.
pub(super) fn cell(view: &View<'_>, key: &str, measure: &Measure, signed: bool) -> Cell {
    let verdict = if signed { view.verdict(key, measure) } else { None };
    Cell { verdict, ..unit_cell(view, view.unit(key), measure, signed) }
}

/// A measure in a unit.
pub(super) fn unit_cell(view: &View<'_>, unit: Unit, measure: &Measure, signed: bool) -> Cell {
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

pub(super) fn unknown(view: &View<'_>, reason: Reason) -> Cell {
    Cell { value: view.numbers.not_known(reason), unknown: true, ..Cell::default() }
}

pub(super) fn plain(value: String) -> Cell {
    Cell { value, ..Cell::default() }
}

pub(super) fn dash() -> Cell {
    plain("\u{2013}".to_owned())
}

pub(super) fn head(view: &View<'_>, one: &ScoredReport) -> Row {
    Row { head: one.name.clone(), note: Some(view.kind(one)), cells: Vec::new() }
}

pub(super) fn version(view: &View<'_>) -> &'static str {
    view.lang.pick("versión", "version")
}

pub(super) fn one_body(rows: impl Iterator<Item = Row>) -> Vec<Body> {
    vec![Body { heading: None, rows: rows.collect() }]
}

/// Column headings as they are.
pub(super) fn columns<const N: usize>(names: [&str; N]) -> Vec<String> {
    names.map(str::to_owned).into()
}
