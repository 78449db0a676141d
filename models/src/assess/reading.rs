//! One calculation's result and its explanation.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use crate::{Error, Part};

/// The result of one calculation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Name of the outcome that the probability is of.
    pub outcome: String,
    /// Days within which the outcome counts, where the protocol says a number.
    #[serde(default)]
    pub horizon_days: Option<u32>,
    /// The score.
    pub log_odds: f64,
    /// The calibrated probability.
    pub probability: f64,
    /// What the calibration rows leave open, at 95 %.
    pub interval: Interval,
    /// What the unknown answers leave open.
    pub if_unknowns: IfUnknowns,
}

/// A lower and an upper probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Probabilities over all ways of answering the unknown questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum IfUnknowns {
    /// The lowest and the highest; not always around the probability, since `unknown` is an answer of its own.
    Range(Interval),
    /// Not known.
    Undefined {
        /// Why.
        undefined: String,
    },
}

/// A score taken apart by indicator: base plus values is the score, within 1e-9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreExplanation {
    /// Mean score of the population that the case is compared with.
    pub base: f64,
    /// Unit of base and values.
    pub scale: Scale,
    /// One value an indicator, in the form's order.
    pub values: Vec<Contribution>,
}

/// Unit of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Natural logarithm of the odds.
    LogOdds,
}

/// What one answer adds to the score: `value = baseline_part + model_part`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Id of the indicator.
    pub indicator: String,
    /// Id of the answer.
    pub answer: String,
    /// Shapley value in the whole model.
    pub value: f64,
    /// The baseline's share of it.
    pub baseline_part: f64,
    /// The candidate's share of it.
    pub model_part: f64,
}

impl Reading {
    pub(super) fn of(part: &Part, horizon_days: Option<u32>, instrument: &Instrument, row: &[u8]) -> Self {
        let log_odds = part.score(row);
        let calibrated = part.calibrate(log_odds);
        let probability_of = |score: f64| part.calibrate(score).probability;
        let if_unknowns = match part.range(instrument, row) {
            // The calibrator is monotone, so the ends stay the ends.
            Ok(range) => IfUnknowns::Range(Interval {
                low: probability_of(range.low),
                high: probability_of(range.high),
            }),
            Err(refused) => IfUnknowns::Undefined { undefined: refused.to_string() },
        };
        Self {
            outcome: part.outcome().to_owned(),
            horizon_days,
            log_odds,
            probability: calibrated.probability,
            interval: Interval { low: calibrated.low, high: calibrated.high },
            if_unknowns,
        }
    }
}

impl ScoreExplanation {
    pub(super) fn of(part: &Part, instrument: &Instrument, row: &[u8]) -> Result<Self, Error> {
        let parts = part.explain(row)?;
        let shares = parts.baseline.iter().zip(&parts.candidate);
        let values = instrument
            .indicators()
            .iter()
            .zip(row)
            .zip(parts.total.values.iter().zip(shares))
            .map(|((indicator, &code), (&value, (&baseline_part, &model_part)))| Contribution {
                indicator: indicator.id.clone(),
                answer: indicator.answers()[usize::from(code)].id.clone(),
                value,
                baseline_part,
                model_part,
            })
            .collect();
        Ok(Self { base: parts.total.base, scale: Scale::LogOdds, values })
    }
}
