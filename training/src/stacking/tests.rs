use super::*;
use crate::testing::{auc, close, uniform};

/// 600 rows with two scores that know different halves of the risk, weights, and events drawn from their sum.
fn rows() -> ([Vec<f64>; 2], Vec<bool>, Vec<f64>) {
    let n = 600;
    let normal = |i: usize| (0..6).map(|k| uniform(i * 32 + k)).sum::<f64>() - 3.0;
    let one: Vec<f64> = (0..n).map(|i| -1.0 + 1.3 * normal(2 * i)).collect();
    let other: Vec<f64> = (0..n).map(|i| -1.5 + 0.8 * one[i] + 0.9 * normal(2 * i + 1)).collect();
    let risk = |i: usize| amparo_models::probability::sigmoid(-0.7 + 0.35 * one[i] + 0.6 * other[i]);
    let events = (0..n).map(|i| uniform(i * 32 + 17) < risk(i)).collect();
    let weights = (0..n).map(|i| if usize::is_multiple_of(i, 3) { 2.0 } else { 1.0 }).collect();
    ([one, other], events, weights)
}

fn stacked([one, other]: [&[f64]; 2], events: &[bool], weights: &[f64]) -> (f64, StackingRecord) {
    let dial = stack([one, other], (events, weights), 5, "again").unwrap();
    (dial.at, dial.stacking.unwrap())
}

/// Log loss of a blend with the slope and intercept of logistic regression on it.
fn profiled([one, other]: [&[f64]; 2], events: &[bool], weights: &[f64], dial: f64) -> f64 {
    let blend: Vec<f64> = one.iter().zip(other).map(|(b, c)| (1.0 - dial) * b + dial * c).collect();
    let line = logistic_line(&blend, events, weights).unwrap();
    let log_odds: Vec<f64> = blend.iter().map(|x| line.intercept + line.slope * x).collect();
    Losses::of(&log_odds, events, weights).log_loss
}

#[test]
fn the_dial_is_that_of_the_finest_grid() {
    let ([one, other], events, weights) = rows();
    let ends = [&one[..], &other[..]];
    let (dial, record) = stacked(ends, &events, &weights);
    let grid = |from: f64, step: f64, n: usize| {
        let losses =
            (0..=n).map(|i| from + step * i as f64).map(|at| (at, profiled(ends, &events, &weights, at)));
        losses.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    };
    // A grid of 0.01, and one of 0.0001 around its best.
    let (near, _) = grid(0.0, 0.01, 100);
    let (best, least) = grid(near - 0.01, 0.0001, 200);
    assert!((dial - best).abs() <= 0.000_1, "{dial} {best}");
    assert!(record.log_loss <= least + 1e-12 && record.log_loss >= least - 1e-7);
    assert!(dial > 0.3 && dial < 0.9, "an end would not tell: {dial}");
    // A wrong answer would fail: the share of the baseline.
    assert!((1.0 - dial - best).abs() > 0.01);
}

#[test]
fn weights_are_those_of_scikit_learn() {
    let ([one, other], events, weights) = rows();
    let (dial, record) = stacked([&one, &other], &events, &weights);
    // numpy 2.4.6, scipy 1.17.1, rows as in `rows` (`u` as in `testing`): minimize(mean loss, x0=[.1, .1, 0], jac=gradient,
    // method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)]); scikit-learn 1.9.1, LogisticRegression(C=inf).fit(..., sample_weight=w)
    // gives the same weights.
    let expected = [0.321_467_55, 0.574_329_06, -0.602_321_82, 0.330_011_126_5];
    let found = [record.baseline, record.candidate, record.intercept, record.log_loss];
    assert!(close(&found, &expected, 1e-6), "{found:?}");
    assert!((dial - expected[1] / (expected[0] + expected[1])).abs() <= 1e-6);
    // A wrong answer would fail: without weights they are others.
    let (_, unweighted) = stacked([&one, &other], &events, &vec![1.0; events.len()]);
    assert!(!close(&[unweighted.baseline, unweighted.candidate], &expected[..2], 1e-3));
}

#[test]
fn the_calibrator_absorbs_the_sum_of_the_weights() {
    let ([one, other], events, weights) = rows();
    let (dial, record) = stacked([&one, &other], &events, &weights);
    let blend: Vec<f64> = one.iter().zip(&other).map(|(b, c)| (1.0 - dial) * b + dial * c).collect();
    let line = logistic_line(&blend, &events, &weights).unwrap();
    assert!(close(
        &[line.slope, line.intercept],
        &[record.baseline + record.candidate, record.intercept],
        1e-7
    ));
}

#[test]
fn compared_positions_are_profiled_and_have_one_valley() {
    let ([one, other], events, weights) = rows();
    let (dial, record) = stacked([&one, &other], &events, &weights);
    assert_eq!(record.compared.len(), 11);
    for found in &record.compared {
        let expected = profiled([&one, &other], &events, &weights, found.dial);
        assert!((found.log_loss - expected).abs() <= 1e-12 && found.log_loss >= record.log_loss);
    }
    for pair in record.compared.windows(2) {
        let falls = pair[1].log_loss < pair[0].log_loss;
        // Before the dial it falls, after it it rises.
        assert!(if pair[1].dial <= dial { falls } else { pair[0].dial < dial || !falls }, "{pair:?}");
    }
}

#[test]
fn a_score_that_tells_nothing_more_gets_no_weight() {
    let ([one, _], events, weights) = rows();
    // Against the outcome once the first is known: without the bound its weight would be below 0.
    let against: Vec<f64> =
        one.iter().zip(&events).map(|(b, e)| 0.5 * b - 0.4 * f64::from(u8::from(*e))).collect();
    let (dial, record) = stacked([&one, &against], &events, &weights);
    assert!(dial <= 0.0 && record.candidate <= 0.0 && record.baseline > 0.0);
    let (dial, record) = stacked([&against, &one], &events, &weights);
    assert!(dial >= 1.0 && record.baseline <= 0.0 && record.candidate > 0.0);
    assert!(record.compared.iter().all(|one| one.log_loss >= record.log_loss - 1e-12));
}

#[test]
fn what_cannot_be_stacked_says_why() {
    let ([one, other], events, weights) = rows();
    let refused = |one: &[f64], other: &[f64]| {
        stack([one, other], (&events, &weights), 5, "again").unwrap_err().to_string()
    };
    let line: Vec<f64> = one.iter().map(|x| 0.5 * x - 2.0).collect();
    assert!(refused(&one, &line).contains("differ by a scale and a constant only"));
    assert!(refused(&one, &vec![0.25; one.len()]).contains("gives every row the same score"));
    let fall = |x: &[f64]| x.iter().map(|x| -x).collect::<Vec<_>>();
    let message = refused(&fall(&one), &fall(&other));
    assert!(message.contains("the candidate does not rise with outcome `again`: slope -"), "{message}");
    assert!(auc(&other, &events) > 0.6, "which it would, were it not turned");
}
