//! Ranked probability score: how far a forecast on a scale of levels is from what came.

/// Ranked probability score of a distribution over levels when level `observed` came.
///
/// ```text
/// 1 / (K - 1) sum over levels k below the highest of (F_k - 1[observed <= k])^2        F_k = sum of p_0 .. p_k
/// ```
/// Normalised by `K - 1`, so it is in [0, 1]: 0 for certainty about what came, 1 for certainty about the other end. Lower is better, and
/// a miss by two levels counts more than by one. `None` for fewer than two levels, or a level that is none of them.
///
/// # References
/// Epstein, A scoring system for probability forecasts of ranked categories, Journal of Applied Meteorology 8, 1969; Murphy, A note on
/// the ranked probability score, the same 10, 1971, for the normalisation.
///
/// ```
/// use amparo_evaluation::metrics::ranked_probability_score;
/// assert_eq!(ranked_probability_score(&[0.5, 0.5, 0.0], 0), Some(0.125));
/// ```
#[must_use]
pub fn ranked_probability_score(distribution: &[f64], observed: usize) -> Option<f64> {
    let k = distribution.len();
    if k < 2 || observed >= k {
        return None;
    }
    let mut cumulative = 0.0;
    let squares = distribution[..k - 1].iter().enumerate().map(|(level, p)| {
        cumulative += p;
        let came = if observed <= level { 1.0 } else { 0.0 };
        (cumulative - came) * (cumulative - came)
    });
    Some(squares.sum::<f64>() / (k - 1) as f64)
}

/// Mean ranked probability score of levels `a` as forecasts of levels `b`: `table[a * k + b]` is the weight of such rows.
///
/// A level as a forecast is certain of itself, so each row scores `|a - b| / (K - 1)`. `None` for fewer than two levels or without weight.
#[must_use]
pub fn ranked_probability_of_levels(table: &[f64], k: usize) -> Option<f64> {
    let total: f64 = table.iter().sum();
    if k < 2 || !(total > 0.0 && total.is_finite()) {
        return None;
    }
    let cells = table.iter().enumerate();
    let apart: f64 = cells.map(|(cell, w)| w * (cell / k).abs_diff(cell % k) as f64).sum();
    Some(apart / total / (k - 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_worked_forecast() {
        // F = 0.1, 0.4, 0.8; level 2 came: (0.1^2 + 0.4^2 + (0.8 - 1)^2) / 3 = 0.07
        let found = ranked_probability_score(&[0.1, 0.3, 0.4, 0.2], 2);
        assert!(found.is_some_and(|rps| (rps - 0.07).abs() <= 1e-12), "{found:?}");
        // A wrong answer would fail: the Brier score of the four levels is 0.5.
        assert!(found.is_some_and(|rps| (rps - 0.5).abs() > 0.1));
        assert_eq!(ranked_probability_score(&[1.0], 0), None);
        assert_eq!(ranked_probability_score(&[0.5, 0.5], 2), None);
    }

    #[test]
    fn levels_are_forecasts_certain_of_themselves() {
        let k = 4;
        for a in 0..k {
            for b in 0..k {
                let mut certain = vec![0.0; k];
                certain[a] = 1.0;
                let mut table = vec![0.0; k * k];
                table[a * k + b] = 2.5;
                let both = ranked_probability_score(&certain, b).zip(ranked_probability_of_levels(&table, k));
                assert!(both.is_some_and(|(one, all)| (one - all).abs() <= 1e-12), "{a} {b}: {both:?}");
            }
        }
        assert_eq!(ranked_probability_of_levels(&[0.0; 4], 2), None);
    }
}
