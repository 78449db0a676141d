//! The rows, evaluated and resampled, and the measure of every quantity of theirs.

use std::collections::HashMap;

use super::areas::Areas;
use super::followed::{self, Followed};
use super::interval::{self, Interval, measured};
use super::plan::{self, Pairing};
use super::prepared::{Prepared, Weighting};
use super::quantile_sketch::{Sketch, Sketches};
use super::quantity::{Across, Observed, Quantity};
use super::resampler::{Place, Resampler, Sample};
use super::suppress;
use crate::input::Scored;
use crate::measure::{Count, Measure};
use crate::metrics::{LabelSums, Noise};
use crate::reason::Reason;
use crate::report::Context;

/// The rows, evaluated and resampled.
pub(crate) struct Estimates<'a> {
    pub(crate) observed: Observed<'a>,
    pub(crate) pairing: Pairing,
    /// The reference label of each group column, by its number among all labels.
    pub(crate) references: Vec<usize>,
    pub(crate) smallest_cell: u64,
    areas: Areas,
    values: Vec<Vec<Result<f64, Reason>>>,
    /// Unweighted sums of each version.
    counts: Vec<Vec<f64>>,
    /// Whether a version gives every row the same score, probability and level as the reference version.
    identical_scores: Vec<bool>,
    sketches: Sketches,
    index: HashMap<Followed, usize>,
}

impl<'a> Estimates<'a> {
    /// Draws the replicates; `step` hears of progress.
    pub(crate) fn new(resampler: &'a Resampler<'a>, context: &Context, step: &dyn Fn(u64)) -> Self {
        let columns = resampler.input.columns();
        let assessments = Weighting::new(vec![columns.repeats.share(); columns.y.len()], false);
        let counts: Vec<Vec<f64>> =
            resampler.prepared.iter().map(|prepared| prepared.sums(&resampler.frame, &assessments)).collect();
        let point = resampler.point();
        let values: Vec<Vec<Result<f64, Reason>>> = (0..resampler.prepared.len())
            .map(|version| values(resampler, &point, &counts[version], version, context.smallest_cell))
            .collect();
        let shown = values.iter().map(|values| values.iter().map(Result::is_ok).collect()).collect();
        let mut known = vec![true; resampler.frame.n_labels];
        for (column, labels) in columns.groups.iter().zip(&resampler.frame.columns) {
            for (at, label) in labels.clone().zip(&column.labels) {
                known[at] = column.is_known(label);
            }
        }
        let mut observed = Observed { resampler, point, shown, known, families: HashMap::new() };
        let pairing = Pairing::new(&observed, &context.reference);
        let size = |label: usize| resampler.prepared[0].label_sums(&counts[0], label).total().round() as u64;
        let references: Vec<usize> = columns
            .groups
            .iter()
            .zip(&resampler.frame.columns)
            .map(|(column, labels)| {
                labels.start + plan::reference(column, |label| size(labels.start + label))
            })
            .collect();
        let followed = plan::followed(&observed, &pairing, &references, context.pairwise);
        let sketches = followed::draw(&mut observed, &followed, context, step);
        let base = resampler.prepared[pairing.base].scored;
        Self {
            observed,
            references,
            smallest_cell: context.smallest_cell,
            areas: Areas::new(resampler),
            values,
            counts,
            identical_scores: resampler.prepared.iter().map(|one| is_identical(one.scored, base)).collect(),
            sketches,
            index: followed.into_iter().enumerate().map(|(at, one)| (one, at)).collect(),
            pairing,
        }
    }

    pub(crate) fn resampler(&self) -> &'a Resampler<'a> {
        self.observed.resampler
    }

    pub(crate) fn prepared(&self, version: usize) -> &'a Prepared<'a> {
        &self.observed.resampler.prepared[version]
    }

    /// Unweighted counts of a label.
    pub(crate) fn counts(&self, version: usize, label: usize) -> LabelSums<'_> {
        self.prepared(version).label_sums(&self.counts[version], label)
    }

    /// Rows and events of a label, the same whatever the version.
    pub(crate) fn n_and_events(&self, label: usize) -> (u64, u64) {
        let counts = self.counts(0, label);
        (counts.total().round() as u64, counts.outcomes()[1].round() as u64)
    }

    /// A count as shown.
    pub(crate) fn count(&self, count: u64) -> Count {
        Count::new(count, self.smallest_cell)
    }

    /// The value at a place, or why there is none.
    pub(crate) fn value(&self, place: Place) -> Result<f64, Reason> {
        self.values[place.version][self.resampler().at(place)]
    }

    /// The measure of a quantity: its value on the rows as they are, what it rests on, and its interval.
    pub(crate) fn estimate(&self, quantity: Quantity) -> Measure {
        let interval = |value| self.interval(quantity, value);
        measured(self.observed_value(quantity), self.rests_on(quantity), interval)
    }

    /// A quantity on the rows as they are, or why it has no value.
    fn observed_value(&self, quantity: Quantity) -> Result<f64, Reason> {
        let metric = |place: Place| self.prepared(place.version).targets[place.target].metric.info();
        let size = |across: Across| self.extremes(across).map(|extremes| extremes.difference());
        match quantity {
            Quantity::Value(place) => self.value(place),
            Quantity::Difference(place, against) => {
                let (value, other) = (self.value(place)?, self.value(against)?);
                Ok(if self.has_identical_scores(quantity) { 0.0 } else { value - other })
            }
            Quantity::Ratio(place, _) if !metric(place).comparison.has_ratio => Err(Reason::NoRatio),
            Quantity::Ratio(place, against) => {
                let ratio = self.value(place)? / self.value(against)?;
                if ratio.is_finite() { Ok(ratio) } else { Err(Reason::ReferenceIsZero) }
            }
            Quantity::Change([place, against], [other, other_against]) => {
                let gap = self.value(place)? - self.value(against)?;
                let change = gap - (self.value(other)? - self.value(other_against)?);
                Ok(if self.has_identical_scores(quantity) { 0.0 } else { change })
            }
            Quantity::MaxMinDifference(across) => size(across).ok_or(Reason::FewerThanTwoLabels),
            Quantity::MinMaxRatio(across) => {
                let extremes = self.extremes(across).ok_or(Reason::FewerThanTwoLabels)?;
                let info = metric(extremes.highest.0);
                if !info.comparison.has_ratio || info.noise() != Noise::Signed {
                    return Err(Reason::NoRatio);
                }
                let (lowest, highest) = (extremes.lowest.1, extremes.highest.1);
                if highest > 0.0 { Ok(lowest / highest) } else { Err(Reason::HighestIsZero) }
            }
            Quantity::LargerDifference(one, other) => {
                let (one, other) = size(one).zip(size(other)).ok_or(Reason::FewerThanTwoLabels)?;
                Ok(if one >= other { one } else { other })
            }
            Quantity::Penalised { loss, difference } => {
                let loss = self.value(loss).map_err(|_| Reason::NoBrierOrFewerThanTwoLabels)?;
                let difference = size(difference).ok_or(Reason::NoBrierOrFewerThanTwoLabels)?;
                Ok((1.0 - loss) * (1.0 - difference))
            }
            Quantity::Curve { version, point } => {
                let (_, rate) = self.prepared(version).curve()[point];
                Ok(rate.clamp(0.0, 1.0))
            }
        }
    }

    /// The 95 % interval of a quantity around its value, or why there is none.
    fn interval(&self, quantity: Quantity, value: f64) -> Interval {
        if self.has_identical_scores(quantity) {
            // Nothing to estimate: the two are one on every row.
            return Ok((0.0, 0.0));
        }
        if let Quantity::Value(place) = quantity
            && let Some(interval) = self.areas.of(place, self.prepared(place.version))
        {
            return interval;
        }
        if matches!(quantity, Quantity::MinMaxRatio(_)) && value <= 0.0 {
            return Err(Reason::LowestIsZero);
        }
        let sketch = self.sketch(Followed::Quantity(quantity)).ok_or(Reason::NotResampled)?;
        let places = self.compared(quantity);
        if self.is_at_edge(&places) {
            return Err(Reason::OneSideSameInResamples);
        }
        match quantity {
            Quantity::Value(place) => match self.observed.noise(place) {
                Noise::Signed => interval::percentile(sketch),
                Noise::Magnitude => interval::within(sketch, |q| (value + q).max(0.0)),
                Noise::Square => interval::within(sketch, |q| {
                    let end = (value.sqrt() + q).max(0.0);
                    end * end
                }),
            },
            Quantity::Difference(place, _) | Quantity::Ratio(place, _) | Quantity::Change([place, _], _) => {
                match self.observed.noise(place) {
                    Noise::Signed => interval::percentile(sketch),
                    Noise::Magnitude | Noise::Square => {
                        interval::within(sketch, |q| value + self.moved(q, &places))
                    }
                }
            }
            Quantity::MaxMinDifference(_) => {
                interval::within(sketch, |q| (value + self.moved(q, &places)).max(0.0))
            }
            // The max-min difference of logarithms is a seminorm, too; the higher it is, the lower the ratio.
            Quantity::MinMaxRatio(_) => interval::within(sketch, |q| (value * libm::exp(q)).min(1.0)),
            Quantity::LargerDifference(..) | Quantity::Penalised { .. } => {
                interval::within(sketch, |q| (value + q).clamp(0.0, 1.0))
            }
            Quantity::Curve { .. } => {
                interval::percentile(sketch).map(|(low, high)| (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0)))
            }
        }
    }

    /// Rows and events that a quantity is about.
    fn rests_on(&self, quantity: Quantity) -> (u64, u64) {
        let of_column = |across| self.extremes(across).map_or((0, 0), |extremes| extremes.rests_on(self));
        match quantity {
            Quantity::Value(place) => self.basis(place),
            // Two versions on the same rows, or one version on two labels, whose rows add up.
            Quantity::Difference(place, against) if place.label == against.label => self.basis(place),
            Quantity::Difference(place, against)
            | Quantity::Ratio(place, against)
            | Quantity::Change([place, against], _) => {
                let (one, other) = (self.basis(place), self.basis(against));
                (one.0 + other.0, one.1 + other.1)
            }
            Quantity::MaxMinDifference(across)
            | Quantity::MinMaxRatio(across)
            | Quantity::LargerDifference(across, _) => of_column(across),
            Quantity::Penalised { .. } | Quantity::Curve { .. } => self.n_and_events(0),
        }
    }

    /// Rows and events that the value at a place is a mean or a share of.
    fn basis(&self, place: Place) -> (u64, u64) {
        let target = self.prepared(place.version).targets[place.target];
        let counts = self.counts(place.version, place.label);
        let [others, events] = target.metric.info().basis.rows(&counts, target.level);
        ((others + events).round() as u64, events.round() as u64)
    }

    /// The places whose values a quantity compares; none for a quantity that is no comparison.
    fn compared(&self, quantity: Quantity) -> Vec<Place> {
        let of_column = |across| self.extremes(across).map(|extremes| extremes.places()).unwrap_or_default();
        match quantity {
            Quantity::Value(_) | Quantity::Curve { .. } => Vec::new(),
            Quantity::Difference(a, b) | Quantity::Ratio(a, b) => vec![a, b],
            Quantity::Change([a, b], [c, d]) => vec![a, b, c, d],
            Quantity::MaxMinDifference(across)
            | Quantity::MinMaxRatio(across)
            | Quantity::Penalised { difference: across, .. } => of_column(across),
            Quantity::LargerDifference(one, other) => [of_column(one), of_column(other)].concat(),
        }
    }

    /// Whether the value at one of the places is the same in every resample: a rate of 0 or 1 looks certain to a bootstrap, however few
    /// rows it rests on, so a comparison with it would look surer than it is.
    pub(super) fn is_at_edge(&self, places: &[Place]) -> bool {
        let sketch = |place: &Place| self.sketch(Followed::Quantity(Quantity::Value(*place)));
        places.iter().any(|place| sketch(place).is_some_and(Sketch::is_constant))
    }

    /// Whether a quantity compares two versions that give every row the same score, probability and level.
    fn has_identical_scores(&self, quantity: Quantity) -> bool {
        match quantity {
            Quantity::Difference(one, other) | Quantity::Change([one, _], [_, other]) => {
                one.version != other.version && self.identical_scores[one.version]
            }
            Quantity::Value(_)
            | Quantity::Ratio(..)
            | Quantity::MaxMinDifference(_)
            | Quantity::MinMaxRatio(_)
            | Quantity::LargerDifference(..)
            | Quantity::Penalised { .. }
            | Quantity::Curve { .. } => false,
        }
    }

    /// How far noise `q` (signed) moves a comparison of magnitudes: by itself, or for squares by `2 N q + q^2` at the largest N.
    pub(super) fn moved(&self, q: f64, places: &[Place]) -> f64 {
        let square = places.first().is_some_and(|place| self.observed.noise(*place) == Noise::Square);
        let largest = places.iter().filter_map(|place| self.value(*place).ok()).fold(0.0, f64::max);
        if square { q * (2.0 * largest.sqrt() + q.abs()) } else { q }
    }

    /// What the resamples said of a followed number.
    pub(super) fn sketch(&self, followed: Followed) -> Option<Sketch<'_>> {
        self.index.get(&followed).map(|at| self.sketches.at(*at))
    }
}

fn is_identical(one: &Scored, other: &Scored) -> bool {
    one.score == other.score && one.probability == other.probability && one.levels == other.levels
}

/// The value at every place of a version, or why there is none.
fn values(
    resampler: &Resampler<'_>,
    point: &Sample,
    counts: &[f64],
    version: usize,
    k: u64,
) -> Vec<Result<f64, Reason>> {
    let prepared = &resampler.prepared[version];
    let value = |label: usize, at: usize| {
        let target = prepared.targets[at];
        let hidden = || suppress::reason(target, &prepared.label_sums(counts, label), k);
        if let Some(reason) = prepared.missing(target, resampler.input).or_else(hidden) {
            return Err(reason);
        }
        let value = point.at(resampler, Place { version, label, target: at });
        if value.is_finite() { Ok(value) } else { Err(prepared.undefined(target, label)) }
    };
    (0..resampler.frame.n_labels)
        .flat_map(|label| (0..prepared.targets.len()).map(move |at| (label, at)))
        .map(|(label, at)| value(label, at))
        .collect()
}
