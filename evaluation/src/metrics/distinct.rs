//! Rows of equal probability, summed: what the smooth and the binned measures of calibration are computed from.

/// Distinct values of a column in rising order, each with the weight and the weighted outcome of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Distinct {
    /// The values, strictly rising.
    pub(crate) x: Vec<f64>,
    /// Sum of weights at each value, above 0.
    pub(crate) weight: Vec<f64>,
    /// Sum of weight times outcome at each value.
    pub(crate) sum: Vec<f64>,
    /// What counts as one row: 1, or the smallest weight of a row if that is below 1.
    ///
    /// Where a definition counts rows (so many nearest neighbours, the k-th smallest), whole weights then give what as many copies
    /// of the row give.
    pub(crate) unit: f64,
}

impl Distinct {
    /// Sums rows `(row, weight)` sorted by value (see [`sort`]); rows without weight are passed over.
    pub(crate) fn new(x: &[f64], rows: &[(u32, f64)], y: impl Fn(usize) -> f64) -> Self {
        let mut out = Self { x: Vec::new(), weight: Vec::new(), sum: Vec::new(), unit: 1.0 };
        for block in blocks(x, rows) {
            let (mut weight, mut sum) = (0.0, 0.0);
            for &(row, w) in block.iter().filter(|(_, w)| *w > 0.0) {
                weight += w;
                sum += w * y(row as usize);
                out.unit = out.unit.min(w);
            }
            if let Some(&(row, _)) = block.first().filter(|_| weight > 0.0) {
                out.x.push(x[row as usize]);
                out.weight.push(weight);
                out.sum.push(sum);
            }
        }
        out
    }

    /// Sums rows of a probability and whether the event happened, in any order.
    pub(crate) fn of(probability: &[f64], y: &[bool], weight: &[f64]) -> Self {
        let mut rows: Vec<_> = weight.iter().enumerate().map(|(row, w)| (row as u32, *w)).collect();
        sort(probability, &mut rows);
        Self::new(probability, &rows, |row| f64::from(u8::from(y[row])))
    }

    /// Sum of all weights.
    pub(crate) fn total(&self) -> f64 {
        self.weight.iter().sum()
    }

    /// The value with its weight and weighted outcome, in rising order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        self.x.iter().zip(&self.weight).zip(&self.sum).map(|((x, w), s)| (*x, *w, *s))
    }

    /// Highest less lowest value; 0 without rows.
    pub(crate) fn range(&self) -> f64 {
        self.x.last().zip(self.x.first()).map_or(0.0, |(last, first)| last - first)
    }
}

/// Sorts rows by value, equal values by row.
pub(crate) fn sort(x: &[f64], rows: &mut [(u32, f64)]) {
    rows.sort_unstable_by(|a, b| x[a.0 as usize].total_cmp(&x[b.0 as usize]).then(a.0.cmp(&b.0)));
}

/// Runs of equal values among sorted rows.
pub(crate) fn blocks<'a>(x: &'a [f64], rows: &'a [(u32, f64)]) -> impl Iterator<Item = &'a [(u32, f64)]> {
    rows.chunk_by(|a, b| x[a.0 as usize].total_cmp(&x[b.0 as usize]).is_eq())
}

/// Order statistic of weighted values, sorted in place, as R's `quantile` (type 7) gives on as many copies; `None` without weight.
///
/// ```text
/// at position q (W - unit), where a value of weight w covers w - unit and a unit leads to the next
/// ```
///
/// # References
/// Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50, 1996, definition 7.
pub(crate) fn quantile(values: &mut [(f64, f64)], unit: f64, q: f64) -> Option<f64> {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = values.iter().map(|(_, w)| w).sum();
    let at = q * (total - unit);
    let mut below = 0.0;
    for (i, &(value, w)) in values.iter().enumerate() {
        below += w;
        if at < below {
            let next = values.get(i + 1).map_or(value, |next| next.0);
            let share = ((at - (below - unit)) / unit).clamp(0.0, 1.0);
            return Some(value + share * (next - value));
        }
    }
    values.last().map(|last| last.0)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn equal_values_are_one_and_rows_without_weight_are_none() {
        let y = [true, false, true, false, true];
        let d = Distinct::of(&[0.5, 0.2, 0.5, 0.2, 0.9], &y, &[2.0, 1.0, 0.25, 1.0, 0.0]);
        assert_eq!(
            (d.x.as_slice(), d.weight.as_slice(), d.sum.as_slice()),
            (&[0.2, 0.5][..], &[2.0, 2.25][..], &[0.0, 2.25][..])
        );
        assert!((d.unit - 0.25).abs() <= 0.0 && (d.total() - 4.25).abs() <= 0.0);
    }

    #[test]
    fn quantiles_are_those_of_copies() {
        // R: quantile(rep(c(3, 1, 2), c(2, 1, 4)), c(.1, .5, .9)) -> 1.6 2.0 3.0 ; quantile(c(3, 1, 2), .9) -> 2.8
        let weighted = |q| quantile(&mut [(3.0, 2.0), (1.0, 1.0), (2.0, 4.0)], 1.0, q).unwrap();
        for (q, expected) in [(0.1, 1.6), (0.5, 2.0), (0.9, 3.0)] {
            assert!((weighted(q) - expected).abs() <= 1e-12, "{q}: {}", weighted(q));
        }
        // A wrong answer would fail: without weights the last is 2.8.
        let unweighted = quantile(&mut [(3.0, 1.0), (1.0, 1.0), (2.0, 1.0)], 1.0, 0.9).unwrap();
        assert!((unweighted - 2.8).abs() <= 1e-12);
        assert!(quantile(&mut [], 1.0, 0.5).is_none());
    }
}
