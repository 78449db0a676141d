#![expect(clippy::unwrap_used, reason = "tests")]

pub(super) mod long;
mod order;
mod properties;
mod refused;
mod tables;

use std::sync::Arc;

use amparo_datasets::{Answers, Instrument};

use super::brute::{banzhaf, blend, shapley, values};
use super::{Background, Explainer};
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, additive_candidate, form, instrument, population, scorers, tree_candidate, worst,
};
use crate::{Additive, Explain, Explanation, Forest, Model, Scorer};

const TOLERANCE: f64 = 1e-9;

/// Base and values in one row.
fn flat(Explanation { base, values }: Explanation) -> Vec<f64> {
    [vec![base], values].concat()
}

fn explained(scorer: &Scorer, answers: &Answers, weights: &[f64], row: &[u8]) -> Vec<f64> {
    let background = Background::of(scorer, answers, weights).unwrap();
    flat(Explainer::new(scorer, &background).unwrap().explain(row))
}

/// Mean of `f` over a weighted population.
fn mean(answers: &Answers, weights: &[f64], f: impl Fn(&[u8]) -> f64) -> f64 {
    let sum: f64 = answers.rows().zip(weights).map(|(row, w)| w * f(row)).sum();
    sum / weights.iter().sum::<f64>()
}

/// Base and interventional values by the definition, every subset against every row.
fn by_definition(
    scorer: &Scorer,
    (answers, weights): (&Answers, &[f64]),
    row: &[u8],
    weight: fn(usize, usize) -> f64,
) -> Vec<f64> {
    let v = |set: usize| mean(answers, weights, |b| scorer.score(&blend(row, b, set)));
    [vec![v(0)], values(row.len(), v, weight)].concat()
}

/// The value function that other libraries default to: an unknown branch is split by the share of rows in each child.
fn path_dependent(tree: &Tree, (answers, weights): (&Answers, &[f64]), row: &[u8], set: usize) -> f64 {
    fn walk(tree: &Tree, at: usize, rows: &[(&[u8], f64)], row: &[u8], coalition: usize) -> f64 {
        let (indicator, set, left, right) = match &tree.nodes[at] {
            Node::Leaf(value) => return *value,
            Node::Split { indicator, set, left, right } => (*indicator, *set, *left, *right),
        };
        let takes = |row: &[u8]| set >> row[indicator] & 1 == 1;
        let (in_left, in_right): (Vec<_>, Vec<_>) = rows.iter().partition(|(row, _)| takes(row));
        let go = |child, rows: &[(&[u8], f64)]| walk(tree, child, rows, row, coalition);
        if coalition >> indicator & 1 == 1 {
            return if takes(row) { go(left, &in_left) } else { go(right, &in_right) };
        }
        let weight = |rows: &[(&[u8], f64)]| rows.iter().map(|(_, w)| w).sum::<f64>();
        let (l, r) = (weight(&in_left), weight(&in_right));
        let part = |w: f64, child, rows| if w > 0.0 { w / (l + r) * go(child, rows) } else { 0.0 };
        part(l, left, &in_left) + part(r, right, &in_right)
    }
    let rows: Vec<(&[u8], f64)> = answers.rows().zip(weights.iter().copied()).collect();
    walk(tree, 0, &rows, row, set)
}

/// A case of brute force: `n` indicators, `n_rows` of background, all families, random and known rows.
fn against_definition(seed: u64, n: usize, n_rows: usize, n_explained: usize) -> f64 {
    let mut draw = Draw::new(seed);
    let instrument = instrument(n);
    let (answers, weights) = population(&mut draw, &instrument, n_rows);
    let mut largest = 0.0_f64;
    for scorer in scorers(&mut draw, &instrument) {
        scorer.check(&instrument).unwrap();
        for k in 0..n_explained {
            // A random form, a row of the background itself, and a form of which nothing is known.
            let row = match k % 3 {
                0 => form(&mut draw, &instrument),
                1 => answers.row(draw.below(n_rows)).to_vec(),
                _ => instrument.indicators().iter().map(|i| i.unknown()).collect(),
            };
            let found = explained(&scorer, &answers, &weights, &row);
            let expected = by_definition(&scorer, (&answers, &weights), &row, shapley);
            largest = largest.max(worst(&found, &expected));
        }
    }
    largest
}

#[test]
fn agrees_with_the_definition() {
    for (seed, n) in (3..=10).enumerate() {
        let error = against_definition(seed as u64, n, 15, 3);
        assert!(error <= TOLERANCE, "{n} indicators: {error:e}");
    }
}

#[test]
fn agrees_with_the_definition_on_twelve_indicators() {
    let error = against_definition(12, 12, 6, 2);
    assert!(error <= TOLERANCE, "{error:e}");
}

#[test]
fn agrees_with_the_definition_against_a_single_row() {
    for seed in 0..20 {
        let error = against_definition(seed, 5, 1, 3);
        assert!(error <= TOLERANCE, "seed {seed}: {error:e}");
    }
}

#[test]
fn agrees_with_the_definition_when_all_rows_tie() {
    let mut draw = Draw::new(4);
    let instrument = instrument(5);
    let row = form(&mut draw, &instrument);
    let answers = Answers::from_codes(Arc::clone(&instrument), row.repeat(4)).unwrap();
    for scorer in scorers(&mut draw, &instrument) {
        let found = explained(&scorer, &answers, &[0.3; 4], &row);
        let expected = [vec![scorer.score(&row)], vec![0.0; 5]].concat();
        assert!(worst(&found, &expected) <= 1e-12, "{}", scorer.family());
    }
}

/// A tree over two indicators that hang together in the population, and that population.
fn dependent() -> (Arc<Instrument>, Tree, Answers, Vec<f64>) {
    let instrument = instrument(3);
    let split = |indicator, set, left, right| Node::Split { indicator, set, left, right };
    let leaf = Node::Leaf;
    let nodes = vec![
        split(0, 0b010, 1, 4),
        split(1, 0b110, 2, 3),
        leaf(2.0),
        leaf(-1.0),
        split(1, 0b110, 5, 6),
        leaf(0.5),
        leaf(0.0),
    ];
    let codes = [[0, 0, 0], [0, 0, 1], [0, 1, 2], [1, 1, 0], [1, 2, 3], [1, 0, 0], [2, 3, 4], [1, 1, 4]];
    let answers = Answers::from_codes(Arc::clone(&instrument), codes.concat()).unwrap();
    (instrument, Tree { nodes }, answers, vec![1.0, 2.0, 0.5, 3.0, 1.0, 0.25, 1.0, 2.0])
}

#[test]
fn wrong_values_fail_the_same_check() {
    let (instrument, tree, answers, weights) = dependent();
    let row = [1, 2, 0];
    let scorer = Scorer::from(tree_candidate(Forest {
        n_indicators: instrument.indicators().len(),
        base: 0.0,
        trees: vec![tree.clone()],
    }));
    let expected = by_definition(&scorer, (&answers, &weights), &row, shapley);
    assert!(worst(&explained(&scorer, &answers, &weights, &row), &expected) <= TOLERANCE);

    // Path-dependent expectations add up to the score as well, but are other values.
    let v = |set: usize| path_dependent(&tree, (&answers, &weights), &row, set);
    let other = [vec![v(0)], values(3, v, shapley)].concat();
    assert!(worst(&[other.iter().sum()], &[scorer.score(&row)]) <= TOLERANCE);
    assert!(worst(&other, &expected) > 1e-2);
    // Another weight of the subsets, the same weight for each row, a cut population.
    let subsets = by_definition(&scorer, (&answers, &weights), &row, banzhaf);
    let unweighted = explained(&scorer, &answers, &[1.0; 8], &row);
    let cut = explained(&scorer, &answers.select(&[0, 1, 2, 3, 4]), &weights[..5], &row);
    assert!(worst(&unweighted, &expected) > 1e-2 && worst(&cut, &expected) > 1e-2);
    // Banzhaf's values of two indicators are Shapley's: three are needed to tell them apart.
    assert!(worst(&subsets, &expected) <= TOLERANCE);
    let three = and_of_three();
    let none = Answers::from_codes(instrument, vec![0, 0, 0]).unwrap();
    let subsets = by_definition(&three, (&none, &[1.0]), &[1, 1, 1], banzhaf);
    assert!(worst(&subsets, &explained(&three, &none, &[1.0], &[1, 1, 1])) > 1e-2);
    // A value that is not a number is no small error.
    assert!(worst(&[f64::NAN], &[0.0]) > TOLERANCE && worst(&[0.0], &[]) > TOLERANCE);
}

/// 3 if all three indicators have their second answer, else 0.
fn and_of_three() -> Scorer {
    let split = |indicator, left, right| Node::Split { indicator, set: 0b10, left, right };
    let nodes = vec![
        split(0, 1, 6),
        split(1, 2, 5),
        split(2, 3, 4),
        Node::Leaf(3.0),
        Node::Leaf(0.0),
        Node::Leaf(0.0),
        Node::Leaf(0.0),
    ];
    Scorer::from(tree_candidate(Forest { n_indicators: 3, base: -1.0, trees: vec![Tree { nodes }] }))
}

#[test]
fn by_hand() {
    let answers = Answers::from_codes(instrument(3), vec![0, 0, 0, 1, 0, 0]).unwrap();
    // Against (0, 0, 0) each of three must be there: a third each. Against (1, 0, 0) the last two share.
    let found = explained(&and_of_three(), &answers, &[1.0, 3.0], &[1, 1, 1]);
    let expected = [-1.0, 0.25, 0.25 + 0.75 * 1.5, 0.25 + 0.75 * 1.5];
    assert!(worst(&found, &expected) <= 1e-15, "{found:?}");
    assert!(worst(&found, &[-1.0, 0.25, 0.25, 2.5]) > 1.0);
    // Points: what an answer adds beyond the mean of the population.
    let table = vec![vec![0.0, 2.0, 0.5], vec![0.0, 1.0, 1.0, 1.0], vec![0.0; 5]];
    let logistic = Scorer::from(additive_candidate(Additive { intercept: -2.0, weights: table }));
    let found = explained(&logistic, &answers, &[1.0, 3.0], &[1, 1, 4]);
    assert!(worst(&found, &[-0.5, 0.5, 1.0, 0.0]) <= 1e-15, "{found:?}");
}
