//! Every measure of all rows, by theme, and its difference from the reference.

use std::collections::BTreeSet;

use amparo_evaluation::definitions::Scope;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::ScoredReport;

use super::table::{Cell, Row, Table, cell, dash, head, one_body, plain, unknown, value_cell, version};
use crate::telling::tell;
use crate::telling::view::{View, excludes_zero};

/// Metrics of all rows, one table each, in reading order; those of the report that stand in none come last.
const THEMES: [(&str, &str, &str, &[&str]); 8] = [
    (
        "ranking",
        "Discriminación",
        "Discrimination",
        &["auc", "oracle_auc", "average_precision", "c_index", "mean_score"],
    ),
    (
        "calibration",
        "Calibración: nivel general y pendiente",
        "Calibration: overall level and slope",
        &["observed_expected", "calibration_intercept", "calibration_slope", "base_rate", "mean_probability"],
    ),
    (
        "distance",
        "Calibración: distancia a las proporciones observadas",
        "Calibration: distance from the observed proportions",
        &["ece", "smooth_ece", "ici", "probability_error"],
    ),
    (
        "quantiles",
        "Calibración: de la mediana a la mayor distancia",
        "Calibration: from the median to the largest distance",
        &["e50", "e90", "emax"],
    ),
    (
        "error",
        "Error general y su descomposición",
        "Overall error and its decomposition",
        &["brier", "brier_reliability", "brier_resolution", "brier_uncertainty", "log_loss"],
    ),
    (
        "levels",
        "Los niveles como escala ordinal",
        "The levels as an ordinal scale",
        &["ranked_probability_score", "mean_level"],
    ),
    (
        "use",
        "Uso de los niveles",
        "Use of the levels",
        &["protection", "overload", "events_in_lowest", "severe_in_lowest"],
    ),
    ("other", "Otras medidas", "Other measures", &[]),
];

/// Every whole-row measure, with rows and events.
pub(in crate::html) fn overall(view: &View<'_>) -> Vec<Table> {
    let report = view.report;
    let present: BTreeSet<&str> =
        report.scored.iter().flat_map(|one| one.overall.keys().map(String::as_str)).collect();
    themes(view, &present)
        .map(|(id, caption, metrics)| Table {
            id: format!("overall-{id}"),
            caption,
            stacked: metrics.len() > 4,
            corner: version(view),
            columns: [view.lang.pick("filas", "rows"), view.words.events]
                .map(str::to_owned)
                .into_iter()
                .chain(metrics.iter().map(|metric| view.title(metric)))
                .collect(),
            bodies: one_body(report.scored.iter().map(|one| {
                Row {
                    cells: [
                        plain(view.numbers.count(report.rows.n)),
                        plain(view.numbers.count(report.rows.events)),
                    ]
                    .into_iter()
                    .chain(metrics.iter().map(|metric| value_cell(view, one, metric)))
                    .collect(),
                    ..head(view, one)
                }
            })),
        })
        .collect()
}

/// Every whole-row difference from the reference.
pub(in crate::html) fn differences(view: &View<'_>) -> Vec<Table> {
    let present: BTreeSet<&str> =
        view.report.differences.iter().map(|difference| difference.metric.as_str()).collect();
    themes(view, &present)
        .map(|(id, caption, metrics)| {
            let others = view.report.scored.iter().filter(|one| !view.is_reference(one));
            Table {
                id: format!("difference-{id}"),
                caption,
                stacked: metrics.len() > 4,
                corner: version(view),
                columns: metrics.iter().map(|metric| view.title(metric)).collect(),
                bodies: one_body(others.map(|one| Row {
                    cells: metrics.iter().map(|metric| difference_cell(view, one, metric, true)).collect(),
                    ..head(view, one)
                })),
            }
        })
        .collect()
}

/// A difference; where it cannot be told from zero, the smallest that could have been.
pub(super) fn difference_cell(view: &View<'_>, one: &ScoredReport, key: &str, has_level: bool) -> Cell {
    let found = view.report.differences.iter().find(|d| d.name == one.name && d.metric == key);
    let Some(difference) = found else {
        return if has_level { dash() } else { unknown(view, Reason::NoSuchLevel) };
    };
    let mut out = cell(view, key, &difference.measure, true);
    if let Some(smallest) = difference.detectable.filter(|_| excludes_zero(&difference.measure).is_none()) {
        let smallest = view
            .numbers
            .difference(view.unit(key), smallest, Some((smallest, smallest)))
            .0
            .replace('+', "\u{b1}");
        let seen = tell!(view.lang, "(detectable desde {smallest})", "(detectable from {smallest})");
        out.note = Some(out.note.map_or_else(|| seen.clone(), |note| format!("{note} {seen}")));
    }
    out
}

/// The themes with those of their metrics that are present; the last takes every whole-row metric that no theme names.
fn themes<'a>(
    view: &View<'a>,
    present: &BTreeSet<&'a str>,
) -> impl Iterator<Item = (&'static str, String, Vec<&'a str>)> {
    let named: BTreeSet<&str> = THEMES.iter().flat_map(|theme| theme.3).copied().collect();
    let whole = view.report.definitions.iter().filter(|one| one.scope == Scope::Whole);
    let whole: Vec<&'a str> =
        whole.map(|one| one.metric.as_ref()).filter(|name| present.contains(name)).collect();
    let lang = view.lang;
    THEMES.iter().filter_map(move |(id, es, en, metrics)| {
        let metrics: Vec<&'a str> = if metrics.is_empty() {
            whole.iter().copied().filter(|metric| !named.contains(metric)).collect()
        } else {
            metrics.iter().filter_map(|metric| whole.iter().copied().find(|other| other == metric)).collect()
        };
        (!metrics.is_empty()).then(|| (*id, lang.pick(es, en).to_string(), metrics))
    })
}
