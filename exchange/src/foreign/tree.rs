//! Trees that ask about columns.

use super::Test;

/// A binary tree; node 0 is the root, and every other node stands after its only parent.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignTree {
    pub(crate) nodes: Vec<ForeignNode>,
}

impl ForeignTree {
    /// The nodes.
    pub fn nodes(&self) -> &[ForeignNode] {
        &self.nodes
    }
}

/// A question or an end.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignNode {
    /// Goes to `yes` if the value of the column passes the test, else to `no`.
    Split {
        /// Place of the column.
        column: usize,
        /// What is asked.
        test: Test,
        /// Node for values that pass.
        yes: usize,
        /// Node for the others.
        no: usize,
    },
    /// What the tree adds.
    Leaf(f64),
}
