//! Trees that ask which set an answer is in, as one `TreeEnsemble` of 64-bit floats.
//!
//! The ensemble gives the leaf of each tree in a column of its own, and the columns are added in their order afterwards: how a runtime
//! would add trees depends on its threads and on how many rows it is given at once.

use amparo_models::scorer::{Node, Tree};
use amparo_models::{Additive, Forest};

use super::builder::{Builder, Value, bytes, doubles, int, ints};
use super::codes::Codes;
use super::tables::additive;
use crate::onnx::proto::{AttributeProto, element};

/// Whether the answer is in a set.
const BRANCH_MEMBER: u8 = 6;
/// Leaves are added up.
const SUM: i64 = 1;

/// `base + sum of leaves`.
pub fn sum(graph: &mut Builder, name: &str, codes: &Codes, forest: &Forest) -> Value {
    if forest.trees.is_empty() {
        let weights = codes.n_answers.iter().map(|&n| vec![0.0; n]).collect();
        return additive(graph, name, codes, &Additive { intercept: forest.base, weights });
    }
    let mut ensemble = Ensemble { n_answers: &codes.n_answers, ..Ensemble::default() };
    forest.trees.iter().enumerate().for_each(|(number, tree)| ensemble.add(number, tree));
    let input = graph.cast(&format!("{name}_codes"), &codes.codes, element::DOUBLE);
    let attributes = ensemble.attributes(forest.trees.len());
    let leaves = graph.ml("TreeEnsemble", &format!("{name}_leaves"), &input, attributes);
    let total = graph.sum_in_order(&format!("{name}_sum"), &leaves, forest.trees.len());
    let base = graph.double(&format!("{name}_base"), forest.base);
    graph.op("Add", &format!("{name}_log_odds"), &[&base, &total])
}

/// Nodes and leaves of all trees, in lists.
#[derive(Default)]
struct Ensemble<'a> {
    n_answers: &'a [usize],
    roots: Vec<i64>,
    features: Vec<i64>,
    /// The sets: their codes, each list with NaN at its end.
    members: Vec<f64>,
    /// Where the answers of the set go, and the others: a place, and whether it is one of a leaf.
    ways: Vec<[(i64, bool); 2]>,
    targets: Vec<i64>,
    weights: Vec<f64>,
}

/// What a walk down a tree arrives at.
enum End {
    Leaf(f64),
    Split { indicator: usize, codes: Vec<usize>, children: [usize; 2] },
}

impl Ensemble<'_> {
    fn add(&mut self, number: usize, tree: &Tree) {
        self.roots.push(self.features.len() as i64);
        if let End::Leaf(value) = self.walk(tree, 0) {
            // A root has to ask: both ways have the one leaf's value.
            let here = self.split(0, &[0]);
            self.ways[here] = [self.leaf(number, value), self.leaf(number, value)];
            return;
        }
        // Nodes to be written, each with the node and way that lead to it. A list, for a tree may be deeper than the stack.
        let mut open = vec![(0, None)];
        while let Some((at, from)) = open.pop() {
            let way = match self.walk(tree, at) {
                End::Leaf(value) => self.leaf(number, value),
                End::Split { indicator, codes, children } => {
                    let here = self.split(indicator, &codes);
                    // The first way on top, to be written first.
                    open.push((children[1], Some((here, 1))));
                    open.push((children[0], Some((here, 0))));
                    (here as i64, false)
                }
            };
            if let Some((parent, side)) = from {
                self.ways[parent][side] = way;
            }
        }
    }

    /// Goes on where all answers go one way: a set without members, or with all of them, is no question.
    fn walk(&self, tree: &Tree, mut at: usize) -> End {
        loop {
            match &tree.nodes[at] {
                Node::Leaf(value) => return End::Leaf(*value),
                Node::Split { indicator, set, left, right } => {
                    let n = self.n_answers[*indicator];
                    let codes: Vec<usize> = (0..n).filter(|code| set >> code & 1 == 1).collect();
                    if codes.is_empty() {
                        at = *right;
                    } else if codes.len() == n {
                        at = *left;
                    } else {
                        return End::Split { indicator: *indicator, codes, children: [*left, *right] };
                    }
                }
            }
        }
    }

    fn split(&mut self, indicator: usize, codes: &[usize]) -> usize {
        self.features.push(indicator as i64);
        self.members.extend(codes.iter().map(|&code| code as f64));
        self.members.push(f64::NAN);
        self.ways.push([(0, false); 2]);
        self.ways.len() - 1
    }

    fn leaf(&mut self, tree: usize, value: f64) -> (i64, bool) {
        self.targets.push(tree as i64);
        self.weights.push(value);
        (self.weights.len() as i64 - 1, true)
    }

    fn attributes(self, n_trees: usize) -> Vec<AttributeProto> {
        let n = self.features.len();
        let place = |side: usize| self.ways.iter().map(|way| way[side].0).collect();
        let is_leaf = |side: usize| self.ways.iter().map(|way| i64::from(way[side].1)).collect();
        vec![
            int("aggregate_function", SUM),
            doubles("leaf_weights", &self.weights),
            ints("leaf_targetids", self.targets.clone()),
            doubles("membership_values", &self.members),
            int("n_targets", n_trees as i64),
            ints("nodes_falseleafs", is_leaf(1)),
            ints("nodes_falsenodeids", place(1)),
            ints("nodes_featureids", self.features.clone()),
            bytes("nodes_modes", vec![BRANCH_MEMBER; n]),
            doubles("nodes_splits", &vec![0.0; n]),
            ints("nodes_trueleafs", is_leaf(0)),
            ints("nodes_truenodeids", place(0)),
            int("post_transform", 0),
            ints("tree_roots", self.roots.clone()),
        ]
    }
}
