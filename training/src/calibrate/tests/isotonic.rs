use super::*;
use crate::Error;

/// scikit-learn 1.9.1 on the scores rounded to tenths: `IsotonicRegression(out_of_bounds="clip").fit(t, y, sample_weight=w)
/// .predict([-2.5 + 0.25 * k for k in range(21)])`.
const SKLEARN: [f64; 21] = [
    0.04955325578969678,
    0.04955325578969678,
    0.04955325578969678,
    0.1526945322716833,
    0.1526945322716833,
    0.1526945322716833,
    0.2918823489584854,
    0.2918823489584854,
    0.2918823489584854,
    0.2918823489584854,
    0.4320478265982629,
    0.4320478265982629,
    0.5427690719968473,
    0.5427690719968473,
    0.5784353183824484,
    0.6148135400372965,
    0.7182083894477302,
    0.7860632646389538,
    0.8539181398301775,
    0.8539181398301775,
    0.8539181398301775,
];

fn tenths(x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| (x * 10.0).round() / 10.0).collect()
}

fn curve(scores: &[f64], events: &[bool], weights: &[f64]) -> Isotonic {
    isotonic(scores, events, weights, "again").unwrap()
}

#[test]
fn the_curve_is_that_of_scikit_learn() {
    let (x, y, w) = drawn(300);
    let fitted = Calibrator::Isotonic(curve(&tenths(&x), &y, &w));
    fitted.check().unwrap();
    let found: Vec<f64> = (0..21).map(|k| fitted.calibrate(-2.5 + 0.25 * f64::from(k)).probability).collect();
    assert!(close(&found, &SKLEARN, 1e-12), "{found:?}");
    let unweighted = Calibrator::Isotonic(curve(&tenths(&x), &y, &[1.0; 300]));
    let other: Vec<f64> =
        (0..21).map(|k| unweighted.calibrate(-2.5 + 0.25 * f64::from(k)).probability).collect();
    assert!(!close(&other, &SKLEARN, 1e-2), "the weights matter");
}

/// The order-restricted least squares fit by its max-min formula: `max over a <= k of min over b >= k of mean(a..=b)`.
fn max_min(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mean = |a: usize, b: usize| {
        let sum: f64 = (a..=b).map(|i| values[i] * weights[i]).sum();
        sum / weights[a..=b].iter().sum::<f64>()
    };
    let n = values.len();
    let least = |a: usize, k: usize| (k..n).map(|b| mean(a, b)).fold(f64::INFINITY, f64::min);
    (0..n).map(|k| (0..=k).map(|a| least(a, k)).fold(f64::NEG_INFINITY, f64::max)).collect()
}

#[test]
fn pooling_is_the_max_min_formula() {
    for sample in 0..200 {
        let n = 1 + sample % 12;
        let at = |i: usize| sample * 100 + i;
        // Few distinct values, so that ties occur.
        let values: Vec<f64> = (0..n).map(|i| (uniform(at(i)) * 5.0).floor()).collect();
        let weights: Vec<f64> = (0..n).map(|i| 0.1 + uniform(at(i + 50))).collect();
        let found = pool_adjacent_violators(&values, &weights);
        assert!(close(&found, &max_min(&values, &weights), 1e-12), "{values:?} {weights:?}");
        assert!(found.is_sorted());
    }
    assert!(pool_adjacent_violators(&[], &[]).is_empty());
}

#[test]
fn running_maxima_would_not_be_the_max_min_formula() {
    let (values, weights) = ([1.0, 3.0, 2.0], [1.0; 3]);
    assert!(close(&max_min(&values, &weights), &[1.0, 2.5, 2.5], 1e-12));
    assert!(!close(&[1.0, 3.0, 3.0], &max_min(&values, &weights), 1e-2));
}

#[test]
fn random_curves_pass_their_check_and_rise() {
    for sample in 0..100 {
        let n = 5 + sample * 3;
        let at = |i: usize| 500_000 + sample * 10_000 + i * 3;
        let x: Vec<f64> = (0..n).map(|i| (uniform(at(i)) * 20.0).round() / 10.0).collect();
        let y: Vec<bool> = x.iter().enumerate().map(|(i, x)| uniform(at(i) + 1) < x / 2.0).collect();
        let w: Vec<f64> = (0..n).map(|i| 0.2 + 3.0 * uniform(at(i) + 2)).collect();
        let Ok(curve) = isotonic(&x, &y, &w, "again") else { continue };
        let curve = Calibrator::Isotonic(curve);
        curve.check().unwrap();
        let along: Vec<f64> =
            (0..250).map(|k| curve.calibrate(f64::from(k) / 100.0 - 0.2).probability).collect();
        assert!(along.is_sorted(), "sample {sample}");
    }
}

#[test]
fn a_share_of_nothing_or_everything_gets_half_a_case() {
    // Scores 1, 2, 3 with 0 of 9, 2 of 4 and 9 of 9 events.
    let scores = [vec![1.0; 9], vec![2.0; 4], vec![3.0; 9]].concat();
    let events = [vec![false; 9], vec![true, false, true, false], vec![true; 9]].concat();
    let curve = curve(&scores, &events, &[1.0; 22]);
    assert!(close(&curve.scores, &[1.0, 2.0, 3.0], 0.0));
    assert!(close(&curve.probabilities, &[0.05, 0.5, 0.95], 1e-12));
    // Wilson's interval of 0.05 of 9, by hand: z^2 / n = 0.426829, middle (0.05 + 0.213414) / 1.426829 = 0.184615,
    // half 1.959964 / 1.426829 * sqrt(0.05 * 0.95 / 9 + 0.426829 / 36) = 0.179807.
    assert!(close(&[curve.low[0], curve.high[0]], &[0.004_808, 0.364_422], 1e-6), "{curve:?}");
}

#[test]
fn a_lone_row_at_an_end_does_not_lift_the_curve() {
    // One row without the event below 1,000 rows of which 20 have it, and 100 above of which half have it.
    let scores = [vec![1.0; 1], vec![2.0; 1000], vec![3.0; 100]].concat();
    let events =
        [vec![false], (0..1000).map(|i| i < 20).collect(), (0..100).map(|i| i < 50).collect()].concat();
    let curve = curve(&scores, &events, &vec![1.0; 1101]);
    // Half a case in the lone row is a share of 1/4, which pools with the next block: (0.25 + 20) / 1001.
    assert!(close(&curve.probabilities, &[20.25 / 1001.0, 20.25 / 1001.0, 0.5], 1e-12), "{curve:?}");
    assert!(close(&curve.scores, &[1.0, 2.0, 3.0], 0.0));
}

#[test]
fn minus_zero_is_zero() {
    let (scores, events) = ([-1.0, -0.0, 0.0, 0.0, 1.0], [false, false, true, false, true]);
    assert!(close(&curve(&scores, &events, &[1.0; 5]).scores, &[-1.0, 0.0, 1.0], 0.0));
}

#[test]
fn one_block_is_refused() {
    let falling =
        isotonic(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false], &[1.0; 4], "again").unwrap_err();
    assert!(matches!(falling, Error::NotRising { .. }));
    assert_eq!(
        falling.to_string(),
        "the score does not rise with outcome `again`: slope 0, expected above 0"
    );
    assert!(isotonic(&[2.0; 4], &[true, false, true, false], &[1.0; 4], "again").is_err(), "one score");
    assert!(isotonic(&[1.0, 2.0], &[true, true], &[1.0; 2], "again").is_err(), "one class");
    assert!(isotonic(&[1.0, 2.0, 3.0, 4.0], &[true, false, false, true], &[1.0; 4], "again").is_ok());
}
