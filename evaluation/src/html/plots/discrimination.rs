//! AUC of every scored version as dots with intervals; the reference and the oracle as lines.

use super::{Figure, Style, ends, mark_across};
use crate::html::axes::{Scale, range};
use crate::html::number::Unit;
use crate::html::svg::{Svg, shorten};
use crate::html::view::View;
use crate::measure::Measure;

const WIDTH: f64 = 700.0;
const LEFT: f64 = 200.0;
const RIGHT: f64 = 545.0;
const ROW: f64 = 24.0;
const TOP: f64 = 24.0;

/// One row a scored version, in the report's order.
pub(in crate::html) fn discrimination(view: &View<'_>) -> Figure {
    let report = view.report;
    let undefined = Measure::undefined("not in the report");
    let rows: Vec<(&crate::report::ScoredReport, &Measure)> =
        report.scored.iter().map(|one| (one, one.overall.get("auc").unwrap_or(&undefined))).collect();
    let oracle =
        report.scored.iter().find_map(|one| one.overall.get("oracle_auc")).filter(|m| m.value().is_some());
    let limits =
        rows.iter().map(|row| row.1).chain(oracle).filter_map(ends).flat_map(|(low, high)| [low, high]);
    let scale = Scale::new(range(limits).unwrap_or((0.5, 1.0)), (LEFT, RIGHT));
    let bottom = TOP + ROW * rows.len() as f64 + 4.0;
    let mut svg = Svg::new(WIDTH, bottom + 38.0);
    scale.draw_across(&mut svg, view.numbers, Unit::Decimal, (TOP - 4.0, bottom), 6.0);
    svg.text("middle soft", ((LEFT + RIGHT) / 2.0, bottom + 32.0), &view.title("auc"));
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
        let class = if x > (LEFT + RIGHT) / 2.0 { "end" } else { "" };
        svg.text(class, (x, TOP - 9.0), label);
        desc.push(format!("{label}: {}", view.measure("oracle_auc", measure)));
    }
    for (at, (one, measure)) in rows.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        let strong = if view.is_reference(one) { "end strong" } else { "end" };
        svg.text(strong, (LEFT - 12.0, y + 4.0), &shorten(&one.name, 28));
        mark_across(
            &mut svg,
            &scale,
            y,
            measure,
            Style { colour: view.colour(one), mark: view.mark(one), full: true },
        );
        let text = match measure.value() {
            Some(_) => view.measure("auc", measure),
            None => view.lang.pick("no se sabe", "not known").to_owned(),
        };
        svg.text("", (RIGHT + 12.0, y + 4.0), &shorten(&text, 28));
        desc.push(format!("{}: {}", one.name, view.measure("auc", measure)));
    }
    let title = say!(
        view.lang,
        "Área ROC de cada versión, con su intervalo",
        "ROC area of each version, with its interval"
    );
    Figure::new(String::new(), None, svg.finish("discrimination", &title, &(desc.join("; ") + ".")))
}
