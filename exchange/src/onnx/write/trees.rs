//! Trees that ask which set an answer is in, as one `TreeEnsemble` of 64-bit floats.
//!
//! Every question (an indicator and a set) is a column of zeros and ones that is looked up, and the trees compare it with one half. The
//! operator has a mode for sets, `BRANCH_MEMBER`, which ONNX Runtime 1.21 and 1.22 compute wrongly without a word.
//!
//! The ensemble gives the leaf of each tree in a column of its own, and the columns are added in their order afterwards: how a runtime
//! would add trees depends on its threads and on how many rows it is given at once.

use std::collections::BTreeMap;

use amparo_models::scorer::{Node, Tree};
use amparo_models::{Additive, Forest};

use super::builder::{Builder, Value, bytes, doubles, int, ints};
use super::codes::Codes;
use super::tables::additive;
use crate::onnx::proto::AttributeProto;

/// Whether a number is at most another one.
const BRANCH_LEQ: u8 = 0;
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
    let input = questions(graph, name, codes, &ensemble.questions);
    let attributes = ensemble.attributes(forest.trees.len());
    let leaves = graph.ml("TreeEnsemble", &format!("{name}_leaves"), &input, attributes);
    let total = graph.sum_in_order(&format!("{name}_sum"), &leaves, forest.trees.len());
    let base = graph.double(&format!("{name}_base"), forest.base);
    graph.op("Add", &format!("{name}_log_odds"), &[&base, &total])
}

/// For each row and question 1 if the answer is in the set, else 0.
fn questions(graph: &mut Builder, name: &str, codes: &Codes, asked: &BTreeMap<Question, usize>) -> Value {
    let mut by_column: Vec<(&Question, usize)> =
        asked.iter().map(|(question, &column)| (question, column)).collect();
    by_column.sort_by_key(|(_, column)| *column);
    let (mut indicators, mut starts, mut table) = (Vec::new(), Vec::new(), Vec::new());
    for (Question { indicator, set }, _) in by_column {
        indicators.push(*indicator as i64);
        starts.push(table.len() as i64);
        table.extend((0..codes.n_answers[*indicator]).map(|code| f64::from(set >> code & 1)));
    }
    let n = indicators.len();
    let indicators = graph.integers(&format!("{name}_asked"), &[n], &indicators);
    let answers = graph.op_with(
        "Gather",
        &format!("{name}_answers"),
        &[&codes.codes, &indicators],
        vec![int("axis", 1)],
    );
    let starts = graph.integers(&format!("{name}_starts"), &[1, n], &starts);
    let places = graph.op("Add", &format!("{name}_places"), &[&answers, &starts]);
    let table = graph.doubles(&format!("{name}_sets"), &[table.len()], &table);
    graph.op("Gather", &format!("{name}_questions"), &[&table, &places])
}

/// Whether the answer to an indicator is in a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    indicator: usize,
    set: u16,
}

/// Nodes and leaves of all trees, in lists.
#[derive(Default)]
struct Ensemble<'a> {
    n_answers: &'a [usize],
    /// The questions, each with its column.
    questions: BTreeMap<Question, usize>,
    roots: Vec<i64>,
    columns: Vec<i64>,
    /// Where the answers of the set go, and the others: a place, and whether it is one of a leaf.
    ways: Vec<[(i64, bool); 2]>,
    targets: Vec<i64>,
    weights: Vec<f64>,
}

/// What a walk down a tree arrives at.
enum End {
    Leaf(f64),
    Split { question: Question, children: [usize; 2] },
}

impl Ensemble<'_> {
    fn add(&mut self, number: usize, tree: &Tree) {
        self.roots.push(self.columns.len() as i64);
        if let End::Leaf(value) = self.walk(tree, 0) {
            // A root has to ask: both ways have the one leaf's value.
            let here = self.split(Question { indicator: 0, set: 1 });
            self.ways[here] = [self.leaf(number, value), self.leaf(number, value)];
            return;
        }
        // Nodes to be written, each with the node and way that lead to it. A list, for a tree may be deeper than the stack.
        let mut open = vec![(0, None)];
        while let Some((at, from)) = open.pop() {
            let way = match self.walk(tree, at) {
                End::Leaf(value) => self.leaf(number, value),
                End::Split { question, children } => {
                    let here = self.split(question);
                    // Children from the top of the stack, each behind its parent.
                    open.push((children[0], Some((here, 0))));
                    open.push((children[1], Some((here, 1))));
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
                    // One bit for each answer that there is.
                    let all = u16::MAX >> (16 - self.n_answers[*indicator].clamp(1, 16));
                    match *set & all {
                        0 => at = *right,
                        set if set == all => at = *left,
                        set => {
                            let question = Question { indicator: *indicator, set };
                            return End::Split { question, children: [*left, *right] };
                        }
                    }
                }
            }
        }
    }

    fn split(&mut self, question: Question) -> usize {
        let next = self.questions.len();
        let column = *self.questions.entry(question).or_insert(next);
        self.columns.push(column as i64);
        self.ways.push([(0, false); 2]);
        self.ways.len() - 1
    }

    fn leaf(&mut self, tree: usize, value: f64) -> (i64, bool) {
        self.targets.push(tree as i64);
        self.weights.push(value);
        (self.weights.len() as i64 - 1, true)
    }

    fn attributes(&self, n_trees: usize) -> Vec<AttributeProto> {
        let n = self.columns.len();
        let place = |side: usize| self.ways.iter().map(|way| way[side].0).collect();
        let is_leaf = |side: usize| self.ways.iter().map(|way| i64::from(way[side].1)).collect();
        // At most one half is 0: the answer is not in the set.
        let (not_in, is_in) = (1, 0);
        vec![
            int("aggregate_function", SUM),
            doubles("leaf_weights", &self.weights),
            ints("leaf_targetids", self.targets.clone()),
            int("n_targets", n_trees as i64),
            ints("nodes_falseleafs", is_leaf(is_in)),
            ints("nodes_falsenodeids", place(is_in)),
            ints("nodes_featureids", self.columns.clone()),
            bytes("nodes_modes", vec![BRANCH_LEQ; n]),
            doubles("nodes_splits", &vec![0.5; n]),
            ints("nodes_trueleafs", is_leaf(not_in)),
            ints("nodes_truenodeids", place(not_in)),
            int("post_transform", 0),
            ints("tree_roots", self.roots.clone()),
        ]
    }
}
