//! Gradient boosting of trees, made for forms.
//!
//! A row of a form is a few dozen small codes, and that is what this engine is built on:
//!
//! 1. **Joint codes** (`joint`). Indicators are packed into blocks of at most 256 combinations of answers, so that a row of
//!    37 indicators is 8 bytes, and one addition per block, not per indicator, puts a row into a histogram. The histogram of
//!    each indicator is the marginal of its block's.
//! 2. **Whole numbers** (`gradient`). First and second derivatives of the log loss are rounded to fixed point before they
//!    are summed. Sums of integers do not depend on their order, so any number of threads gives the same trees to the byte,
//!    and rows may be moved about freely.
//! 3. **Rows in the order of the tree** (`shard`). The rows drawn for a tree are copied beside each other and partitioned
//!    in place as it grows, so every node reads its rows in one sweep. Of two children only the lighter is counted; the
//!    other is the difference to their parent.
//! 4. **Splits on sets of answers** (`split`). Graded answers are cut in their order, neutral ones into the best of all
//!    subsets; `unknown` joins either side. Directions are kept by bounds on the leaves.
//! 5. **Leaf masks** (`placing`). A row's leaf is the one bit that survives the intersection of one mask per block; no
//!    tree is walked.
//!
//! The same engine grows trees of shares (`shares`): a single tree and those of a random forest.
//!
//! ```text
//! loss      sum_i w_i (softplus(s_i) - y_i s_i)
//! g_i, h_i  w_i (p_i - y_i), w_i p_i (1 - p_i)            p_i = sigmoid(s_i)
//! leaf      -rate G / (H + l2)                            G, H: sums over its rows
//! gain      G_l^2 / (H_l + l2) + G_r^2 / (H_r + l2) - G^2 / (H + l2)
//! ```
//!
//! # References
//! Chen and Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016 (objective, gain, leaves); Ke et al., "LightGBM",
//! NeurIPS 2017 (histograms, difference of siblings); Fisher, "On grouping for maximum homogeneity", JASA 1958 (subsets by
//! sorting).

mod draw;
pub(crate) mod gradient;
mod grow;
pub(crate) mod joint;
mod marginal;
mod params;
mod placing;
mod shard;
mod shares;
mod split;

use amparo_models::scorer::Tree;
use amparo_models::{Forest, Model};
use rayon::prelude::*;

use draw::Draw;
use gradient::{Scale, Target};
use grow::{Growth, Indicators};
use joint::{ByWidth, Joint};
pub use params::BoostedParams;
use placing::Placing;
use shard::{Drawn, Shard};
pub(crate) use shares::{Sample, Shares};
use split::LeafRule;
pub use split::Order;

use crate::early_stopping::Best;
use crate::interactions::Meeting;
use crate::{Losses, TrainingSet};

/// Rows from which a second thread pays for itself: below, waiting for each other costs more than it saves.
const ROWS_PER_SHARD: usize = 32_768;

/// Grows trees on a training set; `orders` says of each indicator how its answers may be split, `seed` decides which rows and
/// indicators are drawn.
///
/// The start is the log-odds of the weighted share of events. Weights are brought to mean 1, so that `l2` and
/// `min_child_weight` mean the same for any unit of weight. The start and every leaf are rounded to 32-bit floats: a forest
/// comes out of formats that keep only those (XGBoost, ONNX) as it went in. `params` have passed their check.
///
/// # Panics
/// If `orders` has not one entry an indicator.
pub fn boost(params: &BoostedParams, seed: u64, orders: &[Order], set: &TrainingSet) -> Forest {
    boost_on(&constant(set), params, seed, orders, set)
}

/// The same on top of other trees: the forest begins with `base`, and boosting with its scores.
///
/// # Panics
/// If `orders` has not one entry an indicator.
pub(crate) fn boost_on(
    base: &Forest,
    params: &BoostedParams,
    seed: u64,
    orders: &[Order],
    set: &TrainingSet,
) -> Forest {
    let start = |row| base.score(set.answers().row(row));
    let trees = Boosting::new((&start, 0), params, seed, orders, set).run(|_, _| false);
    Forest { trees: [base.trees.clone(), trees].concat(), ..*base }
}

/// No tree yet, but the log-odds of the weighted share of events.
pub(crate) fn constant(set: &TrainingSet) -> Forest {
    Forest { n_indicators: set.answers().n_indicators(), base: start(set), trees: Vec::new() }
}

/// The number of trees, at most those asked for, after which boosting on `set` does best on the rows `held`, once `patience` more
/// have not lowered their log loss.
///
/// # Panics
/// If `orders` has not one entry an indicator.
pub(crate) fn best_number_of_trees(
    base: &Forest,
    params: &BoostedParams,
    seed: u64,
    orders: &[Order],
    (set, held): (&TrainingSet, &TrainingSet),
    patience: usize,
) -> usize {
    let mut scores: Vec<f64> = held.answers().rows().map(|row| base.score(row)).collect();
    let loss = |scores: &[f64]| Losses::of(scores, held.events(), held.weights()).log_loss;
    let mut best = Best::new(patience, loss(&scores), ());
    let start = |row| base.score(set.answers().row(row));
    Boosting::new((&start, 0), params, seed, orders, set).run(|number, tree| {
        scores.iter_mut().zip(held.answers().rows()).for_each(|(score, row)| *score += tree.score(row));
        best.sees(number, loss(&scores), || ())
    });
    best.round
}

/// The log-odds before any tree: those of the weighted share of events.
pub(crate) fn start(set: &TrainingSet) -> f64 {
    f64::from(amparo_models::probability::logit(set.base_rate()) as f32)
}

/// One fit.
#[derive(Clone, Copy)]
pub(crate) struct Boosting<'a> {
    /// The log-odds that a row begins with.
    start: &'a (dyn Fn(usize) -> f64 + Sync),
    /// Trees that were grown before: which rows and indicators are drawn hangs on the number of a tree.
    first: usize,
    params: &'a BoostedParams,
    seed: u64,
    orders: &'a [Order],
    set: &'a TrainingSet,
    n_shards: usize,
}

impl<'a> Boosting<'a> {
    /// From log-odds by row, and after so many trees.
    pub(crate) fn new(
        (start, first): (&'a (dyn Fn(usize) -> f64 + Sync), usize),
        params: &'a BoostedParams,
        seed: u64,
        orders: &'a [Order],
        set: &'a TrainingSet,
    ) -> Self {
        let n_shards = (set.n_rows() / ROWS_PER_SHARD).clamp(1, rayon::current_num_threads());
        Self { start, first, params, seed, orders, set, n_shards }
    }

    /// Grows trees until `stop` says so, which is asked after each with their number and the last one.
    ///
    /// # Panics
    /// If `orders` has not one entry an indicator.
    pub(crate) fn run(self, stop: impl FnMut(usize, &Tree) -> bool) -> Vec<Tree> {
        let form = self.set.answers().instrument();
        assert_eq!(self.orders.len(), form.indicators().len(), "one order an indicator");
        Joint::of(form).by_width(Rounds { boosting: self, stop })
    }

    fn packed<const W: usize>(self, joint: &Joint, mut stop: impl FnMut(usize, &Tree) -> bool) -> Vec<Tree> {
        let mut shards = self.shards::<W>(joint);
        let mut drawn: Vec<Drawn<W>> = shards.iter().map(|_| Drawn::new(joint)).collect();
        let scale = Scale::of(shards.iter().map(Shard::largest_weight).fold(0.0, f64::max));
        let n_indicators = self.orders.len();
        let rule = LeafRule { l2: self.params.l2, least_weight: self.params.min_child_weight };
        let leaf = |value: f64| self.params.learning_rate * value;
        let meeting = Meeting::of(self.params.interactions.as_ref(), self.set.answers().instrument());
        let mut trees: Vec<Tree> = Vec::with_capacity(self.params.trees);
        let mut placing = None;
        for number in 0..self.params.trees {
            let draw = Draw::new(self.seed, self.first + number, self.params.rows);
            let each = shards.par_iter_mut().zip(&mut drawn);
            each.for_each(|(shard, drawn)| shard.prepare(placing.as_ref(), (scale, draw), drawn));
            let asked = draw.indicators(n_indicators, self.params.indicators);
            let (orders, depth, indicators) = (self.orders, self.params.depth, Indicators::OfTree(&asked));
            let growth =
                Growth { depth, rule, orders, joint, scale, indicators, meeting: &meeting, leaf: &leaf };
            let tree = growth.grow(&mut drawn);
            placing = Some(Placing::new(&tree, joint));
            let is_last = stop(number + 1, &tree);
            trees.push(tree);
            if is_last {
                break;
            }
        }
        trees
    }

    /// The rows in parts of nearly equal size.
    fn shards<const W: usize>(self, joint: &Joint) -> Vec<Shard<W>> {
        let (set, n) = (self.set, self.set.n_rows());
        let mean = set.weights().iter().sum::<f64>() / n as f64;
        let target = |row: usize| Target::new(set.events()[row], set.weights()[row] / mean);
        (0..self.n_shards)
            .into_par_iter()
            .map(|at| {
                let rows = at * n / self.n_shards..(at + 1) * n / self.n_shards;
                let packed = rows.clone().map(|row| joint.pack(set.answers().row(row))).collect();
                let scores = rows.clone().map(self.start).collect();
                Shard::new(rows.start, packed, rows.map(target).collect(), scores)
            })
            .collect()
    }
}

/// A fit with what may stop it.
struct Rounds<'a, F> {
    boosting: Boosting<'a>,
    stop: F,
}

impl<F: FnMut(usize, &Tree) -> bool> ByWidth for Rounds<'_, F> {
    type Output = Vec<Tree>;

    fn run<const W: usize>(self, joint: &Joint) -> Vec<Tree> {
        self.boosting.packed::<W>(joint, self.stop)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
