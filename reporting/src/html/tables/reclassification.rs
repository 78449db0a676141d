//! How cases stand on the levels: reclassified against the reference, who is reclassified, agreement, and what the levels ask of the police.

use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::Reclassification;

use super::table::{Body, Cell, Row, Table, columns, one_body, plain, unit_cell, unknown};
use crate::html::plots::levels_of_reclassification;
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

/// Cases from each level of the reference (row) to each of the version (column); `None` without any.
pub(in crate::html) fn reclassified_by_level(view: &View<'_>) -> Option<Table> {
    let first =
        view.report.reclassification.iter().find(|reclassification| !reclassification.cells.is_empty())?;
    let levels = levels_of_reclassification(first);
    let comparable = view
        .report
        .reclassification
        .iter()
        .filter(|reclassification| levels_of_reclassification(reclassification) == levels);
    let bodies = comparable.map(|reclassification| Body {
        heading: Some(tell!(view.lang, "{} (columnas) frente a {} (filas)", "{} (columns) against {} (rows)"; reclassification.name, reclassification.against)),
        rows: levels.iter().map(|from| matrix_row(view, reclassification, from, &levels)).collect(),
    });
    Some(Table {
        id: "reclassification".to_owned(),
        caption: view.words.reclassification_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("de", "from"),
        columns: levels.iter().map(|level| view.level(level).to_owned()).collect(),
        bodies: bodies.collect(),
    })
}

fn matrix_row(view: &View<'_>, reclassification: &Reclassification, from: &str, levels: &[&str]) -> Row {
    let cells = levels.iter().map(|to| {
        let cell = reclassification.cells.iter().find(|cell| cell.from == from && cell.to == *to);
        cell.map_or_else(
            || unknown(view, Reason::NotInReport),
            |cell| {
                let events =
                    tell!(view.lang, "({} con el suceso)", "({} with the outcome)"; view.numbers.rows(cell.events));
                Cell { note: Some(events), ..plain(view.numbers.rows(cell.n)) }
            },
        )
    });
    Row { head: view.level(from).to_owned(), note: None, cells: cells.collect() }
}

/// Who is reclassified, for the versions told in words; `None` without reclassification.
pub(in crate::html) fn reclassified_by_group(view: &View<'_>) -> Option<Table> {
    let told: Vec<&str> = view.told().into_iter().map(|one| one.name.as_str()).collect();
    let bodies: Vec<Body> = view
        .report
        .reclassification
        .iter()
        .filter(|reclassification| told.contains(&reclassification.name.as_str()))
        .map(|reclassification| {
            let all = Row {
                head: view.lang.pick("todas las filas", "all rows").to_owned(),
                note: None,
                cells: [&reclassification.up, &reclassification.down]
                    .map(|m| unit_cell(view, Unit::Share, m, false))
                    .into(),
            };
            let who = reclassification.by_group.iter().map(|one| Row {
                head: who_in_words(view, &one.group, &one.label),
                note: None,
                cells: [&one.up, &one.down].map(|m| unit_cell(view, Unit::Share, m, false)).into(),
            });
            Body {
                heading: Some(format!("{} \u{2212} {}", reclassification.name, reclassification.against)),
                rows: std::iter::once(all).chain(who).collect(),
            }
        })
        .collect();
    (!bodies.is_empty()).then(|| Table {
        id: "reclassified".to_owned(),
        caption: view.words.reclassified_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("grupo", "group"),
        columns: columns([
            view.lang.pick("a un nivel más alto", "to a higher level"),
            view.lang.pick("a un nivel más bajo", "to a lower level"),
        ]),
        bodies,
    })
}

/// A label of a group column; the outcome's two labels are the report's own words.
fn who_in_words(view: &View<'_>, group: &str, label: &str) -> String {
    match (group, label) {
        ("outcome", "event") => view.lang.pick("con el suceso", "with the outcome").to_owned(),
        ("outcome", "no event") => view.lang.pick("sin el suceso", "without the outcome").to_owned(),
        _ => format!("{group}: {label}"),
    }
}

/// Agreement of levels as an ordered scale; `None` without any pair.
pub(in crate::html) fn agreement(view: &View<'_>) -> Option<Table> {
    let rows: Vec<Row> = view
        .report
        .agreement
        .iter()
        .map(|pair| Row {
            head: tell!(view.lang, "{} y {}", "{} and {}"; pair.name, pair.against),
            note: None,
            cells: [&pair.kappa_linear, &pair.kappa_quadratic, &pair.ranked_probability_score]
                .map(|measure| unit_cell(view, Unit::Decimal, measure, false))
                .into(),
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        id: "agreement".to_owned(),
        caption: view.words.agreement_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("niveles de", "levels of"),
        columns: columns([
            view.lang.pick("kappa, pesos lineales", "kappa, linear weights"),
            view.lang.pick("kappa, pesos cuadráticos", "kappa, quadratic weights"),
            view.lang.pick("puntuación de probabilidad ordenada (RPS)", "ranked probability score (RPS)"),
        ]),
        bodies: one_body(rows.into_iter()),
    })
}

/// What each level asks of the police; `None` without levels.
pub(in crate::html) fn workload(view: &View<'_>) -> Option<Table> {
    let bodies: Vec<Body> = view
        .report
        .scored
        .iter()
        .filter(|one| !one.workload.is_empty())
        .map(|one| Body {
            heading: Some(format!("{} ({})", one.name, view.kind(one))),
            rows: one
                .workload
                .iter()
                .map(|row| {
                    let days = row.reassess_days.map_or_else(
                        || unknown(view, Reason::NoReassessmentPeriod),
                        |days| plain(tell!(view.lang, "{} días", "{} days"; view.numbers.fixed(days, 0))),
                    );
                    let count = |measure| unit_cell(view, Unit::Count, measure, false);
                    Row {
                        head: view.level(&row.level).to_owned(),
                        note: None,
                        cells: vec![days, count(&row.cases), count(&row.assessments_per_year)],
                    }
                })
                .collect(),
        })
        .collect();
    (!bodies.is_empty()).then(|| Table {
        id: "workload".to_owned(),
        caption: view.words.workload_table.to_owned(),
        stacked: false,
        corner: view.lang.pick("nivel", "level"),
        columns: columns([
            view.lang.pick("plazo de reevaluación", "reassessed within"),
            view.lang.pick("casos por cada 1000", "cases per 1,000"),
            view.lang.pick("valoraciones al año por 1000 casos", "assessments a year per 1,000 cases"),
        ]),
        bodies,
    })
}
