//! Numbers on a line in few pools of little difference.

use amparo_models::pooling::MAX_POOLS;

/// Share of the squared differences that may be left inside the pools.
const LEFT_INSIDE: f64 = 0.01;
/// Root mean square difference inside the pools, in log-odds, that may be left in any case: odds that are off by 2 %.
const LEFT_ANYWAY: f64 = 0.02;

/// Values dealt into pools, each of which is an interval.
///
/// ```text
/// minimise  sum over pools, over their values, of weight * (value - mean of the pool)^2
/// ```
/// by dynamic programming: the least for the first `n` values in `k` pools is the least over `m < n` of that for the first `m`
/// in `k - 1`, and the others in one. There are as few pools as leave at most 1 % of the squared differences inside them, or 0.02
/// as their root mean square, and at most [`MAX_POOLS`].
///
/// # References
/// Fisher, "On grouping for maximum homogeneity", JASA 53, 1958.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Partition {
    /// Value, weight and place among those given, by value.
    values: Vec<(f64, f64, usize)>,
    /// Where each pool but the first begins, in `values`.
    begins: Vec<usize>,
    /// Mean value of each pool.
    means: Vec<f64>,
}

impl Partition {
    /// Deals values, each with a weight of 0 or more, into pools.
    pub(super) fn of(values: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut values: Vec<(f64, f64, usize)> =
            values.enumerate().map(|(at, (value, weight))| (value, weight, at)).collect();
        values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let mut partition = Self { values, begins: Vec::new(), means: Vec::new() };
        partition.begins = partition.best();
        partition.measure();
        partition
    }

    /// Number of pools: none of no values.
    pub(super) fn n_pools(&self) -> usize {
        self.means.len()
    }

    /// Mean value of each pool, ascending.
    pub(super) fn effects(&self) -> &[f64] {
        &self.means
    }

    /// The pool of each value, in the order in which they were given.
    pub(super) fn pools(&self) -> Vec<usize> {
        let mut pools = vec![0; self.values.len()];
        for (place, (.., at)) in self.values.iter().enumerate() {
            pools[*at] = self.begins.partition_point(|begin| *begin <= place);
        }
        pools
    }

    /// The pool of any value: pools are parted half-way between their nearest values.
    pub(super) fn pool_of(&self, value: f64) -> usize {
        let cut = |begin: usize| f64::midpoint(self.values[begin - 1].0, self.values[begin].0);
        self.begins.partition_point(|&begin| cut(begin) <= value)
    }

    /// Joins a pool with the neighbour whose mean is nearer.
    ///
    /// # Panics
    /// If there is one pool only.
    pub(super) fn join(&mut self, pool: usize) {
        let gap = |between: usize| self.means[between + 1] - self.means[between];
        let last = self.begins.len();
        let border = if pool == 0 || (pool < last && gap(pool) < gap(pool - 1)) { pool } else { pool - 1 };
        self.begins.remove(border);
        self.measure();
    }

    fn measure(&mut self) {
        let ends = self.begins.iter().copied().chain([self.values.len()]);
        let begins = [0].into_iter().chain(self.begins.iter().copied());
        let pools = begins.zip(ends).filter(|(begin, end)| begin < end);
        let mean = |(begin, end): (usize, usize)| {
            let of = &self.values[begin..end];
            let weight: f64 = of.iter().map(|(_, weight, _)| weight).sum();
            let sum: f64 = of.iter().map(|(value, weight, _)| value * weight).sum();
            // Equal values have exactly themselves as mean.
            if weight > 0.0 { (sum / weight).clamp(of[0].0, of[of.len() - 1].0) } else { of[0].0 }
        };
        self.means = pools.map(mean).collect();
    }

    /// Where the pools begin.
    fn best(&self) -> Vec<usize> {
        let n = self.values.len();
        if n == 0 {
            return Vec::new();
        }
        // Sums of the first values, of weight, weight * value and weight * value^2, around the middle value.
        let middle = self.values[n / 2].0;
        let mut sums = vec![[0.0; 3]; n + 1];
        for (at, (value, weight, _)) in self.values.iter().enumerate() {
            let x = value - middle;
            sums[at + 1] = [sums[at][0] + weight, sums[at][1] + weight * x, sums[at][2] + weight * x * x];
        }
        let inside = |from: usize, to: usize| {
            let [w, x, xx] = [0, 1, 2].map(|k| sums[to][k] - sums[from][k]);
            if w > 0.0 { (xx - x * x / w).max(0.0) } else { 0.0 }
        };
        let most = (LEFT_INSIDE * inside(0, n)).max(LEFT_ANYWAY * LEFT_ANYWAY * sums[n][0]);
        let mut least: Vec<f64> = (0..=n).map(|to| inside(0, to)).collect();
        // By number of pools but one, and by number of values: where the last pool begins.
        let mut last: Vec<Vec<usize>> = Vec::new();
        while least[n] > most && last.len() + 1 < MAX_POOLS.min(n) {
            let mut begins = vec![0; n + 1];
            let mut next = least.clone();
            for to in 2..=n {
                for (begin, before) in least[..to].iter().enumerate().skip(1) {
                    let value = before + inside(begin, to);
                    if value < next[to] {
                        (next[to], begins[to]) = (value, begin);
                    }
                }
            }
            least = next;
            last.push(begins);
        }
        let mut found = Vec::new();
        let mut to = n;
        for begins in last.iter().rev() {
            // A begin of 0: fewer pools do as well.
            if begins[to] > 0 {
                to = begins[to];
                found.push(to);
            }
        }
        found.reverse();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways of parting sorted values into `k` intervals: the least sum of squares.
    fn brute(values: &[(f64, f64)], k: usize) -> f64 {
        let inside = |of: &[(f64, f64)]| {
            let w: f64 = of.iter().map(|v| v.1).sum();
            let mean = of.iter().map(|v| v.0 * v.1).sum::<f64>() / w;
            of.iter().map(|v| v.1 * (v.0 - mean).powi(2)).sum::<f64>()
        };
        if k == 1 {
            return inside(values);
        }
        let cuts = k - 1..values.len();
        cuts.map(|cut| brute(&values[..cut], k - 1) + inside(&values[cut..])).fold(f64::INFINITY, f64::min)
    }

    fn drawn(n: usize) -> Vec<(f64, f64)> {
        let u = crate::testing::uniform;
        (0..n).map(|i| (4.0 * u(i).powi(2) - 1.0, 0.2 + u(1000 + i))).collect()
    }

    fn inside(partition: &Partition, values: &[(f64, f64)]) -> f64 {
        let (pools, means) = (partition.pools(), partition.effects());
        values.iter().zip(pools).map(|((value, weight), pool)| weight * (value - means[pool]).powi(2)).sum()
    }

    #[test]
    fn pools_are_the_best_of_all_partitions_and_as_few_as_may_be() {
        for n in [2, 5, 9, 12] {
            let values = drawn(n);
            let mut sorted = values.clone();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            let partition = Partition::of(values.iter().copied());
            let k = partition.n_pools();
            let (found, total) = (inside(&partition, &values), brute(&sorted, 1));
            assert!((found - brute(&sorted, k)).abs() <= 1e-12, "{n}: {found}");
            assert!(found <= 0.01 * total);
            assert!(k == 1 || brute(&sorted, k - 1) > 0.01 * total, "{n}: {k} pools");
            // Cutting elsewhere is worse.
            let mut other = partition.clone();
            if k > 1 && other.begins[0] + 1 < n && !other.begins.contains(&(other.begins[0] + 1)) {
                other.begins[0] += 1;
                other.measure();
                assert!(inside(&other, &values) > found + 1e-9);
            }
        }
    }

    #[test]
    fn there_are_at_most_as_many_pools_as_a_model_tells_apart() {
        let values: Vec<(f64, f64)> = (0..200).map(|i| (f64::from(i), 1.0)).collect();
        let partition = Partition::of(values.iter().copied());
        assert!(partition.n_pools() > 5 && partition.n_pools() <= MAX_POOLS);
        let far: Vec<(f64, f64)> = (0..200).map(|i| (f64::from(i * i * i), f64::from(1 + i % 3))).collect();
        assert!(Partition::of(far.iter().copied()).n_pools() <= MAX_POOLS);
    }

    #[test]
    fn equal_values_are_one_pool_and_none_are_none() {
        let equal = Partition::of([(0.3, 1.0), (0.3, 2.0), (0.3, 0.0)].into_iter());
        assert_eq!((equal.n_pools(), equal.pools()), (1, vec![0, 0, 0]));
        assert!((equal.effects()[0] - 0.3).abs() <= 0.0);
        let none = Partition::of(std::iter::empty());
        assert_eq!((none.n_pools(), none.pools().len()), (0, 0));
    }

    #[test]
    fn a_pool_is_joined_with_the_nearer_neighbour() {
        let mut partition = Partition::of([0.0, 1.0, 5.0].map(|value| (value, 1.0)).into_iter());
        assert_eq!(
            (partition.pools(), partition.pool_of(0.49), partition.pool_of(3.1)),
            (vec![0, 1, 2], 0, 2)
        );
        partition.join(1);
        assert_eq!(partition.pools(), [0, 0, 1]);
        assert!((partition.effects()[0] - 0.5).abs() <= 1e-15);
        partition.join(1);
        assert_eq!(partition.n_pools(), 1);
        assert!((partition.effects()[0] - 2.0).abs() <= 1e-15);
    }
}
