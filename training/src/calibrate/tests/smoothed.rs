use super::*;
use crate::Error;

/// scipy 1.17.1: `minimize(..., method="BFGS", options={"gtol": 1e-11})` of the log loss against Platt's targets, with weights 1 and with
/// `w / w.mean()`; scikit-learn 1.9.1's `_sigmoid_calibration(x, y)` and `(x, y, w / w.mean())` give the same to 3e-7.
const SCIPY: [f64; 2] = [-0.39715691370909917, 0.7641406685539706];
const SCIPY_COVARIANCE: [f64; 3] = [0.016700624011681545, -0.002562445908723711, 0.013807648847753724];
const WEIGHTED: [f64; 2] = [-0.41261772913440886, 0.8186193652653843];
/// Of scores 1 to 4, of which the last two have the event.
const SEPARATED: [f64; 2] = [-2.270460656304006, 0.9081842625253892];

fn smoothed(x: &[f64], y: &[bool], w: &[f64]) -> amparo_models::calibrator::Platt {
    let curve = platt_smoothed(x, y, w, "again").unwrap();
    Calibrator::Platt(curve.clone()).check().unwrap();
    curve
}

#[test]
fn the_curve_is_that_of_scipy_and_of_scikit_learn() {
    let (x, y, w) = drawn(300);
    let curve = smoothed(&x, &y, &[1.0; 300]);
    assert!(close(&[curve.intercept, curve.slope], &SCIPY, 1e-7), "{curve:?}");
    assert!(close(&curve.covariance, &SCIPY_COVARIANCE, 1e-8), "{curve:?}");
    let weighted = smoothed(&x, &y, &w);
    assert!(close(&[weighted.intercept, weighted.slope], &WEIGHTED, 1e-7), "{weighted:?}");
    let plain = platt(&x, &y, &[1.0; 300], "again").unwrap();
    assert!(!close(&[plain.intercept, plain.slope], &SCIPY, 1e-3), "the targets matter");
}

#[test]
fn there_is_a_curve_where_a_threshold_separates_the_classes() {
    let (x, y) = ([1.0, 2.0, 3.0, 4.0], [false, false, true, true]);
    let curve = smoothed(&x, &y, &[1.0; 4]);
    assert!(close(&[curve.intercept, curve.slope], &SEPARATED, 1e-6), "{curve:?}");
    assert!(platt(&x, &y, &[1.0; 4], "again").is_err());
}

#[test]
fn the_size_of_the_weights_changes_nothing() {
    let (x, y, w) = drawn(300);
    let large: Vec<f64> = w.iter().map(|w| w * 1e4).collect();
    let (one, other) = (smoothed(&x, &y, &w), smoothed(&x, &y, &large));
    assert!(close(&[one.intercept, one.slope], &[other.intercept, other.slope], 1e-9));
}

#[test]
fn what_does_not_rise_is_refused() {
    let refused = |x: &[f64], y: &[bool]| platt_smoothed(x, y, &vec![1.0; x.len()], "again").unwrap_err();
    let falling = refused(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]);
    assert!(matches!(falling, Error::NotRising { slope, .. } if slope < 0.0), "{falling}");
    assert!(matches!(refused(&[1.0, 2.0], &[true, true]), Error::NoSlope { .. }), "one class");
    assert!(matches!(refused(&[1.0, 1.0], &[true, false]), Error::NoSlope { .. }), "one score");
}
