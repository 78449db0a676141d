//! One calculation's result and its explanation.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::Pair;
use super::context::{self, ExplanationStability, PlacedValue};
use super::path::{ProbabilityPath, probability_shares};
use crate::completion::Certificate;
use crate::explain::{OrReason, Percentile};
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
    /// Where the score stands among those of the population, or why that is not known.
    pub percentile: OrReason<Percentile>,
}

/// A lower and an upper probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Probabilities over all ways of answering the unknown questions with known answers.
///
/// Not always around the probability, since `unknown` is an answer of its own. See [`crate::completion::range`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IfUnknowns {
    /// The lowest: no answers give less.
    pub low: f64,
    /// The highest: no answers give more.
    pub high: f64,
    /// Whether some answers give exactly these (but for rounding), or they may be too wide.
    pub certificate: Certificate,
    /// How much too wide at most, at either end: 0 if exact.
    pub gap: f64,
    /// Sets of answers that were bounded to prove it; 0 where the corners are enough.
    pub nodes: usize,
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
    /// What pairs of answers add together, in the form's order; left out unless asked for, by
    /// [`Assessment::with_pairs`](super::Assessment::with_pairs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Vec<Pair>>,
    /// The same for the probability: its base plus all `probability_value` is the probability, within 1e-9.
    pub probability: ProbabilityPath,
    /// How far base and values could move with another population of the same kind, or why that is not known.
    pub stability: OrReason<ExplanationStability>,
    /// Where each value stands among those of its indicator in the population, in the form's order, or why that is not
    /// known.
    pub percentiles: OrReason<Vec<PlacedValue>>,
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
    /// Its share of the way from the base probability to the case's, along the explanation's path.
    pub probability_value: f64,
    /// What is left of the value without half of each pair it is in; left out unless pairs were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<f64>,
}

impl IfUnknowns {
    /// The two ends.
    pub fn ends(&self) -> Interval {
        Interval { low: self.low, high: self.high }
    }
}

impl Reading {
    pub(super) fn of(part: &Part, horizon_days: Option<u32>, instrument: &Instrument, row: &[u8]) -> Self {
        let log_odds = part.score(row);
        let calibrated = part.calibrate(log_odds);
        let probability_of = |score: f64| part.calibrate(score).probability;
        let range = part.range(instrument, row);
        // The calibrator is monotone, so the ends stay the ends.
        let (low, high) = (probability_of(range.low), probability_of(range.high));
        let gap = (probability_of(range.attained_low) - low).max(high - probability_of(range.attained_high));
        let if_unknowns = IfUnknowns { low, high, certificate: range.certificate(), gap, nodes: range.nodes };
        Self {
            outcome: part.outcome().to_owned(),
            horizon_days,
            log_odds,
            probability: calibrated.probability,
            interval: Interval { low: calibrated.low, high: calibrated.high },
            if_unknowns,
            percentile: part.percentile(log_odds),
        }
    }
}

impl ScoreExplanation {
    pub(super) fn of(part: &Part, instrument: &Instrument, row: &[u8]) -> Result<Self, Error> {
        let parts = part.explain(row)?;
        let (probability, shares) = probability_shares(part.calibrator(), &parts.total, part.score(row))?;
        let values = instrument
            .indicators()
            .iter()
            .zip(row)
            .enumerate()
            .map(|(j, (indicator, &code))| Contribution {
                indicator: indicator.id.clone(),
                answer: indicator.answers()[usize::from(code)].id.clone(),
                value: parts.total.values[j],
                baseline_part: parts.baseline[j],
                model_part: parts.candidate[j],
                probability_value: shares[j],
                alone: None,
            })
            .collect();
        let stability = ExplanationStability::of(part, instrument, row, &parts.total);
        let percentiles = context::placed(part, instrument, &parts.total);
        Ok(Self {
            stability,
            percentiles,
            base: parts.total.base,
            scale: Scale::LogOdds,
            values,
            interactions: None,
            probability,
        })
    }
}
