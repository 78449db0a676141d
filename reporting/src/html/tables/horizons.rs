//! The event within several numbers of days, as tables: what became of the rows, the areas, the shares by fifth of the score.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{AtHorizon, HorizonRows, Horizons, ScoredHorizons};

use super::table::{Body, Cell, Row, Table, cell, columns, dash, one_body, plain, unit_cell, version};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

/// All tables; none where the follow-up is not known.
pub(in crate::html) fn horizons(view: &View<'_>) -> Vec<Table> {
    let Some(horizons) = &view.report.horizons else { return Vec::new() };
    vec![rows(view, horizons), areas(view, horizons), fifths(view, horizons)]
}

fn days(view: &View<'_>, days: u32) -> String {
    let days = view.numbers.count(days.into());
    tell!(view.lang, "{days} días", "{days} days")
}

/// One row a horizon.
fn rows(view: &View<'_>, horizons: &Horizons) -> Table {
    let lang = view.lang;
    let row = |at: &HorizonRows| Row {
        head: days(view, at.days),
        note: None,
        cells: vec![
            plain(view.numbers.rows(at.events)),
            plain(view.numbers.rows(at.without)),
            plain(view.numbers.rows(at.lost)),
            unit_cell(view, Unit::Share, &at.observed, false),
        ],
    };
    Table {
        id: "horizons-rows".to_owned(),
        caption: lang.pick("Qué fue de las filas", "What became of the rows").to_owned(),
        stacked: false,
        corner: lang.pick("plazo", "horizon"),
        columns: columns(lang.pick(
            [
                "con el resultado",
                "sin él, a la vista todo el plazo",
                "perdidas de vista antes",
                "proporción con el resultado (Kaplan-Meier)",
            ],
            [
                "with the outcome",
                "without it, in sight all the time",
                "lost from sight before",
                "share with the outcome (Kaplan-Meier)",
            ],
        )),
        bodies: one_body(horizons.rows.iter().map(row)),
    }
}

/// One row a version, one column a horizon; below each area its difference from the reference.
fn areas(view: &View<'_>, horizons: &Horizons) -> Table {
    let lang = view.lang;
    let of_horizon = |at: &AtHorizon| Cell {
        second: at.difference.as_ref().map(|of| Box::new(cell(view, "auc", of, true))),
        ..cell(view, "auc", &at.auc, false)
    };
    let row = |one: &ScoredHorizons| Row {
        head: one.name.clone(),
        note: None,
        cells: one.at.iter().map(of_horizon).collect(),
    };
    Table {
        id: "horizons-areas".to_owned(),
        caption: tell!(
            lang,
            "Área bajo la curva ROC por plazo; debajo, la diferencia respecto a {}",
            "Area under the ROC curve by horizon; below, the difference from {}";
            view.report.context.reference
        ),
        stacked: true,
        corner: version(view),
        columns: horizons.rows.iter().map(|at| days(view, at.days)).collect(),
        bodies: one_body(horizons.scored.iter().map(row)),
    }
}

/// One body a version, one row a fifth, one column a horizon.
fn fifths(view: &View<'_>, horizons: &Horizons) -> Table {
    let lang = view.lang;
    let names = lang.pick(
        [
            "las puntuaciones más bajas",
            "segundo quinto",
            "tercer quinto",
            "cuarto quinto",
            "las puntuaciones más altas",
        ],
        ["the lowest scores", "second fifth", "third fifth", "fourth fifth", "the highest scores"],
    );
    let share =
        |measure: Option<&Measure>| measure.map_or_else(dash, |of| unit_cell(view, Unit::Share, of, false));
    let body = |one: &ScoredHorizons| Body {
        heading: Some(one.name.clone()),
        rows: names
            .iter()
            .enumerate()
            .map(|(fifth, name)| Row {
                head: (*name).to_owned(),
                note: None,
                cells: one.at.iter().map(|at| share(at.by_fifth.get(fifth))).collect(),
            })
            .collect(),
    };
    Table {
        id: "horizons-fifths".to_owned(),
        caption: lang
            .pick(
                "Proporción con el resultado (Kaplan-Meier) en cada quinto de las filas por puntuación",
                "Share with the outcome (Kaplan-Meier) in each fifth of the rows by score",
            )
            .to_owned(),
        stacked: true,
        corner: lang.pick("filas", "rows"),
        columns: horizons.rows.iter().map(|at| days(view, at.days)).collect(),
        bodies: horizons.scored.iter().map(body).collect(),
    }
}
