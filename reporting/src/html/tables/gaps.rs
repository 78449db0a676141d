//! How unequal the labels of one group column are: gaps with their verdicts, spreads, penalised accuracy.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::{
    Equivalence, Gap, GroupTable, LeftOut, MaxMinDifference, ScoredReport, key, split_key,
};

use super::table::{
    Body, Cell, Row, Table, cell, columns, dash, head, one_body, plain, unit_cell, unknown, version,
};
use crate::html::plots::{detectable, verdict};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::{COMPARED, View, compared_key, excludes_zero, is_complement, stands_apart};

/// The gaps of a group column, for the versions told in words: those that plots compare, then any other that stands apart.
pub(in crate::html) fn gaps(view: &View<'_>, group: usize) -> Option<Table> {
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let bodies: Vec<Body> = view
        .told()
        .into_iter()
        .filter_map(|one| {
            let table = one.groups.get(group)?;
            let rows =
                chosen(one, table).into_iter().map(|gap| gap_row(view, &table.reference, gap)).collect();
            Some(Body { heading: Some(format!("{} ({})", one.name, view.kind(one))), rows })
        })
        .collect();
    let reference = &view.report.context.reference;
    Some(Table {
        id: format!("gaps-{group}"),
        caption: tell!(
            view.lang,
            "{name}: diferencias respecto a la etiqueta de referencia, o a la que se indica",
            "{name}: differences from the reference label, or from the one that is named"
        ),
        stacked: true,
        corner: view.lang.pick("etiqueta: medida", "label: measure"),
        columns: vec![
            view.lang.pick("diferencia", "difference").to_owned(),
            view.lang.pick("intervalo simultáneo", "simultaneous interval").to_owned(),
            view.lang.pick("veredicto", "verdict").to_owned(),
            view.lang.pick("menor diferencia detectable", "smallest detectable difference").to_owned(),
            view.lang.pick("cociente", "ratio").to_owned(),
            tell!(view.lang, "cambio respecto a {reference}", "change from {reference}"),
        ],
        bodies,
    })
}

/// The gaps told one by one.
fn chosen<'a>(one: &ScoredReport, table: &'a GroupTable) -> Vec<&'a Gap> {
    let keys: Vec<String> = COMPARED.iter().filter_map(|metric| compared_key(one, metric)).collect();
    let is_compared = |gap: &&Gap| keys.contains(&gap.metric);
    let told = |gap: &&Gap| {
        (stands_apart(gap) || gap.equivalence == Some(Equivalence::Present)) && !is_complement(&gap.metric)
    };
    let compared = table.gaps.iter().filter(is_compared);
    let others = table.gaps.iter().filter(|gap| !is_compared(gap) && gap.simultaneous.is_some() && told(gap));
    compared.chain(others).collect()
}

fn gap_row(view: &View<'_>, reference: &str, gap: &Gap) -> Row {
    let unit = view.unit(&gap.metric);
    let known = gap.measure.value().is_some();
    let or_dash = |text: Option<String>| text.map_or_else(dash, plain);
    let change = match &gap.change {
        Some(change) => Cell {
            verdict: excludes_zero(change).map(|_| view.lang.pick("cambia", "changes")),
            ..unit_cell(view, unit, change, true)
        },
        None => dash(),
    };
    Row {
        head: if gap.against == reference {
            format!("{}: {}", gap.label, view.title(&gap.metric))
        } else {
            let (label, against, title) = (&gap.label, &gap.against, view.title(&gap.metric));
            tell!(view.lang, "{label} menos {against}: {title}", "{label} minus {against}: {title}")
        },
        note: None,
        cells: vec![
            Cell { verdict: None, ..cell(view, &gap.metric, &gap.measure, true) },
            or_dash(view.simultaneous(gap)),
            if known { plain(verdict(view, gap)) } else { dash() },
            or_dash(detectable(view, gap)),
            if known { unit_cell(view, Unit::Decimal, &gap.ratio, false) } else { dash() },
            if known { change } else { dash() },
        ],
    }
}

/// Highest less lowest of each measure compared in a group column, and equalised odds.
pub(in crate::html) fn spreads(view: &View<'_>, group: usize) -> Option<Table> {
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let bodies = view.told().into_iter().filter_map(|one| {
        let table = one.groups.get(group)?;
        let keys: Vec<String> = COMPARED.iter().filter_map(|metric| compared_key(one, metric)).collect();
        let shown = table.max_min_differences.iter().filter(|spread| {
            keys.contains(&spread.metric) || split_key(&spread.metric).0 == "equalised_odds"
        });
        let rows = shown.map(|spread| spread_row(view, spread)).collect();
        Some(Body { heading: Some(format!("{} ({})", one.name, view.kind(one))), rows })
    });
    Some(Table {
        id: format!("spread-{group}"),
        caption: tell!(
            view.lang,
            "{name}: diferencia máxima-mínima entre etiquetas",
            "{name}: max-min difference between labels"
        ),
        stacked: false,
        corner: view.lang.pick("medida", "measure"),
        columns: columns([
            view.lang.pick("diferencia máxima-mínima", "max-min difference"),
            view.lang.pick("cociente mínimo-máximo", "min-max ratio"),
            view.lang.pick("etiqueta con el máximo", "label with the maximum"),
            view.lang.pick("etiqueta con el mínimo", "label with the minimum"),
            view.lang.pick("etiqueta con el peor valor", "label with the worst value"),
            view.lang.pick("etiquetas que no entran", "labels left out"),
        ]),
        bodies: bodies.filter(|body| !body.rows.is_empty()).collect(),
    })
    .filter(|table| !table.bodies.is_empty())
}

fn spread_row(view: &View<'_>, spread: &MaxMinDifference) -> Row {
    let label = |label: &str| if label.is_empty() { dash() } else { plain(label.to_owned()) };
    Row {
        head: view.title(&spread.metric),
        note: None,
        cells: vec![
            distance(view, spread),
            unit_cell(view, Unit::Decimal, &spread.ratio, false),
            label(&spread.highest),
            label(&spread.lowest),
            label(&spread.worst),
            label(&left_out(view, spread)),
        ],
    }
}

/// The labels that a spread leaves out, each with the reason.
fn left_out(view: &View<'_>, spread: &MaxMinDifference) -> String {
    let one = |left: &LeftOut| format!("{} ({})", left.label, view.numbers.reason(left.reason));
    spread.left_out.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// A spread in its unit: of shares, percentage points.
fn distance(view: &View<'_>, spread: &MaxMinDifference) -> Cell {
    let cell = unit_cell(view, view.unit(&spread.metric), &spread.measure, true);
    Cell { value: cell.value.replace('+', ""), ..cell }
}

/// Accuracy penalised for unequal false-positive rates, at each level; `None` without any.
pub(in crate::html) fn penalised(view: &View<'_>, group: usize) -> Option<Table> {
    let mut keys: Vec<&str> = Vec::new();
    for key in view
        .report
        .scored
        .iter()
        .filter_map(|one| one.groups.get(group))
        .flat_map(|table| table.penalised.keys())
    {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
    let name = &view.report.scored.iter().find_map(|one| one.groups.get(group))?.group;
    let rows = view.report.scored.iter().filter_map(|one| {
        let table = one.groups.get(group)?;
        let cells = keys.iter().map(|key| match table.penalised.get(*key) {
            Some(measure) => penalised_cell(view, table, key, measure),
            None => unknown(view, Reason::NoLevels),
        });
        Some(Row { cells: cells.collect(), ..head(view, one) })
    });
    (!keys.is_empty()).then(|| Table {
        id: format!("penalised-{group}"),
        caption: tell!(
            view.lang,
            "{name}: exactitud penalizada por la desigualdad de falsos positivos (NIJ)",
            "{name}: accuracy penalised for unequal false-positive rates (NIJ)"
        ),
        stacked: false,
        corner: version(view),
        columns: keys.iter().map(|key| view.title(key)).collect(),
        bodies: one_body(rows),
    })
}

/// Penalised accuracy at a level, with the labels whose false-positive rate does not enter it.
fn penalised_cell(view: &View<'_>, table: &GroupTable, of: &str, measure: &Measure) -> Cell {
    let cell = unit_cell(view, Unit::Decimal, measure, false);
    let rate = key("false_positive_rate", split_key(of).1);
    let spread = table.max_min_differences.iter().find(|spread| spread.metric == rate);
    let labels = spread.map(|spread| left_out(view, spread)).filter(|labels| !labels.is_empty());
    let without = labels.map(|labels| tell!(view.lang, "sin: {labels}", "without: {labels}"));
    let notes: Vec<String> = cell.note.clone().into_iter().chain(without).collect();
    Cell { note: (!notes.is_empty()).then(|| notes.join(" ")), ..cell }
}
