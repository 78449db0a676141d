//! What the service answers: a level to be confirmed by an officer, with everything needed to replay it.

use std::collections::BTreeMap;

use amparo_journal::canonical;
use amparo_models::assess::{Contribution, Part, Parts, ScoreExplanation, StableValue, UnlearnedAnswer};
use amparo_models::explain::OrReason;
use amparo_models::wording::{self, AskedWords};
use amparo_models::{Assessment, Version};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::request::{Asked, AssessmentRequest};
use super::stored::Logged;
use crate::api_error::{ApiError, Detail};
use crate::motion::Assignment;

/// Largest difference between an explanation's sum and the score it explains.
const ADDITIVITY: f64 = 1e-9;

/// What the service proposes for one form, to be confirmed by an officer, who may raise the level and never lower it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Proposal<'a> {
    /// UUID, version 7.
    pub proposal_id: String,
    // At the beginning, where it is found without the rest.
    /// Whether it was withheld until the officer's own level was recorded; left out if not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub own_view_first: bool,
    /// When it was made, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The case, as in the request.
    pub case_id: &'a str,
    /// When the form was filled in, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub assessed_at: Timestamp,
    /// The model that answered.
    pub model: &'a str,
    /// The exact version of it.
    pub version: u32,
    /// The form.
    pub instrument: &'a str,
    /// The edition of the protocol.
    pub protocol: &'a str,
    /// What decided which version answers: left out unless a challenger answers a share of the cases and the request names no version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub assignment: Option<Assignment>,
    #[serde(flatten)]
    pub assessment: &'a Assessment,
    #[serde(flatten)]
    pub words: &'a AskedWords,
    /// The end of that period, counted from `assessed_at`, RFC 3339, UTC; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub reassess_by: Option<Timestamp>,
    // Last, so that its place in the log can be put at its end.
    /// What lets anyone replay it.
    pub receipt: Receipt,
}

/// What lets anyone check that this answer came from these inputs and stands in the log.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// SHA-256 of the version's manifest, which binds all its files.
    version_digest: String,
    /// SHA-256 of each file of the version.
    files: BTreeMap<String, String>,
    /// SHA-256 of the form.
    instrument_digest: String,
    /// SHA-256 of the protocol.
    protocol_digest: String,
    /// SHA-256 of the answers as canonical JSON: keys sorted, no space.
    answers_digest: String,
    /// The code that answered.
    code_version: String,
    #[serde(flatten)]
    logged: Logged,
}

impl Receipt {
    /// The receipt for a request answered by a version, without its place in the log.
    pub fn of(request: &AssessmentRequest, version: &Version) -> Result<Self, ApiError> {
        let manifest = version.manifest();
        let answers =
            canonical::json(&request.answers).map_err(|_| ApiError::internal("answers cannot be written"))?;
        Ok(Self {
            version_digest: version.digest().to_owned(),
            files: manifest.files.iter().map(|(name, file)| (name.clone(), file.sha256.clone())).collect(),
            instrument_digest: manifest.instrument.digest.clone(),
            protocol_digest: manifest.protocol.digest.clone(),
            answers_digest: canonical::sha256(&answers),
            code_version: crate::CODE_VERSION.to_owned(),
            logged: Logged::default(),
        })
    }
}

/// Assesses a row and refuses what must not be served: an explanation that does not add up, a number that is none.
pub(crate) fn assess(version: &Version, row: &[u8], asked: Asked) -> Result<Assessment, ApiError> {
    let answer = asked.of(version, row);
    let name = (&version.manifest().name, version.manifest().version);
    match answer {
        Ok(assessment) => {
            let checked = check(&assessment);
            checked.inspect_err(|_| tracing::error!(model = name.0, version = name.1, "answer withheld"))?;
            Ok(assessment)
        }
        Err(amparo_models::Error::Additivity { difference, .. }) => {
            tracing::error!(model = name.0, version = name.1, difference, "explanation does not add up");
            Err(ApiError::ExplanationMismatch)
        }
        Err(amparo_models::Error::UnlearnedAnswers { answers, .. }) => {
            let detail = |answer: &UnlearnedAnswer| {
                Detail::new(format!("answers.{}", answer.indicator), format!("{answer} was not learned"))
            };
            Err(ApiError::UnlearnedAnswers { details: answers.iter().map(detail).collect() })
        }
        // What it says could name answers, and these do not belong in operational logs.
        Err(_) => {
            tracing::error!(model = name.0, version = name.1, "assessment failed");
            Err(ApiError::Internal)
        }
    }
}

/// An assessment in words, and each of its reasons, in the languages that were asked for.
pub(crate) fn words(
    version: &Version,
    assessment: &Assessment,
    parts: Parts,
) -> Result<AskedWords, ApiError> {
    if ![Part::TextEs, Part::TextEn].into_iter().any(|language| parts.has(language)) {
        return Ok(AskedWords::NONE);
    }
    // What it says could name answers, and these do not belong in operational logs.
    let words = wording::words(version, assessment).map_err(|_| {
        let (model, version) = (&version.manifest().name, version.manifest().version);
        tracing::error!(model, version, "no words for the assessment");
        ApiError::Internal
    })?;
    Ok(words.asked(parts))
}

/// Checks the very numbers that go out.
fn check(assessment: &Assessment) -> Result<(), ApiError> {
    let is_share = |p: f64| (0.0..=1.0).contains(&p);
    let sound =
        [Some(&assessment.recidivism), assessment.lethality.as_ref()].into_iter().flatten().all(|r| {
            r.log_odds.is_finite()
                && [r.probability, r.interval.low, r.interval.high, r.if_unknowns.low, r.if_unknowns.high]
                    .into_iter()
                    .all(is_share)
                && r.percentile.value().is_none_or(|at| is_share(at.percentile))
        });
    if !sound || !in_context(&assessment.explanation) {
        return Err(ApiError::internal("a number of the assessment is out of its range"));
    }
    let explanation = &assessment.explanation;
    let sum = explanation.base + explanation.values.iter().map(|v| v.value).sum::<f64>();
    let probability =
        explanation.probability.base + explanation.values.iter().map(|v| v.probability_value).sum::<f64>();
    let parts = |v: &Contribution| v.baseline_part + v.model_part - v.value;
    let adds_up = (sum - assessment.recidivism.log_odds).abs() <= ADDITIVITY
        && (probability - assessment.recidivism.probability).abs() <= ADDITIVITY
        && explanation.values.iter().all(|v| parts(v).abs() <= ADDITIVITY);
    let pairs_add_up = explanation.check_pairs(assessment.recidivism.log_odds).is_ok();
    if adds_up && pairs_add_up { Ok(()) } else { Err(ApiError::ExplanationMismatch) }
}

/// Whether each value is inside its margin, ranks inside their ranges, and each percentile a share; NaN is nowhere.
fn in_context(explanation: &ScoreExplanation) -> bool {
    let values = explanation.values.iter();
    let stable = explanation.stability.as_ref().and_then(OrReason::value).is_none_or(|stability| {
        let mut pairs = values.zip(&stability.values);
        let around = |(v, s): (&Contribution, &StableValue)| {
            s.sd >= 0.0 && (s.low..=s.high).contains(&v.value) && (s.rank_from..=s.rank_to).contains(&s.rank)
        };
        stability.values.len() == explanation.values.len() && stability.base_sd >= 0.0 && pairs.all(around)
    });
    let placed = explanation.percentiles.as_ref().and_then(OrReason::value).is_none_or(|placed| {
        placed.len() == explanation.values.len()
            && placed.iter().all(|at| (0.0..=1.0).contains(&at.percentile))
    });
    stable && placed
}

/// The end of a period that began at `from`.
pub(crate) fn due(from: Timestamp, hours: Option<u32>) -> Result<Option<Timestamp>, ApiError> {
    let end = |hours| from.checked_add(SignedDuration::from_hours(i64::from(hours)));
    hours
        .map(end)
        .transpose()
        .map_err(|_| ApiError::internal("the next assessment is due beyond the calendar"))
}

/// Now, to the millisecond.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

#[cfg(test)]
mod tests;
