//! Trees that ask which set an answer is in.

use std::collections::BTreeMap;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use crate::{Error, Model};

/// The form of trees: a sum of them.
///
/// ```text
/// log-odds = base + sum_t leaf value of tree t
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forest {
    /// Number of indicators of a row.
    pub n_indicators: usize,
    /// Log-odds before any tree.
    pub base: f64,
    /// The trees.
    pub trees: Vec<Tree>,
}

/// A binary tree; node 0 is the root, children stand after their parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tree {
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// A question or an end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Node {
    /// Goes to `left` if the answer is in the set, else to `right`.
    Split {
        /// Indicator asked.
        indicator: usize,
        /// Answers that go left: bit `c` is set for code `c`.
        set: u16,
        /// Node for answers in the set.
        left: usize,
        /// Node for the others.
        right: usize,
    },
    /// What the tree adds, in log-odds.
    Leaf(f64),
}

/// The answers that lead to a leaf: for each indicator asked on the way, the set that passes.
pub type Path = BTreeMap<usize, u16>;

/// A leaf with the way to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The answers that lead here.
    pub path: Path,
    /// What the tree adds here, in log-odds.
    pub value: f64,
}

impl Tree {
    /// The value of the leaf that a row falls into.
    pub fn score(&self, row: &[u8]) -> f64 {
        let mut at = 0;
        loop {
            match &self.nodes[at] {
                Node::Leaf(value) => return *value,
                Node::Split { indicator, set, left, right } => {
                    at = if set >> row[*indicator] & 1 == 1 { *left } else { *right };
                }
            }
        }
    }

    /// All leaves whose path does not contradict itself, in depth-first order, left first.
    pub fn leaves(&self) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        // A stack of its own: a tree read from a file may be deeper than the thread's stack.
        let mut open = vec![(0, Path::new())];
        while let Some((at, path)) = open.pop() {
            match &self.nodes[at] {
                Node::Leaf(value) => leaves.push(Leaf { path, value: *value }),
                Node::Split { indicator, set, left, right } => {
                    // The left child goes on top, to be walked first.
                    for (child, passes) in [(*right, !*set), (*left, *set)] {
                        let narrowed = path.get(indicator).copied().unwrap_or(u16::MAX) & passes;
                        if narrowed != 0 {
                            let mut path = path.clone();
                            path.insert(*indicator, narrowed);
                            open.push((child, path));
                        }
                    }
                }
            }
        }
        leaves
    }

    fn check(&self, family: &str, number: usize, instrument: &Instrument) -> Result<(), Error> {
        let refuse = |problem: String| Err(Error::invalid(family, format!("tree {number}: {problem}")));
        let mut parents = vec![0_usize; self.nodes.len()];
        if self.nodes.is_empty() {
            return refuse("no node found, expected at least one".into());
        }
        for (at, node) in self.nodes.iter().enumerate() {
            match node {
                Node::Leaf(value) if !value.is_finite() => {
                    return refuse(format!("leaf {at} is {value}, expected a finite number"));
                }
                Node::Leaf(_) => {}
                Node::Split { indicator, set, left, right } => {
                    let Some(asked) = instrument.indicators().get(*indicator) else {
                        let n = instrument.indicators().len();
                        return refuse(format!(
                            "node {at} asks indicator {indicator}, expected one below {n}"
                        ));
                    };
                    if u32::from(*set) >> asked.n_answers() != 0 {
                        return refuse(format!(
                            "node {at} names an answer that indicator `{}` does not have",
                            asked.id
                        ));
                    }
                    for child in [*left, *right] {
                        if child <= at || child >= self.nodes.len() {
                            let n = self.nodes.len();
                            return refuse(format!(
                                "node {at} leads to {child}, expected one after it and below {n}"
                            ));
                        }
                        parents[child] += 1;
                    }
                }
            }
        }
        match parents.iter().skip(1).position(|&n| n != 1) {
            Some(at) => refuse(format!("node {} has {} parents, expected 1", at + 1, parents[at + 1])),
            None => Ok(()),
        }
    }
}

impl Forest {
    /// Refuses trees that do not fit the instrument or are not finite; `family` is whose they are.
    pub(super) fn check(&self, family: &str, instrument: &Instrument) -> Result<(), Error> {
        let n = instrument.indicators().len();
        if self.n_indicators != n {
            return Err(Error::invalid(
                family,
                format!("made for {} indicators, expected {n}", self.n_indicators),
            ));
        }
        if !self.base.is_finite() {
            return Err(Error::invalid(family, format!("base is {}, expected a finite number", self.base)));
        }
        self.trees.iter().enumerate().try_for_each(|(number, tree)| tree.check(family, number, instrument))
    }
}

impl Model for Forest {
    fn n_indicators(&self) -> usize {
        self.n_indicators
    }

    fn score(&self, row: &[u8]) -> f64 {
        self.base + self.trees.iter().map(|tree| tree.score(row)).sum::<f64>()
    }
}
