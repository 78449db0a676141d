//! Tables as trees, the form in which a version stores what is about two questions.

use std::ops::Range;

use super::{Node, Tree};

/// A table about one question or two.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The questions, by their places on the form.
    pub indicators: &'a [usize],
    /// Number of answers to each, at most 16.
    pub n_answers: &'a [usize],
    /// A value for each combination of answers; those of the last question stand beside each other.
    pub values: &'a [f64],
}

impl Table<'_> {
    /// The tree that asks for the answers and ends at the value. What is alike is not asked for.
    ///
    /// # Panics
    /// If there are not as many values as combinations of answers.
    #[must_use]
    pub fn tree(self) -> Tree {
        let mut nodes = Vec::new();
        let all: Vec<Range<usize>> = self.n_answers.iter().map(|&n| 0..n).collect();
        self.grow(&all, &mut nodes);
        Tree { nodes }
    }

    /// Adds the node for these answers, halving those of the first question that has several.
    fn grow(self, answers: &[Range<usize>], nodes: &mut Vec<Node>) {
        let values = self.leaves(answers);
        let Some(question) = answers.iter().position(|codes| codes.len() > 1).filter(|_| !alike(&values))
        else {
            nodes.push(Node::Leaf(values[0]));
            return;
        };
        let codes = answers[question].clone();
        let middle = codes.start + codes.len() / 2;
        let at = nodes.len();
        let set = (codes.start..middle).fold(0_u16, |set, code| set | 1 << code);
        // The left child comes next; where the right one is, is known when the left one is done.
        nodes.push(Node::Leaf(0.0));
        for half in [codes.start..middle, middle..codes.end] {
            let is_left = half.start == codes.start;
            if !is_left {
                let indicator = self.indicators[question];
                nodes[at] = Node::Split { indicator, set, left: at + 1, right: nodes.len() };
            }
            let mut answers = answers.to_vec();
            answers[question] = half;
            self.grow(&answers, nodes);
        }
    }

    fn leaves(self, answers: &[Range<usize>]) -> Vec<f64> {
        let width = self.n_answers.get(1).copied().unwrap_or(1);
        let others = answers.get(1).cloned().unwrap_or(0..1);
        let cells = answers[0].clone().flat_map(|a| others.clone().map(move |b| a * width + b));
        cells.map(|cell| self.values[cell]).collect()
    }
}

fn alike(values: &[f64]) -> bool {
    values.iter().all(|value| value.to_bits() == values[0].to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Draw;

    #[test]
    fn a_tree_gives_every_cell_of_its_table() {
        for (number, n_answers) in
            [vec![2], vec![16], vec![3, 4], vec![16, 16], vec![2, 5]].into_iter().enumerate()
        {
            let n: usize = n_answers.iter().product();
            let mut draw = Draw::new(number as u64);
            let values: Vec<f64> = (0..n).map(|_| draw.between(-1.0, 1.0)).collect();
            let indicators = &[5, 2][..n_answers.len()];
            let tree = Table { indicators, n_answers: &n_answers, values: &values }.tree();
            assert_eq!(tree.leaves().len(), n);
            for (cell, value) in values.iter().enumerate() {
                let mut row = [0; 6];
                let width = n_answers.get(1).copied().unwrap_or(1);
                (row[5], row[2]) = ((cell / width) as u8, (cell % width) as u8);
                assert_eq!(tree.score(&row).to_bits(), value.to_bits());
            }
        }
    }

    #[test]
    fn what_is_alike_is_not_asked_for() {
        let values = [1.0, 1.0, 1.0, 1.0, 2.0, 3.0];
        let tree = Table { indicators: &[0, 1], n_answers: &[3, 2], values: &values }.tree();
        // 0 against 1 and 2; 1 against 2; then the second question where it matters.
        assert_eq!(tree.leaves().len(), 4, "{tree:?}");
        assert!(tree.score(&[1, 1]) < tree.score(&[2, 0]) && tree.score(&[2, 0]) < tree.score(&[2, 1]));
    }
}
