//! How well classes are told, as tables: all classes together, each of them, and told against true.

use amparo_evaluation::report::{Classes, ClassesJudged};

use super::table::{Body, Row, Table, columns, one_body, plain, unit_cell, version};
use crate::telling::classes::by;
use crate::telling::number::Unit;
use crate::telling::view::View;

/// The three tables.
pub(in crate::html) fn all(view: &View<'_>, classes: &Classes) -> [Table; 3] {
    [together(view, classes), each(view, classes), crossed(view, classes)]
}

fn together(view: &View<'_>, classes: &Classes) -> Table {
    let lang = view.lang;
    let row = |one: &ClassesJudged| Row {
        head: one.name.clone(),
        note: Some(by(view, one).to_owned()),
        cells: [&one.kappa_quadratic, &one.ranked_probability_score, &one.macro_f1]
            .map(|measure| unit_cell(view, Unit::Decimal, measure, false))
            .into(),
    };
    Table {
        id: "classes".to_owned(),
        caption: lang.pick("Todas las clases juntas", "All classes together").to_owned(),
        stacked: true,
        corner: version(view),
        columns: columns([
            lang.pick("kappa, pesos cuadráticos", "kappa, quadratic weights"),
            lang.pick("puntuación de probabilidad ordenada (RPS)", "ranked probability score (RPS)"),
            lang.pick("F1 macro", "macro F1"),
        ]),
        bodies: one_body(classes.judged.iter().map(row)),
    }
}

fn each(view: &View<'_>, classes: &Classes) -> Table {
    let lang = view.lang;
    let body = |one: &ClassesJudged| Body {
        heading: Some(heading(view, one)),
        rows: one
            .by_class
            .iter()
            .map(|class| Row {
                head: class.class.clone(),
                note: None,
                cells: [class.n, class.told]
                    .map(|count| plain(view.numbers.rows(count)))
                    .into_iter()
                    .chain(
                        [&class.recall, &class.precision, &class.higher]
                            .map(|measure| unit_cell(view, Unit::Share, measure, false)),
                    )
                    .collect(),
            })
            .collect(),
    };
    Table {
        id: "classes-each".to_owned(),
        caption: lang.pick("Cada clase", "Each class").to_owned(),
        stacked: true,
        corner: lang.pick("clase", "class"),
        columns: columns(lang.pick(
            [
                "filas de la clase",
                "filas situadas en ella",
                "de la clase, situadas en ella",
                "situadas en ella, de la clase",
                "situadas en ella, de una más alta",
            ],
            [
                "rows of the class",
                "rows put at it",
                "of the class, put at it (recall)",
                "put at it, of the class (precision)",
                "put at it, of a higher one",
            ],
        )),
        bodies: classes.judged.iter().map(body).collect(),
    }
}

fn crossed(view: &View<'_>, classes: &Classes) -> Table {
    let body = |one: &ClassesJudged| Body {
        heading: Some(heading(view, one)),
        rows: one
            .cells
            .chunks(classes.ids.len())
            .zip(&classes.ids)
            .map(|(cells, told)| Row {
                head: told.clone(),
                note: None,
                cells: cells.iter().map(|cell| plain(view.numbers.rows(cell.n))).collect(),
            })
            .collect(),
    };
    Table {
        id: "classes-crossed".to_owned(),
        caption: view
            .lang
            .pick(
                "Filas por clase en que se sitúan (líneas) y clase verdadera (columnas)",
                "Rows by the class that they are put at (lines) and the true class (columns)",
            )
            .to_owned(),
        stacked: false,
        corner: view.lang.pick("situadas en", "put at"),
        columns: classes.ids.clone(),
        bodies: classes.judged.iter().map(body).collect(),
    }
}

fn heading(view: &View<'_>, one: &ClassesJudged) -> String {
    format!("{}, {}", one.name, by(view, one))
}
