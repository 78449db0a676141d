//! Random numbers that depend on the seed and the row alone, with the same bits on every machine.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use crate::splitmix;

/// What a stream is for, so that drawing more of one thing does not move another.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// Traits, true answers and groups of a case.
    Truth = 1,
    /// Recorded answers, dates and events of an assessment.
    Events = 2,
    /// Truth of the candidates that a case-control design picks its cases from.
    CaseTruth = 3,
    /// Events of those candidates.
    CaseEvents = 4,
    /// Order of the rows.
    Order = 5,
}

/// A stream of random numbers for one purpose and row.
pub(super) struct Draw {
    random: Pcg64,
    spare: Option<f64>,
}

impl Draw {
    pub(super) fn new(seed: u64, purpose: Purpose, row: usize) -> Self {
        // Neighbouring PCG streams of one state are correlated, so the state itself is scattered instead.
        let key = splitmix(splitmix(seed).wrapping_add(purpose as u64)).wrapping_add(row as u64);
        Self { random: Pcg64::seed_from_u64(splitmix(key)), spare: None }
    }

    /// Uniform on [0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.random.random()
    }

    /// True with the given probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with mean 1.
    pub(super) fn exponential(&mut self) -> f64 {
        -libm::log1p(-self.uniform())
    }

    /// Standard normal, two at a time (Box and Muller, 1958).
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (2.0 * self.exponential()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    /// One of `0..shares.len()` with the given probabilities, which sum to 1.
    pub(super) fn pick(&mut self, shares: &[f64]) -> usize {
        let mut left = self.uniform();
        for (at, share) in shares.iter().enumerate() {
            if left < *share {
                return at;
            }
            left -= share;
        }
        shares.len() - 1
    }

    /// The generator itself, for shuffling.
    pub(super) fn into_inner(self) -> Pcg64 {
        self.random
    }
}

/// The logistic function.
pub(super) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// The log-odds of a probability in (0, 1).
pub(super) fn log_odds(p: f64) -> f64 {
    libm::log(p / (1.0 - p))
}

/// The point that a standard normal exceeds with probability `p` in (0, 1), by bisection.
pub(super) fn exceeded_with(p: f64) -> f64 {
    let above = |x: f64| 0.5 * libm::erfc(x * std::f64::consts::FRAC_1_SQRT_2);
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if above(middle) > p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles of the standard normal from a printed table (Abramowitz and Stegun, 1964, table 26.5).
    #[test]
    fn quantiles_agree_with_the_table() {
        for (p, x) in [(0.5, 0.0), (0.1, 1.28155), (0.025, 1.95996), (0.001, 3.09023), (0.9, -1.28155)] {
            let error = (exceeded_with(p) - x).abs();
            assert!(error <= 1e-5, "p {p}: off by {error}");
            assert!((exceeded_with(p * 1.01) - x).abs() > 1e-5, "a wrong p passes at {p}");
        }
    }

    #[test]
    fn normals_are_standard_and_unrelated_across_rows() {
        let n = 20_000;
        let two = |mut draw: Draw| [draw.normal(), draw.normal()];
        let z: Vec<[f64; 2]> = (0..=n).map(|row| two(Draw::new(7, Purpose::Truth, row))).collect();
        let mean = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        // Standard errors of these means are at most sqrt(2 / n) = 0.01; four of them.
        for (name, value) in [
            ("mean", mean(&|i| z[i][0])),
            ("second mean", mean(&|i| z[i][1])),
            ("variance less one", mean(&|i| z[i][0] * z[i][0] - 1.0)),
            ("within a pair", mean(&|i| z[i][0] * z[i][1])),
            ("with the next row", mean(&|i| z[i][0] * z[i + 1][0])),
        ] {
            assert!(value.abs() <= 0.04, "{name}: {value}");
        }
        // The same statistic on a shifted sample is far outside.
        assert!(mean(&|i| z[i][0] + 0.1).abs() > 0.04);
    }
}
