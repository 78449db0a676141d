//! Bins of numbers, proposed by quantiles: no outcome is looked at, so what is trained with them may be judged on the same table.

/// Bins that are aimed at.
const BINS: usize = 5;

/// Rows that a last bin needs to stand alone.
const LEAST_ROWS: usize = 10;

/// One proposed bin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bin {
    /// The smallest number that was seen in it, at which it starts.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// Rows in it.
    pub n_rows: usize,
}

/// Bins of about as many rows each, cut where numbers differ; at least two, as there are three different numbers or more.
///
/// A number that many rows have fills a bin of its own.
pub(super) fn bins(numbers: impl Iterator<Item = f64>) -> Vec<Bin> {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let enough = sorted.len().div_ceil(BINS);
    let mut bins: Vec<Bin> = Vec::new();
    for same in sorted.chunk_by(|a, b| (a - b).abs() <= 0.0) {
        let (number, n) = (same[0], same.len());
        match bins.last_mut().filter(|bin| bin.n_rows < enough) {
            Some(bin) => {
                bin.to = number;
                bin.n_rows += n;
            }
            None => bins.push(Bin { from: number, to: number, n_rows: n }),
        }
    }
    if bins.len() > 2
        && let Some(last) = bins.pop_if(|last| last.n_rows < LEAST_ROWS)
        && let Some(before) = bins.last_mut()
    {
        before.to = last.to;
        before.n_rows += last.n_rows;
    }
    bins
}

/// A number that stands so far from the others that it may say that nothing is known: 99, -1.
pub(super) fn suspicious(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup_by(|a, b| (*a - *b).abs() <= 0.0);
    let is_one_of = |number: f64, known: &[f64]| known.iter().any(|one| (one - number).abs() <= 0.0);
    match sorted[..] {
        [.., before, last] if is_one_of(last, &[9.0, 99.0, 999.0, 9999.0]) && 2.0 * before < last => {
            Some(last)
        }
        [first, next, ..] if is_one_of(first, &[-1.0, -9.0, -99.0, -999.0]) && next >= 0.0 => Some(first),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: impl IntoIterator<Item = u32>) -> Vec<(f64, f64, usize)> {
        bins(numbers.into_iter().map(f64::from))
            .into_iter()
            .map(|bin| (bin.from, bin.to, bin.n_rows))
            .collect()
    }

    fn same(found: &[(f64, f64, usize)], expected: &[(f64, f64, usize)]) -> bool {
        let equal = |(a, b): (&(f64, f64, usize), &(f64, f64, usize))| {
            (a.0 - b.0).abs() <= 0.0 && (a.1 - b.1).abs() <= 0.0 && a.2 == b.2
        };
        found.len() == expected.len() && found.iter().zip(expected).all(equal)
    }

    #[test]
    fn bins_hold_about_a_fifth_of_the_rows() {
        let found = of(0..100);
        let expected =
            [(0.0, 19.0, 20), (20.0, 39.0, 20), (40.0, 59.0, 20), (60.0, 79.0, 20), (80.0, 99.0, 20)];
        assert!(same(&found, &expected), "{found:?}");
    }

    #[test]
    fn a_common_number_has_a_bin_of_its_own_and_rare_ones_share_the_last() {
        let many_zeros = std::iter::repeat_n(0, 90).chain(1..=10);
        let found = of(many_zeros);
        assert!(same(&found, &[(0.0, 0.0, 90), (1.0, 10.0, 10)]), "{found:?}");
        // Too few for a third bin.
        let found = of(std::iter::repeat_n(0, 45).chain(std::iter::repeat_n(1, 45)).chain([2, 3]));
        assert!(same(&found, &[(0.0, 0.0, 45), (1.0, 3.0, 47)]), "{found:?}");
        // But never fewer than two bins.
        let found = of(std::iter::repeat_n(5, 90).chain([6, 7]));
        assert!(same(&found, &[(5.0, 5.0, 90), (6.0, 7.0, 2)]), "{found:?}");
    }

    #[test]
    fn numbers_that_stand_apart_are_told() {
        let of =
            |numbers: &[i32]| suspicious(numbers.iter().copied().map(f64::from)).map(|number| number as i32);
        assert_eq!(of(&[0, 3, 40, 99]), Some(99));
        assert_eq!(of(&[0, 3, 50, 99]), None);
        assert_eq!(of(&[-1, 0, 7]), Some(-1));
        assert_eq!(of(&[-3, -1, 0]), None);
    }
}
