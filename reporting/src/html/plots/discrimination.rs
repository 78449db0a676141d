//! AUC of every scored version, and its paired difference from the reference, as dots with intervals.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::reason::Reason;
use amparo_evaluation::report::ScoredReport;

use super::figure::{Figure, Style, ends, mark_across};
use crate::html::axes::{Scale, range};
use crate::html::marks::{colour, mark};
use crate::html::svg::{Svg, shorten};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::{View, excludes_zero};

const WIDTH: f64 = 420.0;
const LEFT: f64 = 6.0;
const RIGHT: f64 = 414.0;
const ROW: f64 = 34.0;
const TOP: f64 = 24.0;

/// A scored version with the measure drawn for it.
type RankedVersion<'a> = (&'a ScoredReport, &'a Measure);

/// Two figures, one row a scored version in the report's order; the second only if there is something to compare.
pub(in crate::html) fn discrimination(view: &View<'_>) -> Vec<Figure> {
    let report = view.report;
    let undefined = Measure::undefined(Reason::NotInReport);
    let values: Vec<RankedVersion<'_>> =
        report.scored.iter().map(|one| (one, one.overall.get("auc").unwrap_or(&undefined))).collect();
    let others = report.scored.iter().filter(|one| !view.is_reference(one));
    let differences: Vec<RankedVersion<'_>> =
        others.filter_map(|one| Some((one, report.difference(&one.name, "auc")?))).collect();
    let mut figures = vec![area(view, &values)];
    if !differences.is_empty() {
        figures.push(against(view, &differences));
    }
    figures
}

/// The values, with the reference's as a dashed line and the oracle's as a dotted one.
fn area(view: &View<'_>, rows: &[RankedVersion<'_>]) -> Figure {
    let report = view.report;
    let oracle =
        report.scored.iter().find_map(|one| one.overall.get("oracle_auc")).filter(|m| m.value().is_some());
    let (mut svg, scale, bottom) = frame(view, rows.iter().map(|row| row.1).chain(oracle), rows.len());
    let mut desc = Vec::new();
    if let Some(value) =
        report.scored(&report.context.reference).and_then(|one| one.overall.get("auc")?.value())
    {
        svg.line("dashed", (scale.at(value), TOP - 4.0), (scale.at(value), bottom));
    }
    if let Some((measure, value)) = oracle.and_then(|measure| Some((measure, measure.value()?))) {
        let x = scale.at(value);
        svg.line("dotted", (x, TOP - 4.0), (x, bottom));
        let label = view.lang.pick("techo: riesgo verdadero", "ceiling: true risk");
        svg.text(if x > f64::midpoint(LEFT, RIGHT) { "end" } else { "" }, (x, TOP - 9.0), label);
        desc.push(format!("{label}: {}", view.measure("oracle_auc", measure)));
    }
    for (at, (one, measure)) in rows.iter().enumerate() {
        let words = view.measure("auc", measure);
        row(view, (&mut svg, &scale), at, (one, measure), (&short(view, measure, &words), true));
        desc.push(format!("{}: {words}", one.name));
    }
    let title = tell!(
        view.lang,
        "Área ROC de cada versión, con su intervalo",
        "ROC area of each version, with its interval"
    );
    Figure::new(view.title("auc"), None, svg.finish("discrimination", &title, &(desc.join("; ") + ".")))
}

/// The paired differences from the reference, with zero as a line.
fn against(view: &View<'_>, rows: &[RankedVersion<'_>]) -> Figure {
    let zero = Measure::Point { value: 0.0, n: 0, events: 0, reason: Reason::NotComputed };
    let (mut svg, scale, bottom) = frame(view, rows.iter().map(|row| row.1).chain([&zero]), rows.len());
    svg.line("zero", (scale.at(0.0), TOP - 4.0), (scale.at(0.0), bottom));
    let mut desc = Vec::new();
    for (at, (one, measure)) in rows.iter().enumerate() {
        let words = view.difference("auc", measure);
        let full = excludes_zero(measure).is_some();
        row(view, (&mut svg, &scale), at, (one, measure), (&short(view, measure, &words), full));
        desc.push(format!("{}: {words}", one.name));
    }
    let reference = &view.report.context.reference;
    let caption = tell!(view.lang, "Diferencia con {reference}", "Difference from {reference}");
    let title = tell!(view.lang, "Área ROC menos la de {reference}", "ROC area minus that of {reference}");
    Figure::new(caption, None, svg.finish("discrimination-difference", &title, &(desc.join("; ") + ".")))
}

/// An empty drawing for so many rows with its axis; also the scale and the axis' height.
fn frame<'a>(view: &View<'_>, measures: impl Iterator<Item = &'a Measure>, rows: usize) -> (Svg, Scale, f64) {
    let limits = measures.filter_map(ends).flat_map(|(low, high)| [low, high]);
    let scale = Scale::new(range(limits).unwrap_or((0.5, 1.0)), (LEFT, RIGHT));
    let bottom = TOP + ROW * rows as f64 + 4.0;
    let mut svg = Svg::new(WIDTH, bottom + 20.0);
    scale.draw_across(&mut svg, view.numbers, Unit::Decimal, (TOP - 4.0, bottom), 6.0);
    (svg, scale, bottom)
}

/// What fits beside a name: the reasons are in the description and the tables.
fn short(view: &View<'_>, measure: &Measure, words: &str) -> String {
    match measure {
        Measure::Value { .. } => words.to_owned(),
        Measure::Point { .. } => words.split(" (").next().unwrap_or(words).to_owned(),
        Measure::Undefined { .. } => view.lang.pick("no se sabe", "not known").to_owned(),
    }
}

/// A version's name and numbers, and its mark below them.
fn row(
    view: &View<'_>,
    (svg, scale): (&mut Svg, &Scale),
    at: usize,
    (one, measure): RankedVersion<'_>,
    (words, full): (&str, bool),
) {
    let y = TOP + ROW * at as f64;
    let strong = if view.is_reference(one) { "strong halo" } else { "halo" };
    svg.text(strong, (LEFT, y + 11.0), &shorten(&one.name, 34));
    svg.text("end halo", (RIGHT, y + 11.0), &shorten(words, 34));
    mark_across(
        svg,
        scale,
        y + 22.0,
        measure,
        Style { colour: colour(view, one), mark: mark(view, one), full },
    );
}
