use amparo_models::calibrator::Beta;
use amparo_models::probability::softplus;

use super::*;
use crate::Error;

/// statsmodels 0.15.0 with `F = np.column_stack([-np.logaddexp(0, -x), np.logaddexp(0, x), np.ones(300)])`:
/// `r = sm.Logit(y, F).fit(method="newton", tol=1e-14)`, `r.params`, `r.cov_params()[np.triu_indices(3)]`.
const STATSMODELS: [f64; 3] = [0.6620072080147451, 0.881896424141555, -0.5815037154117072];
const STATSMODELS_COVARIANCE: [f64; 6] = [
    0.285668648106827,
    -0.2341528829484326,
    0.42766656583702267,
    0.24024105156852116,
    -0.3949944566419562,
    0.6974669669852154,
];
/// The same with weights: `sm.GLM(y, F, family=sm.families.Binomial(), freq_weights=w).fit(tol=1e-14).params`.
const WEIGHTED: [f64; 3] = [0.34306738, 1.27648709, -1.18412672];
/// scipy 1.17.1: `minimize(..., method="L-BFGS-B", bounds=[(0, None), (0, None), (None, None)])` of the log loss of
/// `np.where(x < 1.4, y, 0)`, with weights 1 and `w`, and of `np.where(x > -1.4, y, 1)`; without the bounds its exponents are
/// 3.156 and -2.879, 3.027 and -2.783, -3.096 and 3.174.
const TOP: [f64; 3] = [0.3637349238636076, 0.0, -0.586726866066227];
const TOP_WEIGHTED: [f64; 3] = [0.310460537026379, 0.0, -0.6839684646148028];
const BOTTOM: [f64; 3] = [0.0, 0.423520870357886, -0.2044032497480214];
/// betacal 1.1.0, `BetaCalibration("abm").fit(1 / (1 + np.exp(-x)), y)`: `calibrator_.map_[:2]`, `calibrator_.lr_.intercept_`.
const BETACAL: [f64; 3] = [0.6606444592449973, 0.8835661326546818, -0.5841458];

fn numbers(beta: &Beta) -> [f64; 3] {
    [beta.a, beta.b, beta.c]
}

fn fitted(x: &[f64], y: &[bool], w: &[f64]) -> Beta {
    let curve = beta(x, y, w, "again").unwrap();
    Calibrator::Beta(curve.clone()).check().unwrap();
    curve
}

/// Log loss per unit of weight, as the formula has it.
fn loss([a, b, c]: [f64; 3], x: &[f64], y: &[bool], w: &[f64]) -> f64 {
    let of = |((&x, &y), &w): ((&f64, &bool), &f64)| {
        let s = 1.0 / (1.0 + (-x).exp());
        let p = 1.0 / (1.0 + 1.0 / (c.exp() * s.powf(a) / (1.0 - s).powf(b)));
        -w * if y { p.ln() } else { (1.0 - p).ln() }
    };
    x.iter().zip(y).zip(w).map(of).sum::<f64>() / w.iter().sum::<f64>()
}

#[test]
fn the_curve_is_that_of_statsmodels_with_its_covariance() {
    let (x, y, w) = drawn(300);
    let curve = fitted(&x, &y, &[1.0; 300]);
    assert!(close(&numbers(&curve), &STATSMODELS, 1e-8), "{curve:?}");
    assert!(close(&curve.covariance, &STATSMODELS_COVARIANCE, 1e-7), "{curve:?}");
    let weighted = fitted(&x, &y, &w);
    assert!(close(&numbers(&weighted), &WEIGHTED, 1e-7), "{weighted:?}");
    assert!(!close(&numbers(&weighted), &STATSMODELS, 1e-1), "the weights matter");
}

#[test]
fn its_likelihood_is_above_that_of_betacal() {
    let (x, y, _) = drawn(300);
    let of = |numbers| loss(numbers, &x, &y, &[1.0; 300]);
    let found = of(numbers(&fitted(&x, &y, &[1.0; 300])));
    // scipy's least loss is 0.5957684353548446.
    assert!((found - 0.5957684353548446).abs() <= 1e-12, "{found}");
    assert!(of(BETACAL) - found > 1e-8 && of(BETACAL) - found < 1e-5);
}

#[test]
fn an_exponent_below_0_is_held_there() {
    let (x, y, w) = drawn(300);
    let ones = [1.0; 300];
    let top: Vec<bool> = x.iter().zip(&y).map(|(x, y)| *y && *x < 1.4).collect();
    let bottom: Vec<bool> = x.iter().zip(&y).map(|(x, y)| *y || *x <= -1.4).collect();
    for (y, w, expected) in
        [(&top, &ones[..], TOP), (&top, &w[..], TOP_WEIGHTED), (&bottom, &ones[..], BOTTOM)]
    {
        let curve = fitted(&x, y, w);
        assert!(close(&numbers(&curve), &expected, 1e-5), "{curve:?} {expected:?}");
        // scipy stops a little beside the least loss.
        let beside = loss(expected, &x, y, w) - loss(numbers(&curve), &x, y, w);
        assert!((-1e-13..1e-9).contains(&beside), "{beside:e}");
    }
    // statsmodels on the one logarithm that is left: variance of its exponent, covariance, variance of c.
    let covariance = fitted(&x, &top, &ones).covariance;
    let expected = [0.04956007335653324, 0.0, 0.03850215133959106, 0.0, 0.0, 0.04613801462959581];
    assert!(close(&covariance, &expected, 1e-8), "{covariance:?}");
}

#[test]
fn the_size_of_the_weights_changes_nothing() {
    let (x, y, w) = drawn(300);
    let large: Vec<f64> = w.iter().map(|w| w * 1e4).collect();
    let (one, other) = (fitted(&x, &y, &w), fitted(&x, &y, &large));
    assert!(close(&numbers(&one), &numbers(&other), 1e-8));
    assert!(close(&one.covariance, &other.covariance, 1e-7), "10,000 people for each row are still 300 rows");
}

#[test]
fn classes_that_only_a_bent_curve_separates_are_calibrated_on_an_edge() {
    // Events at both ends and one in the middle out of order: without the bounds a curve that falls and rises has no end.
    let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 10.0 - 2.0).collect();
    let y: Vec<bool> = (0..60).map(|i| !(5..30).contains(&i)).collect();
    let curve = fitted(&x, &y, &[1.0; 60]);
    assert!(curve.a == 0.0 && curve.b > 0.0, "{curve:?}");
    // No rising neighbour is better.
    let least = loss(numbers(&curve), &x, &y, &[1.0; 60]);
    for step in [[1e-3, 0.0, 0.0], [0.0, 1e-3, 0.0], [0.0, -1e-3, 0.0], [0.0, 0.0, 1e-3], [0.0, 0.0, -1e-3]] {
        let [a, b, c] = [0, 1, 2].map(|k| numbers(&curve)[k] + step[k]);
        assert!(loss([a, b, c], &x, &y, &[1.0; 60]) > least, "{step:?}");
    }
}

#[test]
fn what_cannot_rise_is_refused() {
    let (x, y, w) = drawn(300);
    let falling: Vec<f64> = x.iter().map(|x| -x).collect();
    let error = Method::Beta.fit(&falling, &y, &w, "again").unwrap_err();
    assert!(matches!(error, Error::NotRising { .. }), "{error}");
    assert!(
        error.to_string().starts_with("the score does not rise with outcome `again`: slope -0.83"),
        "{error}"
    );
    let reason = |x: &[f64], y: &[bool]| match beta(x, y, &vec![1.0; x.len()], "again") {
        Err(Error::NoSlope { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let few = "the scores have too few different values for two exponents, expected at least three";
    assert_eq!(reason(&[1.0, 1.0, 2.0, 2.0], &[false, true, false, true]), few);
    let separated = "a threshold separates events from the rest";
    assert_eq!(reason(&[1.0, 2.0, 3.0, 4.0], &[false, false, true, true]), separated);
    let one_class = "one class is missing, expected at least one event and one non-event";
    assert_eq!(reason(&[1.0, 2.0, 3.0], &[true; 3]), one_class);
}

#[test]
fn the_interval_holds_the_truth_about_as_often_as_it_says() {
    // The truth bends: a = 1.5, b = 0.5, c = 0; the interval is judged at the score -0.5.
    let truth = |x: f64| 1.0 / (1.0 + (1.5 * softplus(-x) - 0.5 * softplus(x)).exp());
    let mut holds = 0;
    for sample in 0..200 {
        let at = |i: usize| 3_000_000 + sample * 10_000 + i;
        let x: Vec<f64> = (0..400).map(|i| 4.0 * uniform(at(i * 10 + 1)) - 2.0).collect();
        let y: Vec<bool> = x.iter().enumerate().map(|(i, x)| uniform(at(i * 10 + 2)) < truth(*x)).collect();
        let calibrated = Method::Beta.fit(&x, &y, &[1.0; 400], "again").unwrap().calibrate(-0.5);
        assert!(calibrated.high - calibrated.low < 0.25);
        holds += usize::from(calibrated.low <= truth(-0.5) && truth(-0.5) <= calibrated.high);
    }
    // 190 expected, standard deviation 3.1: four of them.
    assert!((178..=200).contains(&holds), "{holds} of 200");
}
