//! The decision curve of a version, with intervals.

use crate::estimate::{Contingency, Counted, small};
use crate::input::{Input, Scored};
use crate::metrics::{DecisionGrid, thresholds};
use crate::reason::{Reason, SmallCell};
use crate::report::DecisionPoint;

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

    /// The points of the curve from its counts.
    ///
    /// Nothing is shown with fewer than `smallest_cell` rows or events, nor the net benefit of acting on 1 to `smallest_cell - 1` rows.
    pub(crate) fn points(&self, counted: &Counted, smallest_cell: u64) -> Vec<DecisionPoint> {
        let n = counted.assessments(0..counted.n_cells());
        let events = counted.assessments((1..counted.n_cells()).step_by(2));
        let size = self.grid.thresholds().len();
        let totals = [(n as f64, SmallCell::Rows), (events as f64, SmallCell::Events)];
        let measure = |at: usize, acted_on: u64| {
            let cells = [(acted_on as f64, SmallCell::RowsAtThresholdOrAbove)];
            let hidden = small(smallest_cell, totals, cells);
            counted.estimate(at, (n, events), hidden, Reason::NoWeight)
        };
        let points = self.grid.thresholds().iter().enumerate();
        points
            .map(|(at, threshold)| DecisionPoint {
                threshold: *threshold,
                net_benefit: measure(at, counted.assessments(2 * (at + 1)..counted.n_cells())),
                treat_all: measure(size + at, 0),
            })
            .collect()
    }
}

impl Contingency for Curve<'_> {
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
