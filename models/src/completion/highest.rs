//! Branch and bound over open answers.

use super::ROUNDING;
use super::terms::{Terms, codes};

/// Most leaves that are looked at before the search is cut off: a few milliseconds.
pub(crate) const WORK: usize = 300_000;

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

/// All answers that agree with the answers fixed so far.
struct Set {
    bound: f64,
    /// What is left of the terms, and the slot to answer next.
    terms: Terms,
    next: Option<usize>,
    fixed: Vec<(usize, u8)>,
}

/// Searches depth first, the best bound first; ties go to the first answer, so that the same question is searched the same
/// way.
///
/// A set is bounded by the best of each table and the best leaf of each tree. Answering a question leaves smaller trees,
/// and those that then ask one question more join its table: the bound gets tighter on the way down. `work` limits the
/// leaves looked at; the root is always bounded.
pub(crate) fn highest(terms: &Terms, work: usize) -> Highest {
    let mut codes = ascend(terms);
    let mut attained = terms.value(&codes);
    let mut open = vec![Set::of(terms.clone(), Vec::new())];
    let (mut nodes, mut looked) = (1, 0);
    while let Some(set) = open.pop() {
        if set.bound <= attained + ROUNDING {
            continue;
        }
        let Some(slot) = set.next else {
            // Nothing is left but tables, so the bound is reached.
            codes = set.best_codes();
            attained = terms.value(&codes);
            continue;
        };
        if looked >= work {
            let bound = open.iter().map(|set| set.bound).fold(set.bound, f64::max);
            return Highest { codes, bound, proved: false, nodes };
        }
        let first = open.len();
        for code in self::codes(terms.open[slot].allowed) {
            looked += set.terms.n_leaves() + 1;
            nodes += 1;
            let fixed = [set.fixed.as_slice(), &[(slot, code)]].concat();
            open.push(Set::of(set.terms.with(slot, code), fixed));
        }
        // The last is looked at first; among equals the first answer.
        open[first..].reverse();
        open[first..].sort_by(|a, b| a.bound.total_cmp(&b.bound));
    }
    Highest { codes, bound: attained, proved: true, nodes }
}

impl Set {
    fn of(terms: Terms, fixed: Vec<(usize, u8)>) -> Self {
        let tables: f64 = (0..terms.open.len()).map(|slot| best(&terms, slot).1).sum();
        let mut bound = terms.constant + tables;
        // How much the trees that ask a slot could differ.
        let mut influence = vec![0.0; terms.open.len()];
        for tree in 0..terms.n_trees() {
            let values = || terms.leaves(tree).iter().map(|leaf| leaf.value);
            let highest = values().fold(f64::NEG_INFINITY, f64::max);
            let spread = highest - values().fold(f64::INFINITY, f64::min);
            bound += highest;
            let asked = terms.leaves(tree).iter().flat_map(|leaf| terms.conditions(leaf));
            asked.for_each(|condition| influence[condition.slot] += spread + f64::MIN_POSITIVE);
        }
        let most =
            influence.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let next = most.filter(|_| terms.n_trees() > 0).map(|(slot, _)| slot);
        Self { bound, terms, next, fixed }
    }

    fn best_codes(&self) -> Vec<u8> {
        let mut codes: Vec<u8> = (0..self.terms.open.len()).map(|slot| best(&self.terms, slot).0).collect();
        self.fixed.iter().for_each(|&(slot, code)| codes[slot] = code);
        codes
    }
}

/// The first allowed code of the highest value in a slot's table.
fn best(terms: &Terms, slot: usize) -> (u8, f64) {
    best_code(terms, slot, |code| terms.tables[slot][usize::from(code)])
}

fn best_code(terms: &Terms, slot: usize, mut value: impl FnMut(u8) -> f64) -> (u8, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for code in codes(terms.open[slot].allowed) {
        let value = value(code);
        if value > best.1 {
            best = (code, value);
        }
    }
    best
}

/// Answers that a change of a single one hardly improves: where the search starts.
fn ascend(terms: &Terms) -> Vec<u8> {
    let mut found: Vec<u8> = (0..terms.open.len()).map(|slot| best(terms, slot).0).collect();
    let mut asked_by = vec![Vec::new(); found.len()];
    for tree in 0..terms.n_trees() {
        for condition in terms.leaves(tree).iter().flat_map(|leaf| terms.conditions(leaf)) {
            if asked_by[condition.slot].last() != Some(&tree) {
                asked_by[condition.slot].push(tree);
            }
        }
    }
    let mut masks: Vec<u16> = found.iter().map(|code| 1 << code).collect();
    for _ in 0..3 {
        let before = found.clone();
        for slot in 0..found.len() {
            let (code, _) = best_code(terms, slot, |code| {
                masks[slot] = 1 << code;
                let trees = asked_by[slot].iter().map(|&tree| terms.tree_highest(tree, &masks));
                terms.tables[slot][usize::from(code)] + trees.sum::<f64>()
            });
            (found[slot], masks[slot]) = (code, 1 << code);
        }
        if found == before {
            break;
        }
    }
    found
}
