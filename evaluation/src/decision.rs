//! The decision curve of a version, with intervals.

use crate::input::{Input, Scored};
use crate::interval;
use crate::measure::Measure;
use crate::metrics::{DecisionGrid, thresholds};
use crate::reason::{Reason, SmallCell};
use crate::report::DecisionPoint;
use crate::tally::{Tallied, Tally};

/// A version's probabilities placed among the thresholds.
pub(crate) struct Curve<'a> {
    grid: DecisionGrid,
    y: &'a [bool],
}

impl<'a> Curve<'a> {
    /// `None` without probabilities. Thresholds: whole per cents up to beyond the highest cut, and each cut.
    pub(crate) fn new(input: &'a Input, scored: &Scored) -> Option<Self> {
        let probability = scored.probability.as_ref()?;
        let cuts = scored.levels.as_ref().map_or(&[][..], |levels| &levels.cuts);
        Some(Self { grid: DecisionGrid::new(thresholds(cuts), probability), y: &input.columns().y })
    }

    /// The points of the curve from its tally.
    ///
    /// Nothing is shown with fewer than `smallest_cell` rows or events, nor the net benefit of acting on 1 to `smallest_cell - 1` rows.
    pub(crate) fn points(&self, tallied: &Tallied, smallest_cell: u64) -> Vec<DecisionPoint> {
        let n: u64 = tallied.counts.iter().sum();
        let events: u64 = tallied.counts.iter().skip(1).step_by(2).sum();
        let too_few = [(n, SmallCell::Rows), (events, SmallCell::Events)]
            .into_iter()
            .find(|(count, _)| *count < smallest_cell);
        let size = self.grid.thresholds().len();
        let measure = |at: usize, acted_on: Option<u64>| {
            let value = tallied.point[at];
            if let Some((_, what)) = too_few {
                Measure::undefined(Reason::suppressed(smallest_cell, what))
            } else if acted_on.is_some_and(|rows| (1..smallest_cell).contains(&rows)) {
                Measure::undefined(Reason::suppressed(smallest_cell, SmallCell::RowsAtThresholdOrAbove))
            } else if value.is_finite() {
                interval::percentile(value, tallied.drawn.at(at), (n, events))
            } else {
                Measure::undefined(Reason::NoWeight)
            }
        };
        let points = self.grid.thresholds().iter().enumerate();
        points
            .map(|(at, threshold)| DecisionPoint {
                threshold: *threshold,
                net_benefit: measure(at, Some(tallied.counts[2 * (at + 1)..].iter().sum())),
                treat_all: measure(size + at, None),
            })
            .collect()
    }
}

impl Tally for Curve<'_> {
    fn n_cells(&self) -> usize {
        self.grid.n_cells()
    }

    fn cell(&self, row: usize) -> usize {
        self.grid.cell(row, self.y[row])
    }

    /// Net benefit at each threshold, then that of acting on everybody.
    fn values(&self, cells: &[f64]) -> Vec<f64> {
        match self.grid.net_benefit(cells) {
            Some(curve) => curve
                .iter()
                .map(|point| point.model)
                .chain(curve.iter().map(|point| point.treat_all))
                .collect(),
            None => vec![f64::NAN; 2 * self.grid.thresholds().len()],
        }
    }
}
