use std::collections::BTreeSet;

use amparo_models::Model;
use amparo_models::monotone::Proof;
use amparo_models::probability::logit;

use super::*;
use crate::testing::{auc, close, data, drawn, form, mixed, training_set, uniform};

const PARAMS: RandomForestParams =
    RandomForestParams { trees: 40, depth: 4, min_rows: 5.0, rows: 1.0, indicators: 0.5, interactions: None };

fn fit(params: &RandomForestParams, seed: u64, exempt: &[String]) -> RandomForestFit {
    RandomForestFit::new(params, seed, exempt).unwrap()
}

fn scores(forest: &Forest, set: &TrainingSet) -> Vec<f64> {
    set.answers().rows().map(|row| forest.score(row)).collect()
}

/// One question of three known answers, weighted.
fn saturated(n: usize) -> TrainingSet {
    let rows: Vec<Vec<u8>> = (0..n).map(|i| vec![(i % 3) as u8]).collect();
    let events: Vec<bool> = (0..n).map(|i| uniform(i) < [0.1, 0.5, 0.3][i % 3]).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + uniform(7000 + i)).collect();
    training_set(&form(&[(3, "neutral")]), &rows, &events, &weights)
}

#[test]
fn the_score_is_the_mean_share_on_the_tangent_of_the_logit() {
    let set = saturated(3_000);
    let r = set.base_rate();
    let share = |code: usize| {
        let of = |i: &usize| i % 3 == code;
        let weight = |i: usize| set.weights()[i];
        (0..3_000).filter(of).filter(|&i| set.events()[i]).map(weight).sum::<f64>()
            / (0..3_000).filter(of).map(weight).sum::<f64>()
    };
    let params = RandomForestParams { trees: 300, depth: 2, min_rows: 1.0, ..PARAMS };
    let forest = fit(&params, 1, &[]).fit(&set).unwrap();
    // The mean over draws of the rows is near the share itself.
    let found: Vec<f64> = (0..3).map(|code| forest.score(&[code])).collect();
    let expected: Vec<f64> = (0..3).map(|code| logit(r) + (share(code) - r) / (r * (1.0 - r))).collect();
    assert!(close(&found, &expected, 0.01), "{found:?} and {expected:?}");
    let logits: Vec<f64> = (0..3).map(|code| logit(share(code))).collect();
    assert!(!close(&found, &logits, 0.05), "the logit of the share is another number: {logits:?}");
}

#[test]
fn the_mean_of_its_trees_is_ranked_as_the_score() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    let forest = fit(&PARAMS, 1, &[]).fit(&set).unwrap();
    let r = set.base_rate();
    // Back from each tree to its share: between 0 and 1, and their mean gives the score.
    let share_of = |leaf: f64| r + leaf * r * (1.0 - r) * 40.0;
    for row in set.answers().rows() {
        let shares: Vec<f64> = forest.trees.iter().map(|tree| share_of(tree.score(row))).collect();
        assert!(shares.iter().all(|p| (-1e-6..=1.0 + 1e-6).contains(p)), "{shares:?}");
        let mean = shares.iter().sum::<f64>() / 40.0;
        let expected = logit(r) + (mean - r) / (r * (1.0 - r));
        assert!((forest.score(row) - expected).abs() <= 1e-6);
        assert!((forest.score(row) - logit(mean)).abs() > 1e-9);
    }
    assert!(auc(&scores(&forest, &set), set.events()) > 0.65);
}

#[test]
fn rows_of_one_case_are_drawn_together() {
    let rows: Vec<Vec<u8>> =
        (0..400).map(|i| (0..3).map(|j| (uniform(i * 10 + j) * 4.0) as u8).collect()).collect();
    let events: Vec<bool> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| uniform(i * 10 + 7) < 0.1 + 0.15 * f64::from(row[0]))
        .collect();
    let form = form(&[(3, "neutral"); 3]);
    let twice = |of: &dyn Fn(usize) -> usize| {
        let (rows, events) =
            ([rows.clone(), rows.clone()].concat(), [events.clone(), events.clone()].concat());
        let cases: Vec<usize> = (0..800).map(of).collect();
        let data = data(&form, &rows, &events, &[1.0; 800], &cases);
        TrainingSet::new(&data, &(0..800).collect::<Vec<_>>(), "the test").unwrap()
    };
    let params = RandomForestParams { min_rows: 0.0, ..PARAMS };
    let once = training_set(&form, &rows, &events, &[1.0; 400]);
    let expected = scores(&fit(&params, 3, &[]).fit(&once).unwrap(), &once);
    let found = |set: &TrainingSet| scores(&fit(&params, 3, &[]).fit(set).unwrap(), &once);
    assert!(close(&found(&twice(&|i| i % 400)), &expected, 1e-5), "the same rows twice, the same cases");
    assert!(!close(&found(&twice(&|i| i)), &expected, 1e-2), "other cases");
}

#[test]
fn every_forest_passes_its_check_and_is_proved_monotone() {
    let exempt: Vec<String> = (1..=4).map(|j| format!("Q{j}")).collect();
    let mut broken = 0;
    for seed in 0..3 {
        for depth in [1, 3, 6] {
            let set = drawn(["risk", "protective", "protective", "risk"], 300);
            let params = RandomForestParams { trees: 12, depth, min_rows: 0.0, ..PARAMS };
            let form = set.answers().instrument();
            let scorer = fit(&params, seed, &[]).learn(&set).unwrap();
            assert_eq!(scorer.family(), "random_forest");
            scorer.check(form).unwrap();
            let proof = Proof::new(&scorer, form, &BTreeSet::new());
            assert!(proof.is_ok(), "seed {seed}, depth {depth}: {}", proof.unwrap_err());
            let free = fit(&params, seed, &exempt).learn(&set).unwrap();
            broken += usize::from(Proof::new(&free, form, &BTreeSet::new()).is_err());
        }
    }
    assert!(broken > 5, "{broken}: without the bounds the proof fails");
}

#[test]
fn everything_out_of_range_is_named_at_once() {
    let interactions = Some(Interactions(vec![Vec::new()]));
    let params =
        RandomForestParams { trees: 0, depth: 13, min_rows: -1.0, rows: 0.0, indicators: 1.5, interactions };
    assert_eq!(
        RandomForestFit::new(&params, 1, &[]).unwrap_err().to_string(),
        "config: 6 problems\
         \n  - `trees` is 0, expected 1 to 10000\
         \n  - `depth` is 13, expected 1 to 12\
         \n  - `min_rows` is -1, expected 0 or more\
         \n  - `rows` is 0, expected above 0 and at most 1\
         \n  - `indicators` is 1.5, expected above 0 and at most 1\
         \n  - set 1 of `interactions` is empty, expected one or more indicators"
    );
}

/// Q1 may meet Q2, and Q3 may meet Q4.
fn apart() -> Option<Interactions> {
    Some(Interactions([["Q1", "Q2"], ["Q3", "Q4"]].map(|set| set.map(str::to_owned).to_vec()).to_vec()))
}

#[test]
fn no_path_asks_for_indicators_that_may_not_meet() {
    let sets = [vec![0, 1], vec![2, 3]];
    let set = drawn(["risk", "risk", "protective", "neutral"], 400);
    for indicators in [0.3, 1.0] {
        let of = |interactions| {
            let params = RandomForestParams { indicators, interactions, ..PARAMS };
            fit(&params, 1, &[]).fit(&set).unwrap().trees
        };
        let limited = of(apart());
        assert_eq!(mixed(&limited, &sets), 0);
        assert!(limited.iter().flat_map(|tree| tree.leaves()).any(|leaf| leaf.path.len() > 1));
        assert!(mixed(&of(None), &sets) > 0, "without the limit they meet");
    }
}
