//! How the rows differ from those that a model was fitted on, as tables: the cohorts, their indicators, their answers.

use amparo_evaluation::measure::Count;
use amparo_evaluation::report::{AnswerMix, CaseMix, IndicatorMix, MixRows};

use super::table::{Body, Cell, Row, Table, columns, dash, one_body, plain, value_cell};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

/// The cohorts and the ranking, one column each.
pub(in crate::html) fn cohorts(view: &View<'_>, mix: &CaseMix, at: usize) -> Table {
    let lang = view.lang;
    let row = |head: &str, cells: [Cell; 2]| Row { head: head.to_owned(), note: None, cells: cells.into() };
    let both = |of: &dyn Fn(&MixRows) -> Cell| [of(&mix.fitted), of(&mix.here)];
    let decimal =
        |value: Option<f64>| value.map_or_else(dash, |v| plain(view.numbers.value(Unit::Decimal, v)));
    let observed = view.report.scored(&mix.name).map_or_else(dash, |one| value_cell(view, one, "auc"));
    let mut rows = vec![
        row(lang.pick("cohorte", "cohort"), both(&|of| plain(of.cohort.clone()))),
        row(lang.pick("valoraciones", "assessments"), both(&|of| plain(view.numbers.count(of.n)))),
        row(lang.pick("con el resultado", "with the outcome"), both(&|of| events(view, of))),
        row(lang.pick("periodo", "period"), both(&|of| period(view, of))),
        row(
            lang.pick("con una respuesta no aprendida", "with an answer that was not learned"),
            [dash(), of_rows(view, mix.with_unlearned, mix.here.n)],
        ),
        row(
            lang.pick("área bajo la curva ROC", "area under the ROC curve"),
            [decimal(mix.auc.declared), observed],
        ),
        row(
            lang.pick(
                "área esperada según las propias probabilidades",
                "area expected by the probabilities themselves",
            ),
            [dash(), decimal(mix.auc.expected)],
        ),
    ];
    if let Some(scores) = &mix.scores {
        let share = |value: f64| plain(view.numbers.value(Unit::Share, value));
        rows.push(row(
            lang.pick(
                "percentil medio de la puntuación en el ajuste",
                "mean percentile of the score in the fit",
            ),
            [share(0.5), share(scores.mean_percentile)],
        ));
        rows.push(row(
            lang.pick("por encima del decil más alto del ajuste", "above the highest decile of the fit"),
            [share(0.1), share(scores.above_ninth_decile)],
        ));
    }
    Table {
        id: format!("case-mix-{at}-cohorts"),
        caption: lang
            .pick(
                "Las filas del ajuste y las de este informe",
                "The rows of the fit and those of this report",
            )
            .to_owned(),
        stacked: true,
        corner: lang.pick("característica", "characteristic"),
        columns: columns(lang.pick(["ajuste", "este informe"], ["fit", "this report"])),
        bodies: one_body(rows.into_iter()),
    }
}

fn events(view: &View<'_>, rows: &MixRows) -> Cell {
    rows.events.map_or_else(|| not_recorded(view), |events| of_rows(view, Count::Exact(events), rows.n))
}

/// A number of rows, and the share that they are if it is told.
fn of_rows(view: &View<'_>, n: Count, of: u64) -> Cell {
    let share = match n {
        Count::Exact(n) if of > 0 => {
            Some(format!("({})", view.numbers.value(Unit::Share, n as f64 / of as f64)))
        }
        _ => None,
    };
    Cell { note: share, ..plain(view.numbers.rows(n)) }
}

fn period(view: &View<'_>, rows: &MixRows) -> Cell {
    rows.period.as_ref().map_or_else(
        || not_recorded(view),
        |[first, last]| plain(tell!(view.lang, "de {first} a {last}", "{first} to {last}")),
    )
}

fn not_recorded(view: &View<'_>) -> Cell {
    Cell { value: view.lang.pick("no consta", "not recorded").to_owned(), unknown: true, ..Cell::default() }
}

/// The indicators, from the most different on.
pub(in crate::html) fn indicators(view: &View<'_>, mix: &CaseMix, at: usize) -> Table {
    let lang = view.lang;
    let rows = mix.indicators.iter().map(|one| {
        let limit = one.psi_by_chance.map_or_else(dash, |limit| plain(view.numbers.fixed(limit, 4)));
        let verdict = one.differs().then(|| lang.pick("difiere", "differs"));
        Row {
            head: one.indicator.clone(),
            note: Some(label(view, one)),
            cells: vec![
                plain(view.numbers.value(Unit::Share, one.total_variation)),
                Cell { verdict, ..plain(view.numbers.fixed(one.psi, 4)) },
                limit,
                most_moved(view, one),
            ],
        }
    });
    Table {
        id: format!("case-mix-{at}-indicators"),
        caption: lang
            .pick(
                "Las respuestas a cada indicador, de más a menos diferentes",
                "The answers to each indicator, from the most to the least different",
            )
            .to_owned(),
        stacked: false,
        corner: lang.pick("indicador", "indicator"),
        columns: columns(lang.pick(
            [
                "variación total",
                "índice de estabilidad (PSI)",
                "límite del azar",
                "la respuesta que más cambia",
            ],
            ["total variation", "stability index (PSI)", "limit of chance", "the answer that changes most"],
        )),
        bodies: one_body(rows),
    }
}

fn label(view: &View<'_>, one: &IndicatorMix) -> String {
    let label = view.lang.of(&one.label);
    match one.left_out {
        true => tell!(view.lang, "{label}; no cuenta en el modelo", "{label}; does not count in the model"),
        false => label.to_owned(),
    }
}

/// The answer whose share differs most, of those whose shares are told.
fn most_moved(view: &View<'_>, one: &IndicatorMix) -> Cell {
    let moved = one.answers.iter().filter_map(|answer| Some((answer, answer.fitted?, answer.here?)));
    let most = moved.max_by(|a, b| (a.1 - a.2).abs().total_cmp(&(b.1 - b.2).abs()));
    most.map_or_else(dash, |(answer, fitted, here)| {
        let [fitted, here] = [fitted, here].map(|share| view.numbers.value(Unit::Share, share));
        plain(format!("{}: {fitted} \u{2192} {here}", answer.answer))
    })
}

/// All answers.
pub(in crate::html) fn answers(view: &View<'_>, mix: &CaseMix, at: usize) -> Table {
    let lang = view.lang;
    let bodies = mix.indicators.iter().map(|one| Body {
        heading: Some(format!("{}: {}", one.indicator, label(view, one))),
        rows: one.answers.iter().map(|answer| answer_row(view, answer)).collect(),
    });
    Table {
        id: format!("case-mix-{at}-answers"),
        caption: lang
            .pick("Proporción de filas con cada respuesta", "Share of the rows with each answer")
            .to_owned(),
        stacked: false,
        corner: lang.pick("respuesta", "answer"),
        columns: columns(lang.pick(
            ["ajuste", "este informe", "filas de este informe"],
            ["fit", "this report", "rows of this report"],
        )),
        bodies: bodies.collect(),
    }
}

fn answer_row(view: &View<'_>, answer: &AnswerMix) -> Row {
    let few = || Cell {
        value: view.lang.pick("demasiado pocas filas", "too few rows").to_owned(),
        unknown: true,
        ..Cell::default()
    };
    let share = |value: Option<f64>| value.map_or_else(few, |v| plain(view.numbers.value(Unit::Share, v)));
    let label = view.lang.of(&answer.label);
    Row {
        head: answer.answer.clone(),
        note: Some(match answer.learned {
            true => label.to_owned(),
            false => tell!(view.lang, "{label}; no aprendida", "{label}; not learned"),
        }),
        cells: vec![share(answer.fitted), share(answer.here), plain(view.numbers.rows(answer.n))],
    }
}
