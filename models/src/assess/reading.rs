//! The result of one model for one form, and its explanation.

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::context::{self, ExplanationStability, PlacedValue};
use super::path::{ProbabilityPath, probability_shares};
use super::{Pair, Part, Parts};
use crate::calibrator::IntervalKind;
use crate::completion::Certificate;
use crate::explain::{OrReason, Percentile};
use crate::pooling::SameEffect;
use crate::{Error, OutcomeModel};

/// The result of one model for one form: the probability of its outcome, with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reading {
    /// What the probability is of.
    pub outcome: String,
    /// Days within which it counts; null where the protocol says no number.
    #[serde(default)]
    pub horizon_days: Option<u32>,
    /// The score.
    pub log_odds: f64,
    /// The calibrated probability, an absolute one.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub probability: f64,
    /// What the calibration cases leave open, at 95 % unless `interval_kind` says otherwise. It covers the calibration alone, that is
    /// the curve fitted on the rows set apart to calibrate: not the fitting of the model, and not records that are wrong.
    pub interval: Interval,
    /// What `interval` is. Left out for a 95 % confidence interval. `venn_abers`: the two probabilities that the calibration rows
    /// give if the case is added to them as one without the outcome, and as one with it. One of the two is calibrated, whatever the
    /// scores are; they are no confidence interval.
    #[serde(default, skip_serializing_if = "IntervalKind::is_confidence")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
    pub interval_kind: IntervalKind,
    /// What the unknown answers leave open. The probability itself may lie outside of this range.
    pub if_unknowns: IfUnknowns,
    /// Where the score stands among those of the population of the version, or why that is not known.
    pub percentile: PercentileOrReason,
}

// Without generic parameters, since the description of the API asks a field for the name of its type.

/// Where a score stands, or why that is not known.
pub type PercentileOrReason = OrReason<Percentile>;

/// How far an explanation could move, or why that is not known.
pub type StabilityOrReason = OrReason<ExplanationStability>;

/// Where each value stands, or why that is not known.
pub type PercentilesOrReason = OrReason<Vec<PlacedValue>>;

/// A lower and an upper probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interval {
    /// Lower end.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub low: f64,
    /// Upper end.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub high: f64,
}

/// The probability over all ways of answering the unknown questions with known answers.
///
/// The probability of the case itself may lie outside of it: `unknown` is an answer of its own with its own weight, and
/// that weight need not be between those of the known answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IfUnknowns {
    /// The lowest: no answers give less.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub low: f64,
    /// The highest: no answers give more.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub high: f64,
    /// `exact`: some answers give exactly these. `bounds`: they may be too wide, as the search was cut off.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub certificate: Certificate,
    /// How much too wide at most, at either end: 0 if exact.
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 1))]
    pub gap: f64,
    /// Sets of answers that were bounded to prove it; 0 where the extreme answers are known to be enough.
    pub nodes: usize,
}

/// The score taken apart by indicator: `base` plus all `value`s is `recidivism.log_odds`, within 1e-9.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Explanation))]
pub struct ScoreExplanation {
    /// Mean score of the population that the case is compared with.
    pub base: f64,
    /// Unit of base and values: `log_odds`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scale: Scale,
    /// One an indicator, in the form's order.
    pub values: Vec<Contribution>,
    /// What pairs of answers add together, in the form's order, if the request asked for `pairs`: `base` plus all `alone`
    /// plus all of these is `recidivism.log_odds`, and each `value` is its `alone` plus half of each pair it is in, all
    /// within 1e-9.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub interactions: Option<Vec<Pair>>,
    /// The same for the probability: its `base` plus all `probability_value`s is `recidivism.probability`, within 1e-9.
    pub probability: ProbabilityPath,
    /// How far base and values could move with another population of the same kind, or why that is not known. Left out unless
    /// asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub stability: Option<StabilityOrReason>,
    /// Where each value stands among those of its indicator in the population of the version, in the form's order, or why
    /// that is not known. Left out unless asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub percentiles: Option<PercentilesOrReason>,
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contribution {
    /// The question.
    pub indicator: String,
    /// Its answer.
    pub answer: String,
    /// The number that was given and stands for this answer. Left out where the answer itself was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub number: Option<f64>,
    /// How many answers to the question have the same effect, this one among them, where the question has more answers than a
    /// model tells apart. Left out of every other question, and where the answer was not learned from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub same_effect: Option<SameEffect>,
    /// Exact Shapley value against the whole population of the version.
    pub value: f64,
    /// The statistical baseline's share of it.
    pub baseline_part: f64,
    /// The candidate model's share of it.
    pub model_part: f64,
    /// Its share of the way from the base probability to the case's, along the stated path.
    pub probability_value: f64,
    /// What is left of `value` without half of each pair it is in. Left out unless the request asked for `pairs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub alone: Option<f64>,
}

impl IfUnknowns {
    /// The two ends.
    pub fn ends(&self) -> Interval {
        Interval { low: self.low, high: self.high }
    }
}

impl Reading {
    pub(super) fn of(
        part: &OutcomeModel,
        horizon_days: Option<u32>,
        instrument: &Instrument,
        row: &[u8],
    ) -> Self {
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
            interval_kind: part.calibrator().interval_kind(),
            if_unknowns,
            percentile: part.percentile(log_odds),
        }
    }
}

impl ScoreExplanation {
    pub(super) fn of(
        part: &OutcomeModel,
        instrument: &Instrument,
        row: &[u8],
        asked: Parts,
    ) -> Result<Self, Error> {
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
                number: None,
                same_effect: part.pooling().sharing(j, code),
                value: parts.total.values[j],
                baseline_part: parts.baseline[j],
                model_part: parts.candidate[j],
                probability_value: shares[j],
                alone: None,
            })
            .collect();
        let stability =
            asked.has(Part::Stability).then(|| ExplanationStability::of(part, instrument, row, &parts.total));
        let percentiles =
            asked.has(Part::Percentiles).then(|| context::placed(part, instrument, &parts.total));
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
