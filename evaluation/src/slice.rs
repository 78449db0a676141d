//! From samples to measures: value, interval and suppression for every version, label and target of one split.

use rayon::prelude::*;

use crate::bootstrap::{Bench, Sample, positive};
use crate::definitions::Metric;
use crate::interval;
use crate::measure::{Count, Measure};
use crate::metrics::Cell;
use crate::prepared::{Prepared, Split};
use crate::suppress;

/// One split (all rows, or a group column), evaluated.
pub(crate) struct Slice<'a> {
    pub(crate) bench: &'a Bench<'a>,
    pub(crate) point: Sample,
    pub(crate) samples: Vec<Sample>,
    pub(crate) smallest_cell: u64,
    /// Unweighted sums of each version, one stride a label.
    counts: Vec<Vec<f64>>,
}

/// Which of a slice's numbers: version, label, and position among the version's targets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) version: usize,
    pub(crate) label: usize,
    pub(crate) target: usize,
}

impl<'a> Slice<'a> {
    /// Draws the replicates; `step` hears of progress.
    pub(crate) fn new(
        bench: &'a Bench<'a>,
        split: &Split<'_>,
        (seed, replicates, smallest_cell): (u64, u32, u64),
        step: &mut dyn FnMut(u64),
    ) -> Self {
        let columns = bench.input.columns();
        let rows = positive(&vec![columns.repeats.share(); columns.y.len()]);
        let counts = bench.prepared.iter().map(|prepared| prepared.cells(split, &rows)).collect();
        let samples = bench.replicates(split, seed, replicates, step);
        Self { point: bench.point(split), samples, counts, bench, smallest_cell }
    }

    pub(crate) fn prepared(&self, version: usize) -> &'a Prepared<'a> {
        &self.bench.prepared[version]
    }

    /// Unweighted counts of a label.
    pub(crate) fn counts(&self, version: usize, label: usize) -> Cell<'_> {
        let prepared = self.prepared(version);
        let stride = prepared.layout.stride();
        Cell { sums: &self.counts[version][label * stride..][..stride], intensities: &prepared.intensities }
    }

    /// Rows and events of a label.
    pub(crate) fn n_and_events(&self, label: usize) -> (u64, u64) {
        // Outcome counts are the same whatever the version.
        self.bench.prepared.first().map_or((0, 0), |_| {
            let counts = self.counts(0, label);
            (counts.total().round() as u64, counts.outcomes()[1].round() as u64)
        })
    }

    /// A count as shown.
    pub(crate) fn count(&self, count: u64) -> Count {
        Count::new(count, self.smallest_cell)
    }

    /// The value at a place, or why there is none.
    pub(crate) fn value(&self, place: Place) -> Result<f64, String> {
        let prepared = self.prepared(place.version);
        let target = prepared.targets[place.target];
        if let Some(reason) = prepared.missing(target.metric, self.bench.oracle.is_some()) {
            return Err(reason.to_owned());
        }
        if let Some(reason) =
            suppress::reason(target, &self.counts(place.version, place.label), self.smallest_cell)
        {
            return Err(reason);
        }
        let value = self.point.at(prepared, place.version, place.label, place.target);
        if value.is_finite() { Ok(value) } else { Err(undefined(target.metric).to_owned()) }
    }

    /// Rows and events that the number at a place is a mean or a share of.
    fn basis(&self, place: Place) -> (u64, u64) {
        let target = self.prepared(place.version).targets[place.target];
        let [others, events] = suppress::basis(target, &self.counts(place.version, place.label));
        ((others + events).round() as u64, events.round() as u64)
    }

    /// The measure at a place.
    pub(crate) fn measure(&self, place: Place) -> Measure {
        let (n, events) = self.basis(place);
        match self.value(place) {
            Err(reason) => Measure::Undefined { reason },
            Ok(value) => interval::measure(value, self.drawn(place), n, events),
        }
    }

    /// The measure of one place less another, on the same resamples.
    pub(crate) fn difference(&self, place: Place, against: Place) -> Measure {
        let (n, events) = self.basis(place);
        // Two versions on the same rows, or one version on two labels, whose rows add up.
        let (n, events) = if place.label == against.label {
            (n, events)
        } else {
            let (more, more_events) = self.basis(against);
            (n + more, events + more_events)
        };
        match (self.value(place), self.value(against)) {
            (Ok(value), Ok(other)) => {
                let drawn =
                    self.drawn(place).into_iter().zip(self.drawn(against)).map(|(a, b)| a - b).collect();
                interval::measure(value - other, drawn, n, events)
            }
            (Err(reason), _) | (_, Err(reason)) => Measure::Undefined { reason },
        }
    }

    /// Every measure of a version within a label, by key.
    pub(crate) fn measures(&self, version: usize, label: usize) -> crate::report::Measures {
        let prepared = self.prepared(version);
        (0..prepared.targets.len())
            .into_par_iter()
            .map(|target| {
                (prepared.key(prepared.targets[target]), self.measure(Place { version, label, target }))
            })
            .collect()
    }

    fn drawn(&self, place: Place) -> Vec<f64> {
        let prepared = self.prepared(place.version);
        self.samples
            .iter()
            .map(|sample| sample.at(prepared, place.version, place.label, place.target))
            .collect()
    }
}

fn undefined(metric: Metric) -> &'static str {
    match metric {
        Metric::LogLoss => "undefined: an event had probability 0, or a non-event 1",
        Metric::CalibrationSlope => "undefined: the probability is constant or separates the outcomes",
        _ => "undefined: its denominator is 0",
    }
}
