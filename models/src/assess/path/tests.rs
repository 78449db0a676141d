#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::calibrator::{Beta, Isotonic, Platt, VennAbers};
use crate::testing::{Draw, worst};

fn platt(draw: &mut Draw) -> Calibrator {
    let (intercept, slope) = (draw.between(-3.0, 3.0), draw.between(0.1, 3.0));
    Calibrator::Platt(Platt { intercept, slope, covariance: [0.0; 3] })
}

fn beta(draw: &mut Draw) -> Calibrator {
    let (a, b) = (draw.between(0.0, 3.0), draw.between(0.1, 3.0));
    Calibrator::Beta(Beta { a, b, c: draw.between(-3.0, 3.0), covariance: [0.0; 6] })
}

/// Steps of 0.1 a quarter apart or so.
fn steps(draw: &mut Draw) -> Calibrator {
    let mut at = -4.0;
    let low_from: Vec<f64> = (0..8)
        .map(|_| {
            at += draw.between(0.05, 1.5);
            at
        })
        .collect();
    let low = (1..9).map(|k| f64::from(k) / 10.0).collect();
    Calibrator::VennAbers(VennAbers { low_from, low, high_to: vec![100.0], high: vec![0.95] })
}

/// Knots from -4 to 4 or so, some of them very close to each other, pieces flat and steep.
fn isotonic(draw: &mut Draw) -> Calibrator {
    let (mut x, mut y) = (-4.0, 0.01);
    let (mut scores, mut probabilities) = (Vec::new(), Vec::new());
    for _ in 0..2 + draw.below(8) {
        x += if draw.below(4) == 0 { 1e-5 } else { draw.between(0.05, 1.5) };
        y += if draw.below(3) == 0 { 0.0 } else { draw.between(0.0, 0.1) };
        scores.push(x);
        probabilities.push(y);
    }
    Calibrator::Isotonic(Isotonic {
        scores,
        low: probabilities.clone(),
        high: probabilities.clone(),
        probabilities,
    })
}

fn explanation(draw: &mut Draw, n: usize) -> (Explanation, f64) {
    let values: Vec<f64> = (0..n).map(|_| draw.between(-1.0, 1.0)).collect();
    let base = draw.between(-3.0, 3.0);
    let score = base + values.iter().sum::<f64>();
    (Explanation { base, values }, score)
}

/// The path integral by the trapezoidal rule, differences of the curve in place of its derivative.
fn integrated(calibrator: &Calibrator, explanation: &Explanation) -> Vec<f64> {
    const STEPS: usize = 1000;
    let way: f64 = explanation.values.iter().sum();
    let at = |t: usize| calibrator.calibrate(explanation.base + way * t as f64 / STEPS as f64).probability;
    let mut sums = vec![0.0; explanation.values.len()];
    for t in 0..STEPS {
        let rise = at(t + 1) - at(t);
        // In each step every indicator goes its share of the way.
        for (sum, value) in sums.iter_mut().zip(&explanation.values) {
            *sum += rise * (value / STEPS as f64) / (way / STEPS as f64);
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn shares_add_up_and_are_the_integral_along_the_path(seed: u64) {
        let mut draw = Draw::new(seed);
        for calibrator in [platt(&mut draw), beta(&mut draw), isotonic(&mut draw), steps(&mut draw)] {
            let (explanation, score) = explanation(&mut draw, 7);
            let (path, shares) = probability_shares(&calibrator, &explanation, score).unwrap();
            let probability = calibrator.calibrate(score).probability;
            prop_assert!((path.base + shares.iter().sum::<f64>() - probability).abs() <= 1e-9);
            prop_assert!(worst(&[path.base], &[calibrator.calibrate(explanation.base).probability]) <= 0.0);
            prop_assert!(worst(&shares, &integrated(&calibrator, &explanation)) <= 1e-9);
            // The same signs, but where the curve is flat.
            for (share, value) in shares.iter().zip(&explanation.values) {
                prop_assert!(share * value >= 0.0);
            }
        }
    }

    #[test]
    fn a_score_next_to_its_base_is_shared_out_as_well(seed: u64, exponent in 4_i32..17) {
        let mut draw = Draw::new(seed);
        for calibrator in [platt(&mut draw), beta(&mut draw), isotonic(&mut draw), steps(&mut draw)] {
            let base = draw.between(-3.0, 3.0);
            let near = 10_f64.powi(-exponent);
            let explanation = Explanation { base, values: vec![0.5, -0.5, near] };
            let score = base + near;
            let (path, shares) = probability_shares(&calibrator, &explanation, score).unwrap();
            let probability = calibrator.calibrate(score).probability;
            prop_assert!((path.base + shares.iter().sum::<f64>() - probability).abs() <= 1e-9);
            prop_assert!(worst(&[shares[0]], &[-shares[1]]) <= 1e-9 * shares[0].abs().max(1.0));
        }
    }
}

#[test]
fn where_score_and_base_meet_the_slope_counts() {
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 2.0, covariance: [0.0; 3] });
    let meeting = Explanation { base: 0.0, values: vec![0.5, -0.5] };
    // 2 x 1/4 x 1/2
    let shares = probability_shares(&platt, &meeting, 0.0).unwrap().1;
    assert!(worst(&shares, &[0.25, -0.25]) <= 1e-15);
    assert!(worst(&shares, &[0.0, 0.0]) > 0.2);
    // (2 x 1/2 + 1 x 1/2) x 1/4 x 1/2 at even odds.
    let even = Beta { a: 2.0, b: 1.0, c: std::f64::consts::LN_2, covariance: [0.0; 6] };
    let shares = probability_shares(&Calibrator::Beta(even), &meeting, 0.0).unwrap().1;
    assert!(worst(&shares, &[0.1875, -0.1875]) <= 1e-15, "{shares:?}");
    // Slopes 0.4, 0.1 and 0: at the kink their mean, between kinks the slope, beyond the ends none.
    let (scores, probabilities) = (vec![0.0, 1.0, 2.0], vec![0.1, 0.5, 0.6]);
    let isotonic =
        Isotonic { scores, low: probabilities.clone(), high: probabilities.clone(), probabilities };
    let isotonic = Calibrator::Isotonic(isotonic);
    for (at, slope) in [(1.0, 0.25), (0.5, 0.4), (1.5, 0.1), (0.0, 0.2), (2.0, 0.05), (-1.0, 0.0), (3.0, 0.0)]
    {
        let meeting = Explanation { base: at, values: vec![1.0, -1.0] };
        let shares = probability_shares(&isotonic, &meeting, at).unwrap().1;
        assert!(worst(&shares, &[slope, -slope]) <= 1e-15, "{at}: {shares:?}");
    }
}

#[test]
fn a_step_between_score_and_base_goes_to_the_values_that_point_its_way() {
    let (low_from, low) = (vec![0.0], vec![0.5]);
    let step = Calibrator::VennAbers(VennAbers { low_from, low, high_to: vec![100.0], high: vec![0.75] });
    // 0.75 / 1.75 below the step, 0.75 / 1.25 above it.
    let rise = 0.6 - 3.0 / 7.0;
    let near = Explanation { base: -1e-12, values: vec![3.0, -4.0, 1.0 + 2e-12] };
    let score = near.base + near.values.iter().sum::<f64>();
    assert!(score > 0.0);
    let shares = probability_shares(&step, &near, score).unwrap().1;
    assert!(worst(&shares, &[0.75 * rise, 0.0, 0.25 * rise]) <= 1e-9, "{shares:?}");
    // Down the same step, to the one that lowers.
    let near = Explanation { base: 1e-12, values: vec![3.0, -4.0, 1.0 - 2e-12] };
    let shares = probability_shares(&step, &near, near.base + near.values.iter().sum::<f64>()).unwrap().1;
    assert!(worst(&shares, &[0.0, -rise, 0.0]) <= 1e-9, "{shares:?}");
}

#[test]
fn values_of_another_case_are_refused() {
    let platt = Calibrator::Platt(Platt { intercept: 0.0, slope: 1.0, covariance: [0.0; 3] });
    let explanation = Explanation { base: 0.0, values: vec![1.0, -1.0] };
    assert!(probability_shares(&platt, &explanation, 0.0).is_ok());
    assert!(matches!(probability_shares(&platt, &explanation, 0.5), Err(Error::Additivity { .. })));
    let explanation = Explanation { base: 0.0, values: vec![f64::NAN, 1.0] };
    assert!(probability_shares(&platt, &explanation, 1.0).is_err());
}
