use std::collections::BTreeSet;

use amparo_models::monotone::Proof;

use super::*;
use crate::EarlyStopping;
use crate::interactions::Interactions;
use crate::testing::{drawn, mixed};

const PARAMS: AdditiveParams = AdditiveParams {
    rounds: 200,
    learning_rate: 0.05,
    l2: 1.0,
    min_weight: 1.0,
    pairs: 0,
    interactions: None,
    algorithm: Algorithm::Fast,
    early_stopping: None,
};

#[test]
fn every_model_passes_its_check_and_is_proved_monotone() {
    for n in [60, 150, 400] {
        for algorithm in [Algorithm::Fast, Algorithm::Exact] {
            for (pairs, learning_rate) in [(0, 0.02), (0, 1.0), (1, 0.3), (3, 0.02), (6, 1.0)] {
                let set = drawn(["risk", "risk", "protective", "neutral"], n);
                let params = AdditiveParams { algorithm, learning_rate, pairs, ..PARAMS };
                let scorer = AdditiveFit::new(&params, 1, &[]).unwrap().learn(&set).unwrap();
                let instrument = set.answers().instrument();
                scorer.check(instrument).unwrap();
                let proof = Proof::new(&scorer, instrument, &BTreeSet::new());
                assert!(proof.is_ok(), "{n} rows: {}", proof.unwrap_err());
                assert_eq!(scorer.family(), "additive");
                assert_eq!(scorer.trees().is_some(), pairs > 0, "pairs are stored as trees");
            }
        }
    }
}

#[test]
fn without_the_bounds_the_proof_fails() {
    let set = drawn(["protective", "protective", "risk", "neutral"], 400);
    let all: Vec<String> = (1..=4).map(|i| format!("Q{i}")).collect();
    for pairs in [0, 2] {
        let params = AdditiveParams { pairs, ..PARAMS };
        let of = |exempt| AdditiveFit::new(&params, 1, exempt).unwrap().learn(&set).unwrap();
        let proof = |scorer| Proof::new(&scorer, set.answers().instrument(), &BTreeSet::new());
        assert!(proof(of(&all)).is_err() && proof(of(&[])).is_ok(), "{pairs} pairs");
    }
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let params = AdditiveParams {
        rounds: 0,
        learning_rate: 1.5,
        l2: f64::NAN,
        min_weight: -1.0,
        pairs: 101,
        interactions: Some(Interactions(vec![Vec::new()])),
        algorithm: Algorithm::Fast,
        early_stopping: Some(EarlyStopping { held_out: 0.6, patience: 0 }),
    };
    let error = AdditiveFit::new(&params, 1, &[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 8 problems\
         \n  - `rounds` is 0, expected 1 to 100000\
         \n  - `learning_rate` is 1.5, expected above 0 and at most 1\
         \n  - `l2` is NaN, expected 0 or more\
         \n  - `min_weight` is -1, expected 0 or more\
         \n  - `pairs` is 101, expected 0 to 100\
         \n  - set 1 of `interactions` is empty, expected one or more indicators\
         \n  - `early_stopping.held_out` is 0.6, expected above 0 and at most 0.5\
         \n  - `early_stopping.patience` is 0, expected 1 or more"
    );
}

#[test]
fn no_pair_is_of_indicators_that_may_not_meet() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let sets = [vec![0, 1], vec![1, 3], vec![2]];
    let limits = [["Q1", "Q2"], ["Q4", "Q2"]].map(|set| set.map(str::to_owned).to_vec());
    for early_stopping in [None, Some(EarlyStopping { held_out: 0.3, patience: 20 })] {
        let of = |interactions| {
            let params = AdditiveParams { pairs: 4, interactions, early_stopping, ..PARAMS };
            AdditiveFit::new(&params, 1, &[]).unwrap()
        };
        let limited = of(Some(Interactions(limits.to_vec())));
        let pairs = |fit: &AdditiveFit| -> Vec<(usize, usize)> {
            fit.fit(&set).unwrap().pairs.iter().map(|pair| pair.indicators).collect()
        };
        assert_eq!(pairs(&limited), [(0, 1), (1, 3)], "all that there may be, and no other");
        assert!(pairs(&of(None)).iter().any(|pair| ![(0, 1), (1, 3)].contains(pair)));
        // The trees that a version stores.
        let trees = |fit: &AdditiveFit| fit.learn(&set).unwrap().trees().unwrap().trees.clone();
        assert_eq!(mixed(&trees(&limited), &sets), 0);
        assert!(mixed(&trees(&of(None)), &sets) > 0);
    }
    let unknown = Some(Interactions(vec![vec!["Q9".to_owned()]]));
    let fit = AdditiveFit::new(&AdditiveParams { interactions: unknown, ..PARAMS }, 1, &[]).unwrap();
    assert!(
        fit.fit(&set)
            .unwrap_err()
            .to_string()
            .contains("names indicator `Q9`, expected one that is fitted on: Q1, Q2")
    );
}
