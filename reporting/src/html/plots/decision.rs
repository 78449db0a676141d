//! Decision curves: what acting at or above each threshold is worth, against acting on everybody and on nobody.

use amparo_evaluation::measure::Measure;
use amparo_evaluation::report::{DecisionPoint, ScoredReport};

use super::figure::{Figure, curve, ends};
use crate::html::axes::Scale;
use crate::html::marks::colour;
use crate::html::svg::Svg;
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 340.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 330.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 200.0;

/// One figure for each version with probabilities, on one scale for all.
pub(in crate::html) fn decision(view: &View<'_>) -> Vec<Figure> {
    let shown: Vec<&ScoredReport> =
        view.report.scored.iter().filter(|one| !one.decision.is_empty()).collect();
    let points = || shown.iter().flat_map(|one| &one.decision);
    let limit = points().map(|point| point.threshold).fold(0.0, f64::max).max(0.01);
    let of = |point: &DecisionPoint| ends(&point.net_benefit).into_iter().chain(ends(&point.treat_all));
    let highest = points().flat_map(of).map(|(_, high)| high).fold(0.001, f64::max);
    shown.iter().enumerate().map(|(at, one)| figure(view, one, at, (limit, highest))).collect()
}

fn figure(view: &View<'_>, scored: &ScoredReport, at: usize, (limit, highest): (f64, f64)) -> Figure {
    let mut svg = Svg::new(WIDTH, BOTTOM + 36.0);
    let across = Scale::new((0.0, limit), (LEFT, RIGHT));
    // What loses more than a third of the best gain is cut off: there is nothing to choose there.
    let up = Scale::new((-highest / 3.0, highest * 1.05), (BOTTOM, TOP));
    let labels = Scale::new((-1000.0 * highest / 3.0, 1050.0 * highest), (BOTTOM, TOP));
    across.draw_across(&mut svg, view.numbers, Unit::Share, (TOP, BOTTOM), 5.0);
    labels.draw_up(&mut svg, view.numbers, Unit::Decimal, (LEFT, RIGHT), 5.0);
    for cut in scored.levels.iter().filter_map(|level| level.cut).filter(|cut| across.holds(*cut)) {
        svg.line("dotted", (across.at(cut), TOP), (across.at(cut), BOTTOM));
    }
    svg.line("zero", (LEFT, up.at(0.0)), (RIGHT, up.at(0.0)));
    let everybody: Vec<(f64, f64)> = scored
        .decision
        .iter()
        .filter_map(|point| Some((point.threshold, point.treat_all.value()?)))
        .take_while(|(_, value)| up.holds(*value))
        .map(|(threshold, value)| (across.at(threshold), up.at(value)))
        .collect();
    svg.path("dashed", &everybody);
    let drawn = |one: &ScoredReport| -> Vec<(f64, Measure)> {
        one.decision.iter().map(|point| (point.threshold, point.net_benefit.clone())).collect()
    };
    curve(&mut svg, (&across, &up), colour(view, scored), true, &drawn(scored));
    if let Some(reference) = view.reference().filter(|_| !view.is_reference(scored)) {
        curve(&mut svg, (&across, &up), "black thin", false, &drawn(reference));
    }
    svg.text("end soft halo", (RIGHT, up.at(0.0) + 13.0), view.lang.pick("actuar en ninguno", "act on none"));
    if let Some((x, y)) = everybody.last() {
        svg.text(
            "soft halo",
            (x + 4.0, (y - 4.0).min(BOTTOM - 6.0)),
            view.lang.pick("actuar en todos", "act on all"),
        );
    }
    svg.text(
        "middle soft",
        (f64::midpoint(LEFT, RIGHT), BOTTOM + 30.0),
        view.lang.pick("umbral de probabilidad", "threshold probability"),
    );
    let title = tell!(view.lang, "Curva de decisión de {}", "Decision curve of {}"; scored.name);
    let svg = svg.finish(&format!("decision-{at}"), &title, &in_words(view, scored));
    Figure::new(scored.name.clone(), Some(view.kind(scored)), svg)
}

/// The curve at a few thresholds.
fn in_words(view: &View<'_>, scored: &ScoredReport) -> String {
    let every = (scored.decision.len() / 5).max(1);
    let places: Vec<String> = scored
        .decision
        .iter()
        .step_by(every)
        .map(|point| {
            tell!(
                view.lang,
                "umbral {}: {} por 1000 casos; actuar en todos, {}",
                "threshold {}: {} per 1,000 cases; acting on all, {}";
                view.numbers.value(Unit::Share, point.threshold),
                view.numbers.measure(Unit::PerThousand, &point.net_benefit, false),
                view.numbers.measure(Unit::PerThousand, &point.treat_all, false)
            )
        })
        .collect();
    places.join("; ") + "."
}
