//! What each level does, and how it differs from the reference's.

use super::overall::difference_cell;
use super::{Body, Row, Table, cell, plain, unknown};
use crate::definitions::{Definition, Scope};
use crate::html::view::View;
use crate::report::{LevelRow, ScoredReport, key, split_key};

/// Every difference that belongs to a level; `None` without any.
pub(in crate::html) fn threshold_differences(view: &View<'_>) -> Option<Table> {
    let keys: Vec<&str> = view.report.differences.iter().map(|difference| difference.metric.as_str()).collect();
    let levels = levels_of(view, &keys);
    if levels.is_empty() {
        return None;
    }
    let bodies = view.report.scored.iter().filter(|one| !view.is_reference(one)).map(|one| Body {
        heading: Some(one.name.clone()),
        rows: levels
            .iter()
            .map(|level| Row {
                head: (*level).to_owned(),
                note: None,
                cells: metrics(view)
                    .map(|metric| {
                        let key = key(&metric.metric, Some(level));
                        difference_cell(view, one, &key, !keys.contains(&key.as_str()))
                    })
                    .collect(),
            })
            .collect(),
    });
    Some(Table {
        id: "difference-level".to_owned(),
        caption: view.words.threshold_differences.to_owned(),
        stacked: true,
        corner: view.lang.pick("nivel", "level"),
        columns: headings(view).collect(),
        bodies: bodies.collect(),
    })
}

/// Every measure of every level; `None` without levels.
pub(in crate::html) fn by_level(view: &View<'_>) -> Option<Table> {
    let with_levels: Vec<&ScoredReport> =
        view.report.scored.iter().filter(|one| !one.levels.is_empty()).collect();
    if with_levels.is_empty() {
        return None;
    }
    let first = [
        view.lang.pick("desde", "from"),
        view.lang.pick("intensidad", "intensity"),
        view.lang.pick("filas", "rows"),
        view.words.events,
    ];
    Some(Table {
        id: "by-level".to_owned(),
        caption: view.lang.pick("Cada nivel de cada versión", "Every level of every version").to_owned(),
        stacked: true,
        corner: view.lang.pick("nivel", "level"),
        columns: first.map(str::to_owned).into_iter().chain(headings(view)).collect(),
        bodies: with_levels
            .iter()
            .map(|one| Body {
                heading: Some(format!("{} ({})", one.name, view.kind(one))),
                rows: one.levels.iter().enumerate().map(|(at, row)| level_row(view, one, at, row)).collect(),
            })
            .collect(),
    })
}

fn level_row(view: &View<'_>, one: &ScoredReport, at: usize, row: &LevelRow) -> Row {
    let cut = match row.cut {
        None => view.lang.pick("(el más bajo)", "(lowest)").to_owned(),
        Some(cut) if one.reliability.is_empty() => view.numbers.fixed(cut, 3),
        Some(cut) => view.numbers.value(crate::html::number::Unit::Share, cut),
    };
    let first = [
        plain(cut),
        plain(view.numbers.fixed(row.intensity, 2)),
        plain(view.numbers.rows(row.n)),
        plain(view.numbers.rows(row.events)),
    ];
    let measures = metrics(view).map(|metric| {
        match (one.overall.get(&key(&metric.metric, Some(&row.level))), at) {
            (None, 0) => plain(view.lang.pick("todos los niveles", "all levels").to_owned()),
            (Some(measure), _) => cell(view, &metric.metric, measure, false),
            (None, _) => unknown(view, "not in the report"),
        }
    });
    Row { head: row.level.clone(), note: None, cells: first.into_iter().chain(measures).collect() }
}

/// The metrics that belong to a level and that some version has: exact levels first, then thresholds.
fn metrics<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Definition> {
    let report = view.report;
    [Scope::Level, Scope::Threshold].into_iter().flat_map(move |scope| {
        report.definitions.iter().filter(move |one| {
            let is_it = |key: &String| split_key(key).0 == one.metric && split_key(key).1.is_some();
            one.scope == scope && report.scored.iter().any(|scored| scored.overall.keys().any(is_it))
        })
    })
}

/// Column headings of [`metrics`].
fn headings(view: &View<'_>) -> impl Iterator<Item = String> {
    metrics(view).map(|one| view.lang.pick(&one.title.es, &one.title.en).to_string())
}

/// The reference's levels that some key belongs to, from the lowest.
fn levels_of<'a>(view: &View<'a>, keys: &[&str]) -> Vec<&'a str> {
    let levels = view.reference().into_iter().flat_map(|one| &one.levels).map(|row| row.level.as_str());
    levels.filter(|level| keys.iter().any(|key| split_key(key).1 == Some(*level))).collect()
}
