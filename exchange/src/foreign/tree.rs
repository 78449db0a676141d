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

impl ForeignTree {
    /// The nodes that can be reached from the root, each after its parent.
    ///
    /// # Errors
    /// What is wrong, if a node is not there or can be reached in two ways: the nodes are no tree then.
    pub fn reached(&self) -> Result<Vec<usize>, String> {
        let mut seen = vec![false; self.nodes.len()];
        let (mut open, mut order) = (vec![0], Vec::new());
        while let Some(at) = open.pop() {
            match seen.get_mut(at) {
                None => {
                    return Err(format!("node {at} is not there, expected one below {}", self.nodes.len()));
                }
                Some(true) => return Err(format!("node {at} has two parents, expected one")),
                Some(seen) => *seen = true,
            }
            order.push(at);
            if let ForeignNode::Split { yes, no, .. } = &self.nodes[at] {
                open.extend([*no, *yes]);
            }
        }
        Ok(order)
    }
}
