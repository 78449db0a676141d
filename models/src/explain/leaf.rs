//! What one leaf adds, by the pattern of conditions a row meets.

/// `w[a][b] = (a-1)! b! / (a+b)!` for `a >= 1`, 0 for `a = 0`.
#[derive(Debug, Clone)]
pub(super) struct Weights(Vec<Vec<f64>>);

impl Weights {
    /// For paths of up to `d` conditions.
    pub(super) fn new(d: usize) -> Self {
        let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
        let of = |a: usize, b: usize| match a {
            0 => 0.0,
            _ => factorial(a - 1) * factorial(b) / factorial(a + b),
        };
        Self((0..=d).map(|a| (0..=d).map(|b| of(a, b)).collect()).collect())
    }

    /// `w[a][b]`.
    pub(super) fn of(&self, a: usize, b: usize) -> f64 {
        self.0[a][b]
    }

    /// The same numbers with less precision, `[a][b]`.
    pub(super) fn narrow(self) -> Vec<Vec<f32>> {
        let Self(weights) = self;
        weights.into_iter().map(|row| row.into_iter().map(|w| w as f32).collect()).collect()
    }

    /// A leaf's Shapley values by pattern of the row, summed over the patterns of the background.
    ///
    /// `shares` holds the share of the background in each pattern of `d` conditions; the answer is pattern-major,
    /// `[pattern * d + k]`. With `p` the row's pattern and `q` the background's, the leaf is reached by a coalition `S`
    /// if and only if `A = p - q` is inside `S` and `B = q - p` outside, and every condition is met by one of the two:
    /// `q` holds all that `p` lacks, and `B` is just that. Then
    ///
    /// ```text
    /// phi_k = + value (|A|-1)! |B|! / (|A|+|B|)!     k in A
    ///         - value |A|! (|B|-1)! / (|A|+|B|)!     k in B          0 elsewhere
    /// ```
    pub(super) fn additions(&self, value: f64, d: usize, shares: &[f64]) -> Vec<f64> {
        let Self(weights) = self;
        let full = (1_usize << d) - 1;
        let mut additions = vec![0.0; (full + 1) * d];
        // All of B gets the same.
        let mut of_b = vec![0.0; full + 1];
        // A goes down: in which order a pattern adds numbers up is part of what published values are.
        for a in (0..=full).rev().filter(|a| shares[full & !a] > 0.0) {
            let (share, n_a) = (shares[full & !a], a.count_ones() as usize);
            let members: Vec<usize> = bits(a).collect();
            let by_b: Vec<(f64, f64)> =
                (0..=d - n_a).map(|b| (share * weights[b][n_a], value * share * weights[n_a][b])).collect();
            // All p that hold A.
            for others in subsets(full & !a) {
                let p = a | others;
                let (to_b, to_a) = by_b[d - n_a - others.count_ones() as usize];
                of_b[p] += to_b;
                let out = &mut additions[p * d..(p + 1) * d];
                members.iter().for_each(|&k| out[k] += to_a);
            }
        }
        for (p, (out, of_b)) in additions.chunks_exact_mut(d.max(1)).zip(of_b).enumerate() {
            bits(full & !p).for_each(|k| out[k] = -value * of_b);
        }
        additions
    }
}

/// The places of the bits that are set.
pub(super) fn bits(mut of: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (of != 0).then_some(of.trailing_zeros() as usize);
        of &= of.wrapping_sub(1);
        at
    })
}

/// The subsets of a set, from itself down to the empty one.
pub(super) fn subsets(of: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(of), move |&set| (set != 0).then(|| (set - 1) & of))
}
