use amparo_models::Model;
use amparo_models::probability::sigmoid;

use super::*;
use crate::testing::{BEGIN, close, drawn_classes};
use crate::{EarlyStopping, Fit};

const NEUTRAL: [&str; 4] = ["neutral"; 4];
const DIRECTED: [&str; 4] = ["risk", "risk", "protective", "neutral"];

const PARAMS: BoostedParams = BoostedParams {
    trees: 25,
    depth: 2,
    learning_rate: 0.3,
    l2: 1.0,
    min_child_weight: 0.0,
    rows: 1.0,
    indicators: 1.0,
    interactions: None,
    offset: None,
    early_stopping: None,
};

fn fit(params: &BoostedParams) -> OrderedBoostedFit {
    OrderedBoostedFit::new(params, 3, &[]).unwrap()
}

fn probabilities(model: &OrderedBoosted, row: &[u8]) -> Vec<f64> {
    let f = model.trees.iter().map(|tree| tree.score(row)).sum::<f64>();
    let mut below = 1.0;
    let mut of = Vec::new();
    for t in &model.thresholds.of_classes {
        of.push(below - sigmoid(f - t));
        below = sigmoid(f - t);
    }
    of.push(below);
    of
}

/// Mean minus log-likelihood by the definition.
fn loss(model: &OrderedBoosted, classed: &Classed) -> f64 {
    let rows = classed.set.answers().rows().zip(&classed.codes).zip(&classed.weights);
    let of = rows.map(|((row, &code), w)| -w * probabilities(model, row)[usize::from(code)].ln());
    of.sum::<f64>() / classed.weights.iter().sum::<f64>()
}

/// One leaf of one tree: the gradient and curvature of the cumulative loss, by differences of the loss itself.
#[test]
fn a_leaf_is_a_newton_step_of_the_cumulative_loss() {
    let set = drawn_classes(NEUTRAL, 400, 2);
    let classed = set.classed().unwrap();
    let params = BoostedParams { trees: 1, depth: 1, learning_rate: 1.0, l2: 0.5, ..PARAMS };
    let model = fit(&params).fit(&set).unwrap();
    let start = Thresholds::of_shares(&classed);
    let [tree] = &model.trees[..] else { panic!("one tree") };
    let value = |row: &[u8]| tree.score(row);
    let first = value(classed.set.answers().rows().next().unwrap());
    let in_leaf = |row: &[u8]| (value(row) - first).abs() <= 0.0;
    let of_leaf = |by: f64| {
        let f: Vec<f64> =
            classed.set.answers().rows().map(|row| if in_leaf(row) { by } else { 0.0 }).collect();
        CumulativeLoss::given(&classed, &f).mean(&start) * classed.weights.iter().sum::<f64>()
    };
    let step = 1e-3;
    let gradient = (of_leaf(step) - of_leaf(-step)) / (2.0 * step);
    let curvature = (of_leaf(step) - 2.0 * of_leaf(0.0) + of_leaf(-step)) / (step * step);
    // Weights of the halves have a mean that differs from 1 by chance, as those of the rows do not.
    let mean =
        Halves::of(&classed).set.weights().iter().sum::<f64>() / Halves::of(&classed).set.n_rows() as f64;
    let expected = -gradient / mean / (curvature / mean + 0.5);
    assert!(close(&[first], &[expected], 1e-5), "{first} {expected}");
    let binary = -gradient / mean / (2.0 * curvature / mean + 0.5);
    assert!(!close(&[binary], &[expected], 1e-2));
}

#[test]
fn classes_are_told_better_with_each_stage_and_never_cross() {
    let set = drawn_classes(NEUTRAL, 2_000, 2);
    let classed = set.classed().unwrap();
    let mut last = f64::INFINITY;
    for trees in [1, 5, 10, 11, 25, 60] {
        let model = fit(&BoostedParams { trees, ..PARAMS }).fit(&set).unwrap();
        assert_eq!(model.trees.len(), trees);
        let found = loss(&model, &classed);
        assert!(found < last, "{trees}: {found} {last}");
        last = found;
        assert!(model.thresholds.of_classes.windows(2).all(|pair| pair[0] < pair[1]));
        for row in set.answers().rows() {
            let found = probabilities(&model, row);
            assert!(found.iter().all(|p| *p > 0.0) && close(&[found.iter().sum()], &[1.0], 1e-12));
        }
    }
}

/// With given trees, no other thresholds have a lower loss.
#[test]
fn thresholds_are_the_best_for_the_trees() {
    let set = drawn_classes(NEUTRAL, 2_000, 2);
    let classed = set.classed().unwrap();
    let model = fit(&PARAMS).fit(&set).unwrap();
    let best = loss(&model, &classed);
    for k in 0..3 {
        for by in [-0.02, 0.02] {
            let mut other = model.clone();
            other.thresholds.of_classes[k] += by;
            assert!(loss(&other, &classed) > best + 1e-6);
        }
    }
    let of_shares = OrderedBoosted { thresholds: Thresholds::of_shares(&classed), ..model };
    assert!(loss(&of_shares, &classed) > best + 1e-4, "those of the shares alone are not");
}

#[test]
fn what_rows_were_drawn_by_comes_back() {
    let params = BoostedParams { trees: 150, depth: 1, learning_rate: 0.1, ..PARAMS };
    let model = fit(&params).fit(&drawn_classes(NEUTRAL, 40_000, 1)).unwrap();
    let f = |row: [u8; 4]| model.trees.iter().map(|tree| tree.score(&row)).sum::<f64>();
    let base = f([0, 0, 0, 0]);
    let begin: Vec<f64> = model.thresholds.of_classes.iter().map(|t| t - base).collect();
    assert!(close(&begin, &BEGIN, 0.15), "{begin:?}");
    let found = [f([1, 0, 0, 0]), f([0, 2, 0, 0]), f([0, 0, 1, 0]), f([0, 0, 0, 1])].map(|f| f - base);
    assert!(close(&found, &[0.7, 0.8, -0.3, 0.5], 0.15), "{found:?}");
    assert!(!close(&found, &[0.0; 4], 0.15));
}

#[test]
fn the_scorer_is_the_log_odds_of_the_outcome() {
    let set = drawn_classes(NEUTRAL, 600, 2);
    let model = fit(&PARAMS).fit(&set).unwrap();
    let (scorer, noted) = fit(&PARAMS).learn_with_notes(&set).unwrap();
    let record = noted.ordered.unwrap();
    assert_eq!(record.thresholds, model.thresholds.of_classes);
    for row in set.answers().rows() {
        let expected = probabilities(&model, row);
        let found = record.probabilities(scorer.score(row), sigmoid);
        assert!(close(&found, &expected, 1e-7));
        assert!(close(&[sigmoid(scorer.score(row))], &[expected[2] + expected[3]], 1e-7));
    }
}

#[test]
fn directions_are_kept() {
    let set = drawn_classes(DIRECTED, 150, 2);
    let model = fit(&PARAMS).fit(&set).unwrap();
    let f = |row: [u8; 4]| model.trees.iter().map(|tree| tree.score(&row)).sum::<f64>();
    for i in 0..3 * 3 * 4_u8 {
        let [b, c, d] = [i % 3, i / 3 % 3, i / 9];
        assert!(f([1, b, c, d]) >= f([0, b, c, d]));
        assert!((0..2).all(|a| f([a, 1, c, d]) >= f([a, 0, c, d]) && f([a, 2, c, d]) >= f([a, 1, c, d])));
    }
    let free = fit(&PARAMS).fit(&drawn_classes(NEUTRAL, 150, 2)).unwrap();
    assert_ne!(free.trees, model.trees);
}

#[test]
fn early_stopping_takes_fewer_trees_and_an_offset_is_refused() {
    let set = drawn_classes(NEUTRAL, 600, 2);
    let stopping = Some(EarlyStopping { held_out: 0.3, patience: 5 });
    let params = BoostedParams { trees: 300, early_stopping: stopping, ..PARAMS };
    let model = fit(&params).fit(&set).unwrap();
    assert!((1..200).contains(&model.trees.len()), "{}", model.trees.len());
    let same = fit(&BoostedParams { trees: model.trees.len(), early_stopping: None, ..params.clone() });
    assert_eq!(same.fit(&set).unwrap(), model, "the fit proper sees all rows");
    let offset = BoostedParams { offset: Some("points".to_owned()), ..PARAMS };
    let error = OrderedBoostedFit::new(&offset, 1, &[]).unwrap_err().to_string();
    assert!(error.contains("`offset` is `points`, expected none"), "{error}");
}
