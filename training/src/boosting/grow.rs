//! One tree, level by level.

use std::ops::Range;

use amparo_models::scorer::{Node, Tree};
use rayon::prelude::*;

use super::gradient::{Scale, Sums};
use super::interactions::Meeting;
use super::joint::Joint;
use super::marginal::Marginals;
use super::params::BoostedParams;
use super::shard::{Cut, Shard};
use super::split::{Bounds, Order, Search, Side, Split};

/// What a tree is grown by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth<'a> {
    pub(super) params: &'a BoostedParams,
    pub(super) orders: &'a [Order],
    pub(super) joint: &'a Joint,
    pub(super) scale: Scale,
    /// Whether each indicator may be asked.
    pub(super) indicators: &'a [bool],
    /// Which of them may meet on a path.
    pub(super) meeting: &'a Meeting,
}

/// A node that may be split yet.
#[derive(Debug)]
struct Open {
    /// Its place in the tree.
    at: usize,
    side: Side,
    sums: Marginals,
    /// Where its rows lie, by shard.
    rows: Vec<Range<usize>>,
    /// The sets of indicators that its path may be in.
    sets: Vec<usize>,
}

impl Growth<'_> {
    /// Grows a tree on the drawn rows of the shards.
    pub(super) fn grow<const W: usize>(self, shards: &mut [Shard<W>]) -> Tree {
        let root = self.root(shards);
        let mut nodes = vec![self.leaf(&root.side)];
        let mut level = vec![root];
        for depth in 1..=self.params.depth {
            let mut split = Vec::new();
            for open in level {
                let Some(best) = self.best(&open) else { continue };
                let (left, right) = (nodes.len(), nodes.len() + 1);
                nodes.extend([self.leaf(&best.left), self.leaf(&best.right)]);
                nodes[open.at] = Node::Split { indicator: best.indicator, set: best.set, left, right };
                split.push((open, best, left));
            }
            if depth == self.params.depth || split.is_empty() {
                // The values of the last leaves are known from the splits: their rows need not be touched.
                break;
            }
            level = self.children(split, shards);
        }
        Tree { nodes }
    }

    fn root<const W: usize>(&self, shards: &mut [Shard<W>]) -> Open {
        let counted = each(shards, |shard, ()| shard.count_all(self.joint), vec![(); shards.len()]);
        let sums = added(counted);
        let total = sums[self.joint.answers(0)].iter().fold(Sums::default(), |sum, one| sum + *one);
        let rows = shards.iter().map(|shard| 0..shard.n_drawn()).collect();
        Open { at: 0, side: Side { total, bounds: Bounds::NONE }, sums, rows, sets: self.meeting.root() }
    }

    fn best(&self, open: &Open) -> Option<Split> {
        let search = Search { params: self.params, scale: self.scale };
        let may_ask = |&j: &usize| self.indicators[j] && self.meeting.may_ask(&open.sets, j);
        let asked = (0..self.orders.len()).filter(may_ask);
        asked.fold(None, |best: Option<Split>, indicator| {
            let sums = &open.sums[self.joint.answers(indicator)];
            let at_least = best.map_or(0.0, |best| best.gain);
            search.best(&open.side, indicator, self.orders[indicator], sums, at_least).or(best)
        })
    }

    /// The nodes below; of each two, the one with less weight is counted and the other is what remains of the parent.
    fn children<const W: usize>(
        &self,
        split: Vec<(Open, Split, usize)>,
        shards: &mut [Shard<W>],
    ) -> Vec<Open> {
        let lighter_left = |split: &Split| split.left.total.h <= split.right.total.h;
        let cuts = |shard: usize| -> Vec<Cut> {
            let cut = |(open, split, _): &(Open, Split, usize)| Cut {
                rows: open.rows[shard].clone(),
                test: self.joint.test(split.indicator, split.set),
                count_left: lighter_left(split),
            };
            split.iter().map(cut).collect()
        };
        let cuts: Vec<Vec<Cut>> = (0..shards.len()).map(cuts).collect();
        let mut done: Vec<_> = each(shards, |shard, cuts| shard.cut(&cuts, self.joint), cuts)
            .into_iter()
            .map(Vec::into_iter)
            .collect();
        let mut level = Vec::with_capacity(2 * split.len());
        for (open, best, left) in split {
            let (n_left, counted): (Vec<usize>, Vec<Marginals>) =
                done.iter_mut().filter_map(Iterator::next).unzip();
            let counted = added(counted);
            let rest: Marginals = open.sums.iter().zip(&counted).map(|(all, one)| *all - *one).collect();
            let (left_sums, right_sums) = if lighter_left(&best) { (counted, rest) } else { (rest, counted) };
            let halves =
                || open.rows.iter().zip(&n_left).map(|(rows, n)| (rows.start, rows.start + n, rows.end));
            let left_rows = halves().map(|(start, middle, _)| start..middle).collect();
            let right_rows = halves().map(|(_, middle, end)| middle..end).collect();
            let sets = self.meeting.after(&open.sets, best.indicator);
            let (at, side) = (left, best.left);
            level.push(Open { at, side, sums: left_sums, rows: left_rows, sets: sets.clone() });
            let (at, side) = (left + 1, best.right);
            level.push(Open { at, side, sums: right_sums, rows: right_rows, sets });
        }
        level
    }

    /// A leaf with its share of the learning rate, as a 32-bit float holds it.
    fn leaf(&self, side: &Side) -> Node {
        let search = Search { params: self.params, scale: self.scale };
        Node::Leaf(f64::from((self.params.learning_rate * search.weight(side)) as f32))
    }
}

/// Works on every shard, on threads of their own if there are several.
fn each<const W: usize, I: Send, O: Send>(
    shards: &mut [Shard<W>],
    work: impl Fn(&mut Shard<W>, I) -> O + Sync,
    inputs: Vec<I>,
) -> Vec<O> {
    match shards {
        [only] => inputs.into_iter().map(|input| work(only, input)).collect(),
        several => several.par_iter_mut().zip(inputs).map(|(shard, input)| work(shard, input)).collect(),
    }
}

/// The sums of all shards.
fn added(shards: Vec<Marginals>) -> Marginals {
    let add = |mut sums: Marginals, more: Marginals| {
        sums.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
        sums
    };
    shards.into_iter().reduce(add).unwrap_or_default()
}
