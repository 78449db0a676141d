//! Logistic regression on one number.

use amparo_models::calibrator::Platt;
use amparo_models::probability::{logit, sigmoid, softplus};

use crate::Error;

/// Most Newton steps.
const ITERATIONS: usize = 100;
/// Gradient per unit of weight at which the search rests.
const TOLERANCE: f64 = 1e-10;

/// A fitted logistic line with the covariance of its two numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Log-odds at 0.
    pub intercept: f64,
    /// Log-odds per unit.
    pub slope: f64,
    /// Variance of the intercept, covariance, variance of the slope, with weights brought to mean 1.
    pub covariance: [f64; 3],
}

/// Platt's curve by maximum likelihood.
///
/// DIFFERENCE: Platt (1999) replaces the labels 0 and 1 by `1/(N-+2)` and `(N++1)/(N++2)`; with hundreds of events the
/// effect is below the curve's own interval, and the plain likelihood keeps calibration in the large exact.
///
/// # Errors
/// [`Error::NotRising`], [`Error::NotConverged`].
pub fn platt(scores: &[f64], events: &[bool], weights: &[f64], outcome: &str) -> Result<Platt, Error> {
    let Line { intercept, slope, covariance } = logistic_line(scores, events, weights)?;
    if slope <= 0.0 {
        return Err(Error::NotRising { what: "the score".to_owned(), outcome: outcome.to_owned(), slope });
    }
    Ok(Platt { intercept, slope, covariance })
}

/// Weighted logistic regression of events on one number, by Newton's method with step halving.
///
/// ```text
/// maximise sum w_i (y_i s_i - softplus(s_i)),   s_i = intercept + slope * x_i
/// ```
///
/// # Errors
/// [`Error::NotConverged`], for example when a threshold on `x` separates events from the rest.
pub fn logistic_line(x: &[f64], events: &[bool], weights: &[f64]) -> Result<Line, Error> {
    let total: f64 = weights.iter().sum();
    let n = x.len() as f64;
    // Centred and scaled, so that Newton's 2x2 system is well conditioned whatever the unit of x.
    let mean = x.iter().zip(weights).map(|(x, w)| w * x).sum::<f64>() / total;
    let variance = x.iter().zip(weights).map(|(x, w)| w * (x - mean).powi(2)).sum::<f64>() / total;
    let sd = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    let z: Vec<f64> = x.iter().map(|x| (x - mean) / sd).collect();
    let rate = events.iter().zip(weights).filter(|(e, _)| **e).map(|(_, w)| w).sum::<f64>() / total;
    let loss = |a: f64, b: f64| -> f64 {
        let of = |((&z, &event), &w): ((&f64, &bool), &f64)| {
            let s = a + b * z;
            w * (softplus(s) - if event { s } else { 0.0 })
        };
        z.iter().zip(events).zip(weights).map(of).sum::<f64>() / total
    };
    let (mut a, mut b) = (logit(rate), 0.0);
    let mut current = loss(a, b);
    for _ in 0..ITERATIONS {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((&z, &event), &w) in z.iter().zip(events).zip(weights) {
            let p = sigmoid(a + b * z);
            let (residual, curvature) = (w * (p - f64::from(u8::from(event))), w * p * (1.0 - p));
            ga += residual;
            gb += residual * z;
            haa += curvature;
            hab += curvature * z;
            hbb += curvature * z * z;
        }
        let determinant = haa * hbb - hab * hab;
        if ga.abs().max(gb.abs()) / total <= TOLERANCE {
            // Per row, not per unit of weight: a sample of n rows does not know more because its weights are large.
            let scale = total / n / determinant;
            let (vaa, vab, vbb) = (scale * hbb, -scale * hab, scale * haa);
            // Back to the unit of x: intercept = a - b mean / sd, slope = b / sd.
            let shift = mean / sd;
            let covariance =
                [vaa - 2.0 * shift * vab + shift * shift * vbb, (vab - shift * vbb) / sd, vbb / (sd * sd)];
            return Ok(Line { intercept: a - b * shift, slope: b / sd, covariance });
        }
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        let mut step = 1.0;
        loop {
            let next = loss(a - step * da, b - step * db);
            if next <= current || step < 1e-8 {
                (a, b, current) = (a - step * da, b - step * db, next);
                break;
            }
            step /= 2.0;
        }
    }
    let what = "logistic regression on one number";
    let (measure, found) = ("mean log loss", current);
    Err(Error::NotConverged { what, iterations: ITERATIONS, measure, found, expected: TOLERANCE })
}
