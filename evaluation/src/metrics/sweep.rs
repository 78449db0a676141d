//! Area under the ROC curve within many labels at once, for one order of the rows and many weightings.

/// The rows from the lowest score to the highest, as steps that need neither branches on ties nor the scores.
///
/// Within a block of ties each row without the event counts by halves, before and after the rows with it: so these find half of the ties below.
#[derive(Debug, Clone)]
pub(crate) struct Sweep {
    steps: Vec<Step>,
    /// Labels of the steps' rows, `width` each.
    labels: Vec<u32>,
    width: usize,
    n_labels: usize,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    row: u32,
    /// Share of the row's weight that is added to what lies below; 0 for a row with the event, which collects.
    below: f32,
}

impl Sweep {
    /// Scores are finite; `labels` holds `width` label numbers a row, each below `n_labels`.
    pub(crate) fn new(score: &[f64], y: &[bool], (labels, width, n_labels): (&[u32], usize, usize)) -> Self {
        let order = ascending(score);
        let mut steps = Vec::with_capacity(order.len());
        for block in ties(&order, score) {
            let events = block.iter().filter(|row| y[**row as usize]);
            let others = || block.iter().filter(|row| !y[**row as usize]);
            let n_events = events.clone().count();
            let share = if n_events == 0 || n_events == block.len() { 1.0 } else { 0.5 };
            steps.extend(others().map(|row| Step { row: *row, below: share }));
            steps.extend(events.map(|row| Step { row: *row, below: 0.0 }));
            if share < 1.0 {
                steps.extend(others().map(|row| Step { row: *row, below: share }));
            }
        }
        let labels = labels_of(steps.iter().map(|step| step.row), labels, width);
        Self { steps, labels, width, n_labels }
    }

    /// The area within each label under row weights >= 0; `None` unless both outcomes have weight.
    pub(crate) fn areas(&self, weight: &[f64]) -> Vec<Option<f64>> {
        let mut tallies = vec![PairTally::default(); self.n_labels];
        match self.width {
            1 => self.run::<1>(weight, &mut tallies),
            2 => self.run::<2>(weight, &mut tallies),
            _ => self.run::<0>(weight, &mut tallies),
        }
        tallies
            .iter()
            .map(|tally| {
                let pairs = tally.events * tally.below;
                (pairs > 0.0).then(|| (tally.won / pairs).clamp(0.0, 1.0))
            })
            .collect()
    }

    /// `WIDTH` is the number of labels a row, or 0 when it is not known at compile time.
    fn run<const WIDTH: usize>(&self, weight: &[f64], tallies: &mut [PairTally]) {
        let width = if WIDTH == 0 { self.width } else { WIDTH };
        for (step, labels) in self.steps.iter().zip(self.labels.chunks_exact(width)) {
            let w = weight[step.row as usize];
            let below = w * f64::from(step.below);
            let event = if step.below > 0.0 { 0.0 } else { w };
            for &label in labels {
                let tally = &mut tallies[label as usize];
                tally.won += event * tally.below;
                tally.events += event;
                tally.below += below;
            }
        }
    }
}

/// Rows from the lowest score to the highest; rows of one score in their own order.
pub(super) fn ascending(score: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..score.len() as u32).collect();
    order.sort_by(|a, b| score[*a as usize].total_cmp(&score[*b as usize]));
    order
}

/// The blocks of equal score in an order of rows.
pub(super) fn ties<'o>(order: &'o [u32], score: &'o [f64]) -> impl DoubleEndedIterator<Item = &'o [u32]> {
    order.chunk_by(|a, b| {
        score[*a as usize].partial_cmp(&score[*b as usize]) == Some(std::cmp::Ordering::Equal)
    })
}

/// The labels of rows in the order in which a sweep meets them, `width` each.
pub(super) fn labels_of(rows: impl Iterator<Item = u32>, labels: &[u32], width: usize) -> Vec<u32> {
    rows.flat_map(|row| &labels[row as usize * width..][..width]).copied().collect()
}

#[derive(Debug, Clone, Copy, Default)]
struct PairTally {
    /// Weight of rows without the event and with a lower score.
    below: f64,
    events: f64,
    won: f64,
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::auc;

    /// Score, outcome, weight and label of a row; with ties, weights of 0 and labels that may be empty.
    pub(in crate::metrics) fn row() -> impl Strategy<Value = (u8, bool, u8, u32)> {
        (0u8..6, any::<bool>(), 0u8..4, 0u32..3)
    }

    /// That a sweep says of each label what a whole computation says of its rows alone; label 0 is everyone, 1 to 3 those of a column.
    pub(in crate::metrics) fn agrees(
        rows: &[(u8, bool, u8, u32)],
        swept: impl Fn(&[f64], &[bool], (&[u32], usize, usize), &[f64]) -> Vec<Option<f64>>,
        whole: impl Fn(&[f64], &[bool], &[f64]) -> Option<f64>,
    ) -> Result<(), TestCaseError> {
        let score: Vec<f64> = rows.iter().map(|r| f64::from(r.0)).collect();
        let y: Vec<bool> = rows.iter().map(|r| r.1).collect();
        let weight: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
        let labels: Vec<u32> = rows.iter().flat_map(|r| [0, 1 + r.3]).collect();
        for (label, found) in swept(&score, &y, (&labels, 2, 4), &weight).into_iter().enumerate() {
            let only: Vec<f64> = rows
                .iter()
                .zip(&weight)
                .map(|(r, w)| if label == 0 || r.3 as usize + 1 == label { *w } else { 0.0 })
                .collect();
            match (found, whole(&score, &y, &only)) {
                (Some(found), Some(expected)) => prop_assert!((found - expected).abs() <= 1e-12),
                (found, expected) => prop_assert!(found.is_none() && expected.is_none()),
            }
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn agrees_with_the_area_of_each_label(rows in prop::collection::vec(row(), 1..60)) {
            agrees(&rows, |score, y, labels, weight| Sweep::new(score, y, labels).areas(weight), auc)?;
        }
    }

    #[test]
    fn a_tie_counts_half() {
        let labels = [0; 3];
        let areas =
            Sweep::new(&[1.0, 1.0, 0.0], &[true, false, false], (&labels, 1, 1)).areas(&[1.0, 1.0, 2.0]);
        // Pairs: a tie of weight 1 and a win of weight 2.
        assert!(areas[0].is_some_and(|area| (area - 2.5 / 3.0).abs() <= 1e-15), "{areas:?}");
        // Ties counted whole or not at all would give 1 and 2/3.
        assert!(areas[0].is_some_and(|area| area < 1.0 && area > 2.0 / 3.0));
    }
}
