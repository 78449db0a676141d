//! Rows with a number and an outcome, and how they are counted by number.

use std::ops::AddAssign;

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
    /// One group for each number. If there are more than `most`, adjoining numbers share a group until it holds the `most`-th part of
    /// the rows: no outcome plays a part in this.
    pub fn of(rows: &Rows, most: usize) -> Self {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|a, b| rows.numbers[*a].total_cmp(&rows.numbers[*b]));
        let same = |a: &usize, b: &usize| rows.numbers[*a].total_cmp(&rows.numbers[*b]).is_eq();
        let n_values = order.chunk_by(same).count();
        let enough = if n_values > most { rows.len().div_ceil(most) } else { 1 };
        let mut groups = Self { ends: vec![], of_rows: vec![0; rows.len()], n_values };
        let mut held = enough;
        for tied in order.chunk_by(same) {
            let number = rows.numbers[tied[0]];
            match groups.ends.last_mut() {
                Some(ends) if held < enough => ends.1 = number,
                _ => {
                    groups.ends.push((number, number));
                    held = 0;
                }
            }
            held += tied.len();
            tied.iter().for_each(|row| groups.of_rows[*row] = groups.ends.len() - 1);
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
        assert_eq!((merged.n_values, merged.of_rows), (10, vec![0, 0, 0, 1, 1, 1, 2, 2, 2, 3]));
        let cells = few.cells(&rows(&[3.0, 1.0, 3.0, 2.0]), |row| row > 0);
        let counts: Vec<(usize, usize)> = cells.iter().map(|cell| (cell.n_rows, cell.n_events)).collect();
        assert_eq!(counts, [(1, 1), (1, 1), (1, 0)]);
    }
}
