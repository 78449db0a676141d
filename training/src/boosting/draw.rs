//! Which rows and indicators a tree is grown from.

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
        let wanted = ((share * n as f64) as usize).max(1);
        let mut order: Vec<usize> = (0..n).collect();
        // Another key than that of the rows, or indicator 3 would be drawn where row 3 is.
        order.sort_by_key(|&indicator| splitmix(!self.key ^ indicator as u64));
        let mut drawn = vec![false; n];
        order.iter().take(wanted).for_each(|&indicator| drawn[indicator] = true);
        drawn
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
