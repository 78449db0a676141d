//! Shapley values as the definition has them, for the tests: over all subsets of indicators.

/// Values by indicator of the game `v`, which is asked for every set (bit `j` for indicator `j`).
///
/// `weight(s, n)` is what a set of `s` others weighs among `n` indicators; Shapley's is [`shapley`].
pub(super) fn values(n: usize, v: impl Fn(usize) -> f64, weight: fn(usize, usize) -> f64) -> Vec<f64> {
    let worth: Vec<f64> = (0..1 << n).map(v).collect();
    (0..n)
        .map(|j| {
            let without = (0..1_usize << n).filter(|set| set >> j & 1 == 0);
            without.map(|set| weight(set.count_ones() as usize, n) * (worth[set | 1 << j] - worth[set])).sum()
        })
        .collect()
}

/// `s! (n - s - 1)! / n!`; factorials up to 12 are exact.
pub(super) fn shapley(s: usize, n: usize) -> f64 {
    let factorial = |n: usize| (1..=n as u64).product::<u64>() as f64;
    factorial(s) * factorial(n - s - 1) / factorial(n)
}

/// Banzhaf's weight, `1 / 2^(n-1)`: a wrong one here.
pub(super) fn banzhaf(_: usize, n: usize) -> f64 {
    1.0 / (1_u64 << (n - 1)) as f64
}

/// The indicators of `set` answered as in `row`, the others as in `other`.
pub(super) fn blend(row: &[u8], other: &[u8], set: usize) -> Vec<u8> {
    row.iter().zip(other).enumerate().map(|(j, (x, b))| if set >> j & 1 == 1 { *x } else { *b }).collect()
}
