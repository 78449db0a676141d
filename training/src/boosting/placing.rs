//! A finished tree, as it is added to the scores of packed rows.

use amparo_models::scorer::{Node, Tree};

use super::joint::{CELLS, Joint, Test};

/// A tree for packed rows.
#[derive(Debug)]
pub(super) enum Placing {
    /// At most 64 leaves: one bit each.
    Masks {
        /// By block and byte: the leaves that the byte does not rule out.
        masks: Vec<[u64; CELLS]>,
        /// Value of each leaf.
        values: Vec<f64>,
    },
    /// More leaves: the tree is walked.
    Walk(Vec<Step>),
}

/// A node of a tree that is walked.
#[derive(Debug)]
pub(super) enum Step {
    Ask { test: Test, left: usize, right: usize },
    Leaf(f64),
}

impl Placing {
    pub(super) fn new(tree: &Tree, joint: &Joint) -> Self {
        let leaf = |node: &Node| if let Node::Leaf(value) = node { Some(*value) } else { None };
        let values: Vec<f64> = tree.nodes.iter().filter_map(leaf).collect();
        if values.len() > 64 {
            let step = |node: &Node| match *node {
                Node::Leaf(value) => Step::Leaf(value),
                Node::Split { indicator, set, left, right } => {
                    Step::Ask { test: joint.test(indicator, set), left, right }
                }
            };
            return Self::Walk(tree.nodes.iter().map(step).collect());
        }
        // The leaves below each node. Children stand after their parent, so from the last to the first all are known.
        let mut below = vec![0_u64; tree.nodes.len()];
        let mut next = values.len();
        let mut masks = vec![[u64::MAX; CELLS]; joint.n_bytes()];
        for (at, node) in tree.nodes.iter().enumerate().rev() {
            match *node {
                Node::Leaf(_) => {
                    next -= 1;
                    below[at] = 1 << next;
                }
                Node::Split { indicator, set, left, right } => {
                    below[at] = below[left] | below[right];
                    let test = joint.test(indicator, set);
                    for (byte, mask) in (0..=u8::MAX).zip(&mut masks[test.block()]) {
                        *mask &= !(if test.cell(byte) { below[right] } else { below[left] });
                    }
                }
            }
        }
        Self::Masks { masks, values }
    }

    /// Adds the tree to the scores of rows.
    pub(super) fn add<const W: usize>(&self, rows: &[[u8; W]], scores: &mut [f64]) {
        match self {
            Self::Masks { masks, values } => {
                for (row, score) in rows.iter().zip(scores) {
                    let passes =
                        |mask: u64, (masks, &byte): (&[u64; CELLS], &u8)| mask & masks[usize::from(byte)];
                    let leaf = masks.iter().zip(row).fold(u64::MAX, passes).trailing_zeros();
                    *score += values[leaf as usize];
                }
            }
            Self::Walk(steps) => {
                for (row, score) in rows.iter().zip(scores) {
                    *score += walked(steps, row);
                }
            }
        }
    }
}

fn walked<const W: usize>(steps: &[Step], row: &[u8; W]) -> f64 {
    let mut at = 0;
    loop {
        match &steps[at] {
            Step::Leaf(value) => return *value,
            Step::Ask { test, left, right } => at = if test.row(row) { *left } else { *right },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of `depth` levels with all its leaves, whose questions come from a counter.
    fn full(depth: u32, n_answers: &[usize]) -> Tree {
        let n_splits = 2_usize.pow(depth) - 1;
        let split = |at: usize| {
            let indicator = at * 5 % n_answers.len();
            let all = (1_usize << n_answers[indicator]) - 1;
            let set = (1 + at * 7 % (all - 1)) as u16;
            Node::Split { indicator, set, left: 2 * at + 1, right: 2 * at + 2 }
        };
        let leaf = |at: usize| Node::Leaf(at as f64 / 8.0);
        Tree { nodes: (0..n_splits).map(split).chain((0..=n_splits).map(leaf)).collect() }
    }

    #[test]
    fn every_row_gets_the_leaf_that_the_tree_has_for_it() {
        let n_answers = [3, 5, 2, 7, 16, 3, 3, 4];
        let joint = Joint::new(&n_answers);
        for depth in [0, 1, 3, 6, 7, 9] {
            let tree = full(depth, &n_answers);
            let rows: Vec<Vec<u8>> = (0..500_usize)
                .map(|i| {
                    n_answers.iter().enumerate().map(|(j, n)| ((i * (j + 3) + i / 5) % n) as u8).collect()
                })
                .collect();
            let packed: Vec<[u8; 4]> = rows.iter().map(|row| joint.pack(row)).collect();
            let mut found = vec![0.25; rows.len()];
            let placing = Placing::new(&tree, &joint);
            assert_eq!(matches!(placing, Placing::Walk(_)), depth > 6);
            placing.add(&packed, &mut found);
            let expected: Vec<f64> = rows.iter().map(|row| 0.25 + tree.score(row)).collect();
            assert!(crate::testing::close(&found, &expected, 0.0), "depth {depth}");
        }
    }
}
