//! The score's explanation carried over to the probability.

use serde::{Deserialize, Serialize};

use crate::{Calibrator, Error, Explanation};

/// How the difference between the case's probability and the base probability is shared out among the answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProbabilityPath {
    /// `straight_in_log_odds`: from the base score to the case's, all values growing in step. Each share is
    /// `value * (probability - base probability) / (score - base score)`: the Aumann-Shapley value along that path.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub path: PathKind,
    /// The calibrated probability of the base score. It is not the mean probability of the population.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub base: f64,
}

/// A path from the base to the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PathKind {
    /// From the base score to the case's score, all values growing in step.
    StraightInLogOdds,
}

/// Below this difference of scores the slope of the curve stands for the quotient, which rounding would spoil.
const NEAR: f64 = 1e-6;

/// The base probability and each value's share of the way to the case's probability. The base is not the mean probability of
/// the population: a curve of a mean is not the mean of the curve.
///
/// ```text
/// p_j = integral over t in [0, 1] of  value_j * curve'(base + t * sum values) dt
///     = value_j * (curve(score) - curve(base)) / (score - base)
/// base probability + sum_j p_j = probability of the case
/// ```
/// The Aumann-Shapley values along the straight path. They keep the signs and the proportions of the values. The integral
/// is that quotient for every continuous curve with finitely many kinks, so for an isotonic one too, and for one with steps, each of
/// which all values share in as they do in the way. Where score and base
/// meet, it is the slope of the curve there (at a kink the mean of both slopes): what lifts the case and what lowers it
/// cancel out, and neither is hidden. Where they all but meet with a step in between, the quotient would have no bound: the step
/// is then shared out among the values that point its way, in their proportions.
///
/// # Errors
/// [`Error::Additivity`] if base and shares differ from the case's probability by more than 1e-9.
///
/// # References
/// Aumann and Shapley, "Values of Non-Atomic Games", 1974; Sundararajan, Taly and Yan, "Axiomatic attribution for deep
/// networks", ICML 2017 (section 3).
pub(super) fn probability_shares(
    calibrator: &Calibrator,
    explanation: &Explanation,
    score: f64,
) -> Result<(ProbabilityPath, Vec<f64>), Error> {
    let curve = |score: f64| calibrator.calibrate(score).probability;
    let (base, probability) = (curve(explanation.base), curve(score));
    let way: f64 = explanation.values.iter().sum();
    let rise = probability - base;
    let slope = (way.abs() <= NEAR).then(|| slope(calibrator, f64::midpoint(explanation.base, score)));
    let rate = match slope {
        Some(slope) if (slope * way - rise).abs() <= 1e-12 => slope,
        // A kink in between, or far enough apart.
        _ => rise / way,
    };
    let is_step = matches!(calibrator, Calibrator::VennAbers(_)) && way.abs() <= NEAR && rise != 0.0;
    let shares: Vec<f64> = if is_step {
        let along = explanation.values.iter().map(|value| (value * rise.signum()).max(0.0));
        let all: f64 = along.clone().sum();
        along.map(|value| value / all * rise).collect()
    } else {
        explanation.values.iter().map(|value| value * rate).collect()
    };
    let Explanation { base, values } = Explanation { base, values: shares }.checked(probability)?;
    Ok((ProbabilityPath { path: PathKind::StraightInLogOdds, base }, values))
}

/// The slope of the calibrated curve.
fn slope(calibrator: &Calibrator, score: f64) -> f64 {
    match calibrator {
        Calibrator::Platt(platt) => {
            let p = calibrator.calibrate(score).probability;
            platt.slope * p * (1.0 - p)
        }
        // Level but for its steps.
        Calibrator::VennAbers(_) => 0.0,
        Calibrator::Beta(beta) => {
            let p = calibrator.calibrate(score).probability;
            beta.slope(score) * p * (1.0 - p)
        }
        Calibrator::Isotonic(isotonic) => {
            let (x, y) = (&isotonic.scores, &isotonic.probabilities);
            // The piece that ends at knot `k`: flat before the first knot and after the last.
            let piece = |k: usize| match k {
                0 => 0.0,
                k if k == x.len() => 0.0,
                k => (y[k] - y[k - 1]) / (x[k] - x[k - 1]),
            };
            let (left, right) = (x.partition_point(|x| *x < score), x.partition_point(|x| *x <= score));
            f64::midpoint(piece(left), piece(right))
        }
    }
}

#[cfg(test)]
mod tests;
