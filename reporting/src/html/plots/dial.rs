//! The dial: protection and overload, AUC, and Brier score at each position.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::{DialPoint, dial_series};

use super::figure::{Figure, ends};
use crate::html::axes::{Scale, range};
use crate::html::svg::{Mark, Svg};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 48.0;
const RIGHT: f64 = 326.0;
const TOP: f64 = 8.0;
const LEGEND: f64 = 17.0;
const PLOT: f64 = 176.0;

/// A curve: its colour, mark and label, and the measure it takes from each point.
struct Curve {
    metric: &'static str,
    colour: &'static str,
    mark: Mark,
    of: fn(&DialPoint) -> &Measure,
}

const PROTECTION: Curve =
    Curve { metric: "protection", colour: "blue", mark: Mark::Circle, of: |p| &p.protection };
const OVERLOAD: Curve = Curve { metric: "overload", colour: "red", mark: Mark::Square, of: |p| &p.overload };
const AUC: Curve = Curve { metric: "auc", colour: "black", mark: Mark::Circle, of: |p| &p.auc };
const BRIER: Curve = Curve { metric: "brier", colour: "black", mark: Mark::Diamond, of: |p| &p.brier };

/// Three figures, or none when no version has a dial.
pub(in crate::html) fn dial(view: &View<'_>) -> Vec<Figure> {
    let points = dial_series(view.report);
    if points.is_empty() {
        return Vec::new();
    }
    [("dial-use", vec![PROTECTION, OVERLOAD]), ("dial-auc", vec![AUC]), ("dial-brier", vec![BRIER])]
        .iter()
        .map(|(id, curves)| figure(view, &points, id, curves))
        .collect()
}

fn figure(view: &View<'_>, points: &[DialPoint], id: &str, curves: &[Curve]) -> Figure {
    let unit = Unit::of(curves[0].metric);
    let legend = if curves.len() > 1 { LEGEND * curves.len() as f64 } else { 0.0 };
    let (top, bottom) = (TOP + legend, TOP + legend + PLOT);
    let mut svg = Svg::new(WIDTH, bottom + 44.0);
    let across = Scale::new((-0.04, 1.04), (LEFT, RIGHT));
    let values = points.iter().flat_map(|point| curves.iter().filter_map(|curve| ends((curve.of)(point))));
    let up =
        Scale::new(range(values.flat_map(|(low, high)| [low, high])).unwrap_or((0.0, 1.0)), (bottom, top));
    up.draw_up(&mut svg, view.numbers, unit, (LEFT, RIGHT), 5.0);
    across.draw_across(&mut svg, view.numbers, Unit::Decimal, (bottom, bottom), 5.0);
    let (from, to) = view.lang.pick(("base estadística", "candidato"), ("baseline", "candidate"));
    svg.text("soft", (LEFT, bottom + 32.0), &format!("\u{2190} {from}"));
    svg.text("end soft", (RIGHT, bottom + 32.0), &format!("{to} \u{2192}"));
    svg.text("middle soft", ((LEFT + RIGHT) / 2.0, bottom + 32.0), "dial");
    let mut desc = Vec::new();
    for (at, curve) in curves.iter().enumerate() {
        let legend_y = 12.0 + LEGEND * at as f64;
        let Curve { colour, mark, .. } = curve;
        let known: Vec<(f64, f64)> = points
            .iter()
            .filter_map(|point| Some((across.at(point.dial), up.at((curve.of)(point).value()?))))
            .collect();
        svg.path(&format!("line {colour}"), &known);
        for point in points {
            let measure = (curve.of)(point);
            let x = across.at(point.dial);
            if let Some((low, high)) = measure.interval() {
                svg.line(&format!("line {colour} solid"), (x, up.at(low)), (x, up.at(high)));
            }
            if let Some(value) = measure.value() {
                svg.mark(&format!("{colour} full"), *mark, (x, up.at(value)), 3.6);
            }
            let dial = view.numbers.fixed(point.dial, 2);
            desc.push(format!(
                "{}, dial {dial} ({}): {}",
                view.title(curve.metric),
                point.name,
                view.measure(curve.metric, measure)
            ));
        }
        if curves.len() > 1 {
            svg.path(&format!("line {colour}"), &[(LEFT, legend_y - 4.0), (LEFT + 26.0, legend_y - 4.0)]);
            svg.mark(&format!("{colour} full"), *mark, (LEFT + 13.0, legend_y - 4.0), 3.6);
            svg.text("", (LEFT + 33.0, legend_y), &view.title(curve.metric));
        }
    }
    let titles: Vec<String> = curves.iter().map(|curve| view.title(curve.metric)).collect();
    let title = tell!(view.lang, "{} según el dial", "{} by dial"; titles.join(", "));
    let svg = svg.finish(id, &title, &(desc.join("; ") + "."));
    Figure::new(titles.join(", "), None, svg)
}
