use amparo_journal::{Appended, OWN_VIEW, Record, canonical, own_view_of};
use amparo_models::ModelRef;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::unavailable;
use super::confirm::{ConfirmationReceipt, proposed};
use super::create::{append, held, repeated};
use super::proposal::{self, Proposal};
use super::stored::{self, Body, Logged};
use super::{confirm, show};
use crate::access::Asker;
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::body::JsonBody;
use crate::extract::{IdempotencyKey, Path};
use crate::shape::{Field, Kind, Shaped};
use crate::{App, identity};

/// The level that an officer gives before the proposal is shown.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"officer": {"id": "unit-7:o-41"}, "level": "medium"}))]
pub struct OwnViewRequest {
    /// Who gives it.
    pub officer: confirm::ConfirmingOfficer,
    /// A level of the protocol of the proposal: any of them. It does not change the proposal.
    pub level: String,
}

impl Shaped for OwnViewRequest {
    const FIELDS: &'static [Field] = &[
        Field::needed("officer", Kind::Object(confirm::ConfirmingOfficer::FIELDS)),
        Field::needed("level", Kind::Text),
    ];
}

/// What is logged of it.
#[derive(Serialize)]
struct OwnView<'a> {
    proposal_id: &'a str,
    recorded_at: Timestamp,
    officer_id: &'a str,
    level: &'a str,
    receipt: ConfirmationReceipt<'a>,
}

/// Record the officer's own level.
///
/// Once, for a proposal that is withheld until then. It is in the log, durably, before the proposal is sent, which is the answer.
#[utoipa::path(
    post,
    path = "/v1/assessments/{id}/own-view",
    operation_id = "recordOwnView",
    tag = "assessments",
    params(
        ("id" = String, Path, description = "`proposal_id`"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "as for `POST /v1/assessments`"),
    ),
    request_body = OwnViewRequest,
    responses(
        (status = 201, description = "recorded; the proposal, as it was made", body = Proposal),
        (status = 200, description = "the same, for a key that was used before", body = Proposal),
        (status = 400, description = "`malformed_json`, `invalid_header`", body = ErrorBody),
        (status = 403, description = "`officer_not_covered`", body = ErrorBody),
        (status = 404, description = "`proposal_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`own_view_recorded`, `own_view_not_expected`, `proposal_replaced`, `idempotency_key_reused`", body = ErrorBody),
        (status = 410, description = "`proposal_erased`", body = ErrorBody),
        (status = 413, description = "`body_too_large`", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody,
            headers(("Retry-After" = u32, description = "with `busy`: seconds after which to ask again"))),
    ),
)]
pub(crate) async fn record(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(id): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let request: OwnViewRequest = body.parse()?;
    let text = canonical::json(&request).map_err(|_| ApiError::internal("a request cannot be written"))?;
    let request_digest = canonical::sha256(&format!("POST /v1/assessments/{id}/own-view\n{text}"));
    caller.covers(Some(&request.officer.id))?;
    let entry = show::find(&app, &caller, &id).await?;
    if let Some(held) = held(&app, key.as_deref()).await? {
        repeated(held, &request_digest)?;
        return stored::response(StatusCode::OK, &entry, []);
    }
    let listed = app.log().listed(&entry).await.map_err(unavailable)?;
    let listed = listed.ok_or_else(|| ApiError::ProposalErased { id: entry.id.clone() })?;
    if !listed.summary.own_view_first {
        return Err(ApiError::OwnViewNotExpected { id: entry.id });
    }
    let proposed = proposed(&entry)?;
    let version = ModelRef::version(&proposed.model, proposed.version)
        .map_err(|_| ApiError::internal("a logged proposal names no version"))?;
    let version = confirm::version(&app, version).await?;
    let mut details = Vec::new();
    if let Some(problem) = identity::problem(&request.officer.id) {
        details.push(Detail::new("officer.id", format!("officer id is refused: {problem}")));
    }
    if version.protocol().position(&request.level).is_none() {
        let levels = version.protocol().levels().iter().map(|level| level.id.as_str());
        let known = levels.collect::<Vec<_>>().join(", ");
        details.push(Detail::new("level", format!("level `{}` is none of {known}", request.level)));
    }
    if !details.is_empty() {
        return Err(ApiError::Invalid { details });
    }
    let view = OwnView {
        proposal_id: &entry.id,
        recorded_at: proposal::now(),
        officer_id: &request.officer.id,
        level: &request.level,
        receipt: ConfirmationReceipt {
            proposal_log_hash: &entry.hash,
            code_version: crate::CODE_VERSION,
            logged: Logged::default(),
        },
    };
    let written = Body { request: &request, answer: &view, caller: &caller }.written()?;
    let record = Record {
        kind: OWN_VIEW,
        // One id a proposal: the log itself refuses a second one.
        id: own_view_of(&entry.id),
        idempotency_key: key,
        request_digest,
        body: written.text,
    };
    match append(&app, record).await? {
        Appended::Written(_) => stored::response(StatusCode::CREATED, &entry, []),
        Appended::Repeated(_) => stored::response(StatusCode::OK, &entry, []),
        Appended::KeyTaken => Err(ApiError::KeyReused),
        Appended::IdTaken => Err(ApiError::OwnViewRecorded { id: entry.id }),
        // Since it was read.
        Appended::ProposalErased => Err(ApiError::ProposalErased { id: entry.id }),
        Appended::ProposalReplaced => Err(ApiError::ProposalReplaced { id: entry.id }),
    }
}
