//! From values to pixels: linear scales, round ticks, and drawn axes.

use super::svg::Svg;
use crate::telling::number::{Numbers, Unit};

/// A linear map from values to pixels; values outside are clamped by [`Scale::at`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Values `low..high` onto pixels `from..to`; an empty range of values is widened.
    pub(super) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, from, to }
    }

    /// The pixel of a value, clamped to the scale.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Whether a value lies on the scale.
    pub(super) fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Round values within the scale, about `wanted` of them.
    pub(super) fn ticks(&self, wanted: f64) -> Vec<f64> {
        let step = round_step((self.high - self.low) / wanted.max(1.0));
        let slack = step * 1e-9;
        let first = ((self.low - slack) / step).ceil();
        (0..100)
            .map(|i| (first + f64::from(i)) * step)
            .take_while(|tick| *tick <= self.high + slack)
            .collect()
    }

    /// A horizontal axis at `y` with grid lines up to `top` and labels in the unit.
    pub(super) fn draw_across(
        &self,
        svg: &mut Svg,
        numbers: Numbers,
        unit: Unit,
        (top, y): (f64, f64),
        wanted: f64,
    ) {
        let ticks = self.ticks(wanted);
        for (tick, label) in ticks.iter().zip(labels(&ticks, numbers, unit)) {
            let x = self.at(*tick);
            svg.line("grid", (x, top), (x, y));
            svg.text("middle soft", (x, y + 14.0), &label);
        }
        svg.line("axis", (self.from, y), (self.to, y));
    }

    /// A vertical axis at `x` with grid lines up to `right` and labels in the unit.
    pub(super) fn draw_up(
        &self,
        svg: &mut Svg,
        numbers: Numbers,
        unit: Unit,
        (x, right): (f64, f64),
        wanted: f64,
    ) {
        let ticks = self.ticks(wanted);
        for (tick, label) in ticks.iter().zip(labels(&ticks, numbers, unit)) {
            let y = self.at(*tick);
            svg.line("grid", (x, y), (right, y));
            svg.text("end soft", (x - 5.0, y + 4.0), &label);
        }
        svg.line("axis", (x, self.from), (x, self.to));
    }
}

/// The range of some values, widened by a twentieth on both sides; `None` without values.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) = values.into_iter().fold(None, |range: Option<(f64, f64)>, v| {
        Some(range.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
    })?;
    let room = ((high - low) * 0.05).max(1e-6);
    Some((low - room, high + room))
}

/// The nearest, by ratio, of 1, 2, 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(step.max(1e-12))));
    let (_, nearest) = [(1.4, 1.0), (3.2, 2.0), (7.1, 5.0)]
        .into_iter()
        .find(|(below, _)| step / power < *below)
        .unwrap_or((f64::INFINITY, 10.0));
    nearest * power
}

/// Tick labels with as many decimals as tell them apart.
fn labels(ticks: &[f64], numbers: Numbers, unit: Unit) -> Vec<String> {
    let scale = if unit == Unit::Share { 100.0 } else { 1.0 };
    let step = ticks.windows(2).map(|pair| (pair[1] - pair[0]) * scale).next().unwrap_or(1.0);
    let decimals = (0..6).find(|d| step * libm::pow(10.0, f64::from(*d)) >= 1.0 - 1e-9).unwrap_or(6);
    ticks
        .iter()
        .map(|tick| {
            let text = numbers.fixed(tick * scale, usize::try_from(decimals).unwrap_or(3));
            if unit == Unit::Share { text + numbers.lang.pick("\u{202f}%", "%") } else { text }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telling::Lang;

    #[test]
    fn ticks_are_round_and_within() {
        let ticks = |low, high, wanted| labels_of(Scale::new((low, high), (0.0, 1.0)).ticks(wanted));
        assert_eq!(ticks(0.0, 1.0, 5.0), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(ticks(-0.013, 0.021, 4.0), ["\u{2212}0.01", "0.00", "0.01", "0.02"]);
        assert_eq!(ticks(650.0, 1200.0, 3.0), ["800", "1,000", "1,200"]);
    }

    #[test]
    fn scales_clamp_and_survive_empty_ranges() {
        let scale = Scale::new((0.0, 2.0), (10.0, 30.0));
        assert!((scale.at(1.0) - 20.0).abs() <= 1e-12 && (scale.at(9.0) - 30.0).abs() <= 1e-12);
        assert!(!scale.holds(2.1));
        assert!(Scale::new((1.0, 1.0), (0.0, 10.0)).at(1.0).is_finite());
        assert_eq!(range([]), None);
    }

    fn labels_of(ticks: Vec<f64>) -> Vec<String> {
        labels(&ticks, Numbers { lang: Lang::En }, Unit::Decimal)
    }
}
