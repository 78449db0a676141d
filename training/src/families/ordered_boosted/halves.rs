//! Rows of a log loss that stand for rows with a class.

use crate::families::Thresholds;
use crate::{Classed, TrainingSet};

/// For each row, one that reached its class (unless it is the lowest) and one that did not reach the next (unless it is the highest).
pub(super) struct Halves {
    /// The halves as rows, each with the weight of its row.
    pub set: TrainingSet,
    rows: Vec<usize>,
    thresholds: Vec<usize>,
}

impl Halves {
    pub(super) fn of(classed: &Classed) -> Self {
        let highest = classed.classes.len() - 1;
        let (mut rows, mut thresholds, mut events) = (Vec::new(), Vec::new(), Vec::new());
        for (row, &code) in classed.codes.iter().enumerate() {
            let code = usize::from(code);
            let reached = code.checked_sub(1).map(|threshold| (threshold, true));
            let missed = (code < highest).then_some((code, false));
            for (threshold, event) in reached.into_iter().chain(missed) {
                rows.push(row);
                thresholds.push(threshold);
                events.push(event);
            }
        }
        let weights = rows.iter().map(|&row| classed.weights[row]).collect();
        Self { set: classed.set.relabelled(&rows, events, weights), rows, thresholds }
    }

    /// The log-odds of a half, where the trees add up to `sums`, one a row with a class.
    pub(super) fn log_odds(&self, half: usize, sums: &[f64], thresholds: &Thresholds) -> f64 {
        sums[self.rows[half]] - thresholds.of_classes[self.thresholds[half]]
    }
}
