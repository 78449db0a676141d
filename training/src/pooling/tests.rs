use std::sync::Arc;

use amparo_datasets::Instrument;
use amparo_models::probability::sigmoid;
use amparo_models::{Additive, Scorer};

use super::*;
use crate::boosting::BoostedParams;
use crate::families::boosted::BoostedFit;
use crate::families::points::{PointsFit, PointsParams};
use crate::testing::{form, training_set, uniform};
use crate::{Learn, Losses};

const ANSWERS: usize = 120;
const RULE: LearnedRule<'_> = LearnedRule { least_rows: 5, not_monotone: &[] };

/// A normal number, by Box and Muller.
fn normal(i: usize) -> f64 {
    let (a, b) = (uniform(8_000_000 + 2 * i), uniform(8_000_001 + 2 * i));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

fn wide_form() -> Arc<Instrument> {
    form(&[(2, "risk"), (ANSWERS, "neutral"), (3, "risk")])
}

/// Rows with a true effect of standard deviation `sd` for each of the answers to the second question; some answers are rare.
fn drawn(n: usize, sd: f64, seed: usize) -> TrainingSet {
    let u = |i: usize, j: usize| uniform(seed * 1_000_003 + i * 8 + j);
    let row = |i: usize| {
        let place = (u(i, 1).powf(1.3) * ANSWERS as f64) as u8;
        let wide = if u(i, 6) < 0.03 { ANSWERS as u8 } else { place };
        vec![(u(i, 0) * 3.0) as u8, wide, (u(i, 2) * 4.0) as u8]
    };
    let rows: Vec<Vec<u8>> = (0..n).map(row).collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        let effect = if usize::from(row[1]) < ANSWERS { sd * normal(usize::from(row[1])) } else { 0.2 };
        let of = |code: u8, known: u8| f64::from(if code < known { code } else { 0 });
        u(i, 3) < sigmoid(-1.6 + 0.7 * of(row[0], 2) + 0.3 * of(row[2], 3) + effect)
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    training_set(&wide_form(), &rows, &events, &vec![1.0; n])
}

fn log_loss(model: impl Fn(&[u8]) -> f64, set: &TrainingSet) -> f64 {
    let scores: Vec<f64> = set.answers().rows().map(model).collect();
    Losses::of(&scores, set.events(), set.weights()).log_loss
}

fn learners() -> [(&'static str, Box<dyn Learn>); 3] {
    let boosted = BoostedParams {
        trees: 60,
        depth: 3,
        learning_rate: 0.1,
        l2: 1.0,
        min_child_weight: 5.0,
        rows: 1.0,
        indicators: 1.0,
        interactions: None,
        offset: None,
        early_stopping: None,
    };
    [
        ("points", Box::new(PointsFit::new(&PointsParams { unit: 0.05, smoothed: false }, &[]).unwrap())),
        ("logistic", Box::new(LogisticFit::new(&LogisticParams { l2: 1.0 }, &[]).unwrap())),
        ("boosted", Box::new(BoostedFit::new(&boosted, 7, &[]).unwrap())),
    ]
}

/// The same tables with the effect of each answer to the wide question instead of what they have.
fn with_effects(set: &TrainingSet, sd: f64) -> Additive {
    let mut wide = Wide {
        indicator: 1,
        is_learned: vec![true; ANSWERS + 1],
        n_known: ANSWERS,
        effects: Effects::none(ANSWERS),
    };
    let others = of_narrow(set, RULE, std::slice::from_ref(&wide)).unwrap();
    let rows = wide.observations(set, &others);
    wide.effects = Effects::of(&rows, ANSWERS).unwrap();
    let all: Vec<&Observation> = rows.iter().collect();
    let effects = effects::given(&all, ANSWERS, wide.effects.intercept, sd).unwrap();
    let one_pool = Pools { indicator: 1, sd: 0.0, effects: vec![0.0], of_answers: vec![0; ANSWERS] };
    let narrow = on_pools(set, &Pooling::new(vec![one_pool])).unwrap();
    let fit = LogisticFit::new(&LogisticParams { l2: 1.0 }, &[]).unwrap();
    let Additive { intercept, mut weights } = fit.fit(&narrow).unwrap();
    let (known, unknown) = (weights[1][0] + wide.effects.intercept, weights[1][1]);
    weights[1] = effects.into_iter().map(|effect| known + effect).chain([unknown]).collect();
    Additive { intercept, weights }
}

#[test]
fn pools_beat_free_weights_on_other_rows_in_every_family() {
    let (set, others) = (drawn(3000, 0.6, 1), drawn(30_000, 0.6, 2));
    let [free_model, shrunken] = [10.0, 0.6].map(|sd| with_effects(&set, sd));
    let free = log_loss(|row| free_model.score(row), &others);
    let best = log_loss(|row| shrunken.score(row), &others);
    let Pooled { pooling, set: pooled } = pooled(&set, RULE, 3).unwrap();
    let without = Pooling::new(vec![Pools {
        effects: vec![0.0],
        of_answers: vec![0; ANSWERS],
        ..pooling.wide()[0].clone()
    }]);
    let narrow = on_pools(&set, &without).unwrap();
    let same = on_pools(&set, &pooling).unwrap();
    for (name, learner) in learners() {
        let loss = |set: &TrainingSet, pooling: &Pooling| {
            let model: Scorer = learner.learn(set).unwrap();
            log_loss(|row| model.score(&pooling.row(row)), &others)
        };
        let found = loss(&pooled, &pooling);
        let (none, same) = (loss(&narrow, &without), loss(&same, &pooling));
        // Better than a free weight for each answer, than none for any, and than pools that rest on the outcome of the row itself.
        assert!(found < free - 0.005, "{name}: {found} against {free} of free weights");
        assert!(found < same - 0.002, "{name}: {found} against {same} of pools that saw the row");
        // And most of the way to shrunken weights that know the true deviation; free weights are not half-way there.
        assert!(found < none - 0.6 * (none - best), "{name}: {found}, from {none} to {best}");
        assert!(free > none - 0.5 * (none - best));
    }
}

#[test]
fn answers_that_differ_by_chance_are_one_pool() {
    let set = drawn(3000, 0.0, 5);
    let pools = &pooled(&set, RULE, 3).unwrap().pooling.wide()[0].clone();
    assert!(pools.n_pools() <= 2 && pools.sd < 0.15, "{pools:?}");
    let pools = &pooled(&drawn(3000, 0.6, 1), RULE, 3).unwrap().pooling.wide()[0].clone();
    assert!(pools.n_pools() >= 5 && (pools.sd - 0.6).abs() < 0.15, "{pools:?}");
}

#[test]
fn rare_answers_are_in_no_pool_and_every_pool_has_the_rows_that_it_needs() {
    let rule = LearnedRule { least_rows: 20, not_monotone: &[] };
    let set = drawn(3000, 0.6, 1);
    let Pooled { pooling, set: fitted } = pooled(&set, rule, 3).unwrap();
    let counts = Counts::of(set.answers(), set.events(), set.weights());
    let pools = &pooling.wide()[0];
    for code in 0..ANSWERS {
        let is_pooled = usize::from(pools.of_answers[code]) < pools.n_pools();
        assert_eq!(is_pooled, counts.rows[1][code] >= 20, "{code}");
    }
    assert!(pools.has_rest());
    let of_fit = Counts::of(fitted.answers(), fitted.events(), fitted.weights());
    assert!(of_fit.rows[1][..pools.n_pools()].iter().all(|&rows| rows >= 20), "{:?}", of_fit.rows[1]);
    // On the pooled form the rest is as rare as its most frequent answer, so that it is an unlearned answer there, too.
    let of_pools = pooling.counts(&counts);
    assert!(of_pools.rows[1][pools.n_pools()] < 20 && of_fit.rows[1][pools.n_pools()] > 20);
    let stand_ins = rule.stand_ins(&pooling.counts(&counts), &pooling.form(set.answers().instrument()));
    let of_rest: Vec<_> = stand_ins.iter().filter(|s| s.indicator == 1).collect();
    assert_eq!((of_rest.len(), usize::from(of_rest[0].answer)), (1, pools.n_pools()));
    assert_eq!(of_rest[0].shares.len(), pools.n_pools());
}

#[test]
fn answers_that_are_rare_by_their_weights_are_in_no_pool() {
    let rule = LearnedRule { least_rows: 20, not_monotone: &[] };
    let plain = drawn(3000, 0.6, 1);
    let rows: Vec<Vec<u8>> = plain.answers().rows().map(<[u8]>::to_vec).collect();
    // One row in ten weighs thirty times as much as any other.
    let weights: Vec<f64> =
        (0..rows.len()).map(|row| if crate::testing::uniform(row) < 0.1 { 30.0 } else { 1.0 }).collect();
    let set = training_set(&wide_form(), &rows, plain.events(), &weights);
    let Pooled { pooling, set: fitted } = pooled(&set, rule, 3).unwrap();
    let pools = &pooling.wide()[0];
    let kish = |set: &TrainingSet, code: usize| -> f64 {
        let all = set.answers().rows().zip(set.weights());
        let of: Vec<f64> = all.filter(|(row, _)| usize::from(row[1]) == code).map(|(_, w)| *w).collect();
        if of.is_empty() {
            0.0
        } else {
            of.iter().sum::<f64>().powi(2) / of.iter().map(|w| w * w).sum::<f64>()
        }
    };
    let counts = Counts::of(set.answers(), set.events(), set.weights());
    let mut differ = 0;
    for code in 0..ANSWERS {
        let is_pooled = usize::from(pools.of_answers[code]) < pools.n_pools();
        assert_eq!(is_pooled, kish(&set, code) >= 20.0, "{code}");
        differ += usize::from(is_pooled != (counts.rows[1][code] >= 20));
    }
    assert!(differ > 10, "the number of rows would pool {differ} more");
    assert!((0..pools.n_pools()).all(|pool| kish(&fitted, pool) >= 20.0));
    // On the pooled form, pools have the effective rows of all their rows, and the rest is too rare.
    let of_pools = pooling.counts(&counts);
    let same = on_pools(&set, &pooling).unwrap();
    for pool in 0..pools.n_pools() {
        assert!((of_pools.effective[1][pool] - kish(&same, pool)).abs() <= 1e-9, "{pool}");
    }
    assert!(of_pools.effective[1][pools.n_pools()] < 20.0 && kish(&same, pools.n_pools()) > 20.0);
}

#[test]
fn the_pool_of_a_row_in_the_fit_does_not_hang_on_its_own_outcome() {
    let set = drawn(2000, 0.8, 1);
    let codes = |set: &TrainingSet| pooled(set, RULE, 3).unwrap().set.answers().codes().to_vec();
    let folds = folds(&set, 3);
    let before = codes(&set);
    // All outcomes of one fold turned: the effects of the answers without that fold are as they were, but for what the others,
    // the intercept and the deviation take from all rows.
    let wide = |set: &TrainingSet| {
        let mut one = Wide {
            indicator: 1,
            is_learned: vec![true; ANSWERS + 1],
            n_known: ANSWERS,
            effects: Effects { sd: 0.5, ..Effects::none(ANSWERS) },
        };
        one.effects.of_levels = (0..ANSWERS).map(|code| code as f64 / 50.0).collect();
        let rows = one.observations(set, &vec![-1.0; set.n_rows()]);
        one.pools(set, &rows, &folds, 1).unwrap().1
    };
    let mut events = set.events().to_vec();
    let turned: Vec<usize> = (0..set.n_rows()).filter(|&row| folds[row] == 2).collect();
    turned.iter().for_each(|&row| events[row] = !events[row]);
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let other = training_set(&wide_form(), &rows, &events, set.weights());
    let (one, two) = (wide(&set), wide(&other));
    assert!(turned.iter().all(|&row| one[row] == two[row]));
    assert!(one != two, "and the rows of the other folds are in other pools");
    assert_eq!(before, codes(&set));
}

#[test]
fn rows_of_a_case_are_in_one_fold_and_folds_are_even() {
    let set = drawn(1000, 0.5, 1);
    let cases: Vec<usize> = (0..1000).map(|row| row / 3).collect();
    let rows: Vec<Vec<u8>> = set.answers().rows().map(<[u8]>::to_vec).collect();
    let data = crate::testing::data(&wide_form(), &rows, set.events(), set.weights(), &cases);
    let set = TrainingSet::new(&data, &(0..1000).collect::<Vec<_>>(), "all").unwrap();
    let found = folds(&set, 9);
    assert!((0..1000).all(|row| found[row] == found[row - row % 3]));
    let sizes: Vec<usize> = (0..5).map(|fold| found.iter().filter(|f| **f == fold).count()).collect();
    assert!(sizes.iter().all(|n| (195..=205).contains(n)), "{sizes:?}");
    assert!(found != folds(&set, 10));
}

#[test]
fn two_wide_indicators_are_taken_beside_each_other() {
    // The second says nothing of its own, but goes with the first: taken alone it has effects.
    let form = form(&[(30, "neutral"), (30, "neutral")]);
    let row = |i: usize| {
        let first = (uniform(5 * i) * 30.0) as u8;
        let second = if uniform(5 * i + 1) < 0.6 { first } else { (uniform(5 * i + 2) * 30.0) as u8 };
        vec![first, second]
    };
    let rows: Vec<Vec<u8>> = (0..6000).map(row).collect();
    let event =
        |(i, row): (usize, &Vec<u8>)| uniform(5 * i + 3) < sigmoid(-1.0 + normal(usize::from(row[0])));
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    let set = training_set(&form, &rows, &events, &vec![1.0; 6000]);
    let both = pooled(&set, RULE, 1).unwrap().pooling;
    let [first, second] = [0, 1].map(|j| both.wide()[j].sd);
    assert!(first > 0.7 && second < 0.15, "{first} and {second}");
    let mut wide = Wide { indicator: 1, is_learned: vec![true; 31], n_known: 30, effects: Effects::none(30) };
    let rows = wide.observations(&set, &vec![0.0; 6000]);
    wide.effects = Effects::of(&rows, 30).unwrap();
    assert!(wide.effects.sd > 0.35, "{}", wide.effects.sd);
}

#[test]
fn a_form_without_wide_indicators_is_given_as_it_is() {
    let set = crate::testing::drawn(["risk", "neutral", "risk", "protective"], 200);
    let Pooled { pooling, set: same } = pooled(&set, RULE, 1).unwrap();
    assert!(pooling.wide().is_empty() && matches!(same, Cow::Borrowed(_)));
}
