use amparo_models::Model;

use super::*;
use crate::interactions::Interactions;
use crate::testing::{close, form, mixed, training_set, uniform};

mod naive;

const PARAMS: BoostedParams = BoostedParams {
    trees: 6,
    depth: 4,
    learning_rate: 0.3,
    l2: 1.0,
    min_child_weight: 1.0,
    rows: 1.0,
    indicators: 1.0,
    interactions: None,
    offset: None,
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

/// Limits with sets that share questions; Q6 and Q7 are in none.
fn limits() -> Interactions {
    let sets: [&[&str]; 3] = [&["Q1", "Q4"], &["Q2", "Q3", "Q4"], &["Q4", "Q5"]];
    Interactions(sets.iter().map(|set| set.iter().map(|id| (*id).to_owned()).collect()).collect())
}

#[test]
fn on_top_of_other_trees_they_are_those_of_the_plain_program_from_the_same_scores() {
    for seed in 0..3 {
        let set = drawn(600, seed);
        let base = boost(&BoostedParams { trees: 2, depth: 1, ..PARAMS }, 1, &ORDERS, &set);
        let params = BoostedParams { min_child_weight: 0.0, ..PARAMS };
        let forest = boost_on(&base, &params, 1, &ORDERS, &set);
        assert_eq!((forest.trees[..2].to_vec(), forest.trees.len()), (base.trees.clone(), 8));
        let expected = naive::boosted_from(scores(&base, &set), &params, &ORDERS, &set);
        assert!(close(&scores(&forest, &set), &expected, 1e-5), "seed {seed}");
        let alone = scores(&boost(&params, 1, &ORDERS, &set), &set);
        assert!(!close(&alone, &expected, 1e-2));
    }
}

#[test]
fn limits_on_what_may_meet_give_the_trees_of_the_plain_program_too() {
    for seed in 0..3 {
        let set = drawn(600, seed);
        let params =
            BoostedParams { depth: 4, min_child_weight: 0.0, interactions: Some(limits()), ..PARAMS };
        let expected = naive::boosted(&params, &ORDERS, &set);
        let found = |params| scores(&boost(&params, 1, &ORDERS, &set), &set);
        assert!(close(&found(params.clone()), &expected, 1e-5), "seed {seed}");
        assert!(!close(&found(BoostedParams { interactions: None, ..params }), &expected, 1e-2));
    }
}

#[test]
fn no_path_asks_for_indicators_that_share_no_set() {
    let sets: Vec<Vec<usize>> = vec![vec![0, 3], vec![1, 2, 3], vec![3, 4], vec![5], vec![6]];
    for seed in 0..3 {
        let set = drawn(900, 40 + seed);
        for depth in [2, 3, 6] {
            let params = BoostedParams { depth, rows: 0.8, indicators: 0.7, trees: 12, ..PARAMS };
            let limited = BoostedParams { interactions: Some(limits()), ..params.clone() };
            let forest = boost(&limited, seed as u64, &ORDERS, &set);
            assert_eq!(mixed(&forest.trees, &sets), 0, "seed {seed}, depth {depth}");
            assert!(forest.trees.iter().flat_map(|tree| tree.leaves()).any(|leaf| leaf.path.len() > 1));
            assert!(mixed(&boost(&params, seed as u64, &ORDERS, &set).trees, &sets) > 0);
        }
    }
}

#[test]
fn one_set_of_all_gives_the_bytes_of_no_limit() {
    let set = drawn(900, 3);
    let all = Interactions(vec![(1..=7).map(|j| format!("Q{j}")).collect()]);
    let of = |interactions| {
        let params = BoostedParams { rows: 0.8, indicators: 0.7, interactions, ..PARAMS };
        serde_json::to_string(&boost(&params, 3, &ORDERS, &set)).unwrap()
    };
    assert_eq!(of(Some(all)), of(None));
    assert_ne!(of(Some(limits())), of(None));
}

#[test]
fn any_number_of_parts_gives_the_same_forest() {
    let set = drawn(3_000, 1);
    let params = BoostedParams { rows: 0.7, indicators: 0.6, depth: 7, ..PARAMS };
    let start = |_| constant(&set).base;
    let of = |seed, n_shards| {
        let boosting = Boosting::new((&start, 0), &params, seed, &ORDERS, &set);
        Boosting { n_shards, ..boosting }.run(|_, _| false)
    };
    let one = of(3, 1);
    assert!(one.iter().any(|tree| tree.nodes.len() > 127), "deep enough to be walked");
    for n_shards in [2, 3, 7, 16] {
        assert_eq!(of(3, n_shards), one, "{n_shards} parts");
    }
    assert_ne!(of(4, 2), one);
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
