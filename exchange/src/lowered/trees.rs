//! Trees over columns as trees over answers.

use amparo_models::explain::MAX_CONDITIONS;
use amparo_models::scorer::{Node, Tree};

use super::Sum;
use crate::foreign::{ForeignNode, ForeignTree};

impl Sum<'_> {
    /// Adds a tree; one about a single indicator goes into its table.
    pub(super) fn tree(&mut self, number: usize, tree: &ForeignTree) {
        let mut nodes = Vec::with_capacity(tree.nodes().len());
        let before = self.problems.0.len();
        for (at, node) in tree.nodes().iter().enumerate() {
            let told = format!("tree {number}, node {at}");
            match node {
                ForeignNode::Leaf(value) if !value.is_finite() => {
                    self.problem("tree", format!("{told}: the leaf is {value}, expected a finite number"));
                }
                ForeignNode::Leaf(value) => nodes.push(Node::Leaf(*value)),
                ForeignNode::Split { column, test, yes, no } => {
                    let Some(question) = self.question(*column, &told) else { continue };
                    match question.set(test) {
                        Ok(set) => {
                            nodes.push(Node::Split { indicator: question.asked, set, left: *yes, right: *no })
                        }
                        Err(what) => self.problem(question.name, format!("{told}: {what}")),
                    }
                }
            }
        }
        if self.problems.0.len() == before {
            self.add(number, Tree { nodes });
        }
    }

    /// Adds a tree of answers.
    pub(super) fn add(&mut self, number: usize, tree: Tree) {
        let mut asked: Vec<usize> = tree
            .nodes
            .iter()
            .filter_map(|node| match node {
                Node::Split { indicator, .. } => Some(*indicator),
                Node::Leaf(_) => None,
            })
            .collect();
        asked.dedup();
        match asked.as_slice() {
            [] => self.base += tree.score(&[]),
            [only] => {
                let mut row = vec![0; self.tables.len()];
                for code in 0..self.tables[*only].len() {
                    row[*only] = code as u8;
                    self.tables[*only][code] += tree.score(&row);
                }
            }
            _ => {
                let longest = tree.leaves().iter().map(|leaf| leaf.path.len()).max().unwrap_or(0);
                if longest > MAX_CONDITIONS {
                    let message = format!(
                        "tree {number} asks {longest} indicators on one path, expected at most {MAX_CONDITIONS}, up to which a model is explained \
                         exactly: limit the depth of trees in training"
                    );
                    return self.problem("tree", message);
                }
                self.trees.push(tree);
            }
        }
    }
}
