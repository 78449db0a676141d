//! Where the truth is known, estimates come to it as rows grow.

use amparo_evaluation::evaluate_only;
use amparo_evaluation::input::{Columns, Input};
use amparo_evaluation::metrics::Metric;
use amparo_evaluation::report::Measures;

use crate::{common, simulate};

const METRICS: &[Metric] = &[
    Metric::BaseRate,
    Metric::Auc,
    Metric::Brier,
    Metric::ObservedExpected,
    Metric::CalibrationSlope,
    Metric::CalibrationIntercept,
    Metric::Ece,
    Metric::SmoothEce,
    Metric::Ici,
];

/// What holds of the true risk itself, which is uniform between 0.02 and 0.6 ([`simulate::rows`]).
fn truth() -> Vec<(&'static str, f64)> {
    let (a, b) = (0.02, 0.6);
    let mean = (a + b) / 2.0;
    let square = (b - a) * (b - a) / 12.0 + mean * mean;
    // P(p of an event > p of another row), on a grid of the uniform distribution.
    let grid: Vec<f64> = (0..2000).map(|i| a + (b - a) * (f64::from(i) + 0.5) / 2000.0).collect();
    let (mut below, mut above) = (0.0, 0.0);
    for p in &grid {
        above += p * (below + (1.0 - p) / 2.0);
        below += 1.0 - p;
    }
    let auc = above / (2000.0 * 2000.0 * mean * (1.0 - mean));
    vec![
        ("base_rate", mean),
        ("auc", auc),
        ("brier", mean - square),
        ("observed_expected", 1.0),
        ("calibration_slope", 1.0),
        ("calibration_intercept", 0.0),
        ("ece", 0.0),
        ("smooth_ece", 0.0),
        ("ici", 0.0),
    ]
}

fn measured(n: usize) -> Measures {
    let rows = simulate::rows(11, n);
    let columns =
        Columns { y: rows.y, weight: vec![1.0; n], cluster: (0..n as u32).collect(), ..Columns::default() };
    let versions = [common::version("v", None, rows.truth)];
    let report =
        evaluate_only(&Input::new(columns).unwrap(), &versions, common::context("v", 100), METRICS, &|_| ());
    report.unwrap().scored.remove(0).overall
}

/// Distance from the truth, by metric.
fn errors(n: usize) -> Vec<(&'static str, f64)> {
    let found = measured(n);
    truth().into_iter().map(|(key, truth)| (key, (found[key].value().unwrap() - truth).abs())).collect()
}

#[test]
fn estimates_come_to_the_truth_as_the_root_of_the_rows() {
    let (few, many) = (errors(500), errors(128_000));
    for (key, error) in &many {
        // The widest of them, the slope, has a standard error of about 2.5 / sqrt(n); five of those.
        assert!(*error <= 12.4 / 128_000_f64.sqrt(), "{key}: {error}");
    }
    // A wrong answer would fail: what 500 rows say is too far from the truth for 128,000.
    let sum = |errors: &[(&str, f64)]| errors.iter().map(|(_, error)| error).sum::<f64>();
    assert!(sum(&few) > 4.0 * sum(&many), "{few:?} {many:?}");
    assert!(few.iter().any(|(_, error)| *error > 12.4 / 128_000_f64.sqrt()), "{few:?}");
}
