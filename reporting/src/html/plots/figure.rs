//! What the plots share: a figure, and how measures are marked and curves drawn.

use amparo_evaluation::measure::Measure;
use minijinja::Value;
use serde::Serialize;

use crate::html::axes::Scale;
use crate::html::svg::{Mark, Svg};

/// A plot with what stands above it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::html) struct Figure {
    /// Empty where the heading says it all.
    pub(in crate::html) caption: String,
    pub(in crate::html) note: Option<String>,
    /// Markup, escaped by [`Svg`].
    pub(in crate::html) svg: Value,
}

impl Figure {
    pub(super) fn new(caption: String, note: Option<String>, svg: String) -> Self {
        Self { caption, note, svg: Value::from_safe_string(svg) }
    }
}

/// How a measure is marked.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) colour: &'static str,
    pub(super) mark: Mark,
    /// Filled or hollow.
    pub(super) full: bool,
}

/// Draws a measure across: its mark, and its interval as a line with an arrow where it leaves the scale.
pub(super) fn mark_across(svg: &mut Svg, scale: &Scale, y: f64, measure: &Measure, style: Style) {
    let Some(value) = measure.value() else { return };
    if let Some((low, high)) = measure.interval() {
        let class = format!("line {} solid", style.colour);
        svg.line(&class, (scale.at(low), y), (scale.at(high), y));
        for (bound, back) in [(low, 4.0), (high, -4.0)] {
            if !scale.holds(bound) {
                let x = scale.at(bound);
                svg.path(&class, &[(x + back, y - 3.5), (x, y), (x + back, y + 3.5)]);
            }
        }
    }
    if scale.holds(value) {
        let class = format!("{} {}", style.colour, if style.full { "full" } else { "open" });
        svg.mark(&class, style.mark, (scale.at(value), y), 3.6);
    }
}

/// A curve over one axis: its place across and its measure, drawn as a line with its interval as a band.
///
/// Where the measure is undefined, or the place is off the scale, the line is interrupted; the band is where there is an interval.
pub(super) fn curve(
    svg: &mut Svg,
    (across, up): (&Scale, &Scale),
    colour: &str,
    band: bool,
    points: &[(f64, Measure)],
) {
    let on_scale = |point: &&(f64, Measure)| across.holds(point.0);
    if band {
        for piece in points.split(|point| !on_scale(&point) || point.1.interval().is_none()) {
            let places: Vec<(f64, f64, f64)> = piece
                .iter()
                .filter_map(|(at, measure)| {
                    let (low, high) = measure.interval()?;
                    Some((across.at(*at), up.at(low), up.at(high)))
                })
                .collect();
            if places.len() > 1 {
                svg.band(&format!("band {colour}"), &places);
            }
        }
    }
    let seen = |(at, measure): &(f64, Measure)| {
        let value = measure.value().filter(|value| across.holds(*at) && up.holds(*value))?;
        Some((across.at(*at), up.at(value)))
    };
    for piece in points.split(|point| seen(point).is_none()) {
        let places: Vec<(f64, f64)> = piece.iter().filter_map(seen).collect();
        if places.len() > 1 {
            svg.path(&format!("line {colour} solid"), &places);
        }
    }
}

/// The two ends of a measure: its interval, or its value twice.
pub(super) fn ends(measure: &Measure) -> Option<(f64, f64)> {
    measure.interval().or_else(|| measure.value().map(|value| (value, value)))
}
