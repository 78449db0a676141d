use super::*;
use crate::Error;

/// statsmodels: `r = sm.Logit(y, sm.add_constant(x)).fit(method="newton", tol=1e-14)`, `r.params`, `r.cov_params()`.
const STATSMODELS: [f64; 2] = [-0.39966520436882924, 0.7772249893614991];
const STATSMODELS_COVARIANCE: [f64; 3] = [0.01680186195138842, -0.0026184293752613942, 0.013951141981223655];

/// scikit-learn 1.9.1: `LogisticRegression(C=np.inf, tol=1e-13, max_iter=10000, solver="newton-cholesky")
/// .fit(x[:, None], y, sample_weight=w)`, `intercept_`, `coef_`.
const SKLEARN_WEIGHTED: [f64; 2] = [-0.415496915319294, 0.8330036622582684];

#[test]
fn the_line_is_that_of_statsmodels_with_its_covariance() {
    let (x, y, _) = drawn(300);
    let line = logistic_line(&x, &y, &[1.0; 300]).unwrap();
    assert!(close(&[line.intercept, line.slope], &STATSMODELS, 1e-8), "{line:?}");
    assert!(close(&line.covariance, &STATSMODELS_COVARIANCE, 1e-8), "{line:?}");
    assert!(!close(&[line.intercept, line.slope], &SKLEARN_WEIGHTED, 1e-2), "the oracles differ");
}

#[test]
fn the_weighted_line_is_that_of_scikit_learn() {
    let (x, y, w) = drawn(300);
    let line = logistic_line(&x, &y, &w).unwrap();
    assert!(close(&[line.intercept, line.slope], &SKLEARN_WEIGHTED, 1e-8), "{line:?}");
}

#[test]
fn the_size_of_the_weights_changes_neither_line_nor_covariance() {
    let (x, y, w) = drawn(300);
    let one = logistic_line(&x, &y, &w).unwrap();
    let large: Vec<f64> = w.iter().map(|w| w * 1e4).collect();
    let other = logistic_line(&x, &y, &large).unwrap();
    assert!(close(&[one.intercept, one.slope], &[other.intercept, other.slope], 1e-9));
    assert!(close(&one.covariance, &other.covariance, 1e-9), "10,000 people for each row are still 300 rows");
}

#[test]
fn the_unit_of_the_score_changes_only_the_slope() {
    let (x, y, w) = drawn(300);
    let one = logistic_line(&x, &y, &w).unwrap();
    let moved: Vec<f64> = x.iter().map(|x| 1e6 * x + 3e6).collect();
    let other = logistic_line(&moved, &y, &w).unwrap();
    let back = [other.intercept + 3e6 * other.slope, 1e6 * other.slope];
    assert!(close(&back, &[one.intercept, one.slope], 1e-7), "{other:?}");
    let variance_at_0 = other.covariance[0] + 2.0 * 3e6 * other.covariance[1] + 9e12 * other.covariance[2];
    assert!(close(
        &[variance_at_0, 1e12 * other.covariance[2]],
        &[one.covariance[0], one.covariance[2]],
        1e-7
    ));
}

#[test]
fn the_interval_holds_the_truth_about_as_often_as_it_says() {
    // The truth is a logistic curve of slope 1 through even odds at 0; the interval is judged at the score 0.5.
    let mut holds = 0;
    for sample in 0..200 {
        let at = |i: usize| 1_000_000 + sample * 10_000 + i;
        let x: Vec<f64> = (0..400).map(|i| 2.0 * uniform(at(i * 10 + 1)) - 1.0).collect();
        let y: Vec<bool> =
            x.iter().enumerate().map(|(i, x)| uniform(at(i * 10 + 2)) < 1.0 / (1.0 + (-x).exp())).collect();
        let calibrated = Method::Platt.fit(&x, &y, &[1.0; 400], "again").unwrap().calibrate(0.5);
        assert!(calibrated.low < calibrated.probability && calibrated.probability < calibrated.high);
        assert!(calibrated.high - calibrated.low < 0.2);
        let truth = 1.0 / (1.0 + (-0.5_f64).exp());
        holds += usize::from(calibrated.low <= truth && truth <= calibrated.high);
    }
    // 190 expected, standard deviation 3.1: four of them.
    assert!((178..=200).contains(&holds), "{holds} of 200");
}

#[test]
fn what_has_no_slope_is_refused_with_the_reason() {
    let reason = |x: &[f64], y: &[bool]| match logistic_line(x, y, &vec![1.0; x.len()]) {
        Err(Error::NoSlope { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let separated = "a threshold separates events from the rest";
    assert_eq!(reason(&[1.0, 2.0, 3.0, 4.0], &[false, false, true, true]), separated);
    assert_eq!(reason(&[1.0, 2.0, 3.0, 4.0], &[true, true, false, false]), separated);
    // The threshold may be a score that both classes have.
    assert_eq!(reason(&[1.0, 2.0, 2.0, 3.0], &[false, false, true, true]), separated);
    assert_eq!(reason(&[2.0; 4], &[false, true, true, false]), "all values are equal, expected at least two");
    let one_class = "one class is missing, expected at least one event and one non-event";
    assert_eq!(reason(&[1.0, 2.0], &[true, true]), one_class);
    assert_eq!(reason(&[1.0, 2.0], &[false, false]), one_class);
    assert_eq!(reason(&[], &[]), one_class);
}

#[test]
fn one_pair_out_of_order_is_enough_for_a_slope() {
    let mut x: Vec<f64> = (0..200).map(f64::from).collect();
    let y: Vec<bool> = (0..200).map(|i| i >= 100).collect();
    x.swap(99, 100);
    let line = logistic_line(&x, &y, &[1.0; 200]).unwrap();
    assert!(line.slope.is_finite() && line.slope > 0.0);
    assert!(line.covariance.iter().all(|c| c.is_finite()));
}

#[test]
fn a_falling_score_is_refused() {
    let (x, y, w) = drawn(300);
    let falling: Vec<f64> = x.iter().map(|x| -x).collect();
    let error = Method::Platt.fit(&falling, &y, &w, "again").unwrap_err().to_string();
    assert!(error.starts_with("the score does not rise with outcome `again`: slope -0.83"), "{error}");
    assert!(error.ends_with(", expected above 0"), "{error}");
    assert!(matches!(Method::Platt.fit(&x, &y, &w, "again"), Ok(Calibrator::Platt(_))));
}
