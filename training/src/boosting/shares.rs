//! Trees whose leaves are shares of events, each grown by itself: a single tree, or the trees of a random forest.
//!
//! ```text
//! g_i, h_i  w_i (r - y_i), w_i                            r: weighted share of events of all rows
//! leaf      -G / (H + m) = (E + m r) / (W + m) - r         W, E: weight of its rows, and of the events among them
//! gain      of two leaves over one: the fall of sum_i w_i (y_i - r - leaf)^2 + m leaf^2
//! ```
//! Without smoothing (`m = 0`) a leaf is the share of events less `r`, and the gain is half the fall of Gini's impurity, weighted by rows.
//! So the trees are those of CART, grown by the same sums, sets of answers and bounds as boosted ones.
//!
//! # References
//! Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984; Breiman, "Random forests", Machine Learning 45, 2001.

use amparo_models::scorer::Tree;
use rayon::prelude::*;

use super::draw::{Bootstrap, Draw, MOST_TIMES};
use super::gradient::{Derivatives, Scale, Target};
use super::grow::{Growth, Indicators};
use super::joint::{ByWidth, Joint};
use super::shard::Drawn;
use super::split::{LeafRule, Order};
use crate::TrainingSet;
use crate::interactions::{Interactions, Meeting};

/// How trees of shares are grown.
#[derive(Clone, Copy)]
pub(crate) struct Shares<'a> {
    /// Most questions on a path.
    pub(crate) depth: usize,
    /// Least weight of the rows in a leaf, for weights of mean 1.
    pub(crate) min_rows: f64,
    /// Rows of the average share that each leaf is mixed with (`m`).
    pub(crate) smoothing: f64,
    /// How the answers to each indicator may be split.
    pub(crate) orders: &'a [Order],
    /// Which indicators may be asked on one path, if not all.
    pub(crate) interactions: Option<&'a Interactions>,
    /// How rows and indicators are drawn; without it all of them make up every tree.
    pub(crate) sample: Option<Sample>,
    /// What a leaf adds to the score, by its share of events less that of all rows; it rises. It is rounded to a 32-bit float.
    pub(crate) leaf: &'a (dyn Fn(f64) -> f64 + Sync),
}

/// What a tree of a random forest sees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) seed: u64,
    /// Times that each case is drawn for a tree, on average; above 0.
    pub(crate) rows: f64,
    /// Share of the indicators that is drawn for each node, rounded down, at least one.
    pub(crate) indicators: f64,
}

impl Shares<'_> {
    /// Grows so many trees, on any number of threads to the same bytes.
    pub(crate) fn grow(self, n_trees: usize, set: &TrainingSet) -> Vec<Tree> {
        Joint::of(set.answers().instrument()).by_width(Growing { shares: self, n_trees, set })
    }
}

struct Growing<'a> {
    shares: Shares<'a>,
    n_trees: usize,
    set: &'a TrainingSet,
}

impl ByWidth for Growing<'_> {
    type Output = Vec<Tree>;

    fn run<const W: usize>(self, joint: &Joint) -> Vec<Tree> {
        let Self { shares, n_trees, set } = self;
        let (n, rate) = (set.n_rows(), set.base_rate());
        let mean = set.weights().iter().sum::<f64>() / n as f64;
        let largest = set.weights().iter().fold(0.0, |most: f64, weight| most.max(weight / mean));
        // A row is drawn so many times at most, and counts as often.
        let scale = Scale::of(largest * f64::from(MOST_TIMES));
        let packed: Vec<[u8; W]> = set.answers().rows().map(|row| joint.pack(row)).collect();
        let target = |row: usize| Target::new(set.events()[row], set.weights()[row] / mean);
        let derivatives: Vec<Derivatives> = (0..n).map(|row| target(row).of_share(rate, scale)).collect();
        let meeting = Meeting::of(shares.interactions, set.answers().instrument());
        let every = vec![true; shares.orders.len()];
        let one = |drawn: &mut Drawn<W>, number: usize| {
            drawn.clear();
            let bootstrap = shares.sample.map(|sample| Bootstrap::new(sample.seed, number, sample.rows));
            for ((packed, derivatives), &case) in packed.iter().zip(&derivatives).zip(set.cases()) {
                match bootstrap.as_ref().map_or(1, |bootstrap| bootstrap.times(case)) {
                    0 => {}
                    times => drawn.push(*packed, derivatives.times(times)),
                }
            }
            let indicators = match shares.sample {
                Some(Sample { seed, indicators: share, .. }) => {
                    Indicators::OfNode { draw: Draw::new(seed, number, 1.0), share }
                }
                None => Indicators::OfTree(&every),
            };
            let rule = LeafRule { l2: shares.smoothing, least_weight: shares.min_rows };
            let (depth, orders, leaf) = (shares.depth, shares.orders, shares.leaf);
            let growth = Growth { depth, rule, orders, joint, scale, indicators, meeting: &meeting, leaf };
            growth.grow(std::slice::from_mut(drawn))
        };
        (0..n_trees).into_par_iter().map_init(|| Drawn::new(joint), one).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
