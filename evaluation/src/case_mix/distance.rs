//! How far two lists of shares are apart.

use crate::chi_square::upper_quantile;

/// Half of the sum of absolute differences between two lists of shares.
pub(super) fn total_variation(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).sum::<f64>() / 2.0
}

/// Population stability index (the Jeffreys divergence) of two lists of shares, each of `n` rows.
///
/// ```text
/// psi = sum_k (q_k - p_k) ln(q_k / p_k)        p_k = (n share_k + 1/2) / (n + K/2)
/// ```
/// DIFFERENCE: the index is infinite where an answer occurs on one side only. Half a row is therefore added to every answer (the estimate of Krichevsky and
/// Trofimov), where practice adds an arbitrary small share.
///
/// # References
/// Siddiqi, "Credit risk scorecards", 2006, chapter 9; Kullback and Leibler, On information and sufficiency, Annals of Mathematical Statistics 22, 1951.
pub(super) fn psi(shares: [&[f64]; 2], n: [f64; 2]) -> f64 {
    let smoothed = |side: usize, k: usize| {
        (n[side] * shares[side][k] + 0.5) / (n[side] + shares[side].len() as f64 / 2.0)
    };
    (0..shares[0].len())
        .map(|k| {
            let (p, q) = (smoothed(0, k), smoothed(1, k));
            (q - p) * libm::log(q / p)
        })
        .sum()
}

/// What the index of two samples of one population exceeds with a probability.
///
/// ```text
/// psi / (1/n_0 + 1/n_1) -> chi-square with K - 1 degrees of freedom
/// ```
///
/// # References
/// Yurdakul and Naranjo, Statistical properties of the population stability index, Journal of Risk Model Validation 14, 2020.
pub(super) fn psi_by_chance(n_answers: usize, n: [f64; 2], probability: f64) -> f64 {
    (1.0 / n[0] + 1.0 / n[1]) * upper_quantile(probability, n_answers as u32 - 1)
}

#[cfg(test)]
mod tests;
