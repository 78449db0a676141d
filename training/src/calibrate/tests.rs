use amparo_models::Calibrator;
use amparo_models::calibrator::Isotonic;

use super::*;
use crate::testing::{close, uniform};

/// Scores from -2 to 2, events and weights as the Python oracles draw them (`u` as in `testing::uniform`, n = 300):
///
/// ```text
/// x[i] = 4 * u(i * 10 + 1) - 2      y[i] = u(i * 10 + 9) < 0.1 + 0.15 * (x[i] + 2)      w[i] = 0.5 + 2 * u(i * 10 + 8)
/// ```
fn drawn(n: usize) -> (Vec<f64>, Vec<bool>, Vec<f64>) {
    let x: Vec<f64> = (0..n).map(|i| 4.0 * uniform(i * 10 + 1) - 2.0).collect();
    let y = x.iter().enumerate().map(|(i, x)| uniform(i * 10 + 9) < 0.1 + 0.15 * (x + 2.0)).collect();
    let w = (0..n).map(|i| 0.5 + 2.0 * uniform(i * 10 + 8)).collect();
    (x, y, w)
}

mod beta;
mod choice;
mod constant;
mod isotonic;
mod platt;
mod smoothed;
mod venn_abers;
