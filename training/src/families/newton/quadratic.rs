//! The least value of a quadratic function within bounds at zero.

use crate::families::bound::Bound;

/// `gradient . (z - at) + (z - at) . hessian . (z - at) / 2` of `z`, each parameter within its bound.
///
/// # References
/// - Júdice and Pires, "A block principal pivoting algorithm for large-scale strictly monotone linear complementarity
///   problems", Computers & Operations Research 21, 1994.
/// - Kim and Park, "Fast nonnegative matrix factorization: an active-set-like method and comparisons", SIAM Journal on
///   Scientific Computing 33, 2011 (with three full exchanges before one at a time, as here).
pub(super) struct Quadratic<'a> {
    pub at: &'a [f64],
    pub gradient: &'a [f64],
    /// Row-major, symmetric.
    pub hessian: &'a [f64],
    pub bounds: &'a [Bound],
}

/// How often every parameter that is on the wrong side may change it without there being fewer of them.
const FULL_EXCHANGES: usize = 3;

impl Quadratic<'_> {
    /// The minimiser; `None` where the Hessian is not positive definite in double precision, or where rounding keeps the
    /// exchanges from ending.
    ///
    /// A parameter is held at zero or free. The free ones are solved for; those that leave their bounds are then held, and
    /// those that are held though the slope leads inside by more than `rest` are freed, until there are none.
    pub(super) fn minimise(&self, rest: f64) -> Option<Vec<f64>> {
        self.minimise_with(rest, FULL_EXCHANGES)
    }

    fn minimise_with(&self, rest: f64, full_exchanges: usize) -> Option<Vec<f64>> {
        let n = self.at.len();
        let mut held: Vec<bool> = (0..n)
            .map(|k| {
                let bounded = self.bounds[k] != Bound::Free && self.at[k].abs() <= 0.0;
                bounded && self.bounds[k].open(0.0, self.gradient[k]).abs() <= 0.0
            })
            .collect();
        let (mut fewest, mut left) = (n + 1, full_exchanges);
        for _ in 0..100 + 20 * n {
            let (goal, slope) = self.solve(&held)?;
            let wrong: Vec<usize> = (0..n)
                .filter(|&k| {
                    if held[k] {
                        self.bounds[k].open(0.0, slope[k]).abs() > rest
                    } else {
                        self.bounds[k].forbids(goal[k])
                    }
                })
                .collect();
            let Some(&last) = wrong.last() else { return Some(goal) };
            if wrong.len() < fewest {
                (fewest, left) = (wrong.len(), full_exchanges);
            } else if left > 0 {
                left -= 1;
            } else {
                // One at a time, always the last: this ends, whatever the function (Murty's rule).
                held[last] = !held[last];
                continue;
            }
            wrong.iter().for_each(|&k| held[k] = !held[k]);
        }
        None
    }

    /// With some parameters held at zero, the best of the others, and the slope of all there.
    fn solve(&self, held: &[bool]) -> Option<(Vec<f64>, Vec<f64>)> {
        let n = self.at.len();
        let free: Vec<usize> = (0..n).filter(|&k| !held[k]).collect();
        let mut moves: Vec<f64> = (0..n).map(|k| if held[k] { -self.at[k] } else { 0.0 }).collect();
        let right: Vec<f64> = free.iter().map(|&k| -self.slope(k, &moves)).collect();
        let part = free.iter().map(|&k| free.iter().map(|&l| self.hessian[k * n + l]).collect()).collect();
        for (&k, step) in free.iter().zip(cholesky_solve(part, right)?) {
            moves[k] = step;
        }
        let goal = (0..n).map(|k| if held[k] { 0.0 } else { self.at[k] + moves[k] }).collect();
        let slope = (0..n).map(|k| self.slope(k, &moves)).collect();
        Some((goal, slope))
    }

    /// The derivative by parameter `k` after some moves.
    fn slope(&self, k: usize, moves: &[f64]) -> f64 {
        let line = &self.hessian[k * moves.len()..(k + 1) * moves.len()];
        self.gradient[k] + line.iter().zip(moves).map(|(h, m)| h * m).sum::<f64>()
    }
}

/// The solution of `matrix x = right` by Cholesky's factors of a symmetric matrix; `None` if it is not positive definite.
fn cholesky_solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    // The lower triangle becomes the factor L of matrix = L L', and `right` the solution of L z = right.
    for k in 0..n {
        let (done, rest) = matrix.split_at_mut(k);
        let line = &mut rest[0];
        for (l, other) in done.iter().enumerate() {
            let dot: f64 = line[..l].iter().zip(other).map(|(a, b)| a * b).sum();
            line[l] = (line[l] - dot) / other[l];
        }
        let pivot = line[k] - line[..k].iter().map(|a| a * a).sum::<f64>();
        // What is lost to rounding in a pivot is about this share of what it is taken from. A NaN is refused too.
        if pivot.is_nan() || pivot <= line[k] * n as f64 * f64::EPSILON {
            return None;
        }
        line[k] = pivot.sqrt();
        let dot: f64 = line[..k].iter().zip(&right).map(|(a, z)| a * z).sum();
        right[k] = (right[k] - dot) / line[k];
    }
    for k in (0..n).rev() {
        let dot: f64 = (k + 1..n).map(|l| matrix[l][k] * right[l]).sum();
        right[k] = (right[k] - dot) / matrix[k][k];
    }
    Some(right)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::testing::{close, uniform};

    const BOUNDS: [Bound; 3] = [Bound::Free, Bound::AtLeastZero, Bound::AtMostZero];

    /// A function of `n` parameters, with its Hessian far from diagonal.
    struct Drawn {
        at: Vec<f64>,
        gradient: Vec<f64>,
        hessian: Vec<f64>,
        bounds: Vec<Bound>,
    }

    impl Drawn {
        fn new(n: usize, seed: usize) -> Self {
            let at_random = |k: usize| 2.0 * uniform(seed * 1_000 + k) - 1.0;
            let root: Vec<f64> = (0..n * n).map(at_random).collect();
            let cell = |k: usize| {
                let (i, j) = (k / n, k % n);
                let dot: f64 = (0..n).map(|l| root[i * n + l] * root[j * n + l]).sum();
                dot + if i == j { 0.05 } else { 0.0 }
            };
            let bounds: Vec<Bound> = (0..n).map(|k| BOUNDS[(seed + k * k) % 3]).collect();
            let start = |k: usize| {
                let value = at_random(500 + k).max(0.0);
                match bounds[k] {
                    Bound::AtMostZero => -value,
                    _ => value,
                }
            };
            Self {
                at: (0..n).map(start).collect(),
                gradient: (0..n).map(|k| at_random(700 + k)).collect(),
                hessian: (0..n * n).map(cell).collect(),
                bounds,
            }
        }

        fn function(&self) -> Quadratic<'_> {
            Quadratic { at: &self.at, gradient: &self.gradient, hessian: &self.hessian, bounds: &self.bounds }
        }

        fn value(&self, z: &[f64]) -> f64 {
            let n = z.len();
            let moved: Vec<f64> = z.iter().zip(&self.at).map(|(z, x)| z - x).collect();
            let line = |k: usize| (0..n).map(|l| self.hessian[k * n + l] * moved[l]).sum::<f64>();
            (0..n).map(|k| moved[k] * (self.gradient[k] + line(k) / 2.0)).sum()
        }

        /// The best of all choices of what is held at zero that respect the bounds.
        fn brute_force(&self) -> Vec<f64> {
            let n = self.at.len();
            let of_choice = |choice: usize| {
                let held: Vec<bool> = (0..n).map(|k| choice >> k & 1 == 1).collect();
                self.function().solve(&held).unwrap().0
            };
            let allowed = |z: &Vec<f64>| z.iter().zip(&self.bounds).all(|(&z, b)| !b.forbids(z));
            let all = (0..1 << n).map(of_choice).filter(allowed);
            all.min_by(|a, b| self.value(a).total_cmp(&self.value(b))).unwrap()
        }
    }

    #[test]
    fn it_is_the_best_of_every_choice_of_what_is_held() {
        let mut unbounded_differ = 0;
        for seed in 0..300 {
            let drawn = Drawn::new(1 + seed % 9, seed);
            let (found, expected) = (drawn.function().minimise(1e-12).unwrap(), drawn.brute_force());
            assert!(close(&found, &expected, 1e-9), "{seed}: {found:?} {expected:?}");
            // Cutting the unbounded minimum off at the bounds is something else.
            let (free, _) = drawn.function().solve(&vec![false; found.len()]).unwrap();
            let cut: Vec<f64> =
                free.iter().zip(&drawn.bounds).map(|(&z, b)| if b.forbids(z) { 0.0 } else { z }).collect();
            unbounded_differ += usize::from(!close(&cut, &expected, 1e-3));
        }
        assert!(unbounded_differ >= 100, "{unbounded_differ}");
    }

    #[test]
    fn few_at_a_time_end_at_the_same_place() {
        for seed in 0..100 {
            let drawn = Drawn::new(12, seed);
            let all = drawn.function().minimise(1e-12).unwrap();
            let few = drawn.function().minimise_with(1e-12, 0).unwrap();
            assert!(close(&few, &all, 1e-9), "{seed}: {few:?} {all:?}");
        }
    }

    #[test]
    fn what_has_no_single_minimum_is_no_answer() {
        let twice = [1.0, 1.0, 1.0, 1.0];
        let flat =
            Quadratic { at: &[0.0; 2], gradient: &[-1.0; 2], hessian: &twice, bounds: &[Bound::Free; 2] };
        assert_eq!(flat.minimise(1e-12), None);
        let curved = Quadratic { hessian: &[2.0, 1.0, 1.0, 2.0], ..flat };
        assert!(close(&curved.minimise(1e-12).unwrap(), &[1.0 / 3.0; 2], 1e-15));
    }
}
