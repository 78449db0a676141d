//! The page as data for the template: every part in reading order.

use minijinja::Value;
use serde::Serialize;

use super::Lang;
use super::number::Unit;
use super::plots::{self, Figure};
use super::summary::{Fact, summary};
use super::tables::{self, Table};
use super::tally::Tally;
use super::view::View;
use super::words::Words;
use crate::definitions::{Better, Definition};
use crate::report::Report;

const CSS: &str = include_str!("../../templates/report.css");

/// See the module; the fields are the variables of `report.html`.
#[derive(Serialize)]
pub(super) struct Page<'a> {
    lang: &'static str,
    t: Words,
    css: Value,
    title: String,
    banner: Option<&'a str>,
    fingerprint: &'a str,
    summary: Vec<Fact>,
    facts: Vec<Fact>,
    discrimination: Vec<Figure>,
    reliability: Vec<Figure>,
    decision: Vec<Figure>,
    dial: Vec<Figure>,
    levels: Vec<Figure>,
    flow: Vec<Figure>,
    gaps_text: String,
    gaps: Vec<GapSection>,
    overall: Vec<Table>,
    differences_text: String,
    differences: Vec<Table>,
    threshold_differences: Option<Table>,
    by_level: Vec<Table>,
    reliability_table: Option<Table>,
    decision_table: Option<Table>,
    workload: Option<Table>,
    moved: Option<Table>,
    movers: Option<Table>,
    agreement: Option<Table>,
    groups: Vec<GroupSection>,
    definitions: Vec<Meaning<'a>>,
}

#[derive(Serialize)]
struct GapSection {
    title: String,
    note: String,
    open: bool,
    figures: Vec<Figure>,
}

#[derive(Serialize)]
struct GroupSection {
    title: String,
    note: String,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Meaning<'a> {
    metric: &'a str,
    title: &'a str,
    reading: &'a str,
    formula: &'a str,
    range: &'a str,
    good: &'static str,
    reference: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a Report, lang: Lang) -> Self {
        let view = View::new(report, lang);
        let reference = &report.context.reference;
        Self {
            lang: lang.pick("es", "en"),
            css: Value::from_safe_string(CSS.to_owned()),
            title: say!(lang, "Evaluación en {}", "Evaluation on {}"; report.context.cohort),
            banner: report.context.synthetic.as_deref(),
            fingerprint: &report.context.fingerprint,
            summary: summary(&view),
            facts: facts(&view),
            discrimination: plots::discrimination(&view),
            reliability: plots::reliability(&view),
            decision: plots::decision(&view),
            dial: plots::dial(&view),
            levels: plots::levels(&view),
            flow: plots::flow(&view),
            gaps_text: gaps_text(&view),
            gaps: gap_sections(&view),
            overall: tables::overall(&view),
            differences_text: say!(
                lang,
                "Cada versión menos {reference}, sobre las mismas filas y las mismas remuestras. «Mejor», «peor» o «difiere» solo donde el intervalo excluye el cero.",
                "Each version less {reference}, on the same rows and the same resamples. \"Better\", \"worse\" or \"differs\" only where the interval excludes zero."
            ),
            differences: tables::differences(&view),
            threshold_differences: tables::threshold_differences(&view),
            by_level: tables::by_level(&view),
            reliability_table: tables::reliability(&view),
            decision_table: tables::decision(&view),
            workload: tables::workload(&view),
            moved: tables::moved(&view),
            movers: tables::movers(&view),
            agreement: tables::agreement(&view),
            groups: group_sections(&view),
            definitions: report.definitions.iter().map(|one| meaning(one, lang)).collect(),
            t: view.words,
        }
    }
}

fn facts(view: &View<'_>) -> Vec<Fact> {
    let (lang, numbers) = (view.lang, view.numbers);
    let context = &view.report.context;
    let rows = &view.report.rows;
    let horizon = context.horizon_days.map_or_else(
        || say!(lang, "no se sabe: la fuente no lo dice", "not known: the source does not say"),
        |days| say!(lang, "{} días", "{} days"; numbers.count(days.into())),
    );
    let weights = if rows.weighted {
        lang.pick(
            "con pesos (las filas y sucesos se cuentan sin ellos)",
            "weighted (rows and events are counted without)",
        )
    } else {
        lang.pick("sin pesos", "unweighted")
    };
    let list = [
        (lang.pick("Filas apartadas", "Held out"), lang.of(&context.held_out.text()).to_owned()),
        (
            lang.pick("Evaluaciones", "Assessments"),
            say!(lang, "{} de {} casos, {weights}", "{} of {} cases, {weights}"; numbers.count(rows.n), numbers.count(rows.cases)),
        ),
        (lang.pick("Resultado", "Outcome"), context.outcome.clone()),
        (lang.pick("Plazo", "Horizon"), horizon),
        (
            lang.pick("Con el resultado", "With the outcome"),
            format!(
                "{}: {}",
                numbers.count(rows.events),
                numbers.measure(Unit::Share, &rows.base_rate, false)
            ),
        ),
        (
            lang.pick("Excluidas por seguimiento incompleto", "Left out, follow-up too short"),
            numbers.count(context.censored_left_out),
        ),
        (lang.pick("Versión de referencia", "Reference version"), context.reference.clone()),
        (
            lang.pick("Remuestras", "Resamples"),
            say!(lang, "{}, semilla {}", "{}, seed {}"; numbers.count(context.replicates.into()), context.seed),
        ),
        (
            lang.pick("Margen de las diferencias entre grupos", "Margin for gaps between groups"),
            context.margin.map_or_else(
                || lang.pick("no se declaró", "not stated").to_owned(),
                |margin| numbers.difference(Unit::Share, margin, None).0.replace('+', "\u{b1}"),
            ),
        ),
        (
            lang.pick("Celda más pequeña publicada", "Smallest cell published"),
            say!(lang, "{} filas o sucesos", "{} rows or events"; numbers.count(context.smallest_cell)),
        ),
    ];
    list.into_iter().map(|(term, text)| Fact { term, sentences: vec![text] }).collect()
}

/// How to read the forest plots.
fn gaps_text(view: &View<'_>) -> String {
    let lang = view.lang;
    let margin = match view.report.context.margin {
        Some(margin) => {
            let margin = view.numbers.difference(Unit::Share, margin, None).0.replace('+', "\u{b1}");
            say!(
                lang,
                "La zona sombreada es el margen declarado ({margin}) para las tasas: una diferencia está ausente si todo su intervalo simultáneo cae dentro, presente si cae fuera por un lado, y en otro caso no se puede decir.",
                "The shaded zone is the stated margin ({margin}) for rates: a gap is absent if its whole simultaneous interval lies within, present if it lies beyond on one side, and otherwise it cannot be told."
            )
        }
        None => say!(
            lang,
            "No se declaró un margen, así que de ninguna diferencia puede decirse que esté ausente.",
            "No margin was stated, so no gap can be called absent."
        ),
    };
    say!(
        lang,
        "Diferencias con signo respecto a la etiqueta de referencia de cada grupo; 0 es igualdad. Línea gruesa: intervalo del 95 % de esa diferencia; fina: el simultáneo, que vale a la vez para todas las etiquetas de todos los grupos. {margin} Las tasas son las del nivel más bajo que da al menos la mitad de la protección más intensa, si bastantes filas lo alcanzan. Entre paréntesis, la menor diferencia que estos datos habrían podido mostrar. Se dibujan la versión evaluada, la que mejor ordena y la de referencia.",
        "Signed differences from each group's reference label; 0 is equality. Thick line: the 95% interval of that gap; thin: the simultaneous one, which holds at once for all labels of all group columns. {margin} Rates are those of the lowest level that gives at least half of the strongest protection, if enough rows reach it. In brackets, the smallest gap that these data could have shown. Drawn are the version evaluated, the one that ranks best, and the reference."
    )
}

/// A section a group column, open where a gap that the summary counts is present or can be told from zero.
fn gap_sections(view: &View<'_>) -> Vec<GapSection> {
    (0..n_groups(view.report))
        .map(|group| {
            let tables: Vec<_> = view.told().into_iter().filter_map(|one| one.groups.get(group)).collect();
            let tally = Tally::new(tables.into_iter());
            GapSection {
                title: group_name(view.report, group),
                note: tally.in_words(view),
                open: !tally.present.is_empty() || !tally.apart.is_empty(),
                figures: plots::forest(view, group),
            }
        })
        .collect()
}

fn group_sections(view: &View<'_>) -> Vec<GroupSection> {
    (0..n_groups(view.report))
        .filter_map(|group| {
            let table = view.report.scored.iter().find_map(|one| one.groups.get(group))?;
            Some(GroupSection {
                title: table.group.clone(),
                note: say!(
                    view.lang,
                    "{} etiquetas, referencia {}",
                    "{} labels, reference {}";
                    table.rows.len(),
                    table.reference
                ),
                tables: [
                    tables::gaps(view, group),
                    tables::spreads(view, group),
                    tables::penalised(view, group),
                    tables::group(view, group),
                ]
                .into_iter()
                .flatten()
                .collect(),
            })
        })
        .collect()
}

fn n_groups(report: &Report) -> usize {
    report.scored.iter().map(|one| one.groups.len()).max().unwrap_or(0)
}

fn group_name(report: &Report, group: usize) -> String {
    report
        .scored
        .iter()
        .find_map(|one| one.groups.get(group))
        .map(|table| table.group.clone())
        .unwrap_or_default()
}

fn meaning(one: &Definition, lang: Lang) -> Meaning<'_> {
    Meaning {
        metric: &one.metric,
        title: lang.pick(&one.title.es, &one.title.en),
        reading: lang.pick(&one.reading.es, &one.reading.en),
        formula: &one.formula,
        range: &one.range,
        good: match one.better {
            Better::Higher => lang.pick("cuanto más alto, mejor", "the higher the better"),
            Better::Lower => lang.pick("cuanto más bajo, mejor", "the lower the better"),
            Better::NearZero => lang.pick("cuanto más cerca de 0, mejor", "the nearer to 0 the better"),
            Better::NearOne => lang.pick("cuanto más cerca de 1, mejor", "the nearer to 1 the better"),
            Better::Neither => {
                lang.pick("describe; no hay mejor ni peor", "it describes; neither direction is better")
            }
        },
        reference: &one.reference,
    }
}
