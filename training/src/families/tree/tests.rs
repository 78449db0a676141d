use std::collections::BTreeSet;

use amparo_models::Model;
use amparo_models::monotone::Proof;

use super::*;
use crate::testing::{close, drawn, form, mixed, training_set, uniform};

const PARAMS: TreeParams = TreeParams { depth: 3, min_rows: 5.0, smoothing: 2.0, interactions: None };

fn fit(params: &TreeParams, exempt: &[String]) -> TreeFit {
    TreeFit::new(params, exempt).unwrap()
}

/// A question of two answers, of which the first has 1 event in 6 rows and the second 3 in 4; `unknown` has none.
fn ten_rows() -> TrainingSet {
    let rows: Vec<Vec<u8>> = (0..10).map(|i| vec![u8::from(i >= 6)]).collect();
    let events: Vec<bool> = (0..10).map(|i| [0, 6, 7, 8].contains(&i)).collect();
    training_set(&form(&[(2, "risk")]), &rows, &events, &[1.0; 10])
}

#[test]
fn one_question_by_hand() {
    let params = TreeParams { depth: 1, min_rows: 1.0, smoothing: 2.0, interactions: None };
    let forest = fit(&params, &[]).fit(&ten_rows()).unwrap();
    // r = 0.4: (1 + 0.8) / (6 + 2) = 0.225 and (3 + 0.8) / (4 + 2) = 0.6333.
    let expected = [(0.225_f64 / 0.775).ln(), (3.8_f64 / 2.2).ln()];
    let found = [forest.score(&[0]), forest.score(&[1])];
    assert!(close(&found, &expected, 1e-6), "{found:?}");
    let crude = [(1.0_f64 / 5.0).ln(), 3.0_f64.ln()];
    assert!(!close(&found, &crude, 1e-2), "without smoothing");
    // Nobody was `unknown`: it goes with most rows.
    assert!(close(&[forest.score(&[2])], &expected[..1], 1e-6));
}

#[test]
fn a_leaf_has_its_least_rows() {
    let of = |min_rows| {
        let params = TreeParams { min_rows, ..PARAMS };
        fit(&params, &[]).fit(&ten_rows()).unwrap().trees[0].nodes.len()
    };
    assert_eq!((of(4.0), of(4.5)), (3, 1));
}

#[test]
fn the_size_of_the_population_behind_the_weights_changes_nothing() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let scores = |by: f64| {
        let weights: Vec<f64> = set.weights().iter().map(|w| w * by).collect();
        let scaled = training_set(set.answers().instrument(), &rows, set.events(), &weights);
        let forest = fit(&PARAMS, &[]).fit(&scaled).unwrap();
        rows.iter().map(|row| forest.score(row)).collect::<Vec<f64>>()
    };
    assert!(close(&scores(1000.0), &scores(1.0), 1e-6));
    let stiff = fit(&TreeParams { smoothing: 20.0, ..PARAMS }, &[]).fit(&set).unwrap();
    assert!(!close(&rows.iter().map(|row| stiff.score(row)).collect::<Vec<f64>>(), &scores(1.0), 1e-2));
}

#[test]
fn a_pure_leaf_of_many_rows_keeps_finite_log_odds_in_order() {
    let n = 3_000;
    let rows: Vec<Vec<u8>> = (0..n).map(|i| vec![(i % 3) as u8]).collect();
    let events: Vec<bool> = (0..n).map(|i| i % 3 == 2 || (i % 3 == 1 && uniform(i) < 0.5)).collect();
    let set = training_set(&form(&[(3, "risk")]), &rows, &events, &vec![1.0; n]);
    let params = TreeParams { depth: 2, min_rows: 1.0, smoothing: 1e-300, interactions: None };
    let forest = fit(&params, &[]).fit(&set).unwrap();
    let found: Vec<f64> = (0..3).map(|code| forest.score(&[code])).collect();
    assert!(found[0] < -16.0 && found[1].abs() < 0.2 && found[2] > 16.0, "{found:?}");
    assert!(found.iter().all(|score| score.abs() < 17.0), "{found:?}");
}

#[test]
fn every_tree_passes_its_check_and_is_proved_monotone() {
    let exempt: Vec<String> = (1..=4).map(|j| format!("Q{j}")).collect();
    let mut broken = 0;
    for n in [150, 300, 450, 600] {
        for depth in [1, 2, 4, 8] {
            let set = drawn(["risk", "protective", "protective", "risk"], n);
            let params = TreeParams { depth, min_rows: 0.0, smoothing: 0.5, interactions: None };
            let form = set.answers().instrument();
            let scorer = fit(&params, &[]).learn(&set).unwrap();
            assert_eq!(scorer.family(), "tree");
            scorer.check(form).unwrap();
            let proof = Proof::new(&scorer, form, &BTreeSet::new());
            assert!(proof.is_ok(), "{n} rows, depth {depth}: {}", proof.unwrap_err());
            let free = fit(&params, &exempt).learn(&set).unwrap();
            broken += usize::from(Proof::new(&free, form, &BTreeSet::new()).is_err());
        }
    }
    assert!(broken > 8, "{broken}: without the bounds the proof fails");
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let interactions = Some(Interactions(Vec::new()));
    let params = TreeParams { depth: 0, min_rows: f64::INFINITY, smoothing: 0.0, interactions };
    assert_eq!(
        TreeFit::new(&params, &[]).unwrap_err().to_string(),
        "config: 4 problems\
         \n  - `depth` is 0, expected 1 to 12\
         \n  - `min_rows` is inf, expected 0 or more\
         \n  - `smoothing` is 0, expected above 0\
         \n  - `interactions` is an empty list, expected one or more sets of indicators (leave it out to set no limit)"
    );
}

/// Q1 may meet Q2, and Q3 may meet Q4.
fn apart() -> Option<Interactions> {
    Some(Interactions([["Q1", "Q2"], ["Q3", "Q4"]].map(|set| set.map(str::to_owned).to_vec()).to_vec()))
}

#[test]
fn no_path_asks_for_indicators_that_may_not_meet() {
    let sets = [vec![0, 1], vec![2, 3]];
    let mut free = 0;
    for n in [150, 300, 600] {
        let set = drawn(["risk", "protective", "protective", "risk"], n);
        let of = |interactions| fit(&TreeParams { interactions, ..PARAMS }, &[]).fit(&set).unwrap().trees;
        let limited = of(apart());
        assert_eq!(mixed(&limited, &sets), 0, "{n} rows");
        assert!(limited[0].leaves().iter().any(|leaf| leaf.path.len() > 1), "{n} rows: those that may, do");
        free += mixed(&of(None), &sets);
    }
    assert!(free > 0, "without the limit they meet");
}

#[test]
fn indicators_that_may_meet_are_on_the_form() {
    let interactions = Some(Interactions(vec![vec!["Q1".to_owned(), "Q9".to_owned()]]));
    let error = fit(&TreeParams { interactions, ..PARAMS }, &[]).fit(&ten_rows()).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: set 1 of `interactions` names indicator `Q9`, expected one that is fitted on: Q1"
    );
}
