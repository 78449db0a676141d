//! Average precision within many labels at once, for one order of the rows and many weightings.

use super::sweep::{ascending, labels_of, ties};

/// The rows from the highest score to the lowest, as steps that need no scores.
#[derive(Debug, Clone)]
pub(crate) struct PrecisionSweep {
    steps: Vec<(u32, Step)>,
    /// Labels of the steps' rows, `width` each.
    labels: Vec<u32>,
    width: usize,
    n_labels: usize,
}

/// Within a block of ties all rows count before any event collects the precision there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Other,
    Event,
    Collect,
    EventAndCollect,
}

impl PrecisionSweep {
    /// Scores are finite; `labels` holds `width` label numbers a row, each below `n_labels`.
    pub(crate) fn new(score: &[f64], y: &[bool], (labels, width, n_labels): (&[u32], usize, usize)) -> Self {
        let order = ascending(score);
        let mut steps = Vec::with_capacity(order.len());
        for block in ties(&order, score).rev() {
            let events = || block.iter().filter(|row| y[**row as usize]);
            steps.extend(block.iter().filter(|row| !y[**row as usize]).map(|row| (*row, Step::Other)));
            if events().count() == 1 {
                steps.extend(events().map(|row| (*row, Step::EventAndCollect)));
            } else {
                steps.extend(events().map(|row| (*row, Step::Event)));
                steps.extend(events().map(|row| (*row, Step::Collect)));
            }
        }
        let labels = labels_of(steps.iter().map(|(row, _)| *row), labels, width);
        Self { steps, labels, width, n_labels }
    }

    /// The average precision within each label under row weights >= 0; `None` unless events have weight.
    pub(crate) fn precisions(&self, weight: &[f64]) -> Vec<Option<f64>> {
        let mut tallies = vec![PrecisionTally::default(); self.n_labels];
        for ((row, step), labels) in self.steps.iter().zip(self.labels.chunks_exact(self.width)) {
            let w = weight[*row as usize];
            if w <= 0.0 {
                continue;
            }
            for &label in labels {
                let tally = &mut tallies[label as usize];
                match step {
                    Step::Other => tally.others += w,
                    Step::Event => tally.events += w,
                    Step::Collect => tally.collect(w),
                    Step::EventAndCollect => {
                        tally.events += w;
                        tally.collect(w);
                    }
                }
            }
        }
        tallies
            .iter()
            .map(|tally| (tally.events > 0.0).then(|| (tally.sum / tally.events).clamp(0.0, 1.0)))
            .collect()
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct PrecisionTally {
    events: f64,
    others: f64,
    /// Sum of weight x precision over events.
    sum: f64,
}

impl PrecisionTally {
    fn collect(&mut self, w: f64) {
        self.sum += w * self.events / (self.events + self.others);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::average_precision;
    use crate::metrics::sweep::tests::{agrees, row};

    proptest! {
        #[test]
        fn agrees_with_the_precision_of_each_label(rows in prop::collection::vec(row(), 1..60)) {
            let swept = |score: &[f64], y: &[bool], labels: (&[u32], usize, usize), weight: &[f64]| {
                PrecisionSweep::new(score, y, labels).precisions(weight)
            };
            agrees(&rows, swept, average_precision)?;
        }
    }

    #[test]
    fn ties_share_one_precision() {
        // Two events and a non-event tied: precision 2/3 for both; one event apart would give 1 or 1/2.
        let labels = [0; 3];
        let sweep = PrecisionSweep::new(&[1.0; 3], &[true, false, true], (&labels, 1, 1));
        assert!(sweep.precisions(&[1.0; 3])[0].is_some_and(|ap| (ap - 2.0 / 3.0).abs() <= 1e-15));
    }
}
