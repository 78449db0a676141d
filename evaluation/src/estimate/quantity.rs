//! The numbers that are followed over the resamples, and what each resample says of them.

use std::collections::HashMap;
use std::ops::Range;

use super::resampler::{Place, Resampler, Sample};
use crate::metrics::Noise;

/// A number followed over the resamples.
///
/// For a signed metric a resample gives the number itself. For a magnitude it gives a bound on how far noise moves the number: the
/// seminorm of `resampled - observed`, and for a comparison of magnitudes the sum of their bounds. A max-min difference is a seminorm of
/// signed deviations, and so is that of the logarithms, which stands for the ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Quantity {
    /// A metric of a version within a label.
    Value(Place),
    /// First less second: two labels of a version, or two versions within a label.
    Difference(Place, Place),
    /// First over second.
    Ratio(Place, Place),
    /// A version's gap less another's.
    Change([Place; 2], [Place; 2]),
    /// Highest less lowest over the labels of a column.
    MaxMinDifference(Across),
    /// Lowest over highest.
    MinMaxRatio(Across),
    /// The larger of two max-min differences.
    LargerDifference(Across, Across),
    /// `(1 - accuracy loss) (1 - max-min difference)`.
    Penalised { loss: Place, difference: Across },
    /// The smooth calibration curve of a version, at one of its probabilities.
    Curve { version: usize, point: usize },
}

/// A metric of a version over the labels of a group column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Across {
    pub(crate) version: usize,
    pub(crate) column: usize,
    pub(crate) target: usize,
}

/// A gap of a family: label, reference label, and standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    pub(crate) label: Place,
    pub(crate) against: Place,
    pub(crate) se: f64,
}

/// What is observed, against which resamples are read.
pub(crate) struct Observed<'a> {
    pub(crate) resampler: &'a Resampler<'a>,
    pub(crate) point: Sample,
    /// Whether a place has a value that is shown; by version, then as in a sample.
    pub(crate) shown: Vec<Vec<bool>>,
    /// Whether a label is one among others, by its number among all: not one that says that nothing was recorded.
    pub(crate) known: Vec<bool>,
    /// The families of gaps, by version and target; empty until standard errors are known.
    pub(crate) families: HashMap<(usize, usize), Vec<Member>>,
}

impl Observed<'_> {
    /// What a resample says of a quantity; NaN where undefined there.
    pub(crate) fn draw(&self, quantity: Quantity, sample: &Sample) -> f64 {
        let at = |place| sample.at(self.resampler, place);
        match quantity {
            Quantity::Value(place) => at(place),
            Quantity::Difference(a, b) if self.noise(a) == Noise::Signed => at(a) - at(b),
            Quantity::Difference(a, b) => at(a) + at(b),
            Quantity::Ratio(a, b) => at(a) / at(b),
            Quantity::Change([a, b], [c, d]) if self.noise(a) == Noise::Signed => {
                (at(a) - at(b)) - (at(c) - at(d))
            }
            Quantity::Change([a, b], [c, d]) => at(a) + at(b) + at(c) + at(d),
            Quantity::MaxMinDifference(across) => self.max_min_difference(across, sample),
            Quantity::MinMaxRatio(across) => range(
                self.places(across)
                    .map(|place| libm::log(at(place)) - libm::log(self.point.at(self.resampler, place))),
            ),
            Quantity::LargerDifference(one, other) => {
                let one = self.max_min_difference(one, sample);
                let other = self.max_min_difference(other, sample);
                // Not f64::max, which passes over NaN.
                if one > other || one.is_nan() { one } else { other }
            }
            Quantity::Penalised { loss, difference } => {
                (1.0 - self.point.at(self.resampler, loss)) * self.max_min_difference(difference, sample)
                    + self.deviation(loss, sample).abs()
            }
            Quantity::Curve { version, point } => sample.curve(version, point),
        }
    }

    /// The largest deviation of a family's gaps, in standard errors.
    ///
    /// A member that is undefined on this resample is passed over; its own gap then has no simultaneous interval.
    pub(super) fn largest_deviation(&self, family: (usize, usize), sample: &Sample) -> f64 {
        self.families.get(&family).map_or(f64::NAN, |family| {
            family.iter().map(|m| self.gap_noise(m, sample) / m.se).fold(0.0, f64::max)
        })
    }

    /// How far a resample moves a gap; for magnitudes a bound on it.
    pub(crate) fn gap_noise(&self, member: &Member, sample: &Sample) -> f64 {
        match self.noise(member.label) {
            Noise::Signed => {
                (self.deviation(member.label, sample) - self.deviation(member.against, sample)).abs()
            }
            Noise::Magnitude | Noise::Square => {
                sample.at(self.resampler, member.label) + sample.at(self.resampler, member.against)
            }
        }
    }

    /// What noise does to the metric at a place.
    pub(crate) fn noise(&self, place: Place) -> Noise {
        self.resampler.prepared[place.version].targets[place.target].metric.info().noise()
    }

    /// The places of a column's labels that are compared: of which something was recorded, and whose value is shown.
    pub(crate) fn places(&self, across: Across) -> impl Iterator<Item = Place> + '_ {
        self.labels(across.column)
            .filter(|label| self.known[*label])
            .map(move |label| Place { version: across.version, label, target: across.target })
            .filter(|place| self.is_shown(*place))
    }

    /// Whether a place has a value that is shown.
    pub(crate) fn is_shown(&self, place: Place) -> bool {
        self.shown[place.version][self.resampler.at(place)]
    }

    /// The labels of a group column, by their numbers among all.
    pub(crate) fn labels(&self, column: usize) -> Range<usize> {
        self.resampler.frame.columns[column].clone()
    }

    fn deviation(&self, place: Place, sample: &Sample) -> f64 {
        sample.at(self.resampler, place) - self.point.at(self.resampler, place)
    }

    fn max_min_difference(&self, across: Across, sample: &Sample) -> f64 {
        let signed = self.places(across).next().is_none_or(|place| self.noise(place) == Noise::Signed);
        if signed {
            return range(self.places(across).map(|place| self.deviation(place, sample)));
        }
        // The highest and the lowest each move by no more than their own noise: by the two largest together.
        let mut noise: Vec<f64> = self.places(across).map(|place| sample.at(self.resampler, place)).collect();
        noise.sort_by(|a, b| b.total_cmp(a));
        noise.iter().take(2).sum()
    }
}

/// Largest less smallest; NaN if any is.
fn range(values: impl Iterator<Item = f64>) -> f64 {
    let (mut low, mut high, mut all) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
    for value in values {
        (low, high, all) = (low.min(value), high.max(value), all + value);
    }
    if all.is_finite() { high - low } else { f64::NAN }
}
