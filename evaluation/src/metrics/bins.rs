//! Bins of equal weight by probability: the one way of binning.

/// The bin, of `bins`, of each block of rows with equal probability, given the blocks' weights from the lowest probability.
///
/// ```text
/// bin of a block = floor(bins x (weight below it + half its own) / all weight)
/// ```
/// Ties are never separated, so bins may differ in weight and some of the numbers may not occur.
pub(crate) fn equal_weight(sizes: &[f64], bins: u32) -> Vec<u32> {
    let total: f64 = sizes.iter().sum();
    let mut before = 0.0;
    sizes
        .iter()
        .map(|size| {
            let middle = (before + size / 2.0) / total;
            before += size;
            ((middle * f64::from(bins)) as u32).min(bins.max(1) - 1)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_goes_where_its_middle_lies() {
        // Middles 0.3, 0.65, 0.75, 0.85, 0.95 of the whole.
        assert_eq!(equal_weight(&[6.0, 1.0, 1.0, 1.0, 1.0], 5), [1, 3, 3, 4, 4]);
        assert_eq!(equal_weight(&[3.0, 1.0], 1), [0, 0]);
        assert!(equal_weight(&[], 5).is_empty());
    }
}
