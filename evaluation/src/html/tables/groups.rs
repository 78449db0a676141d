//! The tables of one group column: every label's values with their gaps, and the spread among labels.

use super::{Body, Cell, Row, Table, cell, head, one_body, plain, unknown, version};
use crate::definitions::Metric;
use crate::html::view::{COMPARED, View, compared_key, title_key};
use crate::report::{GroupRow, GroupTable, ScoredReport, split_key};

/// The values of each label with its gap from the reference label, for the group column at an index.
pub(in crate::html) fn group(view: &View<'_>, group: usize) -> Option<Table> {
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let bodies = view.report.scored.iter().filter_map(|one| {
        let table = one.groups.get(group)?;
        let rows = table.rows.iter().map(|row| Row {
            head: row.label.clone(),
            note: (row.label == table.reference)
                .then(|| view.lang.pick("(referencia)", "(reference)").to_owned()),
            cells: [plain(view.numbers.rows(row.n)), plain(view.numbers.rows(row.events))]
                .into_iter()
                .chain(group_metrics().map(|metric| group_cell(view, one, table, row, metric)))
                .collect(),
        });
        Some(Body { heading: Some(format!("{} ({})", one.name, view.kind(one))), rows: rows.collect() })
    });
    let columns = [view.lang.pick("filas", "rows"), view.words.events].map(str::to_owned).into_iter();
    Some(Table {
        id: format!("group-{group}"),
        caption: say!(
            view.lang,
            "{name}: valores y diferencias por versión",
            "{name}: values and gaps by version"
        ),
        stacked: true,
        corner: view.lang.pick("etiqueta", "label"),
        columns: columns
            .chain(group_metrics().map(|metric| view.title(&title_key(view.report, metric))))
            .collect(),
        bodies: bodies.collect(),
    })
}

/// Highest less lowest of each measure in a group column.
pub(in crate::html) fn spreads(view: &View<'_>, group: usize) -> Option<Table> {
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let rows = view.report.scored.iter().filter_map(|one| {
        let table = one.groups.get(group)?;
        let cells = COMPARED.iter().map(|metric| spread_cell(view, one, table, metric)).collect();
        Some(Row { cells, ..head(view, one) })
    });
    Some(Table {
        id: format!("spread-{group}"),
        caption: say!(
            view.lang,
            "{name}: mayor menos menor entre etiquetas; describe, no prueba: nunca es negativa y crece con el ruido",
            "{name}: highest less lowest among labels; it describes and proves nothing: never negative, it grows with noise"
        ),
        stacked: true,
        corner: version(view),
        columns: COMPARED.iter().map(|metric| view.title(&title_key(view.report, metric))).collect(),
        bodies: one_body(rows),
    })
}

fn group_cell(view: &View<'_>, one: &ScoredReport, table: &GroupTable, row: &GroupRow, metric: &str) -> Cell {
    let Some(key) = compared_key(one, metric) else { return unknown(view, "no levels were assigned") };
    let Some(measure) = row.measures.get(&key) else { return unknown(view, "not computed for this group") };
    let mut out = at_level(view, &key, metric, cell(view, &key, measure, false));
    let gap = table.gaps.iter().find(|gap| gap.label == row.label && gap.metric == key);
    if let Some(gap) = gap.filter(|_| measure.value().is_some()) {
        out.gap = Some(Box::new(Cell { verdict: None, ..cell(view, &key, &gap.measure, true) }));
    }
    out
}

fn spread_cell(view: &View<'_>, one: &ScoredReport, table: &GroupTable, metric: &str) -> Cell {
    let Some(key) = compared_key(one, metric) else { return unknown(view, "no levels were assigned") };
    let Some(spread) = table.spreads.iter().find(|spread| spread.metric == key) else {
        return unknown(view, "not compared");
    };
    let mut out = at_level(view, &key, metric, cell(view, &key, &spread.measure, false));
    if spread.measure.value().is_some() {
        // The reason for the missing interval is in the caption; which labels stand apart is what the cell adds.
        out.note = Some(format!("({} \u{2212} {})", spread.highest, spread.lowest));
    }
    out
}

/// Names the level in a cell whose level is not the one in the column's heading.
fn at_level(view: &View<'_>, key: &str, metric: &str, mut cell: Cell) -> Cell {
    let level = split_key(key).1;
    if split_key(&title_key(view.report, metric)).1 != level
        && let Some(level) = level
    {
        let note = cell.note.take().map_or_else(String::new, |note| format!(" {note}"));
        cell.note = Some(format!("@ {level}{note}"));
    }
    cell
}

/// The metrics of the group tables: the observed rate, what the plots compare, and the use of the levels.
fn group_metrics() -> impl Iterator<Item = &'static str> {
    let last = [Metric::EventsInLowest, Metric::Protection, Metric::Overload].map(Metric::name);
    std::iter::once(Metric::BaseRate.name()).chain(COMPARED).chain(last)
}
