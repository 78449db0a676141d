use std::collections::BTreeSet;

use amparo_models::monotone::Proof;

use super::*;
use crate::EarlyStopping;
use crate::testing::drawn;

const PARAMS: AdditiveParams = AdditiveParams {
    rounds: 200,
    learning_rate: 0.05,
    l2: 1.0,
    min_weight: 1.0,
    pairs: 0,
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
        algorithm: Algorithm::Fast,
        early_stopping: Some(EarlyStopping { held_out: 0.6, patience: 0 }),
    };
    let error = AdditiveFit::new(&params, 1, &[]).unwrap_err().to_string();
    assert_eq!(
        error,
        "config: 7 problems\
         \n  - `rounds` is 0, expected 1 to 100000\
         \n  - `learning_rate` is 1.5, expected above 0 and at most 1\
         \n  - `l2` is NaN, expected 0 or more\
         \n  - `min_weight` is -1, expected 0 or more\
         \n  - `pairs` is 101, expected 0 to 100\
         \n  - `early_stopping.held_out` is 0.6, expected above 0 and at most 0.5\
         \n  - `early_stopping.patience` is 0, expected 1 or more"
    );
}
