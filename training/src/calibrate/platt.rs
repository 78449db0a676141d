//! Logistic regression on one number.

use amparo_models::calibrator::Platt;
use amparo_models::probability::{logit, sigmoid, softplus};

use crate::Error;

/// What is fitted here, in errors.
const WHAT: &str = "logistic regression on one number";
/// Most Newton steps.
const ITERATIONS: usize = 100;
/// Gradient per unit of weight at which the search rests.
const TOLERANCE: f64 = 1e-10;
/// Share of the loss by which a step may miss a decrease: rounding of the sum, no more.
const SLACK: f64 = 1e-12;

/// Why plain likelihood has no best slope on separated classes.
const SEPARATED: &str = "a threshold separates events from the rest";

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
/// DIFFERENCE: Platt (1999) replaces the labels 0 and 1 by smoothed targets, as [`platt_smoothed`] does; with hundreds of events
/// the effect is below the curve's own interval, and the plain likelihood keeps calibration in the large exact.
///
/// # Errors
/// [`Error::NotRising`] if the slope is not above 0; see [`logistic_line`].
pub fn platt(scores: &[f64], events: &[bool], weights: &[f64], outcome: &str) -> Result<Platt, Error> {
    let Line { intercept, slope, covariance } = logistic_line(scores, events, weights)?;
    if slope <= 0.0 {
        return Err(Error::NotRising { what: "the score".to_owned(), outcome: outcome.to_owned(), slope });
    }
    Ok(Platt { intercept, slope, covariance })
}

/// Platt's curve with his smoothed targets.
///
/// ```text
/// target of an event = (N+ + 1) / (N+ + 2)      target of a non-event = 1 / (N- + 2)
/// N+, N- = sums of the weights of events and of non-events, weights with mean 1
/// ```
/// They say that about one of the events could have been none, and about one of the others an event. Few rows then do not make a
/// curve too steep, and there is one even where a threshold separates the classes. The sum of the probabilities of the rows is
/// off by less than one case. The covariance is the inverse of the curvature at these targets.
///
/// # Errors
/// [`Error::NotRising`] if the slope is not above 0; [`Error::NoSlope`] if one class is missing or all scores are equal;
/// [`Error::NotConverged`].
///
/// # References
/// Platt, "Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods", 1999, section 2.2.
pub fn platt_smoothed(
    scores: &[f64],
    events: &[bool],
    weights: &[f64],
    outcome: &str,
) -> Result<Platt, Error> {
    if let Some(reason) = no_slope(scores, events).filter(|reason| *reason != SEPARATED) {
        return Err(Error::NoSlope { what: WHAT, reason });
    }
    let Line { intercept, slope, covariance } = line(scores, &smoothed(events, weights), weights)?;
    if slope <= 0.0 {
        return Err(Error::NotRising { what: "the score".to_owned(), outcome: outcome.to_owned(), slope });
    }
    Ok(Platt { intercept, slope, covariance })
}

/// Platt's targets; see [`platt_smoothed`].
pub(super) fn smoothed(events: &[bool], weights: &[f64]) -> Vec<f64> {
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    let n_of = |wanted: bool| {
        events.iter().zip(weights).filter(|(e, _)| **e == wanted).map(|(_, w)| w / mean).sum::<f64>()
    };
    let (with, without) = (n_of(true), n_of(false));
    let of = |event: &bool| if *event { (with + 1.0) / (with + 2.0) } else { 1.0 / (without + 2.0) };
    events.iter().map(of).collect()
}

/// Weighted logistic regression of events on one number, by Newton's method with step halving.
///
/// ```text
/// maximise   sum w_i (y_i s_i - softplus(s_i))              s_i = intercept + slope * x_i
/// covariance = inverse of sum w_i p_i (1 - p_i) (1, x_i)(1, x_i)'    weights w_i with mean 1
/// ```
///
/// # Errors
/// [`Error::NoSlope`] if one class is missing, all `x` are equal, or a threshold on `x` separates events from the rest;
/// [`Error::NotConverged`].
///
/// # References
/// Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models", Biometrika 71,
/// 1984 (separation).
pub fn logistic_line(x: &[f64], events: &[bool], weights: &[f64]) -> Result<Line, Error> {
    if let Some(reason) = no_slope(x, events) {
        return Err(Error::NoSlope { what: WHAT, reason });
    }
    let targets: Vec<f64> = events.iter().map(|event| f64::from(u8::from(*event))).collect();
    line(x, &targets, weights)
}

/// The same of targets in [0, 1] instead of events, for which a best slope exists.
fn line(x: &[f64], targets: &[f64], weights: &[f64]) -> Result<Line, Error> {
    let total: f64 = weights.iter().sum();
    let n = x.len() as f64;
    // Centred and scaled, so that Newton's 2x2 system is well conditioned whatever the unit of x.
    let mean = x.iter().zip(weights).map(|(x, w)| w * x).sum::<f64>() / total;
    let variance = x.iter().zip(weights).map(|(x, w)| w * (x - mean).powi(2)).sum::<f64>() / total;
    let sd = variance.sqrt();
    let z: Vec<f64> = x.iter().map(|x| (x - mean) / sd).collect();
    let rate = targets.iter().zip(weights).map(|(y, w)| y * w).sum::<f64>() / total;
    let loss = |a: f64, b: f64| -> f64 {
        let of = |((&z, &y), &w): ((&f64, &f64), &f64)| {
            let s = a + b * z;
            w * (softplus(s) - y * s)
        };
        z.iter().zip(targets).zip(weights).map(of).sum::<f64>() / total
    };
    let (mut a, mut b) = (logit(rate), 0.0);
    let mut current = loss(a, b);
    let mut found = f64::INFINITY;
    for _ in 0..ITERATIONS {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for ((&z, &y), &w) in z.iter().zip(targets).zip(weights) {
            let p = sigmoid(a + b * z);
            let (residual, curvature) = (w * (p - y), w * p * (1.0 - p));
            ga += residual;
            gb += residual * z;
            haa += curvature;
            hab += curvature * z;
            hbb += curvature * z * z;
        }
        let determinant = haa * hbb - hab * hab;
        // Not `max`, which drops a NaN.
        found = (if ga.abs() >= gb.abs() { ga.abs() } else { gb.abs() }) / total;
        if !(determinant > 0.0 && found.is_finite()) {
            break;
        }
        if found <= TOLERANCE {
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
            if next <= current * (1.0 + SLACK) || step < 1e-8 {
                (a, b, current) = (a - step * da, b - step * db, next);
                break;
            }
            step /= 2.0;
        }
    }
    let measure = "the gradient per unit of weight";
    Err(Error::NotConverged { what: WHAT, iterations: ITERATIONS, measure, found, expected: TOLERANCE })
}

/// Why no finite slope is best, if so: on one number that can be seen without a search.
pub(super) fn no_slope(x: &[f64], events: &[bool]) -> Option<&'static str> {
    let range = |wanted: bool| {
        let of = x.iter().zip(events).filter(|(_, e)| **e == wanted).map(|(x, _)| *x);
        of.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (with, without) = (range(true), range(false));
    if with.0 > with.1 || without.0 > without.1 {
        return Some("one class is missing, expected at least one event and one non-event");
    }
    if with.0.min(without.0) >= with.1.max(without.1) {
        return Some("all values are equal, expected at least two");
    }
    (without.1 <= with.0 || with.1 <= without.0).then_some(SEPARATED)
}
