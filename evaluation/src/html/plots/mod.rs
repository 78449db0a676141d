//! The plots, one file each; what they share is here.

mod dial;
mod discrimination;
mod forest;
mod levels;
mod reliability;

pub(super) use dial::dial;
pub(super) use discrimination::discrimination;
pub(super) use forest::forest;
pub(super) use levels::levels;
pub(super) use reliability::reliability;

use minijinja::Value;
use serde::Serialize;

use super::axes::Scale;
use super::svg::{Mark, Svg};
use crate::measure::Measure;

/// A plot with what stands above it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    /// Empty where the heading says it all.
    pub(super) caption: String,
    pub(super) note: Option<String>,
    /// Markup, escaped by [`Svg`].
    pub(super) svg: Value,
}

impl Figure {
    fn new(caption: String, note: Option<String>, svg: String) -> Self {
        Self { caption, note, svg: Value::from_safe_string(svg) }
    }
}

/// How a measure is marked.
#[derive(Clone, Copy)]
struct Style {
    colour: &'static str,
    mark: Mark,
    /// Filled or hollow.
    full: bool,
}

/// Draws a measure across: its mark, and its interval as a line with an arrow where it leaves the scale.
fn mark_across(svg: &mut Svg, scale: &Scale, y: f64, measure: &Measure, style: Style) {
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

/// The two ends of a measure: its interval, or its value twice.
fn ends(measure: &Measure) -> Option<(f64, f64)> {
    measure.interval().or_else(|| measure.value().map(|value| (value, value)))
}
