//! One tree, level by level.

use std::ops::Range;

use amparo_models::scorer::{Node, Tree};
use rayon::prelude::*;

use super::draw::{Draw, share_of};
use super::gradient::{Scale, Sums};
use super::joint::Joint;
use super::marginal::Marginals;
use super::shard::{Cut, Drawn};
use super::split::{Bounds, LeafRule, Order, Search, Side, Split};
use crate::interactions::Meeting;

/// What a tree is grown by.
#[derive(Clone, Copy)]
pub(super) struct Growth<'a> {
    /// Most questions on a path.
    pub(super) depth: usize,
    pub(super) rule: LeafRule,
    pub(super) orders: &'a [Order],
    pub(super) joint: &'a Joint,
    pub(super) scale: Scale,
    pub(super) indicators: Indicators<'a>,
    /// Which of them may meet on a path.
    pub(super) meeting: &'a Meeting,
    /// What a leaf adds to the score, by the value that is best for it; it rises.
    pub(super) leaf: &'a (dyn Fn(f64) -> f64 + Sync),
}

/// Which indicators may be asked.
#[derive(Debug, Clone, Copy)]
pub(super) enum Indicators<'a> {
    /// The same at every node: whether each of them.
    OfTree(&'a [bool]),
    /// A share of them, drawn for each node, and where none of those gives a split the next ones until one does.
    OfNode { draw: Draw, share: f64 },
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
    pub(super) fn grow<const W: usize>(self, shards: &mut [Drawn<W>]) -> Tree {
        let root = self.root(shards);
        let mut nodes = vec![self.leaf(&root.side)];
        let mut level = vec![root];
        for depth in 1..=self.depth {
            let mut split = Vec::new();
            for open in level {
                let Some(best) = self.best(&open) else { continue };
                let (left, right) = (nodes.len(), nodes.len() + 1);
                nodes.extend([self.leaf(&best.left), self.leaf(&best.right)]);
                nodes[open.at] = Node::Split { indicator: best.indicator, set: best.set, left, right };
                split.push((open, best, left));
            }
            if depth == self.depth || split.is_empty() {
                // The values of the last leaves are known from the splits: their rows need not be touched.
                break;
            }
            level = self.children(split, shards);
        }
        Tree { nodes }
    }

    fn root<const W: usize>(&self, shards: &mut [Drawn<W>]) -> Open {
        let counted = each(shards, |shard, ()| shard.count_all(self.joint), vec![(); shards.len()]);
        let sums = added(counted);
        let total = sums[self.joint.answers(0)].iter().fold(Sums::default(), |sum, one| sum + *one);
        let rows = shards.iter().map(|shard| 0..shard.len()).collect();
        Open { at: 0, side: Side { total, bounds: Bounds::NONE }, sums, rows, sets: self.meeting.root() }
    }

    fn best(&self, open: &Open) -> Option<Split> {
        let n = self.orders.len();
        let may_ask = |&j: &usize| self.meeting.may_ask(&open.sets, j);
        match self.indicators {
            Indicators::OfTree(drawn) => self.best_of(open, (0..n).filter(|&j| drawn[j]).filter(may_ask)),
            Indicators::OfNode { draw, share } => {
                let mut order = draw.node(open.at).order(n).into_iter().filter(may_ask);
                let first = self.best_of(open, order.by_ref().take(share_of(n, share)));
                first.or_else(|| order.find_map(|j| self.best_of(open, std::iter::once(j))))
            }
        }
    }

    fn best_of(&self, open: &Open, asked: impl Iterator<Item = usize>) -> Option<Split> {
        let search = Search { rule: self.rule, scale: self.scale };
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
        shards: &mut [Drawn<W>],
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

    /// What a leaf adds, as a 32-bit float holds it.
    fn leaf(&self, side: &Side) -> Node {
        let search = Search { rule: self.rule, scale: self.scale };
        Node::Leaf(f64::from((self.leaf)(search.weight(side)) as f32))
    }
}

/// Works on every shard, on threads of their own if there are several.
fn each<const W: usize, I: Send, O: Send>(
    shards: &mut [Drawn<W>],
    work: impl Fn(&mut Drawn<W>, I) -> O + Sync,
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
