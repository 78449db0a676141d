use amparo_models::probability::sigmoid;

use super::*;
use crate::families::points::PointsParams;
use crate::testing::{close, data, form, uniform};

/// What each of five binary questions adds to the log-odds of a killing; without any, 1 in 1,000.
const EFFECTS: [f64; 5] = [0.4, 0.7, 1.0, 1.3, 0.2];
const SHARES: [f64; 5] = [0.5, 0.3, 0.2, 0.1, 0.4];

/// Every form of the population with its share and its true probability.
fn population() -> Vec<(Vec<u8>, f64, f64)> {
    (0..32_u8)
        .map(|bits| {
            let row: Vec<u8> = (0..5).map(|j| bits >> j & 1).collect();
            let share = row.iter().zip(SHARES).map(|(&x, s)| if x == 1 { s } else { 1.0 - s }).product();
            let linear: f64 = row.iter().zip(EFFECTS).map(|(&x, e)| f64::from(x) * e).sum();
            (row, share, sigmoid(linear - 6.907))
        })
        .collect()
}

fn prevalence() -> f64 {
    population().iter().map(|(_, share, p)| share * p).sum()
}

/// 159 killed and 2,000 not, drawn from their forms, with weights that bring the population back (or all 1).
fn sample(seed: usize, weighted: bool) -> Data {
    let (cases, controls) = (159, 2000);
    let forms = population();
    let prevalence = prevalence();
    let draw = |i: usize, killed: bool| {
        let of = |(_, share, p): &(Vec<u8>, f64, f64)| if killed { share * p } else { share * (1.0 - p) };
        let mut left = uniform(seed * 10_000 + i) * forms.iter().map(of).sum::<f64>();
        let at = forms.iter().position(|form| {
            left -= of(form);
            left < 0.0
        });
        forms[at.unwrap_or(forms.len() - 1)].0.clone()
    };
    let n = cases + controls;
    let events: Vec<bool> = (0..n).map(|i| i < cases).collect();
    let rows: Vec<Vec<u8>> = events.iter().enumerate().map(|(i, &killed)| draw(i, killed)).collect();
    let weight = |&killed: &bool| match (weighted, killed) {
        (false, _) => 1.0,
        (true, true) => n as f64 * prevalence / cases as f64,
        (true, false) => n as f64 * (1.0 - prevalence) / controls as f64,
    };
    let weights: Vec<f64> = events.iter().map(weight).collect();
    data(&form(&[(2, "risk"); 5]), &rows, &events, &weights, &(0..n).collect::<Vec<_>>())
}

/// What the fit takes from a config: folds, seed and the rows that an answer needs.
fn experiment(n_folds: usize) -> Experiment {
    let (_, text) = Experiment::BUILT_IN[0];
    let text = text.replace("inner_folds = 5", &format!("inner_folds = {n_folds}"));
    Experiment::from_toml(&text.replace("seed = 20260101", "seed = 3")).unwrap()
}

fn fitted(seed: usize, weighted: bool) -> OutcomeModel {
    let points = PointsFit::new(&PointsParams { unit: 0.1, smoothed: false }, &[]).unwrap();
    fit(&experiment(5), &points, &sample(seed, weighted), &BTreeSet::new()).unwrap()
}

fn mean_prediction(part: &OutcomeModel) -> f64 {
    population().iter().map(|(row, share, _)| share * part.calibrate(part.score(row)).probability).sum()
}

#[test]
fn predictions_are_brought_to_the_population() {
    let means: Vec<f64> = (0..20).map(|seed| mean_prediction(&fitted(seed, true)) / prevalence()).collect();
    let mean = means.iter().sum::<f64>() / 20.0;
    let sd = (means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 19.0).sqrt();
    // Measured: one sample of 159 deaths misses by a standard deviation of 2.5 %, the mean of twenty by 0.6 %.
    assert!(sd < 0.05, "{sd}");
    assert!(close(&[mean], &[1.0], 4.0 * sd / 20.0_f64.sqrt()), "mean {mean}, sd {sd}: {means:?}");
}

#[test]
fn without_the_weights_they_are_those_of_the_sample() {
    let ratio = mean_prediction(&fitted(0, false)) / prevalence();
    assert!(ratio > 10.0, "{ratio}");
}

#[test]
fn the_correction_is_the_difference_of_the_log_odds() {
    let data = sample(0, true);
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let expected = logit(prevalence()) - logit(159.0 / 2159.0);
    let correction = |data: &Data| prior_correction(&data.events, &data.weights);
    assert!(close(&[correction(&data)], &[expected], 1e-12));
    assert!(close(&[correction(&sample(0, false))], &[0.0], 1e-12));
}

#[test]
fn only_the_intercept_is_brought_over() {
    let (with, without) = (fitted(1, true), fitted(1, false));
    // But for what nobody answered, which counts as the average of the population.
    let known = |part: &OutcomeModel| {
        let points = part.scorer().baseline().unwrap();
        let tables: Vec<Vec<i32>> = points.points.iter().map(|table| table[..2].to_vec()).collect();
        (tables, points.offset.to_bits(), points.scale.to_bits())
    };
    assert_eq!(known(&with), known(&without));
    let (Calibrator::Platt(a), Calibrator::Platt(b)) = (with.calibrator(), without.calibrator()) else {
        panic!("both are Platt's")
    };
    assert!(close(&[a.slope], &[b.slope], 0.0));
    assert!(close(&a.covariance, &b.covariance, 0.0));
    assert!(a.intercept < b.intercept - 1.0);
}

#[test]
fn the_background_is_the_population() {
    let part = fitted(2, true);
    let shares = &part.background().answers[3];
    let share = shares[1] / part.background().weight;
    let expected: f64 = population().iter().filter(|(row, ..)| row[3] == 1).map(|(_, share, _)| share).sum();
    // Standard deviation of a share of 0.1 among 2,000 controls: 0.0067.
    assert!(close(&[share], &[expected], 4.0 * 0.0067), "{share} {expected}");
}

#[test]
fn what_nobody_answered_counts_as_the_average_of_the_population() {
    let part = fitted(1, true);
    let points = part.scorer().baseline().unwrap();
    let needed = part.learned().unwrap().needed;
    assert_eq!(needed, 10);
    let mut apart = 0.0_f64;
    for (j, table) in points.points.iter().enumerate() {
        // `unknown`, which nobody of this population answers.
        assert!(!part.learned().unwrap().is_learned(j, 2));
        let weights = &part.background().answers[j];
        let mean =
            |of: [f64; 2]| (f64::from(table[0]) * of[0] + f64::from(table[1]) * of[1]) / (of[0] + of[1]);
        let found = f64::from(table[2]);
        assert!(close(&[found], &[mean([weights[0], weights[1]])], 0.5), "{table:?} {weights:?}");
        // By the rows of the sample, of which most deaths are, it would be another.
        let sample = sample(1, true);
        let rows = |code: u8| sample.cohort.answers().rows().filter(|row| row[j] == code).count() as f64;
        apart = apart.max((mean([rows(0), rows(1)]) - found).abs());
    }
    assert!(apart > 0.5, "{apart}");
}

#[test]
fn one_fold_too_many_is_refused() {
    let points = PointsFit::new(&PointsParams { unit: 0.1, smoothed: false }, &[]).unwrap();
    let error = fit(&experiment(3000), &points, &sample(0, true), &BTreeSet::new()).unwrap_err().to_string();
    assert_eq!(error, "folds: 3000 folds asked for, expected 2 to 2159 (the number of cases)");
}

/// Weighted share of pairs of a killed and another in which the first scores higher.
fn auc(scores: &[f64], data: &Data) -> f64 {
    let of =
        |killed: bool| scores.iter().zip(&data.events).filter(move |(_, e)| **e == killed).map(|(s, _)| *s);
    let wins = of(true).map(|a| {
        of(false)
            .map(|b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
            .sum::<f64>()
    });
    wins.sum::<f64>() / (of(true).count() * of(false).count()) as f64
}

#[test]
fn rows_are_scored_by_points_that_did_not_see_them() {
    let experiment = Experiment::named("vpr").unwrap();
    let data = sample(4, true);
    let crossed = out_of_fold(&experiment, &data).unwrap();
    let expected: f64 = crossed.probabilities.iter().zip(&data.weights).map(|(p, w)| p * w).sum();
    let observed: f64 = data.events.iter().zip(&data.weights).filter(|(e, _)| **e).map(|(_, w)| w).sum();
    // The prevalence of a sample is that of the population by its weights; the curve misses it by what its fits differ.
    assert!((observed / expected - 1.0).abs() <= 0.1, "{observed} {expected}");
    assert!(auc(&crossed.log_odds, &data) > 0.6);
    // Outcomes that have nothing to do with the answers cannot be told by points that did not see them; those fitted
    // to the very rows seem to.
    let mut noise = sample(4, true);
    let n = noise.events.len();
    let order: Vec<usize> = (0..n).map(|i| (i * 997 + 13) % n).collect();
    noise.events = order.iter().map(|&i| data.events[i]).collect();
    noise.weights = order.iter().map(|&i| data.weights[i]).collect();
    match out_of_fold(&experiment, &noise) {
        Ok(crossed) => assert!((auc(&crossed.log_odds, &noise) - 0.5).abs() <= 0.1),
        // A curve through noise may fall: then there is no lethality model, rather than a wrong one.
        Err(Error::Candidate { candidate, source, .. }) => {
            assert_eq!(candidate, "lethality");
            assert!(matches!(*source, Error::NotRising { .. } | Error::NoSlope { .. }), "{source}");
        }
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn rows_are_counted_as_they_are_where_the_fit_does_not_weigh_them() {
    let data = sample(1, true);
    let rows: Vec<usize> = (0..data.n_rows()).collect();
    let part = fitted(1, true);
    assert_eq!(part.learned().unwrap().compared, amparo_models::learned::Compared::Rows);
    // By the weights, which make up for how many of each outcome were sampled, there would be fewer.
    let set = TrainingSet::new(&data, &rows, "the test").unwrap();
    let weighted = experiment(5).learned_rule().learned(&set);
    assert_eq!(weighted.compared, amparo_models::learned::Compared::EffectiveRows);
}
