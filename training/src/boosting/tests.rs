use amparo_models::Model;

use super::*;
use crate::testing::{close, form, training_set, uniform};

mod naive;

const PARAMS: BoostedParams = BoostedParams {
    trees: 6,
    depth: 4,
    learning_rate: 0.3,
    l2: 1.0,
    min_child_weight: 1.0,
    rows: 1.0,
    indicators: 1.0,
    early_stopping: None,
};

/// Rows of a form with 7 questions of every kind, with weights, `unknown` answers, and events that hang on pairs of answers.
fn drawn(n: usize, seed: usize) -> TrainingSet {
    let kinds = ["risk", "protective", "neutral", "neutral", "risk", "neutral", "risk"];
    let questions: Vec<(usize, &str)> =
        kinds.iter().enumerate().map(|(j, kind)| (2 + j % 5, *kind)).collect();
    let u = |i: usize, j: usize| uniform(seed * 10_000_000 + i * 10 + j);
    let row = |i: usize| (0..7).map(|j| (u(i, j) * (3 + j % 5) as f64) as u8).collect::<Vec<u8>>();
    let rows: Vec<Vec<u8>> = (0..n).map(row).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let odd = f64::from(row[3] % 2);
        u(i, 7) < 0.1 + 0.3 * odd * f64::from(u8::from(row[0] == 1)) + 0.08 * f64::from(row[4].min(3))
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + 3.0 * u(i, 8)).collect();
    training_set(&form(&questions), &rows, &events, &weights)
}

const ORDERS: [Order; 7] = [
    Order::Rising,
    Order::Falling,
    Order::Subsets,
    Order::Subsets,
    Order::Graded,
    Order::Subsets,
    Order::Rising,
];

fn scores(forest: &Forest, set: &TrainingSet) -> Vec<f64> {
    set.answers().rows().map(|row| forest.score(row)).collect()
}

#[test]
fn trees_are_those_of_a_program_that_tries_everything_in_floating_point() {
    // A least weight can rule out the corner that sorting finds, so the best subset is promised without one only.
    let graded = ORDERS.map(|order| if order == Order::Subsets { Order::Graded } else { order });
    for seed in 0..10 {
        let set = drawn(600, seed);
        for (depth, l2) in [(1, 0.0), (2, 1.0), (4, 5.0), (6, 0.3)] {
            for (orders, min_child_weight) in [(ORDERS, 0.0), (graded, 2.0)] {
                let params = BoostedParams { depth, l2, min_child_weight, ..PARAMS };
                let found = scores(&boost(&params, 1, &orders, &set), &set);
                let expected = naive::boosted(&params, &orders, &set);
                assert!(
                    close(&found, &expected, 1e-5),
                    "seed {seed}, depth {depth}, least weight {min_child_weight}"
                );
                let other = BoostedParams { l2: l2 + 0.1, ..params };
                assert!(!close(&scores(&boost(&other, 1, &orders, &set), &set), &expected, 1e-5));
            }
        }
    }
}

#[test]
fn any_number_of_parts_gives_the_same_forest() {
    let set = drawn(3_000, 1);
    let params = BoostedParams { rows: 0.7, indicators: 0.6, depth: 7, ..PARAMS };
    let of = |n_shards| {
        Boosting { params: &params, seed: 3, orders: &ORDERS, set: &set, n_shards }.run(|_, _| false)
    };
    let one = of(1);
    assert!(one.trees.iter().any(|tree| tree.nodes.len() > 127), "deep enough to be walked");
    for n_shards in [2, 3, 7, 16] {
        assert_eq!(of(n_shards), one, "{n_shards} parts");
    }
    assert_ne!(
        Boosting { params: &params, seed: 4, orders: &ORDERS, set: &set, n_shards: 2 }.run(|_, _| false),
        one
    );
}

#[test]
fn questions_that_say_nothing_change_nothing_however_wide_they_make_the_row() {
    let set = drawn(500, 2);
    let narrow = scores(&boost(&PARAMS, 1, &ORDERS, &set), &set);
    for more in [30, 60, 150, 300] {
        let kinds = set.answers().instrument().indicators();
        let polarity = |j: usize| ["risk", "protective", "neutral"][kinds[j].polarity as usize];
        let questions: Vec<(usize, &str)> = (0..7)
            .map(|j| (kinds[j].n_known(), polarity(j)))
            .chain((0..more).map(|_| (4, "neutral")))
            .collect();
        let rows: Vec<Vec<u8>> = set
            .answers()
            .rows()
            .map(|row| row.iter().copied().chain((0..more).map(|_| 2)).collect())
            .collect();
        let wide = training_set(&form(&questions), &rows, set.events(), set.weights());
        let orders: Vec<Order> = ORDERS.iter().copied().chain((0..more).map(|_| Order::Subsets)).collect();
        assert!(close(&scores(&boost(&PARAMS, 1, &orders, &wide), &wide), &narrow, 0.0), "{more} more");
    }
}

#[test]
fn the_unit_of_the_weights_does_not_matter() {
    let set = drawn(500, 3);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let instrument = set.answers().instrument();
    let scaled = |by: f64| {
        let weights: Vec<f64> = set.weights().iter().map(|w| w * by).collect();
        let set = training_set(instrument, &rows, set.events(), &weights);
        scores(&boost(&PARAMS, 1, &ORDERS, &set), &set)
    };
    assert!(close(&scaled(1e6), &scaled(1.0), 1e-5));
    let equal = training_set(instrument, &rows, set.events(), &[1.0; 500]);
    assert!(
        !close(&scores(&boost(&PARAMS, 1, &ORDERS, &equal), &set), &scaled(1.0), 1e-2),
        "their ratios do"
    );
}

#[test]
fn start_and_leaves_are_32_bit_floats() {
    let forest = boost(&PARAMS, 1, &ORDERS, &drawn(700, 4));
    let narrow = |x: f64| (f64::from(x as f32) - x).abs() <= 0.0;
    assert!(narrow(forest.base) && !narrow(0.1));
    let leaves = forest.trees.iter().flat_map(|tree| tree.leaves());
    assert!(leaves.map(|leaf| leaf.value).all(narrow));
}
