//! Which rows and indicators a tree is grown from, and how often.

use amparo_datasets::splitmix;

/// The draw of one tree. It hangs on seed, tree and row alone, so the same rows are drawn whoever looks, in whatever order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    key: u64,
    /// A row is drawn if its number is below; `None` draws all.
    below: Option<u64>,
}

impl Draw {
    /// Of tree `tree`, with `share` of the rows in (0, 1].
    pub(super) fn new(seed: u64, tree: usize, share: f64) -> Self {
        let below = (share < 1.0).then(|| (share * 2_f64.powi(64)) as u64);
        Self { key: splitmix(splitmix(seed) ^ tree as u64), below }
    }

    /// Whether the row is drawn: independently of the others, with the probability asked for.
    pub(super) fn row(self, row: usize) -> bool {
        self.below.is_none_or(|below| splitmix(self.key ^ row as u64) < below)
    }

    /// Whether each of `n` indicators is drawn: `share` of them, rounded down, at least one.
    pub(super) fn indicators(self, n: usize, share: f64) -> Vec<bool> {
        let mut drawn = vec![false; n];
        self.order(n).iter().take(share_of(n, share)).for_each(|&indicator| drawn[indicator] = true);
        drawn
    }

    /// All of `n` indicators in the order in which they are drawn.
    pub(super) fn order(self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        // Another key than that of the rows, or indicator 3 would be drawn where row 3 is.
        order.sort_by_key(|&indicator| splitmix(!self.key ^ indicator as u64));
        order
    }

    /// The draw of one node of the tree.
    pub(super) fn node(self, at: usize) -> Self {
        Self { key: splitmix(splitmix(self.key).wrapping_add(at as u64)), ..self }
    }
}

/// A share of `n` indicators, rounded down, at least one.
pub(super) fn share_of(n: usize, share: f64) -> usize {
    ((share * n as f64) as usize).max(1)
}

/// Most times that a case is drawn for a tree: more often it would be in one of 10^14 cases.
pub(super) const MOST_TIMES: u16 = 16;

/// How often each case is drawn for a tree: a Poisson draw, which hangs on seed, tree and case alone.
#[derive(Debug, Clone)]
pub(super) struct Bootstrap {
    key: u64,
    /// A case is drawn more than `k` times if its number is not below the entry `k`.
    below: [u64; MOST_TIMES as usize],
}

impl Bootstrap {
    /// Of tree `tree`, with `mean` draws of each case.
    pub(super) fn new(seed: u64, tree: usize, mean: f64) -> Self {
        let (mut probability, mut at_most) = (libm::exp(-mean), 0.0);
        let below = std::array::from_fn(|k| {
            at_most += probability;
            probability *= mean / (k + 1) as f64;
            (at_most * 2_f64.powi(64)) as u64
        });
        // Another key than that of the indicators.
        Self { key: splitmix(splitmix(!seed) ^ tree as u64), below }
    }

    /// How often the case is drawn.
    pub(super) fn times(&self, case: u32) -> u16 {
        let number = splitmix(self.key ^ u64::from(case));
        self.below.iter().take_while(|&&below| number >= below).count() as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_by_their_share_and_independently_of_tree_and_neighbour() {
        let n = 200_000;
        let drawn = |tree: usize| (0..n).map(move |row| Draw::new(5, tree, 0.3).row(row));
        let share = |drawn: &mut dyn Iterator<Item = bool>| drawn.filter(|d| *d).count() as f64 / n as f64;
        // Five standard deviations of a share of 0.3 (and of 0.09) in 200,000 draws.
        assert!((share(&mut drawn(0)) - 0.3).abs() <= 0.0052);
        let both_trees = share(&mut drawn(0).zip(drawn(1)).map(|(a, b)| a && b));
        let neighbours = share(&mut drawn(0).zip(drawn(0).skip(1)).map(|(a, b)| a && b));
        for found in [both_trees, neighbours] {
            assert!((found - 0.09).abs() <= 0.0032, "{found}");
        }
        assert!((0..100).all(|row| Draw::new(5, 0, 1.0).row(row)), "a share of 1 leaves none out");
    }

    #[test]
    fn cases_are_drawn_as_often_as_poisson_says_and_anew_for_each_tree() {
        let n = 200_000;
        for mean in [0.4, 1.0] {
            let times = |tree: usize| {
                let bootstrap = Bootstrap::new(5, tree, mean);
                (0..n).map(move |case| bootstrap.times(case)).collect::<Vec<u16>>()
            };
            let (one, other) = (times(0), times(1));
            let share = |is: &dyn Fn(u16, u16) -> bool| {
                one.iter().zip(&other).filter(|(a, b)| is(**a, **b)).count() as f64 / f64::from(n)
            };
            let of = |k: u16, mean: f64| {
                (-mean).exp() * mean.powi(i32::from(k)) / (1..=k).map(f64::from).product::<f64>()
            };
            // The largest deviation, in standard deviations.
            let off = |mean: f64| {
                let one = |k: u16| {
                    let expected = of(k, mean);
                    (share(&|a, _| a == k) - expected).abs()
                        / (expected * (1.0 - expected) / f64::from(n)).sqrt()
                };
                (0..5).map(one).fold(0.0, f64::max)
            };
            assert!(off(mean) <= 5.0 && off(1.05 * mean) > 5.0, "{} of {mean}", off(mean));
            let both = of(0, mean).powi(2);
            let near = 5.0 * (both * (1.0 - both) / f64::from(n)).sqrt();
            assert!((share(&|a, b| a == 0 && b == 0) - both).abs() <= near, "trees draw for themselves");
        }
    }

    #[test]
    fn nodes_draw_indicators_for_themselves() {
        let draw = Draw::new(1, 0, 1.0);
        let mut first = [0; 10];
        (0..10_000).for_each(|at| first[draw.node(at).order(10)[0]] += 1);
        // 10,000 x 0.1, five standard deviations.
        assert!(first.iter().all(|n| (f64::from(*n) - 1000.0).abs() <= 150.0), "{first:?}");
        assert_eq!(draw.node(3).order(10), draw.node(3).order(10));
    }

    #[test]
    fn as_many_indicators_are_drawn_as_asked_for_each_as_often() {
        let mut times = [0; 10];
        for tree in 0..10_000 {
            let drawn = Draw::new(1, tree, 1.0).indicators(10, 0.35);
            assert_eq!(drawn.iter().filter(|d| **d).count(), 3);
            times.iter_mut().zip(drawn).for_each(|(n, drawn)| *n += usize::from(drawn));
        }
        // 10,000 x 0.3, five standard deviations.
        assert!(times.iter().all(|n| (f64::from(*n as u32) - 3000.0).abs() <= 230.0), "{times:?}");
        assert_eq!(Draw::new(1, 0, 1.0).indicators(10, 0.01).iter().filter(|d| **d).count(), 1);
    }
}
