//! Coordinate descent on a quadratic model of the loss.

use super::penalty::Penalty;
use crate::families::bound::Bound;

/// Most rounds through the weights.
const ROUNDS: usize = 10_000;

/// Second derivatives of the mean loss, with the intercept taken out: it is at its best for any other weights.
///
/// ```text
/// H[k][l] - H[k][0] H[0][l] / H[0][0]           k, l > 0
/// ```
/// Columns are then as good as centred, without which the descent would wait for the intercept round after round.
#[derive(Debug, Clone)]
pub(in crate::families) struct Curvature {
    n: usize,
    /// Row-major, symmetric; line and column 0 are not used.
    centred: Vec<f64>,
    /// `H[k][0] / H[0][0]`, with 1 for the intercept itself.
    shares: Vec<f64>,
    /// `H[0][0]`.
    of_intercept: f64,
}

impl Curvature {
    /// Takes second derivatives, row-major and symmetric; column 0 is the intercept's.
    pub(in crate::families) fn new(n: usize, hessian: &[f64]) -> Self {
        let of_intercept = hessian[0];
        let shares: Vec<f64> = (0..n).map(|k| hessian[k] / of_intercept).collect();
        let cell = |at: usize| hessian[at] - shares[at / n] * hessian[at % n];
        Self { n, centred: (0..n * n).map(cell).collect(), shares, of_intercept }
    }

    /// The weights that minimise the model around `at` plus the penalty, each within its bound; the gradient is that of the mean loss.
    ///
    /// Goes through all weights, then through those that are not at 0 until they rest, and so on until nothing moves by more
    /// than `rest` in units of the gradient.
    pub(in crate::families) fn minimise(
        &self,
        at: &[f64],
        gradient: &[f64],
        penalty: Penalty,
        bounds: &[Bound],
        rest: f64,
    ) -> Vec<f64> {
        let mut weights = at.to_vec();
        let mut slopes: Vec<f64> =
            gradient.iter().zip(&self.shares).map(|(g, share)| g - share * gradient[0]).collect();
        let all: Vec<usize> = (1..self.n).collect();
        let mut active = all.clone();
        for _ in 0..ROUNDS {
            let moved = self.round(&active, &mut weights, &mut slopes, penalty, bounds);
            if moved > rest {
                active = all.iter().copied().filter(|&k| weights[k].abs() > 0.0).collect();
            } else if active.len() == all.len() {
                break;
            } else {
                active.clone_from(&all);
            }
        }
        let others = weights.iter().zip(at).zip(&self.shares).skip(1);
        let pulled: f64 = others.map(|((to, from), share)| share * (to - from)).sum();
        weights[0] = at[0] - gradient[0] / self.of_intercept - pulled;
        weights
    }

    /// One round through some weights; the largest change in units of the gradient.
    fn round(
        &self,
        places: &[usize],
        weights: &mut [f64],
        slopes: &mut [f64],
        penalty: Penalty,
        bounds: &[Bound],
    ) -> f64 {
        let mut moved = 0.0_f64;
        for &k in places {
            let line = &self.centred[k * self.n..(k + 1) * self.n];
            // A column that is the same in all rows with any say.
            if line[k] <= 1e-14 * self.of_intercept {
                continue;
            }
            let pull = line[k] * weights[k] - slopes[k];
            let shrunk = pull.signum() * (pull.abs() - penalty.l1).max(0.0);
            let to = bounds[k].nearest(shrunk / (line[k] + penalty.l2));
            let change = to - weights[k];
            if change.abs() > 0.0 {
                weights[k] = to;
                slopes.iter_mut().zip(line).for_each(|(slope, h)| *slope += change * h);
                moved = moved.max(change.abs() * (line[k] + penalty.l2));
            }
        }
        moved
    }
}
