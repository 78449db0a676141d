//! The tables as data: captions, columns, cells; the template only prints them.

mod groups;

pub(super) use groups::{group, spreads};

use serde::Serialize;

use super::number::Unit;
use super::view::View;
use crate::definitions::{Metric, Scope};
use crate::measure::Measure;
use crate::report::{LevelRow, ScoredReport, key, split_key};

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
            stacked: metrics.len() > 4,
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
        rows: levels_of(view, &keys)
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
        stacked: true,
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
        stacked: true,
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
        stacked: false,
        corner: view.lang.pick("probabilidades", "probabilities"),
        columns: columns.map(str::to_owned).into(),
        bodies,
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
        stacked: keys.len() > 4,
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

/// The reference's levels that some key belongs to, from the lowest.
fn levels_of(view: &View<'_>, keys: &[String]) -> Vec<String> {
    let reference = view.report.scored(&view.report.context.reference);
    let levels = reference.into_iter().flat_map(|one| &one.levels).map(|row| row.level.clone());
    levels.filter(|level| keys.iter().any(|key| split_key(key).1 == Some(level.as_str()))).collect()
}

fn value_cell(view: &View<'_>, one: &ScoredReport, key: &str) -> Cell {
    one.overall
        .get(key)
        .map_or_else(|| unknown(view, "not in the report"), |measure| cell(view, key, measure, false))
}

fn cell(view: &View<'_>, key: &str, measure: &Measure, signed: bool) -> Cell {
    let unit = Unit::of(split_key(key).0);
    let Some(value) = measure.value() else { return unknown(view, measure.reason().unwrap_or_default()) };
    let (value, interval) = if signed {
        view.numbers.difference(unit, value, measure.interval())
    } else {
        (
            view.numbers.value(unit, value),
            measure.interval().map(|interval| view.numbers.interval(unit, interval)),
        )
    };
    Cell {
        value,
        interval,
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
