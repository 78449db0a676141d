//! The rows of each case, for sums by case.

/// Rows listed case by case, found once.
#[derive(Debug, Clone)]
pub struct ByCase {
    /// Rows, those of the lowest case number first.
    rows: Vec<u32>,
    /// Where the rows of each case start, and where the last ones end.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl ByCase {
    /// Groups the rows by a case number a row; numbers may leave gaps.
    #[must_use]
    pub fn new(case: &[u32]) -> Self {
        let mut rows: Vec<u32> = (0..case.len() as u32).collect();
        rows.sort_by_key(|row| case[*row as usize]);
        let (mut starts, mut numbers) = (Vec::new(), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            let number = case[*row as usize];
            if numbers.last() != Some(&number) {
                starts.push(at as u32);
                numbers.push(number);
            }
        }
        starts.push(rows.len() as u32);
        Self { rows, starts, numbers }
    }

    /// Each case number with its rows, by rising number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let pairs = self.numbers.iter().zip(self.starts.windows(2));
        pairs.map(|(number, ends)| (*number, &self.rows[ends[0] as usize..ends[1] as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_under_its_case_once() {
        let cases = ByCase::new(&[7, 2, 7, 9, 2]);
        let found: Vec<(u32, Vec<u32>)> = cases.iter().map(|(case, rows)| (case, rows.to_vec())).collect();
        assert_eq!(found, [(2, vec![1, 4]), (7, vec![0, 2]), (9, vec![3])]);
        assert_eq!(ByCase::new(&[]).iter().count(), 0);
    }
}
