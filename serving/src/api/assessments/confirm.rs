use std::sync::Arc;

use amparo_datasets::Text;
use amparo_journal::{Appended, CONFIRMATION, Entry, Record, canonical, confirmation_of};
use amparo_models::{ModelRef, Protocol, Version};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::unavailable;
use super::create::{append, held, repeated};
use super::stored::{self, Body, Logged};
use super::{proposal, show};
use crate::access::Asker;
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::body::JsonBody;
use crate::extract::{IdempotencyKey, Path};
use crate::shape::{Field, Kind, Shaped};
use crate::{App, identity};

/// The officer's level for a proposal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"officer": {"id": "unit-7:o-41"}, "level": "high", "reason": "he was seen at her door"}))]
pub struct ConfirmationRequest {
    /// Who confirms.
    pub officer: ConfirmingOfficer,
    /// The proposed level or a higher one.
    pub level: String,
    /// Why the level is raised: 1 to 2000 characters, without names or documents of identity. Required when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: Option<String>,
}

/// The officer who answers for the level.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmingOfficer {
    /// Pseudonym, under the same rules as `case_id`.
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    pub id: String,
}

impl Shaped for ConfirmationRequest {
    const FIELDS: &'static [Field] = &[
        Field::needed("officer", Kind::Object(ConfirmingOfficer::FIELDS)),
        Field::needed("level", Kind::Text),
        Field::optional("reason", Kind::Text),
    ];
}

impl Shaped for ConfirmingOfficer {
    const FIELDS: &'static [Field] = &[Field::needed("id", Kind::Text)];
}

/// The officer's level for a proposal.
#[derive(Serialize, ToSchema)]
pub(crate) struct Confirmation<'a> {
    /// The proposal.
    proposal_id: &'a str,
    /// When, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    confirmed_at: Timestamp,
    /// Who.
    officer_id: &'a str,
    /// The level that was proposed.
    proposed_level: &'a str,
    /// The level that holds: the proposed one or a higher one.
    level: &'a str,
    /// Whether the officer raised it.
    raised: bool,
    /// Why; left out if none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'a str>,
    /// Measures that become mandatory at the level that holds.
    measures: Vec<&'a Text>,
    /// Hours within which the case is assessed again; null if the protocol sets no period.
    reassess_within_hours: Option<u32>,
    /// The end of that period, counted from the proposal's `assessed_at`; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    reassess_by: Option<Timestamp>,
    // Last, so that its place in the log can be put at its end.
    /// Its place in the log.
    receipt: ConfirmationReceipt<'a>,
}

/// Where a confirmation stands in the log.
#[derive(Serialize, ToSchema)]
pub(super) struct ConfirmationReceipt<'a> {
    /// The `log_hash` of the proposal that was confirmed.
    pub proposal_log_hash: &'a str,
    /// The code that answered.
    pub code_version: &'a str,
    #[serde(flatten)]
    pub logged: Logged,
}

/// What is read back of a proposal.
#[derive(Deserialize)]
pub(super) struct Proposed {
    pub model: String,
    pub version: u32,
    assessed_at: Timestamp,
    level: String,
}

/// Confirm a proposal.
///
/// Once, by an officer, who may raise the level with a reason and never lower it. The proposal itself stays as it was.
#[utoipa::path(
    post,
    path = "/v1/assessments/{id}/confirmation",
    operation_id = "confirmAssessment",
    tag = "assessments",
    params(
        ("id" = String, Path, description = "`proposal_id`"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "as for `POST /v1/assessments`"),
    ),
    request_body = ConfirmationRequest,
    responses(
        (status = 201, description = "confirmed", body = Confirmation),
        (status = 200, description = "the confirmation that this key was given before",
            body = Confirmation),
        (status = 400, description = "`malformed_json`, `invalid_header`", body = ErrorBody),
        (status = 404, description = "`proposal_not_found`", body = ErrorBody),
        (status = 410, description = "`proposal_erased`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`already_confirmed`, `proposal_replaced`, `own_view_required`, `idempotency_key_reused`", body = ErrorBody),
        (status = 413, description = "`body_too_large`", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`, `level_lowered`", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody,
            headers(("Retry-After" = u32, description = "with `busy`: seconds after which to ask again"))),
    ),
)]
pub(crate) async fn confirm(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let request: ConfirmationRequest = body.parse()?;
    caller.covers(Some(&request.officer.id))?;
    let text = canonical::json(&request).map_err(|_| ApiError::internal("a request cannot be written"))?;
    let request_digest = canonical::sha256(&format!("POST /v1/assessments/{id}/confirmation\n{text}"));
    if let Some(entry) = held(&app, key.as_deref()).await? {
        return stored::response(StatusCode::OK, &repeated(entry, &request_digest)?, []);
    }
    let entry = show::find(&app, &caller, &id).await?;
    let listed = app.log().listed(&entry).await.map_err(unavailable)?;
    let listed = listed.ok_or_else(|| ApiError::ProposalErased { id: entry.id.clone() })?;
    if listed.replacement.is_some() {
        return Err(ApiError::ProposalReplaced { id: entry.id });
    }
    if listed.is_withheld() {
        return Err(ApiError::OwnViewRequired { id: entry.id });
    }
    let proposed = proposed(&entry)?;
    let version = ModelRef::version(&proposed.model, proposed.version)
        .map_err(|_| ApiError::internal("a logged proposal names no version"))?;
    let version = self::version(&app, version).await?;
    let protocol = version.protocol();
    let level = check(&request, &proposed, protocol)?;
    let hours = protocol.levels()[level].reassess_within_hours;
    let confirmation = Confirmation {
        proposal_id: &entry.id,
        confirmed_at: proposal::now(),
        officer_id: &request.officer.id,
        proposed_level: &proposed.level,
        level: &request.level,
        raised: request.level != proposed.level,
        reason: request.reason.as_deref(),
        measures: protocol.measures(level),
        reassess_within_hours: hours,
        reassess_by: proposal::due(proposed.assessed_at, hours)?,
        receipt: ConfirmationReceipt {
            proposal_log_hash: &entry.hash,
            code_version: crate::CODE_VERSION,
            logged: Logged::default(),
        },
    };
    let written = Body { request: &request, answer: &confirmation, caller: &caller }.written()?;
    let record = Record {
        kind: CONFIRMATION,
        // One id a proposal: the log itself refuses a second confirmation.
        id: confirmation_of(&entry.id),
        idempotency_key: key,
        request_digest,
        body: written.text,
    };
    match append(&app, record).await? {
        Appended::Written(entry) => stored::created(&written.answer, &entry),
        Appended::Repeated(entry) => stored::response(StatusCode::OK, &entry, []),
        Appended::KeyTaken => Err(ApiError::KeyReused),
        Appended::IdTaken => Err(ApiError::AlreadyConfirmed { id: entry.id }),
        // Since it was read.
        Appended::ProposalErased => Err(ApiError::ProposalErased { id: entry.id }),
        Appended::ProposalReplaced => Err(ApiError::ProposalReplaced { id: entry.id }),
    }
}

/// The version of a proposal. The proposal is there, so the path is right; what is missing is ours to keep.
pub(super) async fn version(app: &App, version: ModelRef) -> Result<Arc<Version>, ApiError> {
    app.version(version).await.map_err(|error| match error {
        ApiError::ModelNotFound { .. } => ApiError::RegistryUnavailable,
        other => other,
    })
}

pub(super) fn proposed(entry: &Entry) -> Result<Proposed, ApiError> {
    serde_json::from_str(&stored::answer(entry)?)
        .map_err(|_| ApiError::internal("a logged proposal is not as this edition writes it"))
}

/// Checks a confirmation; gives the place of the officer's level.
fn check(request: &ConfirmationRequest, proposed: &Proposed, protocol: &Protocol) -> Result<usize, ApiError> {
    let mut details = Vec::new();
    if let Some(problem) = identity::problem(&request.officer.id) {
        details.push(Detail::new("officer.id", format!("officer id is refused: {problem}")));
    }
    if let Some(reason) = &request.reason {
        details.extend(identity::reason_problems("reason", reason));
    }
    let mut say = |field: &str, message: String| details.push(Detail::new(field, message));
    let from = protocol
        .position(&proposed.level)
        .ok_or_else(|| ApiError::internal("a logged level is not the protocol's"))?;
    let to = protocol.position(&request.level);
    if to.is_none() {
        let known = protocol.levels()[from..].iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
        say("level", format!("level `{}` is none of {known}", request.level));
    }
    if to.is_some_and(|to| to > from) && request.reason.is_none() {
        let (low, high) = (&proposed.level, &request.level);
        say("reason", format!("level is raised from `{low}` to `{high}` without a reason, expected one"));
    }
    match to {
        Some(to) if to < from => {
            Err(ApiError::LevelLowered { found: request.level.clone(), proposed: proposed.level.clone() })
        }
        Some(to) if details.is_empty() => Ok(to),
        _ => Err(ApiError::Invalid { details }),
    }
}
