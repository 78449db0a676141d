//! Which combinations of answers rows have, of those that a model tells apart.

use std::collections::BTreeSet;

use amparo_datasets::splitmix;
use amparo_models::Candidate;
use amparo_models::scorer::{Form, Path};

use super::distinct::Distinct;

/// Most combinations of answers to the questions of one path that are all asked for; of a longer path one row is.
const MOST_COMBINATIONS: usize = 1024;

/// Random rows that are drawn at a time.
const BATCH: usize = 256;

/// A batch of which fewer rows than this are of use is the last one.
const LEAST_USEFUL: usize = 4;

/// What rows have to show of a model: every answer to every question, every combination of answers to the questions on one path of a tree, and
/// every leaf.
#[derive(Debug, Clone)]
pub(crate) struct Coverage {
    answers: Vec<Distinct>,
    groups: Vec<Group>,
    leaves: Vec<(Path, bool)>,
}

/// All combinations of answers to some questions.
#[derive(Debug, Clone)]
struct Group {
    asked: Vec<usize>,
    seen: Vec<bool>,
}

impl Coverage {
    /// What a model asks for, by the answers to each of its indicators that are told apart.
    pub fn of(model: &Candidate, answers: &[Distinct]) -> Self {
        let mut sets: BTreeSet<Vec<usize>> = (0..answers.len()).map(|j| vec![j]).collect();
        let mut leaves = Vec::new();
        let n_cells = |asked: &[usize]| {
            asked.iter().try_fold(1_usize, |n, &j| n.checked_mul(answers[j].n())).unwrap_or(usize::MAX)
        };
        if let Form::Trees(forest) = model.form() {
            for leaf in forest.trees.iter().flat_map(|tree| tree.leaves()) {
                let asked: Vec<usize> = leaf.path.keys().copied().collect();
                if n_cells(&asked) <= MOST_COMBINATIONS {
                    sets.insert(asked);
                } else {
                    leaves.push((leaf.path, false));
                }
            }
        }
        sets.remove(&Vec::new());
        Self { leaves, ..Self::of_sets(sets, answers) }
    }

    /// Every pair of answers to two indicators: what is asked of a model that nobody can look into.
    pub fn of_pairs(answers: &[Distinct]) -> Self {
        let pairs = (0..answers.len()).flat_map(|a| (a..answers.len()).map(move |b| BTreeSet::from([a, b])));
        Self::of_sets(pairs.map(|pair| pair.into_iter().collect()).collect(), answers)
    }

    fn of_sets(sets: BTreeSet<Vec<usize>>, answers: &[Distinct]) -> Self {
        let n_cells = |asked: &[usize]| asked.iter().map(|&j| answers[j].n()).product();
        let group = |asked: Vec<usize>| Group { seen: vec![false; n_cells(&asked)], asked };
        let groups = sets.into_iter().map(group).collect();
        Self { answers: answers.to_vec(), groups, leaves: Vec::new() }
    }

    /// Takes a row into account; whether it shows anything that no row before it did.
    pub fn see(&mut self, row: &[u8]) -> bool {
        let Self { answers, groups, leaves } = self;
        let mut new = false;
        for Group { asked, seen } in groups {
            let cell = asked.iter().fold(0, |cell, &j| cell * answers[j].n() + answers[j].place(row[j]));
            new |= !std::mem::replace(&mut seen[cell], true);
        }
        for (path, seen) in leaves.iter_mut().filter(|(_, seen)| !seen) {
            *seen = path.iter().all(|(&j, set)| set >> row[j] & 1 == 1);
            new |= *seen;
        }
        new
    }

    /// What no row has shown: the answers, by place of the indicator and code, that would.
    pub fn missing(&self) -> Vec<Vec<(usize, u8)>> {
        let mut missing = Vec::new();
        for Group { asked, seen } in &self.groups {
            for (cell, _) in seen.iter().enumerate().filter(|(_, seen)| !**seen) {
                let (mut rest, mut answers) = (cell, Vec::with_capacity(asked.len()));
                for &j in asked.iter().rev() {
                    let told_apart = &self.answers[j];
                    answers.push((j, told_apart.code(rest % told_apart.n())));
                    rest /= told_apart.n();
                }
                answers.reverse();
                missing.push(answers);
            }
        }
        let first = |(&j, set): (&usize, &u16)| (j, set.trailing_zeros() as u8);
        let unseen = self.leaves.iter().filter(|(_, seen)| !seen);
        missing.extend(unseen.map(|(path, _)| path.iter().map(first).collect()));
        missing
    }

    /// Rows that show everything: random ones as long as they are of use, then one for each thing that is left.
    pub fn rows(mut self) -> Vec<Vec<u8>> {
        let (mut state, mut rows) = (0, Vec::new());
        let answers = self.answers.clone();
        let mut drawn = || -> Vec<u8> {
            let mut any = |told_apart: &Distinct| {
                state += 1;
                told_apart.code((splitmix(state) % told_apart.n() as u64) as usize)
            };
            answers.iter().map(&mut any).collect()
        };
        loop {
            let useful: Vec<Vec<u8>> = (0..BATCH).map(|_| drawn()).filter(|row| self.see(row)).collect();
            let is_last = useful.len() < LEAST_USEFUL;
            rows.extend(useful);
            if is_last {
                break;
            }
        }
        for answers in self.missing() {
            let mut row = drawn();
            answers.into_iter().for_each(|(j, code)| row[j] = code);
            if self.see(&row) {
                rows.push(row);
            }
        }
        rows
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_models::scorer::{Node, Tree};
    use amparo_models::{Additive, Forest};

    use super::*;

    fn split(indicator: usize, set: u16, left: usize) -> Node {
        Node::Split { indicator, set, left, right: left + 1 }
    }

    fn trees() -> Candidate {
        let tree = Tree {
            nodes: vec![split(0, 1, 1), Node::Leaf(0.0), split(2, 0b11, 3), Node::Leaf(1.0), Node::Leaf(2.0)],
        };
        Candidate::trees("imported", Forest { n_indicators: 3, base: 0.0, trees: vec![tree] }).unwrap()
    }

    #[test]
    fn rows_show_every_combination_of_answers_on_a_path() {
        let n_answers = [3, 4, 5].map(Distinct::all);
        let rows = Coverage::of(&trees(), &n_answers).rows();
        let pairs: BTreeSet<(u8, u8)> = rows.iter().map(|row| (row[0], row[2])).collect();
        assert_eq!(pairs.len(), 15);
        assert_eq!(rows.iter().map(|row| row[1]).collect::<BTreeSet<_>>().len(), 4);
        let mut again = Coverage::of(&trees(), &n_answers);
        rows.iter().for_each(|row| assert!(again.see(row), "every row is of use"));
        assert_eq!(again.missing(), Vec::<Vec<(usize, u8)>>::new());
        // With one row less something is missing, and it is what that row shows.
        let mut fewer = Coverage::of(&trees(), &n_answers);
        rows[1..].iter().for_each(|row| {
            fewer.see(row);
        });
        let missing = fewer.missing();
        assert!(!missing.is_empty());
        assert!(
            missing.iter().all(|answers| answers.iter().all(|(j, code)| rows[0][*j] == *code)),
            "{missing:?}"
        );
    }

    #[test]
    fn a_path_with_too_many_combinations_is_shown_by_its_leaf() {
        let mut nodes = Vec::new();
        for j in 0..6 {
            nodes.push(split(j, 1 << 3, 2 * j + 1));
            nodes.push(Node::Leaf(j as f64));
        }
        nodes.push(Node::Leaf(9.0));
        // The right child of each question is the next one.
        let forest = Forest { n_indicators: 6, base: 0.0, trees: vec![Tree { nodes }] };
        let model = Candidate::trees("imported", forest).unwrap();
        let n_answers = [16; 6].map(Distinct::all);
        let rows = Coverage::of(&model, &n_answers).rows();
        let Form::Trees(forest) = model.form() else { unreachable!("trees were made") };
        let reached: BTreeSet<u64> = rows.iter().map(|row| forest.trees[0].score(row).to_bits()).collect();
        assert_eq!(reached.len(), 7);
    }

    #[test]
    fn pairs_are_shown_by_few_rows() {
        let n_answers = [3; 37].map(Distinct::all);
        let rows = Coverage::of_pairs(&n_answers).rows();
        let pairs: BTreeSet<(usize, usize, u8, u8)> = rows
            .iter()
            .flat_map(|row| (0..37).flat_map(move |a| (0..a).map(move |b| (a, b, row[a], row[b]))))
            .collect();
        assert_eq!(pairs.len(), 37 * 36 / 2 * 9);
        assert!(rows.len() < 150, "{}", rows.len());
        // Each row was taken because of something that none before it shows.
        let (last, others) = rows.split_last().unwrap();
        let mut without = Coverage::of_pairs(&n_answers);
        others.iter().for_each(|row| {
            without.see(row);
        });
        let missing = without.missing();
        assert!(!missing.is_empty());
        assert!(missing.iter().all(|answers| answers.iter().all(|&(j, code)| last[j] == code)));
    }

    #[test]
    fn tables_are_shown_by_every_answer() {
        let tables = Additive { intercept: 0.0, weights: vec![vec![0.0; 3], vec![0.0; 16]] };
        let model = Candidate::additive("imported", tables).unwrap();
        let rows = Coverage::of(&model, &[3, 16].map(Distinct::all)).rows();
        assert_eq!(rows.iter().map(|row| row[1]).collect::<BTreeSet<_>>().len(), 16);
    }
}
