//! linfa-logistic 0.8.1 on the same columns. It knows neither weights nor bounds.

use linfa::Dataset;
use linfa::traits::Fit as _;
use ndarray::{Array1, Array2};

use super::*;

/// The intercept and the weights of 0/1 columns; slices in, numbers out.
///
/// Its objective is `sum of log losses + alpha / 2 * sum w^2` without the intercept (read in its source): `alpha` is our `l2`.
fn linfa_logistic(columns: &[Vec<f64>], events: &[bool], l2: f64) -> Vec<f64> {
    let x = Array2::from_shape_vec((columns.len(), columns[0].len()), columns.concat()).unwrap();
    let y = Array1::from_vec(events.iter().map(|&event| i32::from(event)).collect());
    let model = linfa_logistic::LogisticRegression::default()
        .alpha(l2)
        .max_iterations(10_000)
        .gradient_tolerance(1e-9)
        .fit(&Dataset::new(x, y))
        .unwrap();
    // The class that it calls positive is not always the larger label.
    let sign = if model.labels().pos.class == 1 { 1.0 } else { -1.0 };
    std::iter::once(model.intercept()).chain(model.params().iter().copied()).map(|w| sign * w).collect()
}

fn unweighted(n: usize) -> TrainingSet {
    let weighted = drawn(NEUTRAL, n);
    let rows: Vec<Vec<u8>> = weighted.answers().rows().map(<[u8]>::to_vec).collect();
    training_set(weighted.answers().instrument(), &rows, weighted.events(), &vec![1.0; n])
}

#[test]
fn ours_is_linfas() {
    for (n, l2) in [(400, 2.0), (1500, 0.5), (3000, 20.0)] {
        let set = unweighted(n);
        let ours = parameters(&fit(l2, &[]).fit(&set).unwrap());
        let theirs = linfa_logistic(&thermometer(&set), set.events(), l2);
        assert!(close(&ours, &theirs, 1e-6), "{n} rows: {ours:?} {theirs:?}");
    }
}

#[test]
fn another_penalty_is_not() {
    let set = unweighted(400);
    let ours = parameters(&fit(2.0, &[]).fit(&set).unwrap());
    assert!(!close(&ours, &linfa_logistic(&thermometer(&set), set.events(), 1.0), 1e-2));
}
