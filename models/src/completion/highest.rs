//! Branch and bound over open answers.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::ROUNDING;
use super::terms::{Terms, codes};

/// Most leaves that are looked at before the search is cut off: a few milliseconds.
pub(crate) const WORK: usize = 2_000_000;

/// The highest value of [`Terms`] that was found, and what is proved about it.
#[derive(Debug, Clone)]
pub(crate) struct Highest {
    /// The answers, one a slot.
    pub codes: Vec<u8>,
    /// No answers give more, but for rounding.
    pub bound: f64,
    /// Whether the answers found reach the bound.
    pub proved: bool,
    /// Sets of answers that were bounded.
    pub nodes: usize,
}

/// Searches best bound first; ties are broken by depth, then age, so that the same question is searched the same way.
///
/// `work` limits the leaves looked at; the root is always bounded.
pub(crate) fn highest(terms: &Terms, work: usize) -> Highest {
    let n = terms.open.len();
    let mut search = Search::new(terms);
    let mut best = search.ascend();
    let mut attained = terms.value(&best);
    let masks: Vec<u16> = terms.open.iter().map(|open| open.allowed).collect();
    let tables: f64 = (0..n).map(|slot| search.table_highest(slot)).sum();
    let trees: f64 = (0..terms.n_trees()).map(|tree| terms.tree_highest(tree, &masks)).sum();
    let mut heap = BinaryHeap::from([Set { bound: terms.constant + tables + trees, age: 0, fixed: Vec::new() }]);
    let mut nodes = 1;
    while let Some(set) = heap.pop() {
        if set.bound <= attained + ROUNDING {
            break;
        }
        if search.looked >= work {
            return Highest { codes: best, bound: set.bound, proved: false, nodes };
        }
        for (code, bound) in search.branch(&set) {
            nodes += 1;
            if bound <= attained + ROUNDING {
                continue;
            }
            let fixed = [set.fixed.as_slice(), &[code]].concat();
            if fixed.len() < search.order.len() {
                heap.push(Set { bound, age: nodes, fixed });
            } else {
                search.order.iter().zip(&fixed).for_each(|(&slot, &code)| best[slot] = code);
                attained = terms.value(&best);
            }
        }
    }
    Highest { codes: best, bound: attained, proved: true, nodes }
}

/// All answers that begin with `fixed`, in the order of the search.
struct Set {
    bound: f64,
    age: usize,
    fixed: Vec<u8>,
}

impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_bound = self.bound.total_cmp(&other.bound);
        by_bound.then(self.fixed.len().cmp(&other.fixed.len())).then(other.age.cmp(&self.age))
    }
}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Set {}

struct Search<'a> {
    terms: &'a Terms,
    /// The trees that ask a slot.
    asked_by: Vec<Vec<usize>>,
    /// The slots that trees ask, those that can move the value most first. The others take the best of their table.
    order: Vec<usize>,
    looked: usize,
}

impl<'a> Search<'a> {
    fn new(terms: &'a Terms) -> Self {
        let mut asked_by = vec![Vec::new(); terms.open.len()];
        let mut influence: Vec<f64> = (0..terms.open.len())
            .map(|slot| {
                let values = || codes(terms.open[slot].allowed).map(|code| terms.tables[slot][usize::from(code)]);
                values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min)
            })
            .collect();
        for tree in 0..terms.n_trees() {
            let values = || terms.leaves(tree).iter().map(|leaf| leaf.value);
            let spread =
                values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
            for condition in terms.leaves(tree).iter().flat_map(|leaf| terms.conditions(leaf)) {
                if asked_by[condition.slot].last() != Some(&tree) {
                    asked_by[condition.slot].push(tree);
                    influence[condition.slot] += spread;
                }
            }
        }
        let mut order: Vec<usize> = (0..terms.open.len()).filter(|slot| !asked_by[*slot].is_empty()).collect();
        order.sort_by(|a, b| influence[*b].total_cmp(&influence[*a]).then(a.cmp(b)));
        Self { terms, asked_by, order, looked: 0 }
    }

    fn table_highest(&self, slot: usize) -> f64 {
        let values = codes(self.terms.open[slot].allowed).map(|c| self.terms.tables[slot][usize::from(c)]);
        values.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Answers that no change of a single answer improves, or nearly: where the search starts.
    fn ascend(&mut self) -> Vec<u8> {
        let mut best: Vec<u8> = (0..self.terms.open.len())
            .map(|slot| self.best_code(slot, |code| self.terms.tables[slot][usize::from(code)]))
            .collect();
        let mut masks: Vec<u16> = best.iter().map(|code| 1 << code).collect();
        for _ in 0..3 {
            let before = best.clone();
            for at in 0..self.order.len() {
                let slot = self.order[at];
                let chosen = self.best_code(slot, |code| {
                    masks[slot] = 1 << code;
                    let trees = self.asked_by[slot].iter().map(|&tree| self.terms.tree_highest(tree, &masks));
                    self.terms.tables[slot][usize::from(code)] + trees.sum::<f64>()
                });
                (best[slot], masks[slot]) = (chosen, 1 << chosen);
            }
            if best == before {
                break;
            }
        }
        best
    }

    /// The first allowed code of the highest value.
    fn best_code(&self, slot: usize, mut value: impl FnMut(u8) -> f64) -> u8 {
        let mut best = (f64::NEG_INFINITY, 0);
        for code in codes(self.terms.open[slot].allowed) {
            let value = value(code);
            if value > best.0 {
                best = (value, code);
            }
        }
        best.1
    }

    /// The parts of a set by the answer to the next slot, each with its bound.
    fn branch(&mut self, set: &Set) -> Vec<(u8, f64)> {
        let terms = self.terms;
        let mut masks: Vec<u16> = terms.open.iter().map(|open| open.allowed).collect();
        self.order.iter().zip(&set.fixed).for_each(|(&slot, code)| masks[slot] = 1 << code);
        let slot = self.order[set.fixed.len()];
        let trees = &self.asked_by[slot];
        let allowed = masks[slot];
        let mut sum = |mask: u16| -> f64 {
            masks[slot] = mask;
            trees.iter().map(|&tree| terms.tree_highest(tree, &masks)).sum()
        };
        let others = set.bound - self.table_highest(slot) - sum(allowed);
        let parts: Vec<(u8, f64)> = codes(allowed)
            .map(|code| (code, others + terms.tables[slot][usize::from(code)] + sum(1 << code)))
            .collect();
        self.looked += (parts.len() + 1) * trees.iter().map(|&t| terms.leaves(t).len()).sum::<usize>();
        parts
    }
}
