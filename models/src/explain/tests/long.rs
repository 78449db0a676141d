//! Paths that are too long for tables: exact, in whatever order and number of rows, and bounded.

use amparo_datasets::{Answers, Instrument, Polarity};

use super::{TOLERANCE, by_definition, explained, flat, mean};
use crate::explain::brute::{blend, shapley};
use crate::explain::condition::is_long;
use crate::explain::leaves::LeafTables;
use crate::explain::plan::Layout;
use crate::explain::{Background, Explainer, LongSums};
use crate::scorer::{Leaf, Node, Tree};
use crate::testing::{Draw, forest, form, instrument, instrument_of, population, tree_candidate, worst};
use crate::{Explain, Forest, Model, Scorer};

/// A tree that is one path of the indicators `from..to`: each question lets all answers but one, drawn anew, go on.
pub(in crate::explain) fn chain(draw: &mut Draw, form: &Instrument, from: usize, to: usize) -> Tree {
    let mut nodes = Vec::new();
    for indicator in from..to {
        let at = nodes.len();
        let n_answers = form.indicators()[indicator].n_answers();
        let set = (u16::MAX >> (16 - n_answers)) & !(1 << draw.below(n_answers));
        nodes.push(Node::Split { indicator, set, left: at + 2, right: at + 1 });
        nodes.push(Node::Leaf(draw.between(-1.0, 1.0)));
    }
    nodes.push(Node::Leaf(draw.between(-1.0, 1.0)));
    Tree { nodes }
}

fn scorer(n_indicators: usize, trees: Vec<Tree>) -> Scorer {
    Scorer::from(tree_candidate(Forest { n_indicators, base: -0.5, trees }))
}

fn longest(scorer: &Scorer) -> usize {
    let leaves = scorer.trees().into_iter().flat_map(|forest| &forest.trees).flat_map(Tree::leaves);
    leaves.map(|leaf| leaf.path.len()).max().unwrap_or(0)
}

#[test]
fn agrees_with_the_definition_on_long_paths() {
    for (seed, n, n_rows) in [(1, 13, 3), (2, 14, 3), (4, 16, 1)] {
        let mut draw = Draw::new(seed);
        let instrument = instrument(n);
        let (answers, weights) = population(&mut draw, &instrument, 5);
        // Two leaves of one frame and others, a tree with short paths, and one that asks the same things in other words.
        let mut trees: Vec<Tree> =
            vec![chain(&mut draw, &instrument, 0, n), chain(&mut draw, &instrument, 0, n)];
        trees.extend(forest(&mut draw, &instrument, &[0, 2, 5]).trees);
        let scorer = scorer(n, trees);
        assert_eq!(longest(&scorer), n);
        // A form that reaches the end of the first, a row of the background, and any form.
        let mut reaching = form(&mut draw, &instrument);
        for node in &scorer.trees().unwrap().trees[0].nodes {
            if let Node::Split { indicator, set, .. } = node {
                reaching[*indicator] = set.trailing_zeros() as u8;
            }
        }
        let rows = [reaching, answers.row(2).to_vec(), form(&mut draw, &instrument)];
        for (at, row) in rows[..n_rows].iter().enumerate() {
            let found = explained(&scorer, &answers, &weights, row);
            let expected = by_definition(&scorer, (&answers, &weights), row, shapley);
            let error = worst(&found, &expected);
            assert!(error <= TOLERANCE, "{n} indicators: {error:e}");
            // A background without one of its rows, or without the leaves with long paths, would show.
            let fewer = explained(&scorer, &answers.select(&[0, 1, 2, 3]), &weights[..4], row);
            assert!(worst(&fewer, &expected) > 1e-4);
            if at > 0 {
                continue;
            }
            let mut short = scorer.trees().unwrap().clone();
            for tree in &mut short.trees[..2] {
                tree.nodes.iter_mut().rev().take(2).for_each(|node| *node = Node::Leaf(0.0));
            }
            let short = explained(&Scorer::from(tree_candidate(short)), &answers, &weights, row);
            assert!(worst(&short, &expected) > 1e-4);
        }
    }
}

/// What a leaf adds by another way: a row and one row of the background at a time, each by counting orders of indicators.
///
/// The indicators that only the row meets must come before those that only the other one meets: in `a! b! / (a+b)!` of the orders.
fn by_pairs(scorer: &Scorer, answers: &Answers, weights: &[f64], row: &[u8]) -> Vec<f64> {
    let forest = scorer.trees().unwrap();
    let mut found = vec![0.0; 1 + forest.n_indicators];
    found[0] = mean(answers, weights, |row| scorer.score(row));
    // The share of orders in which one of `a` comes last of `a` and before all of `b`.
    let share = |a: usize, b: usize| {
        (1..a).chain(1..=b).zip(1..).fold(1.0, |s, (k, n)| s * k as f64 / n as f64) / (a + b) as f64
    };
    for Leaf { path, value } in forest.trees.iter().flat_map(Tree::leaves) {
        for (other, weight) in answers.rows().zip(weights) {
            let met = |row: &[u8], j: usize| path[&j] >> row[j] & 1 == 1;
            if path.keys().any(|&j| !met(row, j) && !met(other, j)) {
                continue;
            }
            let a: Vec<usize> = path.keys().copied().filter(|&j| !met(other, j)).collect();
            let b: Vec<usize> = path.keys().copied().filter(|&j| !met(row, j)).collect();
            let value = value * weight / weights.iter().sum::<f64>();
            a.iter().for_each(|&j| found[1 + j] += value * share(a.len(), b.len()));
            b.iter().for_each(|&j| found[1 + j] -= value * share(b.len(), a.len()));
        }
    }
    found
}

#[test]
fn the_longest_paths_agree_with_pairs_of_rows_one_by_one() {
    let mut draw = Draw::new(5);
    let instrument = instrument_of(&[(3, Polarity::Neutral); 40]);
    let (answers, weights) = population(&mut draw, &instrument, 400);
    let trees = [(0, 32), (8, 40), (0, 32), (20, 40), (3, 9), (1, 14)];
    let scorer = scorer(40, trees.map(|(from, to)| chain(&mut draw, &instrument, from, to)).to_vec());
    assert_eq!(longest(&scorer), 32);
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let explainer = Explainer::new(&scorer, &background).unwrap();
    for row in answers.rows().step_by(50).map(<[u8]>::to_vec).chain([form(&mut draw, &instrument)]) {
        let found = flat(explainer.checked_parts(&scorer, &row).unwrap().total);
        let expected = by_pairs(&scorer, &answers, &weights, &row);
        let error = worst(&found, &expected);
        assert!(error <= 1e-12, "{error:e}");
        let other = by_pairs(&scorer, &answers.select(&(1..400).collect::<Vec<_>>()), &weights[1..], &row);
        assert!(worst(&found, &other) > 1e-6);
    }
    // The other way is the definition where that can be computed.
    let mut draw = Draw::new(6);
    let few = self::instrument(7);
    let (answers, weights) = population(&mut draw, &few, 9);
    let scorer = self::scorer(7, forest(&mut draw, &few, &[0, 1, 2, 4, 6]).trees);
    let row = form(&mut draw, &few);
    let expected = by_definition(&scorer, (&answers, &weights), &row, shapley);
    assert!(worst(&by_pairs(&scorer, &answers, &weights, &row), &expected) <= TOLERANCE);
    assert!((scorer.score(&blend(&row, &row, 0)) - scorer.score(&row)).abs() <= 0.0);
}

/// Where both ways can be gone they give the same: the leaves of short paths, summed as if they were long.
#[test]
fn a_path_of_thirteen_is_one_of_twelve_and_a_question_that_all_meet() {
    let mut draw = Draw::new(7);
    let instrument = instrument_of(&[(3, Polarity::Neutral); 14]);
    let (answers, weights) = population(&mut draw, &instrument, 300);
    let short = chain(&mut draw, &instrument, 0, 12);
    // The last question of the long one is met by every answer: it is no condition, but a path of 13.
    let mut nodes = vec![Node::Split { indicator: 12, set: 0b1111, left: 2, right: 1 }, Node::Leaf(3.0)];
    nodes.extend(short.nodes.iter().cloned().map(|node| match node {
        Node::Split { indicator, set, left, right } => {
            Node::Split { indicator, set, left: left + 2, right: right + 2 }
        }
        leaf @ Node::Leaf(_) => leaf,
    }));
    let [short, long] = [short, Tree { nodes }].map(|tree| scorer(14, vec![tree]));
    let of = |scorer: &Scorer| Background::of(scorer, &answers, &weights).unwrap();
    assert!(of(&short).long.is_empty() && !of(&long).long.is_empty());
    let mut largest = 0.0_f64;
    let [short, long] = [&short, &long].map(|scorer| Explainer::new(scorer, &of(scorer)).unwrap());
    for row in answers.rows() {
        largest = largest.max(worst(&flat(short.explain(row)), &flat(long.explain(row))));
    }
    assert!(largest <= 1e-14, "{largest:e}");
    let next =
        |row: usize| worst(&flat(short.explain(answers.row(row))), &flat(long.explain(answers.row(row + 1))));
    assert!((0..299).any(|row| next(row) > 1e-3));
}

#[test]
fn a_batch_is_the_rows_and_the_file_is_the_sums() {
    let mut draw = Draw::new(8);
    let instrument = instrument(20);
    let (answers, weights) = population(&mut draw, &instrument, 2_048 + 300);
    let scorer = scorer(20, (0..3).map(|at| chain(&mut draw, &instrument, at, 18 + at % 2)).collect());
    let background = Background::of(&scorer, &answers, &weights).unwrap();
    let explainer = Explainer::new(&scorer, &background).unwrap();
    let bits = |row: &[f64]| row.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    let single: Vec<_> = answers.rows().map(|row| bits(&flat(explainer.explain(row)))).collect();
    let batch: Vec<_> = explainer.batch(&answers).map(|parts| bits(&flat(parts.total))).collect();
    assert!(batch == single && batch[1..] != single[..single.len() - 1]);
    let text = serde_json::to_string(&background).unwrap();
    let read: Background = serde_json::from_str(&text).unwrap();
    assert_eq!(read, background);
    // Each sum runs over the rows in their order; a row in another cell would show.
    let forest = scorer.trees().unwrap();
    let tables = LeafTables::new(forest, &read, Layout::default()).unwrap();
    assert!(bits(&flat(tables.explain(answers.row(0)))) == single[0]);
    for LongSums { cells, weights: sums } in &background.long {
        assert!(cells.is_sorted() && sums.iter().all(|sum| *sum > 0.0));
        assert!((sums.iter().sum::<f64>() - background.weight).abs() <= 1e-9);
    }
    let n_long = forest.trees.iter().flat_map(Tree::leaves).filter(|leaf| is_long(&leaf.path)).count();
    assert!(n_long > background.long.len(), "leaves below one question share their sums");
}

#[test]
fn a_path_that_is_too_long_is_refused() {
    let mut draw = Draw::new(9);
    let instrument = instrument(33);
    let (answers, weights) = population(&mut draw, &instrument, 5);
    let scorer = scorer(33, vec![chain(&mut draw, &instrument, 0, 33)]);
    let message = Background::of(&scorer, &answers, &weights).unwrap_err().to_string();
    assert_eq!(message, "explanation tables: a path asks 33 indicators, expected at most 32");
}

#[test]
fn sums_of_other_paths_are_refused() {
    let mut draw = Draw::new(10);
    let instrument = instrument(14);
    let (answers, weights) = population(&mut draw, &instrument, 40);
    let scorer = scorer(14, vec![chain(&mut draw, &instrument, 0, 14)]);
    let good = Background::of(&scorer, &answers, &weights).unwrap();
    let refused = |change: &dyn Fn(&mut Background)| {
        let mut changed = good.clone();
        change(&mut changed);
        Explainer::new(&scorer, &changed).unwrap_err().to_string()
    };
    let n = good.long.len();
    assert_eq!(n, 2);
    assert_eq!(refused(&|b| b.long.truncate(1)), "background: sums of 1 long paths, expected 2");
    assert_eq!(
        refused(&|b| b.patterns[0][0] = vec![1.0]),
        "background: leaf 0 of tree 0 has 1 pattern sums, expected none of so long a path"
    );
    let first = |change: fn(&mut LongSums)| refused(&move |b| change(&mut b.long[0]));
    let told = first(|sums| sums.weights.truncate(3));
    assert!(
        told.starts_with("background: the sums of long path 0 have ")
            && told.ends_with(" cells and 3 weights"),
        "{told}"
    );
    let told = first(|sums| sums.cells.swap(0, 1));
    assert!(told.ends_with(", expected ascending ones below 16384"), "{told}");
    let told = first(|sums| *sums.cells.last_mut().unwrap() = 16384);
    assert_eq!(
        told,
        "background: the sums of long path 0 hold cell 16384, expected ascending ones below 16384"
    );
    let told = first(|sums| sums.weights[0] = -1.0);
    assert_eq!(told, "background: the sums of long path 0 hold -1, expected numbers not below 0");
    let told = first(|sums| sums.weights[0] += 1.0);
    assert!(told.starts_with("background: the sums of long path 0 add up to "), "{told}");
    let told = first(|sums| {
        let last = sums.weights.len() - 1;
        sums.weights.swap(0, last);
    });
    assert!(told.starts_with("background: the sums of long path 0 give one side of indicator "), "{told}");
}
