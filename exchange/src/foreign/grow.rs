//! Trees from the nodes of a file: only what is reached from the root, and nothing twice.

use std::collections::HashSet;

use super::{ForeignNode, ForeignTree};
use crate::Error;

/// Trees that are deeper are refused, so that whoever walks one may recurse.
const MAX_DEPTH: usize = 500;

impl ForeignTree {
    /// A tree from node `root` on. `node` gives a node by the number that the file has for it, with the file's numbers of its children.
    pub(crate) fn grown(
        format: &'static str,
        place: &str,
        root: usize,
        mut node: impl FnMut(usize) -> Result<ForeignNode, Error>,
    ) -> Result<Self, Error> {
        let mut nodes: Vec<ForeignNode> = Vec::new();
        let mut seen = HashSet::new();
        let mut waiting = vec![(root, 0, None)];
        while let Some((id, depth, parent)) = waiting.pop() {
            if !seen.insert(id) {
                return Err(Error::malformed(format, place, format!("two ways to node {id}"), "a tree"));
            }
            if depth > MAX_DEPTH {
                let what = format!("a tree of more than {MAX_DEPTH} levels");
                return Err(Error::unsupported(format, place, what, "limit its depth in training"));
            }
            let here = nodes.len();
            if let Some((parent, side)) = parent
                && let Some(ForeignNode::Split { yes, no, .. }) = nodes.get_mut(parent)
            {
                *(if side { yes } else { no }) = here;
            }
            let node = node(id)?;
            if let ForeignNode::Split { yes, no, .. } = node {
                waiting.push((no, depth + 1, Some((here, false))));
                waiting.push((yes, depth + 1, Some((here, true))));
            }
            nodes.push(node);
        }
        Ok(Self { nodes })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::foreign::Test;

    fn split(yes: usize, no: usize) -> ForeignNode {
        ForeignNode::Split { column: 0, test: Test::IsMissing, yes, no }
    }

    #[test]
    fn nodes_are_numbered_from_the_root() {
        let tree = ForeignTree::grown("F", "tree 0", 7, |id| {
            Ok(match id {
                7 => split(9, 3),
                9 => split(1, 2),
                id => ForeignNode::Leaf(id as f64),
            })
        });
        let leaf = ForeignNode::Leaf;
        assert_eq!(tree.unwrap().nodes, [split(1, 4), split(2, 3), leaf(1.0), leaf(2.0), leaf(3.0)]);
    }

    #[test]
    fn cycles_shared_nodes_and_endless_trees_are_refused() {
        for children in [|_| (0, 1), |_| (5, 5)] {
            let tree = ForeignTree::grown("F", "tree 0", 0, |id| {
                let (yes, no) = children(id);
                Ok(if id == 1 { ForeignNode::Leaf(0.0) } else { split(yes, no) })
            });
            assert!(tree.unwrap_err().to_string().contains("two ways to node"));
        }
        let endless = ForeignTree::grown("F", "tree 0", 0, |id| Ok(split(id + 1, id + 1_000_000)));
        assert!(endless.unwrap_err().to_string().contains("500 levels"));
    }
}
