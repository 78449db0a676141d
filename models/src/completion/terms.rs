//! A scorer as a function of a few open answers, the others given.

use amparo_datasets::{Indicator, Instrument};

use crate::Scorer;
use crate::scorer::{Additive, Forest, Form, Node, Term, Tree};

/// An indicator whose answer is open, and the answers it may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub indicator: usize,
    /// Bit `c` is set for code `c`; never empty.
    pub allowed: u16,
}

impl Open {
    /// Any known answer.
    pub fn known(indicator: usize, of: &Indicator) -> Self {
        Self { indicator, allowed: (1 << of.n_known()) - 1 }
    }

    /// The indicators at these places, any known answer allowed.
    pub fn all_known(instrument: &Instrument, places: impl Iterator<Item = usize>) -> Vec<Self> {
        places.map(|j| Self::known(j, &instrument.indicators()[j])).collect()
    }
}

/// The codes of a set.
pub(crate) fn codes(set: u16) -> impl Iterator<Item = u8> {
    (0..16).filter(move |code| set >> code & 1 == 1)
}

/// One condition of a leaf: the answer of a slot is in the set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub slot: usize,
    pub set: u16,
}

#[derive(Debug, Clone)]
pub(crate) struct TermLeaf {
    pub value: f64,
    from: usize,
    to: usize,
}

/// ```text
/// sign x score = constant + sum_slot tables[slot][code] + sum_tree value of the leaf whose conditions hold
/// ```
/// A slot is the place of an indicator in `open`. Trees that ask one open indicator stand in its table.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub open: Vec<Open>,
    pub constant: f64,
    pub tables: Vec<[f64; 16]>,
    /// The trees, each as the places of its leaves.
    trees: Vec<(usize, usize)>,
    leaves: Vec<TermLeaf>,
    conditions: Vec<Condition>,
}

impl Terms {
    /// Takes a scorer that has passed [`Scorer::check`] apart. The codes of the open indicators in `row` are not looked at.
    pub fn of(scorer: &Scorer, row: &[u8], open: &[Open], sign: f64) -> Self {
        let mut slots = vec![None; row.len()];
        for (slot, open) in open.iter().enumerate() {
            slots[open.indicator] = Some(slot);
        }
        let terms = Self {
            open: open.to_vec(),
            constant: 0.0,
            tables: vec![[0.0; 16]; open.len()],
            trees: Vec::new(),
            leaves: Vec::new(),
            conditions: Vec::new(),
        };
        let mut taking = Taking { terms, row, slots, branches: Vec::new(), todo: Vec::new() };
        for Term { share, form, .. } in scorer.terms() {
            match form {
                Form::Additive(tables) => taking.additive(&tables, sign * share),
                Form::Trees(forest) => taking.forest(forest, sign * share),
            }
        }
        taking.terms
    }

    pub fn n_trees(&self) -> usize {
        self.trees.len()
    }

    pub fn leaves(&self, tree: usize) -> &[TermLeaf] {
        let (from, to) = self.trees[tree];
        &self.leaves[from..to]
    }

    pub fn conditions(&self, leaf: &TermLeaf) -> &[Condition] {
        &self.conditions[leaf.from..leaf.to]
    }

    pub fn n_leaves(&self) -> usize {
        self.leaves.len()
    }

    /// The terms with one answer given. Its table is emptied into the constant.
    pub fn with(&self, slot: usize, code: u8) -> Self {
        let mut rest = Self {
            open: self.open.clone(),
            constant: self.constant + self.tables[slot][usize::from(code)],
            tables: self.tables.clone(),
            trees: Vec::with_capacity(self.trees.len()),
            leaves: Vec::with_capacity(self.leaves.len()),
            conditions: Vec::with_capacity(self.conditions.len()),
        };
        rest.tables[slot] = [0.0; 16];
        for tree in 0..self.n_trees() {
            let (first, first_condition) = (rest.leaves.len(), rest.conditions.len());
            for leaf in self.leaves(tree) {
                let (from, conditions) = (rest.conditions.len(), self.conditions(leaf));
                if conditions.iter().all(|c| c.slot != slot || c.set >> code & 1 == 1) {
                    rest.conditions.extend(conditions.iter().filter(|c| c.slot != slot));
                    rest.leaves.push(TermLeaf { value: leaf.value, from, to: rest.conditions.len() });
                }
            }
            rest.close_tree(first, first_condition);
        }
        rest
    }

    /// Ends the tree whose leaves begin at `first`: a constant or a table if it asks no more than one question.
    fn close_tree(&mut self, first: usize, first_condition: usize) {
        let Self { leaves, conditions, tables, trees, constant, .. } = self;
        if let [leaf] = &leaves[first..] {
            *constant += leaf.value;
        } else if let slot = conditions[first_condition].slot
            && conditions[first_condition..].iter().all(|condition| condition.slot == slot)
        {
            for leaf in &leaves[first..] {
                codes(conditions[leaf.from].set)
                    .for_each(|code| tables[slot][usize::from(code)] += leaf.value);
            }
        } else {
            trees.push((first, leaves.len()));
            return;
        }
        leaves.truncate(first);
        conditions.truncate(first_condition);
    }

    /// The highest value of a tree whose leaf can be reached with answers from `masks`, one set a slot.
    pub fn tree_highest(&self, tree: usize, masks: &[u16]) -> f64 {
        let reached = |leaf: &&TermLeaf| self.conditions(leaf).iter().all(|c| masks[c.slot] & c.set != 0);
        self.leaves(tree).iter().filter(reached).map(|leaf| leaf.value).fold(f64::NEG_INFINITY, f64::max)
    }

    /// The value at one allowed answer a slot.
    pub fn value(&self, codes: &[u8]) -> f64 {
        let tables = self.tables.iter().zip(codes).map(|(table, &code)| table[usize::from(code)]);
        // The leaves of a tree share out the allowed answers, so exactly one is reached.
        let reached =
            |leaf: &&TermLeaf| self.conditions(leaf).iter().all(|c| c.set >> codes[c.slot] & 1 == 1);
        let trees = (0..self.n_trees()).filter_map(|tree| self.leaves(tree).iter().find(reached));
        self.constant + tables.sum::<f64>() + trees.map(|leaf| leaf.value).sum::<f64>()
    }
}

/// The answers that a way through a tree still allows, newest branch first.
#[derive(Clone, Copy)]
struct Branch {
    before: Option<usize>,
    slot: usize,
    set: u16,
}

struct Taking<'a> {
    terms: Terms,
    row: &'a [u8],
    slots: Vec<Option<usize>>,
    branches: Vec<Branch>,
    todo: Vec<(usize, Option<usize>)>,
}

impl Taking<'_> {
    fn additive(&mut self, tables: &Additive, share: f64) {
        self.terms.constant += share * tables.intercept;
        for (j, table) in tables.weights.iter().enumerate() {
            match self.slots[j] {
                Some(slot) => {
                    let sums = self.terms.tables[slot].iter_mut();
                    sums.zip(table).for_each(|(sum, weight)| *sum += share * weight);
                }
                None => self.terms.constant += share * table[usize::from(self.row[j])],
            }
        }
    }

    fn forest(&mut self, forest: &Forest, share: f64) {
        self.terms.constant += share * forest.base;
        forest.trees.iter().for_each(|tree| self.tree(tree, share));
    }

    fn tree(&mut self, tree: &Tree, share: f64) {
        let (first, first_condition) = (self.terms.leaves.len(), self.terms.conditions.len());
        self.branches.clear();
        self.todo.push((0, None));
        // A stack of its own: a tree read from a file may be deeper than the thread's stack.
        while let Some((at, last)) = self.todo.pop() {
            self.walk(tree, share, at, last);
        }
        self.terms.close_tree(first, first_condition);
    }

    /// Goes down to a leaf, leaving what lies on the other side of open questions to be done.
    fn walk(&mut self, tree: &Tree, share: f64, mut at: usize, mut last: Option<usize>) {
        let value = loop {
            let (indicator, set, left, right) = match &tree.nodes[at] {
                Node::Leaf(value) => break *value,
                Node::Split { indicator, set, left, right } => (*indicator, *set, *left, *right),
            };
            let Some(slot) = self.slots[indicator] else {
                at = if set >> self.row[indicator] & 1 == 1 { left } else { right };
                continue;
            };
            let passing =
                self.way(last).find(|b| b.slot == slot).map_or(self.terms.open[slot].allowed, |b| b.set);
            let (inside, outside) = (passing & set, passing & !set);
            if outside == 0 {
                at = left;
            } else if inside == 0 {
                at = right;
            } else {
                let n = self.branches.len();
                self.branches.push(Branch { before: last, slot, set: outside });
                self.branches.push(Branch { before: last, slot, set: inside });
                self.todo.push((right, Some(n)));
                (at, last) = (left, Some(n + 1));
            }
        };
        let from = self.terms.conditions.len();
        let mut next = last;
        while let Some(branch) = next.map(|at| self.branches[at]) {
            let conditions = &mut self.terms.conditions;
            // The newest condition on a slot is the narrowest.
            if conditions[from..].iter().all(|c| c.slot != branch.slot) {
                conditions.push(Condition { slot: branch.slot, set: branch.set });
            }
            next = branch.before;
        }
        let to = self.terms.conditions.len();
        self.terms.leaves.push(TermLeaf { value: share * value, from, to });
    }

    /// The branches that led to `last`, newest first.
    fn way(&self, last: Option<usize>) -> impl Iterator<Item = Branch> {
        std::iter::successors(last.map(|at| self.branches[at]), |b| b.before.map(|at| self.branches[at]))
    }
}
