//! Trees as the nodes of `ai.onnx.ml` hold them, in their old and in their new form.

use super::super::FORMAT;
use super::super::at::At;
use super::super::store::Store;
use super::super::symbol::{Addend, Rows, Sum};
use crate::Error;
use crate::foreign::{ForeignNode, ForeignTree, Test, Value};

/// Nodes of all trees of one node, and leaves with their weights.
pub(super) struct Forest {
    pub splits: Vec<Split>,
    pub leaves: Vec<Leaf>,
    pub roots: Vec<Way>,
}

/// What a leaf adds, by target.
pub(super) type Leaf = Vec<(usize, f64)>;

/// A question.
pub(super) struct Split {
    /// Place of the column that is asked.
    pub column: usize,
    pub mode: Mode,
    pub threshold: f64,
    /// The members of the set, for [`Mode::Member`].
    pub members: Vec<Value>,
    /// Whether a missing value is told to go the way of those that pass.
    pub missing: bool,
    /// The ways of those that pass and of the others.
    pub ways: [Way; 2],
}

/// Where a way leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Split(usize),
    Leaf(usize),
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
    Other,
    Member,
}

impl Forest {
    /// The sum of all trees for each target.
    pub fn sums(
        &self,
        at: &At<'_>,
        rows: &Rows,
        n_targets: usize,
        store: &mut Store,
    ) -> Result<Vec<Sum>, Error> {
        let columns = store.model_columns(at, rows)?;
        let mut sums = vec![Sum::default(); n_targets];
        let mut n_reached = 0;
        for (number, root) in self.roots.iter().enumerate() {
            let place = format!("{}, tree {number}", at.place());
            for (target, sum) in sums.iter_mut().enumerate() {
                let tree = self.tree(at, &place, *root, &columns, target)?;
                store.spend(at, tree.nodes().len())?;
                // Every node is in one tree only, and of a binary tree less than half of them are questions.
                n_reached += if target == 0 { tree.nodes().len() / 2 } else { 0 };
                store.trees.push(tree);
                sum.addends.push((Addend::Tree(store.trees.len() - 1), 1.0));
            }
        }
        if n_reached != self.splits.len() {
            let found = format!(
                "{} questions to which no way leads from the beginnings of the trees",
                self.splits.len().abs_diff(n_reached)
            );
            return Err(at.malformed(found, "trees"));
        }
        Ok(sums)
    }

    fn tree(
        &self,
        at: &At<'_>,
        place: &str,
        root: Way,
        columns: &[usize],
        target: usize,
    ) -> Result<ForeignTree, Error> {
        let n = self.splits.len();
        // Several ways may lead to one leaf: each gets a number of its own.
        let mut leaves: Vec<usize> = Vec::new();
        let number = |way: Way, leaves: &mut Vec<usize>| match way {
            Way::Split(split) => split,
            Way::Leaf(leaf) => {
                leaves.push(leaf);
                n + leaves.len() - 1
            }
        };
        let root = number(root, &mut leaves);
        ForeignTree::grown(FORMAT, place, root, |id| {
            if let Some(split) = self.splits.get(id) {
                let Some(&column) = columns.get(split.column) else {
                    let found = format!("a question about column {}", split.column);
                    return Err(at.malformed(found, format!("columns below {}", columns.len())));
                };
                let (test, [yes, no]) = split.test();
                let (yes, no) = (number(yes, &mut leaves), number(no, &mut leaves));
                return Ok(ForeignNode::Split { column, test, yes, no });
            }
            let leaf = leaves.get(id - n).and_then(|&leaf| self.leaves.get(leaf));
            let of_target = leaf.and_then(|weights| weights.iter().find(|(of, _)| *of == target));
            Ok(ForeignNode::Leaf(of_target.map_or(0.0, |(_, weight)| *weight)))
        })
    }
}

impl Split {
    /// The question as one of ours, and the ways of those that pass and of the others.
    fn test(&self) -> (Test, [Way; 2]) {
        let Self { threshold, missing, ways: [yes, no], .. } = *self;
        let (ways, turned) = ([yes, no], [no, yes]);
        let equal = |missing| Test::OneOf { values: vec![Value::Number(threshold)], missing };
        match self.mode {
            Mode::AtMost => (Test::AtMost { threshold, missing }, ways),
            Mode::Below => (Test::Below { threshold, missing }, ways),
            Mode::AtLeast => (Test::Below { threshold, missing: !missing }, turned),
            Mode::Above => (Test::AtMost { threshold, missing: !missing }, turned),
            Mode::Equal => (equal(missing), ways),
            // A missing value is another one than any number, whatever it is told.
            Mode::Other => (equal(false), turned),
            Mode::Member => (Test::OneOf { values: self.members.clone(), missing }, ways),
        }
    }
}
