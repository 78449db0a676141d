//! The tables as data: captions, columns, cells; the template only prints them.

use serde::Serialize;

use super::number::Unit;
use super::view::{COMPARED, View, compared_key, title_key};
use crate::definitions::{Metric, Scope};
use crate::measure::Measure;
use crate::report::{GroupRow, GroupTable, LevelRow, ScoredReport, key, split_key};

/// Metrics of all rows, one table each; what the versions share (the observed rate, the ceiling) is told once.
const THEMES: [(&str, &str, &str, &[Metric]); 3] = [
    (
        "ranking",
        "Orden y error",
        "Ranking and error",
        &[Metric::Auc, Metric::OracleAuc, Metric::Brier, Metric::LogLoss, Metric::MeanScore],
    ),
    (
        "calibration",
        "Calibración",
        "Calibration",
        &[
            Metric::ObservedExpected,
            Metric::CalibrationSlope,
            Metric::CalibrationIntercept,
            Metric::BaseRate,
            Metric::MeanProbability,
            Metric::ProbabilityError,
        ],
    ),
    (
        "use",
        "Uso de los niveles",
        "Use of the levels",
        &[Metric::Protection, Metric::Overload, Metric::EventsInLowest],
    ),
];

/// A table; `columns` leaves out the first, whose heading is `corner`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Table {
    id: String,
    caption: String,
    corner: &'static str,
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

/// A cell: value, interval, verdict, and what is to say about them; a gap on a second line.
#[derive(Debug, Clone, Default, Serialize)]
struct Cell {
    value: String,
    interval: Option<String>,
    verdict: Option<&'static str>,
    note: Option<String>,
    unknown: bool,
    gap: Option<Box<Cell>>,
}

/// Every whole-row measure, with n and events.
pub(super) fn overall(view: &View<'_>) -> Vec<Table> {
    let report = view.report;
    THEMES
        .iter()
        .map(|(id, es, en, metrics)| Table {
            id: format!("overall-{id}"),
            caption: view.lang.pick(es, en).to_string(),
            corner: version(view),
            columns: [view.lang.pick("filas", "rows"), view.words.events]
                .map(str::to_owned)
                .into_iter()
                .chain(metrics.iter().map(|metric| view.title(metric.name())))
                .collect(),
            bodies: one_body(report.scored.iter().map(|one| {
                Row {
                    cells: [
                        plain(view.numbers.count(report.rows.n)),
                        plain(view.numbers.count(report.rows.events)),
                    ]
                    .into_iter()
                    .chain(metrics.iter().map(|metric| value_cell(view, one, metric.name())))
                    .collect(),
                    ..head(view, one)
                }
            })),
        })
        .collect()
}

/// Every whole-row difference from the reference.
pub(super) fn differences(view: &View<'_>) -> Vec<Table> {
    let has = |metric: &str| view.report.differences.iter().any(|difference| difference.metric == metric);
    THEMES
        .iter()
        .filter_map(|(id, es, en, metrics)| {
            let keys: Vec<String> =
                metrics.iter().map(|metric| metric.name().to_owned()).filter(|metric| has(metric)).collect();
            let caption = view.lang.pick(es, en).to_string();
            (!keys.is_empty()).then(|| difference_table(view, format!("difference-{id}"), caption, &keys))
        })
        .collect()
}

/// Every difference that belongs to a level; `None` without any.
pub(super) fn threshold_differences(view: &View<'_>) -> Option<Table> {
    let mut keys: Vec<String> = Vec::new();
    for metric in Metric::ALL.iter().filter(|metric| metric.scope() != Scope::Whole) {
        for difference in &view.report.differences {
            if split_key(&difference.metric).0 == metric.name() && !keys.contains(&difference.metric) {
                keys.push(difference.metric.clone());
            }
        }
    }
    if keys.is_empty() {
        return None;
    }
    let others: Vec<&ScoredReport> =
        view.report.scored.iter().filter(|one| !view.is_reference(one)).collect();
    let bodies = others.iter().map(|one| Body {
        heading: Some(one.name.clone()),
        rows: levels_of(&keys)
            .iter()
            .map(|level| Row {
                head: level.clone(),
                note: None,
                cells: level_metrics()
                    .map(|metric| difference_cell(view, one, &key(metric, Some(level)), &keys))
                    .collect(),
            })
            .collect(),
    });
    Some(Table {
        id: "difference-level".to_owned(),
        caption: view.words.threshold_differences.to_owned(),
        corner: view.lang.pick("nivel", "level"),
        columns: level_columns(view).collect(),
        bodies: bodies.collect(),
    })
}

/// Every measure of every level; `None` without levels.
pub(super) fn by_level(view: &View<'_>) -> Option<Table> {
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
        corner: view.lang.pick("nivel", "level"),
        columns: first.map(str::to_owned).into_iter().chain(level_columns(view)).collect(),
        bodies: with_levels
            .iter()
            .map(|one| Body {
                heading: Some(format!("{} ({})", one.name, view.kind(one))),
                rows: one.levels.iter().enumerate().map(|(at, row)| level_row(view, one, at, row)).collect(),
            })
            .collect(),
    })
}

/// The bins behind the reliability diagrams; `None` without any.
pub(super) fn reliability(view: &View<'_>) -> Option<Table> {
    let bodies: Vec<Body> = view
        .report
        .scored
        .iter()
        .filter(|one| !one.reliability.is_empty())
        .map(|one| Body {
            heading: Some(one.name.clone()),
            rows: one
                .reliability
                .iter()
                .map(|bin| Row {
                    head: format!(
                        "{} \u{2013} {}",
                        view.numbers.value(Unit::Share, bin.from),
                        view.numbers.value(Unit::Share, bin.to)
                    ),
                    note: None,
                    cells: vec![
                        plain(view.numbers.count(bin.n)),
                        plain(view.numbers.value(Unit::Share, bin.mean_probability)),
                        cell(view, "base_rate", &bin.observed, false),
                    ],
                })
                .collect(),
        })
        .collect();
    let columns = [
        view.lang.pick("filas", "rows"),
        view.lang.pick("probabilidad media", "mean probability"),
        view.lang.pick("observado", "observed"),
    ];
    (!bodies.is_empty()).then(|| Table {
        id: "reliability".to_owned(),
        caption: view.words.reliability_table.to_owned(),
        corner: view.lang.pick("probabilidades", "probabilities"),
        columns: columns.map(str::to_owned).into(),
        bodies,
    })
}

/// The values of each label with its gap from the reference label, for the group column at an index.
pub(super) fn group(view: &View<'_>, group: usize) -> Option<Table> {
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
        corner: view.lang.pick("etiqueta", "label"),
        columns: columns
            .chain(group_metrics().map(|metric| view.title(&title_key(view.report, metric))))
            .collect(),
        bodies: bodies.collect(),
    })
}

/// Highest less lowest of each measure in a group column.
pub(super) fn spreads(view: &View<'_>, group: usize) -> Option<Table> {
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
        corner: version(view),
        columns: COMPARED.iter().map(|metric| view.title(&title_key(view.report, metric))).collect(),
        bodies: one_body(rows),
    })
}

fn level_row(view: &View<'_>, one: &ScoredReport, at: usize, row: &LevelRow) -> Row {
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
    let measures =
        level_metrics().map(|metric| match (one.overall.get(&key(metric, Some(&row.level))), at) {
            (None, 0) => plain(view.lang.pick("todos los niveles", "all levels").to_owned()),
            (Some(measure), _) => cell(view, metric, measure, false),
            (None, _) => unknown(view, "not in the report"),
        });
    Row { head: row.level.clone(), note: None, cells: first.into_iter().chain(measures).collect() }
}

fn difference_table(view: &View<'_>, id: String, caption: String, keys: &[String]) -> Table {
    let others = view.report.scored.iter().filter(|one| !view.is_reference(one));
    Table {
        id,
        caption,
        corner: version(view),
        columns: keys.iter().map(|key| view.title(key)).collect(),
        bodies: one_body(others.map(|one| Row {
            cells: keys.iter().map(|key| difference_cell(view, one, key, keys)).collect(),
            ..head(view, one)
        })),
    }
}

fn difference_cell(view: &View<'_>, one: &ScoredReport, key: &str, known: &[String]) -> Cell {
    match view.report.difference(&one.name, key) {
        Some(measure) => cell(view, key, measure, true),
        None if known.iter().any(|other| other == key) => unknown(view, "it has no such level"),
        None => plain("\u{2013}".to_owned()),
    }
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

fn level_metrics() -> impl Iterator<Item = &'static str> {
    [
        Metric::LevelShare,
        Metric::LevelRate,
        Metric::Recall,
        Metric::FalsePositiveRate,
        Metric::Specificity,
        Metric::Ppv,
        Metric::Npv,
    ]
    .iter()
    .map(|metric| metric.name())
}

/// Column headings of [`level_metrics`].
fn level_columns(view: &View<'_>) -> impl Iterator<Item = String> {
    level_metrics().map(|metric| {
        let definition = view.definition(metric);
        definition.map_or(metric.to_owned(), |one| view.lang.pick(&one.title.es, &one.title.en).to_string())
    })
}

fn levels_of(keys: &[String]) -> Vec<String> {
    let mut levels: Vec<String> = Vec::new();
    for level in keys.iter().filter_map(|key| split_key(key).1) {
        if !levels.iter().any(|known| known == level) {
            levels.push(level.to_owned());
        }
    }
    levels
}

fn value_cell(view: &View<'_>, one: &ScoredReport, key: &str) -> Cell {
    one.overall
        .get(key)
        .map_or_else(|| unknown(view, "not in the report"), |measure| cell(view, key, measure, false))
}

fn cell(view: &View<'_>, key: &str, measure: &Measure, signed: bool) -> Cell {
    let unit = Unit::of(split_key(key).0);
    let Some(value) = measure.value() else { return unknown(view, measure.reason().unwrap_or_default()) };
    Cell {
        value: if signed { view.numbers.difference(unit, value) } else { view.numbers.value(unit, value) },
        interval: measure.interval().map(|interval| view.numbers.interval(unit, interval)),
        verdict: if signed { view.verdict(key, measure) } else { None },
        note: measure.reason().map(|reason| format!("({})", view.numbers.reason(reason))),
        ..Cell::default()
    }
}

fn unknown(view: &View<'_>, reason: &str) -> Cell {
    Cell { value: view.numbers.not_known(reason), unknown: true, ..Cell::default() }
}

fn plain(value: String) -> Cell {
    Cell { value, ..Cell::default() }
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
