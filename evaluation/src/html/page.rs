//! The page as data for the template: every part in reading order.

use minijinja::Value;
use serde::Serialize;

use super::Lang;
use super::number::Unit;
use super::plots::{self, Figure};
use super::summary::{Fact, summary, tally};
use super::tables::{self, Table};
use super::view::View;
use super::words::Words;
use crate::definitions::{Better, Definition};
use crate::measure::Measure;
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
    dial: Vec<Figure>,
    levels: Vec<Figure>,
    gaps_text: String,
    gaps: Vec<GapSection>,
    overall: Vec<Table>,
    differences_text: String,
    differences: Vec<Table>,
    threshold_differences: Option<Table>,
    by_level: Option<Table>,
    reliability_table: Option<Table>,
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
    table: Table,
    spreads: Table,
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
            dial: plots::dial(&view),
            levels: plots::levels(&view),
            gaps_text: say!(
                lang,
                "Diferencias con signo respecto a la etiqueta de referencia de cada grupo; 0 es igualdad. Marca llena: el intervalo excluye el cero; hueca: no se distingue de cero, lo que no prueba igualdad. Las tasas son las del nivel más bajo que da al menos la mitad de la protección más intensa, si bastantes filas lo alcanzan.",
                "Signed differences from each group's reference label; 0 is equality. Full mark: the interval excludes zero; hollow: it cannot be told from zero, which does not prove equality. Rates are those of the lowest level that gives at least half of the strongest protection, if enough rows reach it."
            ),
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
        (lang.pick("Filas apartadas", "Held out"), context.held_out.clone()),
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
            lang.pick("Celda más pequeña publicada", "Smallest cell published"),
            say!(lang, "{} filas o sucesos", "{} rows or events"; numbers.count(context.smallest_cell)),
        ),
    ];
    list.into_iter().map(|(term, text)| Fact { term, sentences: vec![text] }).collect()
}

/// A section a group column, open where a gap that the summary counts excludes zero.
fn gap_sections(view: &View<'_>) -> Vec<GapSection> {
    (0..n_groups(view.report))
        .map(|group| {
            let (compared, apart) = tally(view.report.scored.iter().filter_map(|one| one.groups.get(group)));
            GapSection {
                title: group_name(view.report, group),
                note: say!(
                    view.lang,
                    "{} de {compared} diferencias, en todas las versiones y niveles, excluyen el cero",
                    "{} of {compared} gaps, over all versions and levels, exclude zero";
                    apart.len()
                ),
                open: !apart.is_empty(),
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
                table: tables::group(view, group)?,
                spreads: tables::spreads(view, group)?,
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

/// Every number of a report that is not finite, by its place: such a report is refused, not drawn.
pub(super) fn not_finite(report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |place: String, measure: &Measure| {
        let bounds = measure.interval().map(|(low, high)| [low, high]);
        if measure.value().into_iter().chain(bounds.into_iter().flatten()).any(|v| !v.is_finite()) {
            problems.push(format!("`{place}` holds a number that is not finite, expected finite numbers"));
        }
    };
    check("rows.base_rate".to_owned(), &report.rows.base_rate);
    for one in &report.scored {
        one.overall.iter().for_each(|(key, measure)| check(format!("{}.{key}", one.name), measure));
        for bin in &one.reliability {
            check(format!("{}.reliability", one.name), &bin.observed);
            for value in [bin.from, bin.to, bin.mean_probability] {
                check(format!("{}.reliability", one.name), &point(value));
            }
        }
        for row in &one.levels {
            check(
                format!("{}.levels.{}", one.name, row.level),
                &point(row.intensity + row.cut.unwrap_or(0.0)),
            );
        }
        for table in &one.groups {
            let rows = table.rows.iter().flat_map(|row| row.measures.values());
            let gaps = table.gaps.iter().map(|gap| &gap.measure);
            let spreads = table.spreads.iter().map(|spread| &spread.measure);
            rows.chain(gaps)
                .chain(spreads)
                .for_each(|measure| check(format!("{}.{}", one.name, table.group), measure));
        }
    }
    for difference in &report.differences {
        check(
            format!("{} - {}.{}", difference.name, difference.against, difference.metric),
            &difference.measure,
        );
    }
    problems
}

fn point(value: f64) -> Measure {
    Measure::Point { value, n: 0, events: 0, reason: String::new() }
}
