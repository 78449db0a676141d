//! The values of one group column: every label's, with how a version differs from the reference within the label.

use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{GroupRow, ScoredReport, split_key};

use super::table::{Body, Cell, Row, Table, cell, plain, unknown};
use crate::telling::tell;
use crate::telling::view::{COMPARED, View, compared_key, excludes_zero, title_key};

/// The values of each label, for the group column at an index.
pub(in crate::html) fn group(view: &View<'_>, group: usize) -> Option<Table> {
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let bodies = view.told().into_iter().filter_map(|one| {
        let table = one.groups.get(group)?;
        let rows = table.rows.iter().map(|row| Row {
            head: row.label.clone(),
            note: if row.label == table.reference {
                Some(view.lang.pick("(referencia)", "(reference)").to_owned())
            } else {
                let is_unknown = table.unknown.contains(&row.label);
                is_unknown.then(|| view.lang.pick("(sin dato)", "(not recorded)").to_owned())
            },
            cells: [plain(view.numbers.rows(row.n)), plain(view.numbers.rows(row.events))]
                .into_iter()
                .chain(group_metrics().map(|metric| group_cell(view, one, row, metric)))
                .collect(),
        });
        Some(Body { heading: Some(format!("{} ({})", one.name, view.kind(one))), rows: rows.collect() })
    });
    let columns = [view.lang.pick("filas", "rows"), view.words.events].map(str::to_owned).into_iter();
    Some(Table {
        id: format!("group-{group}"),
        caption: tell!(view.lang, "{name}: valores por versión", "{name}: values by version"),
        stacked: true,
        corner: view.lang.pick("etiqueta", "label"),
        columns: columns
            .chain(group_metrics().map(|metric| view.title(&title_key(view.report, metric))))
            .collect(),
        bodies: bodies.collect(),
    })
}

fn group_cell(view: &View<'_>, one: &ScoredReport, row: &GroupRow, metric: &str) -> Cell {
    let Some(key) = compared_key(one, metric) else { return unknown(view, Reason::NoLevels) };
    let Some(measure) = row.measures.get(&key) else { return unknown(view, Reason::NotComputedForGroup) };
    let mut out = at_level(view, &key, metric, cell(view, &key, measure, false));
    // Only what can be told: the others would fill the table with noise, and are in report.csv.
    if let Some(difference) = row.differences.get(&key).filter(|one| excludes_zero(one).is_some()) {
        out.second = Some(Box::new(cell(view, &key, difference, true)));
    }
    out
}

/// Names the level in a cell whose level is not the one in the column's heading.
pub(super) fn at_level(view: &View<'_>, key: &str, metric: &str, mut cell: Cell) -> Cell {
    let level = split_key(key).1;
    if split_key(&title_key(view.report, metric)).1 != level
        && let Some(level) = level
    {
        let note = cell.note.take().map_or_else(String::new, |note| format!(" {note}"));
        cell.note = Some(format!("@ {}{note}", view.level(level)));
    }
    cell
}

/// The metrics of the group tables: the observed rate, what the plots compare, and the use of the levels.
fn group_metrics() -> impl Iterator<Item = &'static str> {
    std::iter::once("base_rate").chain(COMPARED).chain(["events_in_lowest", "protection", "overload"])
}
