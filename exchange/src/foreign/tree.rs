//! Trees that ask about columns.

use super::Test;

/// A binary tree; node 0 is the root. Nodes that cannot be reached from it mean nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignTree {
    /// The nodes.
    pub nodes: Vec<ForeignNode>,
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
