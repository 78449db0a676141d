//! What each level does, and how it differs from the reference's.

use amparo_evaluation::definitions::{Definition, Scope};
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{LevelRow, ScoredReport, key, split_key};

use super::overall::difference_cell;
use super::table::{Body, Row, Table, cell, plain, unknown};
use crate::telling::number::Unit;
use crate::telling::view::View;

/// Every difference that belongs to a level; `None` without any.
pub(in crate::html) fn threshold_differences(view: &View<'_>) -> Option<Table> {
    let keys: Vec<&str> =
        view.report.differences.iter().map(|difference| difference.metric.as_str()).collect();
    let levels = levels_of(view, &keys);
    if levels.is_empty() {
        return None;
    }
    let bodies = view.report.scored.iter().filter(|one| !view.is_reference(one)).map(|one| Body {
        heading: Some(one.name.clone()),
        rows: levels
            .iter()
            .map(|level| Row {
                head: view.level(level).to_owned(),
                note: None,
                cells: compared(view)
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
        columns: compared(view).map(|one| heading(view, one)).collect(),
        bodies: bodies.collect(),
    })
}

/// Every measure of every level, exactly at it and from it on; empty without levels.
pub(in crate::html) fn by_level(view: &View<'_>) -> Vec<Table> {
    let with_levels: Vec<&ScoredReport> =
        view.report.scored.iter().filter(|one| !one.levels.is_empty()).collect();
    if with_levels.is_empty() {
        return Vec::new();
    }
    let first = [
        view.lang.pick("desde", "from"),
        view.lang.pick("intensidad", "intensity"),
        view.lang.pick("filas", "rows"),
        view.words.events,
    ];
    let at = view.lang.pick("Cada nivel de cada versión", "Each level of each version");
    let from = view.lang.pick(
        "Cada nivel como umbral: este nivel o superior",
        "Each level as a threshold: this level or above",
    );
    let tables = [("by-level", at, Scope::Level), ("by-threshold", from, Scope::Threshold)];
    let tables = tables.into_iter().map(|(id, caption, scope)| {
        let exact = scope == Scope::Level;
        let own = first.iter().take(if exact { first.len() } else { 0 }).map(|name| (*name).to_owned());
        let rows = |one: &ScoredReport| -> Vec<Row> {
            let levels = one.levels.iter().skip(usize::from(!exact));
            levels.map(|row| level_row(view, one, row, scope)).collect()
        };
        Table {
            id: id.to_owned(),
            caption: caption.to_owned(),
            stacked: true,
            corner: view.lang.pick("nivel", "level"),
            columns: own.chain(metrics(view, scope).map(|one| heading(view, one))).collect(),
            bodies: with_levels
                .iter()
                .map(|one| Body {
                    heading: Some(format!("{} ({})", one.name, view.kind(one))),
                    rows: rows(one),
                })
                .collect(),
        }
    });
    tables.collect()
}

fn level_row(view: &View<'_>, one: &ScoredReport, row: &LevelRow, scope: Scope) -> Row {
    let cut = match row.cut {
        None => view.lang.pick("(el más bajo)", "(lowest)").to_owned(),
        Some(cut) if one.reliability.is_empty() => view.numbers.fixed(cut, 3),
        Some(cut) => view.numbers.value(Unit::Share, cut),
    };
    let first = [
        plain(cut),
        plain(view.numbers.fixed(row.intensity, 2)),
        plain(view.numbers.rows(row.n)),
        plain(view.numbers.rows(row.events)),
    ];
    let own = first.into_iter().take(if scope == Scope::Level { 4 } else { 0 });
    let measures = metrics(view, scope).map(|metric| {
        let measure = one.overall.get(&key(&metric.metric, Some(&row.level)));
        measure.map_or_else(
            || unknown(view, Reason::NotInReport),
            |measure| cell(view, &metric.metric, measure, false),
        )
    });
    Row { head: view.level(&row.level).to_owned(), note: None, cells: own.chain(measures).collect() }
}

/// The metrics of a scope that some version has.
fn metrics<'a>(view: &View<'a>, scope: Scope) -> impl Iterator<Item = &'a Definition> {
    let report = view.report;
    report.definitions.iter().filter(move |one| {
        let is_it = |key: &String| split_key(key).0 == one.metric && split_key(key).1.is_some();
        one.scope == scope && report.scored.iter().any(|scored| scored.overall.keys().any(is_it))
    })
}

/// The metrics whose differences are shown: of two that add up to 1, one says it all; the rates at each level hang on its share.
fn compared<'a>(view: &View<'a>) -> impl Iterator<Item = &'a Definition> {
    let both = [Scope::Level, Scope::Threshold].into_iter().flat_map(|scope| metrics(view, scope));
    both.filter(|one| !matches!(one.metric.as_ref(), "specificity" | "false_negative_rate" | "level_rate"))
}

fn heading(view: &View<'_>, metric: &Definition) -> String {
    view.lang.pick(&metric.title.es, &metric.title.en).to_string() + view.scale(&metric.metric)
}

/// The reference's levels that some key belongs to, from the lowest.
fn levels_of<'a>(view: &View<'a>, keys: &[&str]) -> Vec<&'a str> {
    let levels = view.reference().into_iter().flat_map(|one| &one.levels).map(|row| row.level.as_str());
    levels.filter(|level| keys.iter().any(|key| split_key(key).1 == Some(*level))).collect()
}
