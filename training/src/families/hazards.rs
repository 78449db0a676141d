//! What a proportional-hazards model on answers says, and its score.

use amparo_models::probability::logit;
use amparo_models::{Additive, Candidate, Error as ModelError, Model, Scorer};

use crate::Followed;

/// A hazard that each answer multiplies, up to a horizon.
///
/// ```text
/// lp            = sum_j b[j][answer to j]               b: log hazard ratios against the first answer, which has 0
/// risk          = 1 - exp(-H exp(lp))                   H: cumulative hazard by the horizon with the first answer to everything
/// r             = mean risk of the rows that were fitted on
/// score         = logit(r) + s (ln H + lp - ln(-ln(1 - r)))          s = -ln(1 - r) / r
/// ```
/// The complementary log-log of the risk, `ln(-ln(1 - risk)) = ln H + lp`, is a sum over answers, and its log-odds are not. The score is the
/// tangent of the log-odds at the mean risk, a fixed line: the ranking is that of the risk, the score is explained exactly, and it is a
/// log-odds near the average form, where a blend with the baseline needs it.
///
/// DIFFERENCE: the log-odds of a proportional-hazards model lie on this line at `r` only, and above it elsewhere. Calibration brings the score
/// to a probability, as it does for any other family.
#[derive(Debug, Clone, PartialEq)]
pub struct Hazards {
    /// Log hazard ratios, by indicator and answer.
    pub log_ratios: Vec<Vec<f64>>,
    /// Logarithm of the cumulative hazard by the horizon where every answer is the first one.
    pub log_cumulative: f64,
    /// Mean risk by the horizon of the rows that were fitted on, in (0, 1).
    pub mean_risk: f64,
}

impl Hazards {
    pub(super) fn new(log_ratios: Vec<Vec<f64>>, log_cumulative: f64, followed: &Followed) -> Self {
        let mut hazards = Self { log_ratios, log_cumulative, mean_risk: 0.0 };
        let rows = followed.answers.rows().zip(&followed.weights);
        let of_rows: f64 = rows.map(|(row, weight)| weight * hazards.risk(row)).sum();
        hazards.mean_risk = of_rows / followed.weights.iter().sum::<f64>();
        hazards
    }

    /// The probability of the event by the horizon, before calibration.
    pub fn risk(&self, row: &[u8]) -> f64 {
        let answers = Additive { intercept: self.log_cumulative, weights: self.log_ratios.clone() };
        -libm::expm1(-libm::exp(answers.score(row)))
    }

    /// What a log hazard ratio of 1 adds to the score: at least 1, and near 1 where events are rare.
    pub fn slope(&self) -> f64 {
        -libm::log1p(-self.mean_risk) / self.mean_risk
    }

    /// The score as a sum of one number an answer.
    pub fn additive(&self) -> Additive {
        let (r, slope) = (self.mean_risk, self.slope());
        let at_mean = libm::log(-libm::log1p(-r));
        Additive {
            intercept: logit(r) + slope * (self.log_cumulative - at_mean),
            weights: self.log_ratios.iter().map(|of| of.iter().map(|b| slope * b).collect()).collect(),
        }
    }

    /// The same as the scorer of a family.
    pub(super) fn scorer(&self, family: &str) -> Result<Scorer, ModelError> {
        Ok(Candidate::additive(family, self.additive())?.into())
    }

    /// What a version says of it.
    pub(super) fn notes(&self, followed: &Followed) -> Vec<String> {
        let (n, censored, horizon) = (followed.days.len(), followed.n_censored, followed.horizon_days);
        vec![
            format!(
                "The hazard was fitted on {n} rows as they were followed, up to {horizon} days, with sampling weights: the {censored} that were censored \
                 before take part until then. What is said of censored rows that are left out is true of calibration and of all that the model is judged by"
            ),
            format!(
                "The cumulative hazard by day {horizon} is {:.6} where every answer is the first one; a log hazard ratio of 1 adds {:.6} to the score",
                libm::exp(self.log_cumulative),
                self.slope()
            ),
        ]
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
