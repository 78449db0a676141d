//! The interval of a share.

/// 97.5 % point of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval of a share among `n` observations.
///
/// ```text
/// (p + z^2/2n -+ z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n),  z = 1.96
/// ```
/// `share` in [0, 1]; `n` above 0, not necessarily whole (an effective number). Inside [0, 1] and never of width 0.
///
/// # References
/// Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
#[must_use]
pub fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z / n;
    let centre = share + z2 / 2.0;
    let half = (z2 * (share * (1.0 - share) + z2 / 4.0)).sqrt();
    // At the ends the formula is exact but for rounding.
    let low = if share <= 0.0 { 0.0 } else { ((centre - half) / (1.0 + z2)).max(0.0) };
    let high = if share >= 1.0 { 1.0 } else { ((centre + half) / (1.0 + z2)).min(1.0) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn wilson_matches_statsmodels() {
        // from statsmodels.stats.proportion import proportion_confint
        // proportion_confint(3, 20, method="wilson"); proportion_confint(0, 10, method="wilson")
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12;
        let (low, high) = wilson(0.15, 20.0);
        assert!(near(low, 0.052_368_745_896_216_595) && near(high, 0.360_418_864_740_756_96), "{low} {high}");
        let (low, high) = wilson(0.0, 10.0);
        assert!(near(low, 0.0) && near(high, 0.277_532_799_862_889_26), "{low} {high}");
        // A wrong answer would fail: the normal interval of 3 in 20 goes below 0.
        assert!(!near(wilson(0.15, 20.0).0, 0.15 - super::Z * (0.15_f64 * 0.85 / 20.0).sqrt()));
    }
}
