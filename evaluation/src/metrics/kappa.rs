//! Agreement of two orders of the same levels beyond chance.

/// How far a disagreement counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// By the number of levels between: `|a - b|`.
    Linear,
    /// By its square.
    Quadratic,
}

impl Distance {
    /// The distance of two levels.
    #[must_use]
    pub fn between(self, a: usize, b: usize) -> f64 {
        let levels = a.abs_diff(b) as f64;
        match self {
            Self::Linear => levels,
            Self::Quadratic => levels * levels,
        }
    }
}

/// Cohen's kappa of a table of weights: `table[a * k + b]` is the weight of rows at level `a` by one and `b` by the other.
///
/// ```text
/// kappa = 1 - sum of d(a, b) O(a, b) / sum of d(a, b) E(a, b)        E(a, b) = O(a, .) O(., b) / W
/// ```
/// In [-1, 1]: 1 is agreement, 0 what two independent orders with the same shares would reach. `None` when both give all rows the
/// same one level: then nothing can be said beyond chance.
///
/// # References
/// Cohen, Weighted kappa, Psychological Bulletin 70, 1968.
///
/// ```
/// use amparo_evaluation::metrics::{Distance, kappa};
/// // One in four is moved by a level.
/// assert_eq!(kappa(&[1.0, 1.0, 0.0, 2.0], 2, Distance::Linear), Some(0.5));
/// ```
#[must_use]
pub fn kappa(table: &[f64], k: usize, distance: Distance) -> Option<f64> {
    let cells = || (0..k).flat_map(|a| (0..k).map(move |b| (a, b)));
    let total: f64 = table.iter().sum();
    let rows: Vec<f64> = (0..k).map(|a| table[a * k..(a + 1) * k].iter().sum()).collect();
    let columns: Vec<f64> = (0..k).map(|b| (0..k).map(|a| table[a * k + b]).sum()).collect();
    let observed: f64 = cells().map(|(a, b)| distance.between(a, b) * table[a * k + b]).sum();
    let expected: f64 = cells().map(|(a, b)| distance.between(a, b) * rows[a] * columns[b] / total).sum();
    (expected > 0.0 && expected.is_finite()).then(|| (1.0 - observed / expected).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_scikit_learn() {
        // sklearn 1.9.1, a, b, w as below: cohen_kappa_score(a, b, labels=range(4), weights="linear", sample_weight=w), then "quadratic"
        let a = [0, 0, 1, 1, 2, 3, 3, 2, 1, 0, 3, 2];
        let b = [0, 1, 1, 2, 2, 3, 1, 2, 0, 0, 3, 3];
        let w = [1.0, 2.0, 0.5, 1.0, 1.0, 3.0, 1.0, 0.25, 1.0, 1.0, 1.5, 1.0];
        let mut table = vec![0.0; 16];
        (0..12).for_each(|row| table[a[row] * 4 + b[row]] += w[row]);
        let [linear, quadratic] = [0.634_280_476_626_947_8, 0.786_694_386_694_386_7];
        let found = kappa(&table, 4, Distance::Linear);
        assert!(found.is_some_and(|k| (k - linear).abs() <= 1e-12), "{found:?}");
        let found = kappa(&table, 4, Distance::Quadratic);
        assert!(found.is_some_and(|k| (k - quadratic).abs() <= 1e-12), "{found:?}");
        // A wrong answer would fail: the one for the other.
        assert!((linear - quadratic).abs() > 1e-3);
    }

    #[test]
    fn one_level_for_all_says_nothing() {
        assert_eq!(kappa(&[5.0, 0.0, 0.0, 0.0], 2, Distance::Linear), None);
        assert_eq!(kappa(&[0.0; 4], 2, Distance::Linear), None);
    }
}
