//! The rows of a partition as plain columns, and the order in which they stand.

use rayon::prelude::*;

use super::ids::Ids;

/// Rows as plain columns, one entry a row each.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Whether the event happened.
    pub events: Vec<bool>,
    /// Weights, > 0 and finite, if there are any.
    pub weights: Option<Vec<f64>>,
    /// Ids of cases, and the place of each row's among them; without them, each row is a case of its own.
    pub cases: Option<(Ids, Vec<u32>)>,
    /// Labels of each group column, and the place of each row's among them.
    pub groups: Vec<(Vec<String>, Vec<u16>)>,
    /// The scores, finite.
    pub scores: Vec<Vec<f64>>,
}

/// Rows that are sorted by comparing; more are sorted by one column after the other.
const FEW: usize = 32;

impl Rows {
    /// Brings ids, labels and rows into their order: ids and labels rise, each once and each with rows; rows stand by case, then by their scores,
    /// outcome, weight and labels. Rows that are alike in all of these are the same wherever they stand, so nothing of what was the order
    /// before is left.
    pub(super) fn ordered(mut self) -> Self {
        if let Some((ids, of_rows)) = &mut self.cases {
            let (distinct, ranks) = ids.ranked();
            *ids = distinct;
            of_rows.iter_mut().for_each(|id| *id = ranks[*id as usize]);
        }
        for scores in self.scores.iter_mut().chain(&mut self.weights) {
            // Of the two zeros one is enough.
            scores.iter_mut().for_each(|x| *x += 0.0);
        }
        self.groups = self.groups.into_iter().map(|(labels, codes)| rising(&labels, codes)).collect();
        let mut order: Vec<u32> = (0..self.events.len() as u32).collect();
        self.sort(&mut order, 0);
        let at = |row: &u32| *row as usize;
        Self {
            events: order.iter().map(|row| self.events[at(row)]).collect(),
            weights: self.weights.map(|of| order.iter().map(|row| of[at(row)]).collect()),
            cases: self.cases.map(|(ids, of)| (ids, order.iter().map(|row| of[at(row)]).collect())),
            groups: self
                .groups
                .into_iter()
                .map(|(labels, of)| (labels, order.iter().map(|row| of[at(row)]).collect()))
                .collect(),
            scores: self.scores.into_iter().map(|of| order.iter().map(|row| of[at(row)]).collect()).collect(),
        }
    }

    /// Sorts rows that are alike before a column.
    fn sort(&self, rows: &mut [u32], column: usize) {
        let n_columns = self.n_columns();
        if rows.len() <= FEW {
            let keys = |row: u32| (column..n_columns).map(move |column| self.key(row, column));
            rows.sort_unstable_by(|a, b| keys(*a).cmp(keys(*b)));
            return;
        }
        if column == n_columns {
            return;
        }
        let mut keyed: Vec<(u64, u32)> = rows.iter().map(|row| (self.key(*row, column), *row)).collect();
        keyed.par_sort_unstable();
        rows.iter_mut().zip(&keyed).for_each(|(row, (_, sorted))| *row = *sorted);
        let mut rest = rows;
        for block in keyed.chunk_by(|a, b| a.0 == b.0) {
            let (same, behind) = rest.split_at_mut(block.len());
            if same.len() > 1 {
                self.sort(same, column + 1);
            }
            rest = behind;
        }
    }

    fn n_columns(&self) -> usize {
        3 + self.scores.len() + self.groups.len()
    }

    /// What sorts as a column does.
    fn key(&self, row: u32, column: usize) -> u64 {
        let row = row as usize;
        let n_scores = self.scores.len();
        match column {
            0 => self.cases.as_ref().map_or(0, |(_, of)| u64::from(of[row])),
            _ if column <= n_scores => rising_bits(self.scores[column - 1][row]),
            _ if column == n_scores + 1 => u64::from(self.events[row]),
            _ if column == n_scores + 2 => self.weights.as_ref().map_or(0, |of| rising_bits(of[row])),
            _ => u64::from(self.groups[column - n_scores - 3].1[row]),
        }
    }
}

/// Labels in rising order, each once and with rows, and the codes of the rows.
fn rising(labels: &[String], mut codes: Vec<u16>) -> (Vec<String>, Vec<u16>) {
    let mut has_rows = vec![false; labels.len()];
    codes.iter().for_each(|code| has_rows[usize::from(*code)] = true);
    let mut kept: Vec<&String> =
        labels.iter().zip(&has_rows).filter(|(_, has)| **has).map(|(l, _)| l).collect();
    kept.sort_unstable();
    kept.dedup();
    let place = |label: &String| kept.binary_search(&label).unwrap_or_default() as u16;
    let places: Vec<u16> = labels.iter().map(place).collect();
    codes.iter_mut().for_each(|code| *code = places[usize::from(*code)]);
    (kept.into_iter().cloned().collect(), codes)
}

/// Bits that rise with a number.
fn rising_bits(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(n: usize, times: usize) -> Rows {
        let of = |row: usize| row * times % n;
        Rows {
            events: (0..n).map(|row| of(row) % 3 == 0).collect(),
            weights: Some((0..n).map(|row| [1.0, 2.5][of(row) % 2]).collect()),
            cases: Some((
                Ids::Numbers((0..n).map(|row| (of(row) / 80) as i64 - 2).collect()),
                (0..n as u32).collect(),
            )),
            groups: vec![(
                ["b", "none", "a"].map(String::from).to_vec(),
                (0..n).map(|row| (of(row) % 2 * 2) as u16).collect(),
            )],
            scores: vec![(0..n).map(|row| (of(row) % 5) as f64 - 2.0).collect(), vec![-0.0; n]],
        }
    }

    #[test]
    fn nothing_is_left_of_the_order_that_rows_had() {
        let ordered = rows(1000, 1).ordered();
        for times in [3, 7, 999] {
            assert_eq!(rows(1000, times).ordered(), ordered);
        }
        assert_ne!(rows(1001, 1).ordered(), ordered);
        assert_eq!(ordered.clone().ordered(), ordered);
        // They stand by case, then by score, and a label without rows is none.
        let Some((ids, of_rows)) = &ordered.cases else { panic!("no cases") };
        assert_eq!(ids, &Ids::Numbers((-2..11).collect()));
        assert!(of_rows.is_sorted() && ordered.scores[0][..80].is_sorted());
        assert_eq!(ordered.groups[0].0, ["a", "b"]);
        assert_eq!(ordered.scores[1][0].to_bits(), 0);
    }

    #[test]
    fn bits_rise_with_numbers() {
        let numbers = [f64::MIN, -1.5, -1e-300, 0.0, 1e-300, 0.25, 1.5, f64::MAX];
        assert!(numbers.windows(2).all(|pair| rising_bits(pair[0]) < rising_bits(pair[1])));
    }
}
