//! Rows with a number and an outcome, and how they are counted by number.

use std::collections::BTreeSet;
use std::ops::AddAssign;

use super::cut::cut;

/// The rows that bins are found on, as columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    pub numbers: Vec<f64>,
    pub events: Vec<bool>,
    /// Rows of the population that each stands for, above 0.
    pub weights: Vec<f64>,
    /// Number of the case of each row.
    pub cases: Vec<u32>,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn n_events(&self) -> usize {
        self.events.iter().filter(|event| **event).count()
    }

    pub fn weight(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// Rows and weight, of all and of events.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cell {
    pub n_rows: usize,
    pub n_events: usize,
    pub weight: f64,
    pub of_events: f64,
}

impl Cell {
    /// The share of events.
    pub fn rate(&self) -> f64 {
        self.of_events / self.weight
    }

    /// The log loss of its rows, summed with their weights, if each is given the probability `p` inside (0, 1).
    pub fn loss_at(&self, p: f64) -> f64 {
        -(self.of_events * libm::log(p) + (self.weight - self.of_events) * libm::log1p(-p))
    }
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_events += other.n_events;
        self.weight += other.weight;
        self.of_events += other.of_events;
    }
}

/// Groups of adjoining numbers, between which a cut may stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups {
    /// The smallest and the largest number of each, ascending.
    pub ends: Vec<(f64, f64)>,
    /// The group of each row.
    pub of_rows: Vec<usize>,
    /// Different numbers of the rows.
    pub n_values: usize,
}

impl Groups {
    /// One group for each number, if there are at most `most` numbers. Of more, adjoining ones share a group of about the `most`-th part of
    /// the rows, and a number that so many rows have stands alone. No outcome plays a part in this.
    pub fn of(rows: &Rows, most: usize) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|a, b| rows.numbers[*a].total_cmp(&rows.numbers[*b]));
        let same = |a: &usize, b: &usize| rows.numbers[*a].total_cmp(&rows.numbers[*b]).is_eq();
        let tied: Vec<&[usize]> = order.chunk_by(same).collect();
        let values: Vec<f64> = tied.iter().map(|tied| rows.numbers[tied[0]]).collect();
        let starts = if values.len() > most {
            merged(&values, &tied.iter().map(|tied| tied.len()).collect::<Vec<_>>(), most)
        } else {
            (0..values.len()).collect()
        };
        let mut groups = Self { ends: vec![], of_rows: vec![0; rows.len()], n_values: values.len() };
        for (at, start) in starts.iter().enumerate() {
            let end = starts.get(at + 1).copied().unwrap_or(values.len());
            groups.ends.push((values[*start], values[end - 1]));
            tied[*start..end].iter().copied().flatten().for_each(|row| groups.of_rows[*row] = at);
        }
        groups
    }

    /// The rows of each group that are asked for.
    pub fn cells(&self, rows: &Rows, is_asked_for: impl Fn(usize) -> bool) -> Vec<Cell> {
        let mut cells = vec![Cell::default(); self.ends.len()];
        for (row, group) in self.of_rows.iter().enumerate().filter(|(row, _)| is_asked_for(*row)) {
            let (event, weight) = (rows.events[row], rows.weights[row]);
            cells[*group] += Cell {
                n_rows: 1,
                n_events: usize::from(event),
                weight,
                of_events: if event { weight } else { 0.0 },
            };
        }
        cells
    }
}

/// Where groups of values start: near each quantile, within a quarter of a group on either side, at the number that is written with the fewest
/// digits, so that a cut between two groups can be short.
fn merged(values: &[f64], n_rows: &[usize], most: usize) -> Vec<usize> {
    let mut before = Vec::with_capacity(values.len());
    let mut n = 0;
    for of_value in n_rows {
        before.push(n);
        n += of_value;
    }
    let (group, slack) = (n.div_ceil(most), n / most / 4);
    let mut starts = BTreeSet::from([0]);
    for quantile in (1..most).map(|at| n * at / most) {
        let first = before.partition_point(|before| before + slack < quantile).max(1);
        let end = before.partition_point(|before| *before <= quantile + slack);
        if first < end {
            let cut = cut(values[first - 1], values[end - 1]);
            starts.insert(values.partition_point(|value| *value < cut));
        }
    }
    for alone in (0..values.len()).filter(|at| n_rows[*at] >= group) {
        starts.extend([alone, alone + 1]);
    }
    starts.into_iter().filter(|start| *start < values.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: &[f64]) -> Rows {
        let n = numbers.len();
        Rows {
            numbers: numbers.to_vec(),
            events: (0..n).map(|row| row % 2 == 1).collect(),
            weights: vec![1.0; n],
            cases: (0..n as u32).collect(),
        }
    }

    #[test]
    fn each_number_is_a_group_and_many_are_merged() {
        let few = Groups::of(&rows(&[3.0, 1.0, 3.0, 2.0]), 3);
        assert_eq!((few.ends.len(), few.n_values, &few.of_rows[..]), (3, 3, &[2, 0, 2, 1][..]));
        let numbers: Vec<f64> = (0..10).map(f64::from).collect();
        let merged = Groups::of(&rows(&numbers), 4);
        assert_eq!((merged.n_values, merged.of_rows), (10, vec![0, 0, 1, 1, 1, 2, 2, 3, 3, 3]));
        let cells = few.cells(&rows(&[3.0, 1.0, 3.0, 2.0]), |row| row > 0);
        let counts: Vec<(usize, usize)> = cells.iter().map(|cell| (cell.n_rows, cell.n_events)).collect();
        assert_eq!(counts, [(1, 1), (1, 1), (1, 0)]);
    }

    /// Each group begins at a short number, holds about as many rows, and leaves a frequent number alone.
    #[test]
    fn groups_begin_at_short_numbers_and_leave_frequent_ones_alone() {
        let fine = (0..10_000).map(|at| 0.0123 + f64::from(at) * 0.0101);
        let numbers: Vec<f64> = fine.chain(std::iter::repeat_n(50.005, 3000)).collect();
        let rows = rows(&numbers);
        let groups = Groups::of(&rows, 50);
        let cells = groups.cells(&rows, |_| true);
        let alone = groups.ends.iter().position(|ends| (ends.0 - 50.005).abs() <= 1e-9).unwrap_or(usize::MAX);
        assert!((groups.ends[alone].1 - 50.005).abs() <= 1e-9 && cells[alone].n_rows == 3000);
        for (at, cell) in cells.iter().enumerate().filter(|(at, _)| at.abs_diff(alone) > 1) {
            assert!((130..=390).contains(&cell.n_rows), "{at}: {} of about 260 rows", cell.n_rows);
            if at > 0 {
                let start = cut(groups.ends[at - 1].1, groups.ends[at].0).to_string();
                assert!(start.len() <= 4, "{start}");
            }
        }
    }
}
