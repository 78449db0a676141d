//! What a dial is chosen by.

use amparo_models::probability::{logit, sigmoid, softplus};
use serde::{Deserialize, Serialize};

/// Weighted mean losses of predicted log-odds.
///
/// ```text
/// log loss    = sum w_i (softplus(s_i) - y_i s_i) / sum w_i        lower is better; ln 2 for s = 0
/// Brier score = sum w_i (sigmoid(s_i) - y_i)^2 / sum w_i           lower is better; in [0, 1]
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Losses {
    /// Mean log loss.
    pub log_loss: f64,
    /// Mean squared error of the probability.
    pub brier: f64,
}

impl Losses {
    /// The losses of `log_odds` (one a row) for `events` under `weights`.
    pub fn of(log_odds: &[f64], events: &[bool], weights: &[f64]) -> Self {
        let (mut log_loss, mut brier, mut total) = (0.0, 0.0, 0.0);
        for ((&s, &event), &w) in log_odds.iter().zip(events).zip(weights) {
            let y = f64::from(u8::from(event));
            log_loss += w * (softplus(s) - y * s);
            brier += w * (sigmoid(s) - y).powi(2);
            total += w;
        }
        Self { log_loss: log_loss / total, brier: brier / total }
    }

    /// The same of probabilities.
    pub fn of_probabilities(probabilities: &[f64], events: &[bool], weights: &[f64]) -> Self {
        let log_odds: Vec<f64> = probabilities.iter().map(|&p| logit(p)).collect();
        Self::of(&log_odds, events, weights)
    }
}

#[cfg(test)]
mod tests;
