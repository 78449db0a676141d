use amparo_models::learned::Compared;
use amparo_models::pooling::Pooling;
use amparo_models::probability::sigmoid;
use amparo_models::{Model, Scorer};

use crate::TrainingSet;
use crate::bases::Bases;
use crate::testing::{experiment, fixed, form, training_set, uniform};
use crate::{Data, Experiment};

const BOOSTED: &str = "trees = 60\ndepth = 2\nlearning_rate = 0.1\nl2 = 1.0\nmin_child_weight = 1.0\nrows = 1.0\nindicators = 1.0";

/// Questions `a` and `b`, answered with no or yes alone but for `few` rows in which `b` is unknown. Both go with the event.
fn set(few: usize) -> TrainingSet {
    let n = 2000;
    let rows: Vec<Vec<u8>> = (0..n)
        .map(|i| {
            let b = if i < few { 2 } else { u8::from(uniform(i * 10 + 1) < 0.4) };
            vec![u8::from(uniform(i * 10) < 0.5), b]
        })
        .collect();
    let event = |(i, row): (usize, &Vec<u8>)| {
        uniform(i * 10 + 9) < 0.15 + 0.2 * f64::from(row[0]) + 0.4 * f64::from(u8::from(row[1] == 1))
    };
    let events: Vec<bool> = rows.iter().enumerate().map(event).collect();
    training_set(&form(&[(2, "risk"), (2, "risk")]), &rows, &events, &vec![1.0; n])
}

fn with_least_rows(n: usize) -> Experiment {
    let text =
        experiment(BOOSTED, "platt", "").text().replace("least_rows = 1", &format!("least_rows = {n}"));
    Experiment::from_toml(&text).unwrap()
}

fn fitted(experiment: &Experiment, set: &TrainingSet) -> Vec<(String, Scorer)> {
    Bases::fit(experiment, set).unwrap().scorers(experiment, &fixed(experiment)).unwrap()
}

/// How far what `unknown` of `b` gives, with `a` = no, is from the mean of what no and yes give, by their rows.
fn miss(scorer: &Scorer, set: &TrainingSet) -> f64 {
    let rows = |code: u8| set.answers().rows().filter(|row| row[1] == code).count() as f64;
    let share = rows(1) / (rows(0) + rows(1));
    let mean = (1.0 - share) * scorer.score(&[0, 0]) + share * scorer.score(&[0, 1]);
    (scorer.score(&[0, 2]) - mean).abs()
}

#[test]
fn the_families_agree_about_an_answer_that_nobody_gave() {
    let (set, experiment) = (set(0), with_least_rows(1));
    let mut probabilities = Vec::new();
    for (name, scorer) in fitted(&experiment, &set) {
        // Points are rounded to whole ones, of which each is worth about 0.1.
        let tolerance = scorer.baseline().map_or(1e-12, |points| 0.5 * points.scale + 1e-12);
        assert!(miss(&scorer, &set) <= tolerance, "{name}: {}", miss(&scorer, &set));
        probabilities.push(sigmoid(scorer.score(&[0, 2])));
    }
    let apart =
        |p: &[f64]| p.iter().copied().fold(0.0, f64::max) - p.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(probabilities.len() == 3 && apart(&probabilities) <= 0.03, "{probabilities:?}");
    // As they were fitted, they take it for one answer or the other: 0.18 and 0.54 on the table of the report.
    let alone: Vec<Scorer> = experiment.learners.iter().map(|learner| learner.learn(&set).unwrap()).collect();
    assert!(alone.iter().all(|scorer| miss(scorer, &set) > 0.3));
}

#[test]
fn an_answer_is_learned_from_as_many_rows_as_the_config_asks_for() {
    let nine = set(9);
    for (least, is_learned) in [(9, true), (10, false)] {
        let experiment = with_least_rows(least);
        let learned = experiment.learned_rule().learned(&nine);
        assert_eq!((learned.needed, learned.is_learned(1, 2)), (least as u64, is_learned));
        let scorers = fitted(&experiment, &nine);
        let logistic = &scorers[1].1;
        // Nine rows pull its weight away from the mean; averaged it is there to the last bit.
        assert_eq!(miss(logistic, &nine) <= 1e-12, !is_learned, "{}", miss(logistic, &nine));
    }
}

/// [`set`] with weights: the first row weighs `first`, all others `rest`.
fn weighted(few: usize, first: f64, rest: f64) -> TrainingSet {
    let plain = set(few);
    let rows: Vec<Vec<u8>> = plain.answers().rows().map(<[u8]>::to_vec).collect();
    let mut weights = vec![rest; rows.len()];
    weights[0] = first;
    training_set(&form(&[(2, "risk"), (2, "risk")]), &rows, plain.events(), &weights)
}

#[test]
fn rows_of_unequal_weights_are_as_many_as_they_tell() {
    let experiment = with_least_rows(10);
    let rule = experiment.learned_rule();
    // Of twelve rows one weighs as much as the others together: (11 + 11)^2 / (121 + 11) = 3.7 rows.
    for (first, is_learned) in [(1.0, true), (2.0, true), (11.0, false)] {
        let twelve = weighted(12, first, 1.0);
        let learned = rule.learned(&twelve);
        assert_eq!(learned.is_learned(1, 2), is_learned, "{first}");
        assert_eq!(learned.compared == Compared::EffectiveRows, first > 1.0);
        let scorers = fitted(&experiment, &twelve);
        let misses: Vec<f64> = scorers.iter().map(|(_, scorer)| miss_by_weight(scorer, &twelve)).collect();
        // Points are rounded; the others count as the average to the last bit, or, learned, as something of their own.
        assert!(misses[1..].iter().all(|miss| (*miss <= 1e-12) != is_learned), "{first}: {misses:?}");
        // By the number of rows, nothing would be averaged for `b`.
        let by_rows = rule.stand_ins_of_sample(&twelve, &Pooling::default());
        assert!(by_rows.iter().all(|stand_in| stand_in.indicator == 0));
    }
}

/// [`miss`] by the weights of the rows.
fn miss_by_weight(scorer: &Scorer, set: &TrainingSet) -> f64 {
    let weight = |code: u8| -> f64 {
        let all = set.answers().rows().zip(set.weights());
        all.filter(|(row, _)| row[1] == code).map(|(_, weight)| weight).sum()
    };
    let share = weight(1) / (weight(0) + weight(1));
    let mean = (1.0 - share) * scorer.score(&[0, 0]) + share * scorer.score(&[0, 1]);
    (scorer.score(&[0, 2]) - mean).abs()
}

#[test]
fn equal_weights_leave_a_version_as_it_is() {
    let experiment = with_least_rows(10);
    for few in [9, 10] {
        let plain = experiment.learned_rule().learned(&set(few));
        let tenth = experiment.learned_rule().learned(&weighted(few, 0.1, 0.1));
        assert_eq!(serde_json::to_string(&tenth).unwrap(), serde_json::to_string(&plain).unwrap());
        assert!(!serde_json::to_string(&plain).unwrap().contains("effective"));
    }
}

#[test]
fn folds_count_their_own_rows() {
    // Ten rows answer `unknown`; without a fold there are eight of them, and eight are too few.
    let ten = set(10);
    let rows: Vec<Vec<u8>> = ten.answers().rows().map(<[u8]>::to_vec).collect();
    let cases: Vec<usize> = (0..rows.len()).collect();
    let data: Data =
        crate::testing::data(&form(&[(2, "risk"), (2, "risk")]), &rows, ten.events(), ten.weights(), &cases);
    let kept: Vec<usize> = (2..rows.len()).collect();
    let fold = TrainingSet::new(&data, &kept, "all folds but one").unwrap();
    let experiment = with_least_rows(10);
    let unlearned = |set: &TrainingSet| -> Vec<(usize, u8)> {
        experiment
            .learned_rule()
            .stand_ins(&super::counts(set), set.answers().instrument())
            .iter()
            .map(|s| (s.indicator, s.answer))
            .collect()
    };
    // Nobody leaves `a` without an answer.
    assert_eq!(unlearned(&ten), [(0, 2)]);
    assert_eq!(unlearned(&fold), [(0, 2), (1, 2)]);
}
