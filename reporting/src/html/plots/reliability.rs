//! Reliability diagrams: one small square a version, on one scale for all.

use amparo_evaluation::report::{Bin, ScoredReport};

use super::figure::{Figure, curve};
use crate::html::axes::Scale;
use crate::html::marks::{colour, mark};
use crate::html::svg::{Mark, Svg};
use crate::telling::number::Unit;
use crate::telling::tell;
use crate::telling::view::View;

const WIDTH: f64 = 250.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 242.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 190.0;
const STRIP: f64 = 34.0;

/// One figure for each version with probabilities.
pub(in crate::html) fn reliability(view: &View<'_>) -> Vec<Figure> {
    let shown: Vec<&ScoredReport> =
        view.report.scored.iter().filter(|one| !one.reliability.is_empty()).collect();
    let highest = shown.iter().flat_map(|one| &one.reliability).map(top).fold(0.0, f64::max);
    let limit = (highest * 1.06).clamp(0.01, 1.0);
    shown.iter().enumerate().map(|(at, one)| figure(view, one, at, limit)).collect()
}

fn figure(view: &View<'_>, scored: &ScoredReport, at: usize, limit: f64) -> Figure {
    let mut svg = Svg::new(WIDTH, BOTTOM + STRIP + 36.0);
    let across = Scale::new((0.0, limit), (LEFT, RIGHT));
    let up = Scale::new((0.0, limit), (BOTTOM, TOP));
    let floor = BOTTOM + STRIP;
    across.draw_across(&mut svg, view.numbers, Unit::Share, (TOP, floor), 4.0);
    up.draw_up(&mut svg, view.numbers, Unit::Share, (LEFT, RIGHT), 4.0);
    svg.line("dashed", (across.at(0.0), up.at(0.0)), (across.at(limit), up.at(limit)));
    let most = scored.reliability.iter().map(|bin| bin.n).max().unwrap_or(1).max(1);
    let (colour, mark) = (colour(view, scored), mark(view, scored));
    let smooth: Vec<_> =
        scored.curve.iter().map(|point| (point.probability, point.observed.clone())).collect();
    curve(&mut svg, (&across, &up), colour, true, &smooth);
    let mut line = Vec::new();
    let mut desc = Vec::new();
    for bin in &scored.reliability {
        let height = (STRIP - 8.0) * bin.n as f64 / most as f64;
        let (from, to) = (across.at(bin.from), across.at(bin.to));
        svg.rect("block", (from, floor - height), ((to - from).max(0.8), height));
        let x = across.at(bin.mean_probability);
        if let Some((low, high)) = bin.observed.interval() {
            svg.line(&format!("line {colour} solid"), (x, up.at(low)), (x, up.at(high)));
        }
        if let Some(value) = bin.observed.value() {
            line.push((x, up.at(value)));
        }
        desc.push(tell!(
            view.lang,
            "probabilidad media {}, observado {}, {} filas",
            "mean probability {}, observed {}, {} rows";
            view.numbers.value(Unit::Share, bin.mean_probability),
            view.numbers.measure(Unit::Share, &bin.observed, false),
            view.numbers.count(bin.n)
        ));
    }
    for point in line {
        svg.mark(
            &format!("{colour} full"),
            if mark == Mark::Square { Mark::Circle } else { mark },
            point,
            3.0,
        );
    }
    svg.text(
        "middle soft",
        ((LEFT + RIGHT) / 2.0, floor + 30.0),
        view.lang.pick("probabilidad media", "mean probability"),
    );
    svg.text("soft", (LEFT + 5.0, TOP + 8.0), view.lang.pick("observado", "observed"));
    desc.extend(smooth_in_words(view, scored, limit));
    let title = tell!(view.lang, "Calibración de {}", "Calibration of {}"; scored.name);
    let svg = svg.finish(&format!("reliability-{at}"), &title, &(desc.join("; ") + "."));
    Figure::new(scored.name.clone(), Some(view.kind(scored)), svg)
}

/// The smooth curve at a few places; empty without one.
fn smooth_in_words(view: &View<'_>, scored: &ScoredReport, limit: f64) -> Option<String> {
    let shown: Vec<_> = scored.curve.iter().filter(|point| point.probability <= limit).collect();
    let every = (shown.len() / 4).max(1);
    let places: Vec<String> = shown
        .iter()
        .step_by(every)
        .map(|point| {
            let observed = view.numbers.measure(Unit::Share, &point.observed, false);
            format!("{}: {observed}", view.numbers.value(Unit::Share, point.probability))
        })
        .collect();
    let places = places.join(", ");
    (!places.is_empty()).then(|| tell!(view.lang, "curva suavizada en {places}", "smooth curve at {places}"))
}

/// The highest value that must be on the scale; the strip of the last bin may be cut off at the edge.
fn top(bin: &Bin) -> f64 {
    let observed =
        bin.observed.interval().map(|(_, high)| high).or_else(|| bin.observed.value()).unwrap_or(0.0);
    observed.max(bin.mean_probability)
}
