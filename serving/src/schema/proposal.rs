use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NextLevel, Percentiles, ScorePercentile, Stability, Text};

/// What the service proposes for one form, to be confirmed by an officer, who may raise the level and never lower it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// UUID, version 7.
    pub proposal_id: String,
    /// When it was made, RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// The case, as in the request.
    pub case_id: String,
    /// When the form was filled in, RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub assessed_at: String,
    /// The model that answered.
    pub model: String,
    /// The exact version of it.
    pub version: u32,
    /// The form.
    pub instrument: String,
    /// The edition of the protocol.
    pub protocol: String,
    /// The first calculation: a new assault.
    pub recidivism: Reading,
    /// The second calculation: a lethal assault. Left out if the version has no model of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lethality: Option<Reading>,
    /// The questions answered with `unknown`, in the form's order.
    pub unknown: Vec<String>,
    /// What each of them adds now, and where its answer alone could take the case.
    pub if_answered: Vec<IfAnswered>,
    /// The unanswered question whose answer could move the level, then the probability, most. Left out if none could.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ask_first: Option<AskFirst>,
    /// The level that the probability alone gives.
    pub computed_level: String,
    /// The proposed level: the computed one, as raised by the protocol's rules; never lower.
    pub level: String,
    /// The rules that raised the level, in the order they did.
    pub raised_by: Vec<Raise>,
    /// Marks on the case: `special_relevance`, `minors_at_risk`, `persistent_aggressor`.
    pub flags: Vec<String>,
    /// Marks that are not set, but could be if what is unknown were known.
    pub undetermined_flags: Vec<Undetermined>,
    /// Rules that do not hold, but could raise the level further if what is unknown were known.
    pub undetermined_raises: Vec<Undetermined>,
    /// What each answer adds to the score of the first calculation.
    pub explanation: Explanation,
    /// How far the case is from the levels above and below, and which corrections would take it there.
    pub next_level: NextLevel,
    /// Measures that become mandatory at the proposed level.
    pub measures: Vec<Text>,
    /// Hours within which the case is assessed again; null if the protocol sets no period.
    pub reassess_within_hours: Option<u32>,
    /// The advice that the answers call for.
    pub safety_plan: Vec<Advice>,
    /// The proposal in words, a few paragraphs, one a line: plain, no jargon, no claim of cause.
    pub text: Text,
    /// The end of that period, counted from `assessed_at`, RFC 3339, UTC; null if there is none.
    #[schema(format = DateTime)]
    pub reassess_by: Option<String>,
    /// What lets anyone replay it.
    pub receipt: Receipt,
}

/// The result of one calculation.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// What the probability is of.
    pub outcome: String,
    /// Days within which it counts; null where the protocol says no number.
    pub horizon_days: Option<u32>,
    /// The score.
    pub log_odds: f64,
    /// The calibrated probability, an absolute one.
    #[schema(minimum = 0, maximum = 1)]
    pub probability: f64,
    /// What the calibration cases leave open, at 95 %. It covers the calibration alone, that is the curve fitted on the
    /// rows set apart to calibrate: not the fitting of the model, and not records that are wrong.
    pub interval: Interval,
    /// What the unknown answers leave open. The probability itself may lie outside of this range.
    pub if_unknowns: IfUnknowns,
    /// Where the score stands among those of the population of the version, or why that is not known.
    pub percentile: ScorePercentile,
}

/// A lower and an upper probability.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Interval {
    /// Lower end.
    #[schema(minimum = 0, maximum = 1)]
    pub low: f64,
    /// Upper end.
    #[schema(minimum = 0, maximum = 1)]
    pub high: f64,
}

/// The probability over all ways of answering the unknown questions with known answers.
///
/// The probability of the case itself may lie outside of it: `unknown` is an answer of its own with its own weight, and
/// that weight need not be between those of the known answers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IfUnknowns {
    /// The lowest: no answers give less.
    #[schema(minimum = 0, maximum = 1)]
    pub low: f64,
    /// The highest: no answers give more.
    #[schema(minimum = 0, maximum = 1)]
    pub high: f64,
    /// `exact`: some answers give exactly these. `bounds`: they may be too wide, as the search was cut off.
    pub certificate: String,
    /// How much too wide at most, at either end: 0 if exact.
    #[schema(minimum = 0, maximum = 1)]
    pub gap: f64,
    /// Sets of answers that were bounded to prove it; 0 where the extreme answers are known to be enough.
    pub nodes: usize,
}

/// A number that there is not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Undefined {
    /// Why.
    pub undefined: String,
}

/// An unanswered question: what `unknown` adds now, and where its known answers would take the case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IfAnswered {
    /// The question.
    pub indicator: String,
    /// What the answer `unknown` adds to the log-odds, as in the explanation.
    pub value: f64,
    /// What it adds to the probability, as in the explanation.
    pub probability_value: f64,
    /// Lowest and highest probability over its known answers, the other answers as they are.
    pub probability: Interval,
    /// The lowest level that would be proposed.
    pub lowest_level: String,
    /// The highest level that would be proposed.
    pub highest_level: String,
}

/// The unanswered question that matters most, and by how much.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskFirst {
    /// The question.
    pub indicator: String,
    /// Lowest and highest probability over its known answers, the other answers as they are.
    pub probability: Interval,
    /// The lowest level that would be proposed.
    pub lowest_level: String,
    /// The highest level that would be proposed.
    pub highest_level: String,
    /// Levels between the proposed one and the furthest of these.
    pub level_steps: usize,
    /// Largest difference to the probability now.
    #[schema(minimum = 0, maximum = 1)]
    pub probability_change: f64,
}

/// One rule that raised the level.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Raise {
    /// `lethality`, or `floor:` and the id of the floor.
    pub rule: String,
    /// The level before.
    pub from: String,
    /// The level after.
    pub to: String,
    /// Why.
    pub reason: Text,
}

/// A mark or a rule about which nothing can be said.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Undetermined {
    /// The mark, or the rule as in `raised_by`.
    pub id: String,
    /// The unanswered questions that it hangs on; empty if it hangs on something else.
    pub indicators: Vec<String>,
    /// Why.
    pub reason: Text,
}

/// The score taken apart by indicator: `base` plus all `value`s is `recidivism.log_odds`, within 1e-9.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Explanation {
    /// Mean score of the population that the case is compared with.
    pub base: f64,
    /// Unit of base and values: `log_odds`.
    pub scale: String,
    /// One an indicator, in the form's order.
    pub values: Vec<Contribution>,
    /// What pairs of answers add together, in the form's order, if the request asked for `pairs`: `base` plus all `alone`
    /// plus all of these is `recidivism.log_odds`, and each `value` is its `alone` plus half of each pair it is in, all
    /// within 1e-9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub interactions: Option<Vec<Pair>>,
    /// The same for the probability: its `base` plus all `probability_value`s is `recidivism.probability`, within 1e-9.
    pub probability: ProbabilityPath,
    /// How far base and values could move with another population of the same kind, or why that is not known.
    pub stability: Stability,
    /// Where each value stands among those of its indicator in the population of the version, in the form's order, or why
    /// that is not known.
    pub percentiles: Percentiles,
}

/// How the difference between the case's probability and the base probability is shared out among the answers.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ProbabilityPath {
    /// `straight_in_log_odds`: from the base score to the case's, all values growing in step. Each share is
    /// `value * (probability - base probability) / (score - base score)`: the Aumann-Shapley value along that path.
    pub path: String,
    /// The calibrated probability of the base score. It is not the mean probability of the population.
    #[schema(minimum = 0, maximum = 1)]
    pub base: f64,
}

/// What one answer adds to the score: `value = baseline_part + model_part`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Contribution {
    /// The question.
    pub indicator: String,
    /// Its answer.
    pub answer: String,
    /// Exact Shapley value against the whole population of the version.
    pub value: f64,
    /// The statistical baseline's share of it.
    pub baseline_part: f64,
    /// The candidate model's share of it.
    pub model_part: f64,
    /// Its share of the way from the base probability to the case's, along the stated path.
    pub probability_value: f64,
    /// What is left of `value` without half of each pair it is in. Left out unless the request asked for `pairs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alone: Option<f64>,
}

/// What two answers add to the score together, beyond what each adds alone.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Pair {
    /// The question that comes first on the form.
    pub a: String,
    /// The other question.
    pub b: String,
    /// In log-odds; pairs of exactly 0 are left out.
    pub value: f64,
}

/// One piece of self-protection advice.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Advice {
    /// Its name in the protocol.
    pub id: String,
    /// What to do, told to the victim.
    pub text: Text,
    /// The answers that called for it; empty if everybody is told.
    pub because: Vec<GivenAnswer>,
}

/// An answer of the form.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GivenAnswer {
    /// The question.
    pub indicator: String,
    /// Its answer.
    pub answer: String,
}

/// What lets anyone check that this answer came from these inputs and stands in the log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// SHA-256 of the version's manifest, which binds all its files.
    pub version_digest: String,
    /// SHA-256 of each file of the version.
    pub files: BTreeMap<String, String>,
    /// SHA-256 of the form.
    pub instrument_digest: String,
    /// SHA-256 of the protocol.
    pub protocol_digest: String,
    /// SHA-256 of the answers as canonical JSON: keys sorted, no space.
    pub answers_digest: String,
    /// The code that answered.
    pub code_version: String,
    /// Place in the decision log: 1, 2, 3, ...
    pub log_sequence: i64,
    /// Hash of that entry, which covers all entries before it.
    pub log_hash: String,
}

/// The officer's level for a proposal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Confirmation {
    /// The proposal.
    pub proposal_id: String,
    /// When, RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub confirmed_at: String,
    /// Who.
    pub officer_id: String,
    /// The level that was proposed.
    pub proposed_level: String,
    /// The level that holds: the proposed one or a higher one.
    pub level: String,
    /// Whether the officer raised it.
    pub raised: bool,
    /// Why; left out if none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// Measures that become mandatory at the level that holds.
    pub measures: Vec<Text>,
    /// Hours within which the case is assessed again; null if the protocol sets no period.
    pub reassess_within_hours: Option<u32>,
    /// The end of that period, counted from the proposal's `assessed_at`; null if there is none.
    #[schema(format = DateTime)]
    pub reassess_by: Option<String>,
    /// Its place in the log.
    pub receipt: ConfirmationReceipt,
}

/// Where a confirmation stands in the log.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ConfirmationReceipt {
    /// The `log_hash` of the proposal that was confirmed.
    pub proposal_log_hash: String,
    /// The code that answered.
    pub code_version: String,
    /// Place in the decision log.
    pub log_sequence: i64,
    /// Hash of that entry.
    pub log_hash: String,
}
