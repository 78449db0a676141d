//! A part of the rows, with all that a thread needs to work on it alone.

use std::ops::Range;

use super::draw::Draw;
use super::gradient::{Derivatives, Scale, Sums, Target};
use super::joint::{Joint, Test};
use super::marginal::{Counter, DrawnRow};
use super::placing::Placing;

/// Rows and their log-odds so far.
#[derive(Debug)]
pub(super) struct Shard<const W: usize> {
    /// Place of the first row among all rows.
    first: usize,
    packed: Vec<[u8; W]>,
    targets: Vec<Target>,
    scores: Vec<f64>,
}

/// A node that is split: where its rows lie in the shard, what is asked, and which child is counted.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) rows: Range<usize>,
    pub(super) test: Test,
    pub(super) count_left: bool,
}

impl<const W: usize> Shard<W> {
    pub(super) fn new(first: usize, packed: Vec<[u8; W]>, targets: Vec<Target>, scores: Vec<f64>) -> Self {
        Self { first, packed, targets, scores }
    }

    pub(super) fn largest_weight(&self) -> f64 {
        self.targets.iter().map(|target| target.weight()).fold(0.0, f64::max)
    }

    /// Adds the last tree to the scores and draws the rows of the next one, in one pass.
    pub(super) fn prepare(
        &mut self,
        last: Option<&Placing>,
        (scale, draw): (Scale, Draw),
        drawn: &mut Drawn<W>,
    ) {
        if let Some(last) = last {
            last.add(&self.packed, &mut self.scores);
        }
        drawn.clear();
        for (at, ((packed, target), score)) in
            self.packed.iter().zip(&self.targets).zip(&self.scores).enumerate()
        {
            if draw.row(self.first + at) {
                drawn.push(*packed, target.derivatives(*score, scale));
            }
        }
    }
}

/// Rows that are drawn for the tree in work, in the order of its nodes.
#[derive(Debug)]
pub(super) struct Drawn<const W: usize> {
    rows: Vec<DrawnRow<W>>,
    counter: Counter,
}

impl<const W: usize> Drawn<W> {
    /// None yet.
    pub(super) fn new(joint: &Joint) -> Self {
        Self { rows: Vec::new(), counter: Counter::new(joint) }
    }

    /// Drops those of the last tree.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
    }

    /// Adds a row.
    pub(super) fn push(&mut self, packed: [u8; W], derivatives: Derivatives) {
        self.rows.push(DrawnRow { packed, derivatives });
    }

    /// Number of rows drawn.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Adds all drawn rows to the sums by answer.
    pub(super) fn count_all(&mut self, joint: &Joint) -> Vec<Sums> {
        let mut sums = vec![Sums::default(); joint.n_answers()];
        self.counter.count(&self.rows, joint, &mut sums);
        sums
    }

    /// Splits nodes, and counts one child of each.
    ///
    /// Returns, for each cut, how many rows go left and the sums by answer of the counted child.
    pub(super) fn cut(&mut self, cuts: &[Cut], joint: &Joint) -> Vec<(usize, Vec<Sums>)> {
        let one = |cut: &Cut| {
            let rows = &mut self.rows[cut.rows.clone()];
            let n_left = partition(rows, |row| cut.test.row(&row.packed));
            let mut sums = vec![Sums::default(); joint.n_answers()];
            let (left, right) = rows.split_at(n_left);
            self.counter.count(if cut.count_left { left } else { right }, joint, &mut sums);
            (n_left, sums)
        };
        cuts.iter().map(one).collect()
    }
}

/// Moves the items that go left before the others, in any order, and returns how many they are.
///
/// Without a branch: an item that goes right is swapped with another that does, which changes nothing.
fn partition<T: Copy>(items: &mut [T], goes_left: impl Fn(&T) -> bool) -> usize {
    let mut n_left = 0;
    for at in 0..items.len() {
        let left = goes_left(&items[at]);
        items.swap(at, n_left);
        n_left += usize::from(left);
    }
    n_left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_keeps_every_item_on_its_side() {
        for n in 0..40_u32 {
            for divisor in 1..5 {
                let mut items: Vec<u32> = (0..n).map(|i| i * 7 % 11 + i).collect();
                let mut before = items.clone();
                let n_left = partition(&mut items, |item| item % divisor == 0);
                assert!(items[..n_left].iter().all(|item| item % divisor == 0));
                assert!(items[n_left..].iter().all(|item| item % divisor != 0));
                items.sort_unstable();
                before.sort_unstable();
                assert_eq!(items, before);
            }
        }
    }
}
