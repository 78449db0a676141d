//! What Shapley values must fulfil, on random models.

use std::sync::Arc;

use amparo_datasets::Answers;
use proptest::prelude::*;

use super::{TOLERANCE, explained, flat, mean};
use crate::explain::{Background, Explainer};
use crate::scorer::{Node, Tree};
use crate::testing::{
    Draw, additive_candidate, forest, form, instrument, logistic, points, population, scorers,
    tree_candidate, worst,
};
use crate::{Explain, Explanation, Hybrid, Model, Scorer};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn adds_up_to_the_score_and_splits_into_parts(seed: u64, n in 1_usize..20) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(n);
        let n_rows = 1 + draw.below(60);
        let (answers, weights) = population(&mut draw, &instrument, n_rows);
        for scorer in scorers(&mut draw, &instrument) {
            let background = Background::of(&scorer, &answers, &weights).unwrap();
            let explainer = Explainer::new(&scorer, &background).unwrap();
            let mut sum = vec![0.0; n];
            for (row, weight) in answers.rows().zip(&weights) {
                let parts = explainer.checked_parts(&scorer, row).unwrap();
                let both: Vec<f64> =
                    parts.baseline.iter().zip(&parts.candidate).map(|(b, c)| b + c).collect();
                prop_assert!(worst(&both, &parts.total.values) <= 0.0);
                sum.iter_mut().zip(&both).for_each(|(s, v)| *s += weight * v);
            }
            // Over the background itself an additive model's values average to 0, and every base is the mean score.
            let base = explainer.explain(answers.row(0)).base;
            prop_assert!(worst(&[base], &[mean(&answers, &weights, |row| scorer.score(row))]) <= TOLERANCE);
            if scorer.family() == "points" || scorer.family() == "logistic" {
                prop_assert!(worst(&sum, &vec![0.0; n]) <= TOLERANCE);
            }
            let row = form(&mut draw, &instrument);
            let explanation = explainer.explain(&row);
            prop_assert!(explanation.clone().checked(scorer.score(&row)).is_ok());
            // Half a millionth away is refused.
            prop_assert!(explanation.checked(scorer.score(&row) + 5e-7).is_err());
        }
    }

    #[test]
    fn an_unused_indicator_has_exactly_nothing(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        let (answers, weights) = population(&mut draw, &instrument, 30);
        let unused = draw.below(7);
        let asked: Vec<usize> = (0..7).filter(|&j| j != unused).collect();
        let mut table = logistic(&mut draw, &instrument);
        // The same weight whatever the answer.
        table.weights[unused].fill(0.1);
        let mut baseline = points(&mut draw, &instrument);
        baseline.points[unused].fill(1);
        let trees = forest(&mut draw, &instrument, &asked);
        let hybrid = Hybrid::new(0.3, baseline.clone(), tree_candidate(trees.clone())).unwrap();
        for scorer in
            [Scorer::from(baseline), Scorer::from(additive_candidate(table)), Scorer::from(tree_candidate(trees)), Scorer::from(hybrid)]
        {
            let row = form(&mut draw, &instrument);
            let found = explained(&scorer, &answers, &weights, &row);
            prop_assert!(found[1 + unused] == 0.0, "{}: {}", scorer.family(), found[1 + unused]);
        }
    }

    #[test]
    fn indicators_that_play_the_same_part_have_the_same_value(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        // The first and the fourth have the same number of answers.
        let swapped = |row: &[u8]| { let mut row = row.to_vec(); row.swap(0, 3); row };
        let mut trees = forest(&mut draw, &instrument, &[0, 1, 3, 4, 6]);
        let mirrored: Vec<Tree> = trees.trees.iter().map(|tree| {
            let mut tree = tree.clone();
            for node in &mut tree.nodes {
                if let Node::Split { indicator, .. } = node {
                    *indicator = match *indicator { 0 => 3, 3 => 0, j => j };
                }
            }
            tree
        }).collect();
        let lopsided = Scorer::from(tree_candidate(trees.clone()));
        trees.trees.extend(mirrored);
        let scorer = Scorer::from(tree_candidate(trees));
        let (answers, weights) = population(&mut draw, &instrument, 20);
        let codes = answers.rows().flat_map(|row| [row.to_vec(), swapped(row)]).flatten().collect();
        let answers = Answers::from_codes(Arc::clone(&instrument), codes).unwrap();
        let weights: Vec<f64> = weights.iter().flat_map(|w| [*w, *w]).collect();
        let mut row = form(&mut draw, &instrument);
        row[3] = row[0];
        let found = explained(&scorer, &answers, &weights, &row);
        prop_assert!(worst(&[found[1]], &[found[4]]) <= 1e-12, "{found:?}");
        // Each is the sum of what the two have without the mirrored trees.
        let other = explained(&lopsided, &answers, &weights, &row);
        prop_assert!(worst(&[other[1] + other[4]], &[found[1]]) <= 1e-12, "{other:?} {found:?}");
    }

    #[test]
    fn the_dial_mixes_the_parts(seed: u64, dial in 0.0..=1.0_f64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (answers, weights) = population(&mut draw, &instrument, 25);
        let row = form(&mut draw, &instrument);
        let baseline = points(&mut draw, &instrument);
        let values = |scorer: Scorer| explained(&scorer, &answers, &weights, &row);
        let of_baseline = values(Scorer::from(baseline.clone()));
        for candidate in [
            tree_candidate(forest(&mut draw, &instrument, &[0, 2, 3, 5])),
            additive_candidate(logistic(&mut draw, &instrument)),
        ] {
            let of_candidate = values(Scorer::from(candidate.clone()));
            let at = |dial| values(Scorer::from(Hybrid::new(dial, baseline.clone(), candidate.clone()).unwrap()));
            prop_assert!(worst(&at(0.0), &of_baseline) <= 0.0);
            prop_assert!(worst(&at(1.0), &of_candidate) <= 0.0);
            let whole = |values: &[f64]| Explanation { base: values[0], values: values[1..].to_vec() };
            let mixed = flat(whole(&of_baseline).mixed(&whole(&of_candidate), dial));
            prop_assert!(worst(&at(dial), &mixed) <= 1e-12);
            // Turned the other way round, or mixed without the dial, it is something else.
            let turned = flat(whole(&of_candidate).mixed(&whole(&of_baseline), dial));
            prop_assert!((dial - 0.5).abs() < 0.05 || worst(&at(dial), &turned) > 1e-4);
        }
    }

    #[test]
    fn a_background_survives_its_file(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(5);
        let (answers, weights) = population(&mut draw, &instrument, 20);
        for scorer in scorers(&mut draw, &instrument) {
            let background = Background::of(&scorer, &answers, &weights).unwrap();
            let text = serde_json::to_string(&background).unwrap();
            let read: Background = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &background);
            let row = form(&mut draw, &instrument);
            let values = |b: &Background| flat(Explainer::new(&scorer, b).unwrap().explain(&row));
            prop_assert!(worst(&values(&read), &values(&background)) <= 0.0);
        }
    }
}

#[test]
fn an_indicator_that_is_used_has_something() {
    // What the property above calls nothing is nothing: an indicator that a forest asks has a value on most forms.
    let (mut something, mut all) = (0, 0);
    for seed in 0..20 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        let (answers, weights) = population(&mut draw, &instrument, 30);
        let trees = forest(&mut draw, &instrument, &[2]);
        let asks = trees.trees.iter().flat_map(|tree| &tree.nodes).any(|n| matches!(n, Node::Split { .. }));
        let found = explained(
            &Scorer::from(tree_candidate(trees)),
            &answers,
            &weights,
            &form(&mut draw, &instrument),
        );
        all += usize::from(asks);
        something += usize::from(found[1 + 2].abs() > 1e-6);
    }
    assert!(all >= 15 && something + 5 >= all, "{something} of {all}");
}

#[test]
fn indicators_that_play_different_parts_have_different_values() {
    // Without the mirrored trees of the property above, the same two indicators differ.
    let mut different = 0;
    for seed in 0..20 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(7);
        let scorer = Scorer::from(tree_candidate(forest(&mut draw, &instrument, &[0, 1, 3, 4, 6])));
        let (answers, weights) = population(&mut draw, &instrument, 20);
        let mut row = form(&mut draw, &instrument);
        row[3] = row[0];
        let found = explained(&scorer, &answers, &weights, &row);
        different += usize::from(worst(&[found[1]], &[found[4]]) > 1e-3);
    }
    assert!(different >= 15, "{different}");
}
