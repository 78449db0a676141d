//! The area under the ROC curve that probabilities expect of themselves.

use super::auc;

/// The model-based concordance: the weighted area under the ROC curve to be expected if each row has the event with its probability.
///
/// ```text
/// sum over i != j of w_i w_j p_i (1 - p_j) (1[p_i > p_j] + 1/2 1[p_i = p_j]) / sum over i != j of w_i w_j p_i (1 - p_j)
/// ```
/// Both slices have one entry a row; probabilities are in [0, 1], weights >= 0. In [0.5, 1]; `None` where no pair has weight. What it differs by between
/// two cohorts is their case mix; what the observed area differs from it by is a model whose ranking does not hold. O(n log n).
///
/// # References
/// van Klaveren, Gönen, Steyerberg and Vergouwe, A new concordance measure for risk prediction models in external validation settings,
/// Statistics in Medicine 35, 2016.
///
/// ```
/// // Two rows: the pair is concordant with weight 0.8 x 0.7, and discordant with weight 0.3 x 0.2.
/// let expected = amparo_evaluation::metrics::expected_auc(&[0.8, 0.3], &[1.0; 2]);
/// assert!((expected.unwrap() - 0.56 / 0.62).abs() <= 1e-12);
/// ```
#[must_use]
pub fn expected_auc(probability: &[f64], weight: &[f64]) -> Option<f64> {
    // Every row once as an event and once as none, by its probability.
    let score = probability.repeat(2);
    let y: Vec<bool> = (0..score.len()).map(|at| at < probability.len()).collect();
    let events = probability.iter().zip(weight).map(|(p, w)| w * p);
    let others = probability.iter().zip(weight).map(|(p, w)| w * (1.0 - p));
    let weights: Vec<f64> = events.chain(others).collect();
    let all_pairs = auc(&score, &y, &weights)?;
    // A row is no pair with itself.
    let with_itself: f64 = probability.iter().zip(weight).map(|(p, w)| w * w * p * (1.0 - p)).sum();
    let (of_events, of_none) = weights.split_at(probability.len());
    let pairs = of_events.iter().sum::<f64>() * of_none.iter().sum::<f64>();
    let of_others = pairs - with_itself;
    (of_others > 1e-12 * pairs).then(|| ((all_pairs * pairs - with_itself / 2.0) / of_others).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use rand::{RngExt, SeedableRng};
    use rand_pcg::Pcg64;

    use super::expected_auc;
    use crate::metrics::auc;

    fn uniform(seed: u64, n: usize) -> Vec<f64> {
        let mut rng = Pcg64::seed_from_u64(seed);
        (0..n).map(|_| rng.random_range(0.0..1.0)).collect()
    }

    fn by_pairs(p: &[f64], w: &[f64]) -> f64 {
        let (mut won, mut all) = (0.0, 0.0);
        for i in 0..p.len() {
            for j in (0..p.len()).filter(|j| *j != i) {
                let weight = w[i] * w[j] * p[i] * (1.0 - p[j]);
                all += weight;
                won += weight
                    * if p[i] > p[j] {
                        1.0
                    } else if p[i] < p[j] {
                        0.0
                    } else {
                        0.5
                    };
            }
        }
        won / all
    }

    #[test]
    fn it_counts_every_pair_of_rows() {
        for seed in 0..20 {
            let n = 3 + seed as usize;
            // Some probabilities are equal.
            let p: Vec<f64> = uniform(seed, n).iter().map(|u| (u * 8.0).floor() / 10.0 + 0.1).collect();
            let w: Vec<f64> = uniform(seed + 100, n).iter().map(|u| u + 0.1).collect();
            let (found, expected) = (expected_auc(&p, &w).unwrap(), by_pairs(&p, &w));
            assert!((found - expected).abs() <= 1e-12, "{found}, not {expected}");
            // Pairs of a row with itself would pull it towards 0.5.
            let wrong = auc(
                &p.repeat(2),
                &[vec![true; n], vec![false; n]].concat(),
                &[
                    p.iter().zip(&w).map(|(p, w)| p * w).collect::<Vec<f64>>(),
                    p.iter().zip(&w).map(|(p, w)| (1.0 - p) * w).collect(),
                ]
                .concat(),
            );
            assert!((wrong.unwrap() - expected).abs() > 1e-4);
        }
    }

    #[test]
    fn it_is_what_outcomes_drawn_from_the_probabilities_have() {
        let n = 40_000;
        let p: Vec<f64> = uniform(1, n).iter().map(|u| 0.02 + 0.5 * u * u).collect();
        let y: Vec<bool> = uniform(2, n).iter().zip(&p).map(|(u, p)| u < p).collect();
        let w = vec![1.0; n];
        let (expected, observed) = (expected_auc(&p, &w).unwrap(), auc(&p, &y, &w).unwrap());
        assert!((expected - observed).abs() <= 0.01, "{expected}, observed {observed}");
        // Twice the probabilities rank the same way and expect more of it.
        let twice: Vec<f64> = p.iter().map(|p| (1.9 * p).min(1.0)).collect();
        assert!(expected_auc(&twice, &w).unwrap() - observed > 0.02);
    }

    #[test]
    fn without_a_pair_there_is_none() {
        for (p, w) in [
            (vec![0.3], vec![1.0]),
            (vec![], vec![]),
            (vec![0.0, 0.0], vec![1.0, 1.0]),
            (vec![0.2, 0.4], vec![1.0, 0.0]),
        ] {
            assert_eq!(expected_auc(&p, &w), None, "{p:?}");
        }
        assert!((expected_auc(&[0.4, 0.4], &[1.0, 2.0]).unwrap() - 0.5).abs() <= 1e-12);
    }
}
