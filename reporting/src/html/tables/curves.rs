//! The numbers behind the reliability diagrams and decision curves.

use amparo_evaluation::report::{DecisionPoint, ScoredReport};

use super::table::{Body, Row, Table, cell, columns, plain, unit_cell};
use crate::telling::number::Unit;
use crate::telling::view::View;

/// The bins behind the reliability diagrams; `None` without any.
pub(in crate::html) fn reliability(view: &View<'_>) -> Option<Table> {
    let bodies: Vec<Body> = view
        .report
        .scored
        .iter()
        .filter(|one| !one.reliability.is_empty())
        .map(|one| Body { heading: Some(one.name.clone()), rows: bins(view, one) })
        .collect();
    (!bodies.is_empty()).then(|| Table {
        id: "reliability".to_owned(),
        caption: view.words.reliability_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("probabilidades", "probabilities"),
        columns: columns([
            view.lang.pick("filas", "rows"),
            view.lang.pick("probabilidad media", "mean probability"),
            view.lang.pick("observado", "observed"),
        ]),
        bodies,
    })
}

fn bins(view: &View<'_>, one: &ScoredReport) -> Vec<Row> {
    let share = |value| view.numbers.value(Unit::Share, value);
    one.reliability
        .iter()
        .map(|bin| Row {
            head: format!("{} \u{2013} {}", share(bin.from), share(bin.to)),
            note: None,
            cells: vec![
                plain(view.numbers.count(bin.n)),
                plain(share(bin.mean_probability)),
                cell(view, "base_rate", &bin.observed, false),
            ],
        })
        .collect()
}

/// Net benefit at about ten thresholds, for the versions told in words; `None` without decision curves.
pub(in crate::html) fn decision(view: &View<'_>) -> Option<Table> {
    let bodies: Vec<Body> = view
        .told()
        .into_iter()
        .filter(|one| !one.decision.is_empty())
        .map(|one| Body { heading: Some(one.name.clone()), rows: thresholds(view, &one.decision) })
        .collect();
    (!bodies.is_empty()).then(|| Table {
        id: "decision".to_owned(),
        caption: view.words.decision_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("umbral", "threshold"),
        columns: columns([
            view.lang.pick("la versión", "the version"),
            view.lang.pick("actuar en todos", "act on all"),
            view.lang.pick("actuar en ninguno", "act on none"),
        ]),
        bodies,
    })
}

fn thresholds(view: &View<'_>, points: &[DecisionPoint]) -> Vec<Row> {
    let every = points.len().div_ceil(10).max(1);
    points
        .iter()
        .step_by(every)
        .map(|point| Row {
            head: view.numbers.value(Unit::Share, point.threshold),
            note: None,
            cells: vec![
                unit_cell(view, Unit::PerThousand, &point.net_benefit, false),
                unit_cell(view, Unit::PerThousand, &point.treat_all, false),
                plain("0".to_owned()),
            ],
        })
        .collect()
}
