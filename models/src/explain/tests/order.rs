//! Values hang on no order: neither of the form's indicators nor of the population's rows.

use std::sync::Arc;

use amparo_datasets::{Answers, Instrument};
use proptest::prelude::*;

use super::{explained, flat};
use crate::explain::{Background, Explainer};
use crate::scorer::{Form, Node};
use crate::testing::{
    Draw, additive_candidate, form, instrument, instrument_of, population, scorers, tree_candidate, worst,
};
use crate::{Additive, Explain, Hybrid, Model, Points, Scorer};

const TOLERANCE: f64 = 1e-12;

/// A drawn order of `n` things: what stands at `order[j]` comes to place `j`.
fn shuffled(draw: &mut Draw, n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    (1..n).rev().for_each(|k| order.swap(k, draw.below(k + 1)));
    order
}

fn picked<T: Clone>(of: &[T], order: &[usize]) -> Vec<T> {
    order.iter().map(|&j| of[j].clone()).collect()
}

/// The same questions in another order; they are numbered anew.
fn other_form(of: &Instrument, order: &[usize]) -> Arc<Instrument> {
    let kinds: Vec<_> = of.indicators().iter().map(|i| (i.n_known(), i.polarity)).collect();
    instrument_of(&picked(&kinds, order))
}

/// The same model of the form in another order.
fn other_scorer(scorer: &Scorer, order: &[usize]) -> Scorer {
    let baseline = scorer.baseline().map(|p| Points { points: picked(&p.points, order), ..p.clone() });
    let candidate = scorer.candidate().map(|candidate| match candidate.form() {
        Form::Additive(tables) => {
            let weights = picked(&tables.weights, order);
            additive_candidate(Additive { weights, ..tables.into_owned() })
        }
        Form::Trees(forest) => {
            let mut forest = forest.clone();
            for node in forest.trees.iter_mut().flat_map(|tree| &mut tree.nodes) {
                if let Node::Split { indicator, .. } = node {
                    *indicator = order.iter().position(|j| j == indicator).unwrap();
                }
            }
            tree_candidate(forest)
        }
    });
    match (baseline, candidate) {
        (Some(baseline), None) => Scorer::from(baseline),
        (None, Some(candidate)) => Scorer::from(candidate),
        (Some(baseline), Some(candidate)) => {
            Scorer::from(Hybrid::new(scorer.dial(), baseline, candidate).unwrap())
        }
        (None, None) => unreachable!(),
    }
}

fn other_answers(answers: &Answers, form: &Arc<Instrument>, order: &[usize]) -> Answers {
    let codes = answers.rows().flat_map(|row| picked(row, order)).collect();
    Answers::from_codes(Arc::clone(form), codes).unwrap()
}

/// Base and values of each family, with the indicators as they are and in another order put back.
fn with_and_without_order(seed: u64, back: bool) -> f64 {
    let mut draw = Draw::new(seed);
    let form_here = instrument(7);
    let (answers, weights) = population(&mut draw, &form_here, 30);
    let order = shuffled(&mut draw, 7);
    let form_there = other_form(&form_here, &order);
    let answers_there = other_answers(&answers, &form_there, &order);
    let mut largest = 0.0_f64;
    for scorer in scorers(&mut draw, &form_here) {
        let there = other_scorer(&scorer, &order);
        there.check(&form_there).unwrap();
        let row = form(&mut draw, &form_here);
        let row_there = picked(&row, &order);
        assert!((scorer.score(&row) - there.score(&row_there)).abs() <= TOLERANCE);
        let found = explained(&there, &answers_there, &weights, &row_there);
        let mut expected = explained(&scorer, &answers, &weights, &row);
        if back {
            let values = picked(&expected[1..], &order);
            expected = [vec![expected[0]], values].concat();
        }
        largest = largest.max(worst(&found, &expected));
    }
    largest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn indicators_in_another_order_have_the_same_values(seed: u64) {
        let error = with_and_without_order(seed, true);
        prop_assert!(error <= TOLERANCE, "{error:e}");
    }

    #[test]
    fn rows_in_another_order_give_the_same_values(seed: u64) {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (answers, weights) = population(&mut draw, &instrument, 40);
        let order = shuffled(&mut draw, 40);
        for scorer in scorers(&mut draw, &instrument) {
            let row = form(&mut draw, &instrument);
            let found = explained(&scorer, &answers.select(&order), &picked(&weights, &order), &row);
            let error = worst(&found, &explained(&scorer, &answers, &weights, &row));
            prop_assert!(error <= TOLERANCE, "{error:e}");
            // With weights whose sums are exact, to the last bit.
            let whole: Vec<f64> = weights.iter().map(|w| (w * 8.0).ceil()).collect();
            let values = |answers: &Answers, weights: &[f64]| {
                let background = Background::of(&scorer, answers, weights).unwrap();
                flat(Explainer::new(&scorer, &background).unwrap().explain(&row))
            };
            let found = values(&answers.select(&order), &picked(&whole, &order));
            prop_assert!(worst(&found, &values(&answers, &whole)) <= 0.0);
        }
    }
}

#[test]
fn values_left_where_they_were_are_seen() {
    let seen = (0..20).filter(|&seed| with_and_without_order(seed, false) > 1e-3).count();
    assert!(seen >= 19, "{seen}");
}

#[test]
fn rows_without_their_own_weights_are_seen() {
    let mut seen = 0;
    for seed in 0..20 {
        let mut draw = Draw::new(seed);
        let instrument = instrument(6);
        let (answers, weights) = population(&mut draw, &instrument, 40);
        let order = shuffled(&mut draw, 40);
        let scorer = &scorers(&mut draw, &instrument)[4];
        let row = form(&mut draw, &instrument);
        let found = explained(scorer, &answers.select(&order), &weights, &row);
        seen += usize::from(worst(&found, &explained(scorer, &answers, &weights, &row)) > 1e-3);
    }
    assert!(seen >= 15, "{seen}");
}
