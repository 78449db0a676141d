use amparo_models::Model;
use amparo_models::probability::logit;

use super::*;
use crate::Losses;
use crate::testing::{close, drawn, form, training_set, uniform};

const PARAMS: AdditiveParams = AdditiveParams {
    rounds: 300,
    learning_rate: 0.05,
    l2: 0.0,
    min_weight: 0.0,
    pairs: 0,
    interactions: None,
    algorithm: Algorithm::Exact,
    early_stopping: None,
};

const BOTH: [Algorithm; 2] = [Algorithm::Exact, Algorithm::Fast];

fn free(set: &TrainingSet) -> Vec<Order> {
    vec![Order::Subsets; set.answers().instrument().indicators().len()]
}

fn log_loss(model: &impl Model, set: &TrainingSet) -> f64 {
    let scores: Vec<f64> = set.answers().rows().map(|row| model.score(row)).collect();
    Losses::of(&scores, set.events(), set.weights()).log_loss
}

/// Two rows for every way to fill in a form, one with the event: their weights are the shares that the tables say.
fn exactly(tables: &[Vec<f64>], intercept: f64) -> TrainingSet {
    let n_ways = tables.iter().map(Vec::len).product::<usize>();
    let ways = (0..n_ways).map(|way| {
        let mut rest = way;
        let codes = tables.iter().map(|table| {
            let code = (rest % table.len()) as u8;
            rest /= table.len();
            code
        });
        codes.collect::<Vec<u8>>()
    });
    let (mut rows, mut events, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for way in ways {
        let score = intercept + way.iter().zip(tables).map(|(&c, table)| table[usize::from(c)]).sum::<f64>();
        let p = amparo_models::probability::sigmoid(score);
        for (event, weight) in [(true, p), (false, 1.0 - p)] {
            rows.push(way.clone());
            events.push(event);
            weights.push(weight);
        }
    }
    let questions: Vec<(usize, &str)> = tables.iter().map(|table| (table.len() - 1, "neutral")).collect();
    training_set(&form(&questions), &rows, &events, &weights)
}

#[test]
fn one_indicator_comes_to_the_log_odds_of_each_answer() {
    let n = 2_000;
    let rows: Vec<Vec<u8>> = (0..n).map(|i| vec![(uniform(i) * 4.0) as u8]).collect();
    let events: Vec<bool> =
        (0..n).map(|i| uniform(9_000 + i) < [0.1, 0.5, 0.3, 0.2][usize::from(rows[i][0])]).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + uniform(20_000 + i)).collect();
    let set = training_set(&form(&[(3, "neutral")]), &rows, &events, &weights);
    let log_odds = |code: u8, weight: &dyn Fn(usize) -> f64| {
        let of = |event: Option<bool>| -> f64 {
            (0..n).filter(|&i| rows[i][0] == code && event.is_none_or(|e| events[i] == e)).map(weight).sum()
        };
        logit(of(Some(true)) / of(None))
    };
    let expected: Vec<f64> = (0..4).map(|code| log_odds(code, &|i| weights[i])).collect();
    let unweighted: Vec<f64> = (0..4).map(|code| log_odds(code, &|_| 1.0)).collect();
    for algorithm in BOTH {
        let model =
            additive(&AdditiveParams { algorithm, rounds: 1_000, ..PARAMS }, 1, &free(&set), &set).unwrap();
        let found: Vec<f64> = (0..4).map(|code| model.score(&[code])).collect();
        assert!(close(&found, &expected, 1e-6), "{algorithm:?}: {found:?}, {expected:?}");
        assert!(!close(&found, &unweighted, 1e-3), "the weights matter");
        // With a penalty the derivatives of loss and penalty sum up to 0.
        let params = AdditiveParams { algorithm, l2: 20.0, rounds: 1_000, ..PARAMS };
        let model = additive(&params, 1, &free(&set), &set).unwrap();
        let mean = weights.iter().sum::<f64>() / n as f64;
        for code in 0..4 {
            let (score, event) = (model.score(&[code]), |i: usize| f64::from(u8::from(events[i])));
            let p = amparo_models::probability::sigmoid(score);
            let slope: f64 =
                (0..n).filter(|&i| rows[i][0] == code).map(|i| weights[i] / mean * (p - event(i))).sum();
            let penalty = 20.0 * (score - logit(set.base_rate()));
            assert!((slope + penalty).abs() <= 1e-5, "{algorithm:?}: {slope} {penalty}");
            assert!(penalty.abs() > 0.1);
        }
    }
}

#[test]
fn tables_that_made_the_shares_come_out_again() {
    let truth = vec![vec![-0.8, 0.1, 1.2, -0.3], vec![0.4, -0.6, 0.2], vec![-0.2, 0.2, 0.5]];
    let set = exactly(&truth, -1.0);
    for algorithm in BOTH {
        let model =
            additive(&AdditiveParams { algorithm, rounds: 2_000, ..PARAMS }, 1, &free(&set), &set).unwrap();
        // Every way to fill in the form weighs the same, so the mean of a table is a plain one.
        let means: Vec<f64> =
            truth.iter().map(|table| table.iter().sum::<f64>() / table.len() as f64).collect();
        for ((found, table), mean) in model.effects.iter().zip(&truth).zip(&means) {
            let expected: Vec<f64> = table.iter().map(|value| value - mean).collect();
            assert!(close(found, &expected, 1e-6), "{algorithm:?}: {found:?}, {expected:?}");
        }
        assert!(close(&[model.intercept], &[means.iter().sum::<f64>() - 1.0], 1e-6));
        let few =
            additive(&AdditiveParams { algorithm, rounds: 20, ..PARAMS }, 1, &free(&set), &set).unwrap();
        assert!(few.effects[0][2] < 0.8, "twenty rounds go two thirds of the way");
    }
}

/// Cyclic boosting row by row, with no packing, no whole numbers, and a mean that is taken off at the end.
fn naive(params: &AdditiveParams, set: &TrainingSet) -> AdditiveModel {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let base = logit(set.base_rate());
    let mut tables: Vec<Vec<f64>> =
        set.answers().instrument().indicators().iter().map(|i| vec![0.0; i.n_answers()]).collect();
    for _ in 0..params.rounds {
        for j in 0..tables.len() {
            let mut sums = vec![(0.0, 0.0); tables[j].len()];
            for ((row, &event), weight) in set.answers().rows().zip(set.events()).zip(set.weights()) {
                let score =
                    base + row.iter().zip(&tables).map(|(&c, table)| table[usize::from(c)]).sum::<f64>();
                let p = 1.0 / (1.0 + libm::exp(-score));
                let (g, h) = &mut sums[usize::from(row[j])];
                *g += weight / mean * (p - f64::from(u8::from(event)));
                *h += weight / mean * p * (1.0 - p);
            }
            for (value, (g, h)) in tables[j].iter_mut().zip(sums) {
                let g = g + params.l2 * *value;
                *value -=
                    if h >= params.min_weight { params.learning_rate * g / (h + params.l2) } else { 0.0 };
            }
        }
    }
    let (intercept, effects) = centred(base, tables, set);
    AdditiveModel::of_effects(intercept, effects)
}

#[test]
fn the_exact_algorithm_is_cyclic_boosting() {
    let set = drawn(["neutral"; 4], 400);
    let params = AdditiveParams { rounds: 25, l2: 1.5, min_weight: 20.0, ..PARAMS };
    let (found, expected) = (additive(&params, 1, &free(&set), &set).unwrap(), naive(&params, &set));
    let all = |model: &AdditiveModel| [vec![model.intercept], model.effects.concat()].concat();
    assert!(close(&all(&found), &all(&expected), 1e-7), "{found:?}, {expected:?}");
    let other = naive(&AdditiveParams { min_weight: 0.0, ..params.clone() }, &set);
    assert!(!close(&all(&found), &all(&other), 1e-3), "an answer has too few rows to take a step");
}

#[test]
fn the_fast_algorithm_is_close_to_the_exact_one_on_the_way() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 3_000);
    let orders = [Order::Rising, Order::Rising, Order::Falling, Order::Subsets];
    let of = |algorithm, rounds| {
        let params = AdditiveParams { algorithm, rounds, learning_rate: 0.02, l2: 1.0, ..PARAMS };
        additive(&params, 1, &orders, &set).unwrap()
    };
    for rounds in [15, 40, 150, 600] {
        let [exact, fast] = BOTH.map(|algorithm| of(algorithm, rounds));
        assert_ne!(exact, fast, "they are two algorithms");
        assert!(
            close(&fast.effects.concat(), &exact.effects.concat(), 0.003),
            "{rounds}: {fast:?}, {exact:?}"
        );
        assert!((log_loss(&fast, &set) - log_loss(&exact, &set)).abs() <= 2e-4);
    }
    let (few, many) = (of(Algorithm::Exact, 40), of(Algorithm::Exact, 60));
    assert!(
        !close(&few.effects.concat(), &many.effects.concat(), 0.005),
        "twenty rounds more are further off"
    );
}

#[test]
fn tables_go_the_way_they_must_and_have_mean_0() {
    for algorithm in BOTH {
        let set = drawn(["risk", "risk", "protective", "neutral"], 50);
        let orders = [Order::Rising, Order::Rising, Order::Falling, Order::Subsets];
        let params = AdditiveParams { algorithm, learning_rate: 0.3, ..PARAMS };
        let model = additive(&params, 1, &orders, &set).unwrap();
        assert!(model.effects[0][..2].is_sorted() && model.effects[1][..3].is_sorted());
        assert!(model.effects[2][..2].is_sorted_by(|a, b| a >= b));
        let total: f64 = set.weights().iter().sum();
        for (j, table) in model.effects.iter().enumerate() {
            let of_row = |(row, w): (&[u8], &f64)| w * table[usize::from(row[j])];
            let mean = set.answers().rows().zip(set.weights()).map(of_row).sum::<f64>() / total;
            assert!(mean.abs() <= 1e-12, "table {j} has mean {mean}");
        }
        let unbound = additive(&params, 1, &free(&set), &set).unwrap();
        assert!(
            !(unbound.effects[1][..3].is_sorted() && unbound.effects[2][..2].is_sorted_by(|a, b| a >= b))
        );
    }
}

#[test]
fn any_number_of_threads_gives_the_same_model() {
    let n = 70_000;
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| (0..3).map(|j| (uniform(i * 5 + j) * 3.0) as u8).collect()).collect();
    let events: Vec<bool> = (0..n).map(|i| uniform(i * 5 + 3) < 0.2 + 0.1 * f64::from(rows[i][1])).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + uniform(i * 5 + 4)).collect();
    let set = training_set(&form(&[(2, "risk"), (2, "risk"), (2, "neutral")]), &rows, &events, &weights);
    for algorithm in BOTH {
        let params = AdditiveParams { algorithm, rounds: 8, pairs: 2, ..PARAMS };
        let with = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| additive(&params, 1, &free(&set), &set).unwrap())
        };
        let one = with(1);
        assert!([2, 3, 7].into_iter().all(|threads| with(threads) == one));
    }
}

#[test]
fn early_stopping_ends_before_noise_is_learned() {
    // Ten questions that say nothing, and one that does.
    let n = 400;
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| (0..11).map(|j| (uniform(i * 20 + j) * 4.0) as u8).collect()).collect();
    let events: Vec<bool> =
        (0..n).map(|i| uniform(i * 20 + 15) < 0.2 + 0.15 * f64::from(rows[i][0])).collect();
    let set = training_set(&form(&[(3, "neutral"); 11]), &rows, &events, &vec![1.0; n]);
    let other = {
        let rows: Vec<Vec<u8>> =
            (0..n).map(|i| (0..11).map(|j| (uniform(500_000 + i * 20 + j) * 4.0) as u8).collect()).collect();
        let events: Vec<bool> =
            (0..n).map(|i| uniform(500_000 + i * 20 + 15) < 0.2 + 0.15 * f64::from(rows[i][0])).collect();
        training_set(&form(&[(3, "neutral"); 11]), &rows, &events, &vec![1.0; n])
    };
    for algorithm in BOTH {
        let all = AdditiveParams { algorithm, rounds: 2_000, ..PARAMS };
        let stopping = AdditiveParams {
            early_stopping: Some(crate::EarlyStopping { held_out: 0.3, patience: 30 }),
            ..all.clone()
        };
        let of = |params: &AdditiveParams, seed| additive(params, seed, &free(&set), &set).unwrap();
        assert!(log_loss(&of(&stopping, 1), &other) < log_loss(&of(&all, 1), &other) - 0.01);
        assert_eq!(of(&stopping, 1), of(&stopping, 1));
        assert_ne!(of(&stopping, 1), of(&stopping, 2), "other cases are set aside");
        assert_eq!(of(&all, 1), of(&all, 2), "nothing else is drawn");
    }
}

/// A plain sum over the rows of the fit of weight times value, over those that `of` takes.
fn sum(set: &TrainingSet, value: impl Fn(&[u8]) -> f64, of: impl Fn(&[u8]) -> bool) -> f64 {
    let rows = set.answers().rows().zip(set.weights()).filter(|(row, _)| of(row));
    rows.map(|(row, weight)| weight * value(row)).sum()
}

#[test]
fn two_indicators_and_their_pair_come_to_the_log_odds_of_each_two_answers() {
    let n = 3_000;
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| vec![(uniform(i * 9) * 3.0) as u8, (uniform(i * 9 + 1) * 4.0) as u8]).collect();
    let chance = |row: &[u8]| 0.15 + 0.1 * f64::from(row[0] * row[1] % 5);
    let events: Vec<bool> = (0..n).map(|i| uniform(i * 9 + 2) < chance(&rows[i])).collect();
    let weights: Vec<f64> = (0..n).map(|i| 0.5 + uniform(i * 9 + 3)).collect();
    let set = training_set(&form(&[(2, "neutral"), (3, "neutral")]), &rows, &events, &weights);
    for algorithm in BOTH {
        let params = AdditiveParams { algorithm, rounds: 1_500, pairs: 1, ..PARAMS };
        let model = additive(&params, 1, &free(&set), &set).unwrap();
        let alone = additive(&AdditiveParams { pairs: 0, ..params.clone() }, 1, &free(&set), &set).unwrap();
        assert!(log_loss(&model, &set) < log_loss(&alone, &set) - 0.01, "a pair tells something");
        let scorer = model.clone().candidate("additive").unwrap();
        for (a, b) in (0..3).flat_map(|a| (0..4).map(move |b| (a, b))) {
            let of = |event: Option<bool>| -> f64 {
                (0..n)
                    .filter(|&i| rows[i] == [a, b] && event.is_none_or(|e| events[i] == e))
                    .map(|i| weights[i])
                    .sum()
            };
            let expected = logit(of(Some(true)) / of(None));
            assert!(close(&[model.score(&[a, b])], &[expected], 1e-6), "{algorithm:?} {a} {b}");
            // Leaves are rounded to 32-bit floats.
            assert!(close(&[scorer.score(&[a, b])], &[expected], 2e-6), "{algorithm:?} {a} {b}");
        }
        // What is about one question alone is in the effects.
        let [pair] = &model.pairs[..] else { panic!("one pair") };
        let value = |row: &[u8]| pair.effect[usize::from(row[0])][usize::from(row[1])];
        (0..3).for_each(|a| assert!(sum(&set, value, |row| row[0] == a).abs() <= 1e-9));
        (0..4).for_each(|b| assert!(sum(&set, value, |row| row[1] == b).abs() <= 1e-9));
        (0..2).for_each(|j| {
            assert!(sum(&set, |row| model.effects[j][usize::from(row[j])], |_| true).abs() <= 1e-9)
        });
        assert!(pair.effect.concat().iter().any(|value| value.abs() > 0.1));
    }
}

#[test]
fn parts_and_trees_are_one_model() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 900);
    let orders = [Order::Rising, Order::Rising, Order::Falling, Order::Subsets];
    for pairs in [1, 2, 4, 6] {
        let model = additive(&AdditiveParams { pairs, ..PARAMS }, 1, &orders, &set).unwrap();
        assert_eq!(model.pairs.len(), pairs);
        let scorer = model.clone().candidate("additive").unwrap();
        let difference = |row: &[u8]| (scorer.score(row) - model.score(row)).abs();
        // At most seven numbers below 4, each rounded by 2^-24 of itself.
        assert!(set.answers().rows().all(|row| difference(row) <= 2e-6));
        let mean = sum(&set, |row| model.score(row), |_| true) / sum(&set, |_| 1.0, |_| true);
        assert!(close(&[mean], &[model.intercept], 1e-9), "the intercept is the mean score");
    }
}

#[test]
fn a_pair_can_say_that_one_of_two_is_enough() {
    // Either raises the risk, and both no more than one: a sum of two effects and a pair that goes the other way.
    let n = 6_000;
    let rows: Vec<Vec<u8>> =
        (0..n).map(|i| (0..2).map(|j| (uniform(i * 9 + j) * 3.0) as u8).collect()).collect();
    let either = |row: &[u8]| row.contains(&1);
    let events: Vec<bool> =
        (0..n).map(|i| uniform(i * 9 + 5) < if either(&rows[i]) { 0.5 } else { 0.1 }).collect();
    let set = training_set(&form(&[(2, "risk"), (2, "risk")]), &rows, &events, &vec![1.0; n]);
    let params = AdditiveParams { pairs: 1, ..PARAMS };
    let model = additive(&params, 1, &[Order::Rising; 2], &set).unwrap();
    let scores: Vec<f64> = [[0, 0], [0, 1], [1, 0], [1, 1]].iter().map(|row| model.score(row)).collect();
    // Standard deviations of log-odds of some 660 rows each: 0.08 to 0.13.
    assert!(close(&scores, &[logit(0.1), 0.0, 0.0, 0.0], 0.4), "{scores:?}");
    let alone =
        additive(&AdditiveParams { pairs: 0, ..params.clone() }, 1, &[Order::Rising; 2], &set).unwrap();
    assert!(alone.score(&[1, 1]) > 0.5, "which two effects alone cannot say");
}

#[test]
fn pairs_are_boosted_fast_almost_as_exactly() {
    let set = drawn(["risk", "risk", "protective", "neutral"], 3_000);
    let orders = [Order::Rising, Order::Rising, Order::Falling, Order::Subsets];
    let of = |algorithm, rounds| {
        let params = AdditiveParams { algorithm, rounds, learning_rate: 0.02, l2: 1.0, pairs: 3, ..PARAMS };
        additive(&params, 1, &orders, &set).unwrap()
    };
    let scores =
        |model: &AdditiveModel| set.answers().rows().map(|row| model.score(row)).collect::<Vec<f64>>();
    for rounds in [40, 150, 600] {
        let [exact, fast] = BOTH.map(|algorithm| of(algorithm, rounds));
        let pairs =
            |model: &AdditiveModel| model.pairs.iter().map(|pair| pair.indicators).collect::<Vec<_>>();
        assert_eq!(pairs(&fast), pairs(&exact));
        assert!(close(&scores(&fast), &scores(&exact), 0.01), "{rounds} rounds");
        assert!((log_loss(&fast, &set) - log_loss(&exact, &set)).abs() <= 2e-4);
    }
    assert!(!close(&scores(&of(Algorithm::Exact, 40)), &scores(&of(Algorithm::Exact, 60)), 0.01));
}
