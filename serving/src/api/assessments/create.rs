use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use amparo_datasets::FormAnswer;
use amparo_journal::{Appended, Entry, PROPOSAL, Record, canonical};
use amparo_models::Version;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use uuid::Uuid;

use super::proposal::{self, Proposal, Receipt};
use super::request::{Asked, AssessmentRequest};
use super::stored::{self, Body};
use crate::access::{Asker, Caller};
use crate::api_error::{ApiError, ErrorBody};
use crate::body::JsonBody;
use crate::extract::IdempotencyKey;
use crate::watch::{Stage, Watch};
use crate::{App, Place};

/// Assess one form.
///
/// The answer is a proposal, to be confirmed by an officer. It is in the log, durably, before it is sent.
#[utoipa::path(
    post,
    path = "/v1/assessments",
    operation_id = "createAssessment",
    tag = "assessments",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "1 to 200 visible ASCII characters that the client draws, a UUID for example; they are not searched for documents \
                       of identity, so no id of a person belongs here. The same key with the same request \
                       gives the same proposal again and writes nothing; with another request it is refused.")),
    request_body = AssessmentRequest,
    responses(
        (status = 201, description = "a new proposal", body = Proposal,
            headers(("Location" = String, description = "where the proposal is found again"))),
        (status = 200, description = "the proposal that this key was given before", body = Proposal,
            headers(("Location" = String, description = "where the proposal is found again"))),
        (status = 400, description = "`malformed_json`, `invalid_header`, `model_required`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`idempotency_key_reused`", body = ErrorBody),
        (status = 413, description = "`body_too_large`: more than 1 MiB", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody,
            headers(("Accept-Encoding" = String, description = "with `unsupported_content_coding`: `identity`"))),
        (status = 422, description = "`invalid_request`, `instrument_mismatch`, `unlearned_answers`", body = ErrorBody),
        (status = 500, description = "`internal`, `explanation_mismatch`: no proposal was made", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody,
            headers(("Retry-After" = u32, description = "with `busy`: seconds after which to ask again"))),
    ),
)]
pub(crate) async fn create(
    State(app): State<App>,
    Asker(caller): Asker,
    IdempotencyKey(key): IdempotencyKey,
    body: JsonBody,
) -> Result<Response, ApiError> {
    // A repetition is answered from the log, even if the version has left the registry since, and however much waits.
    let known = match held(&app, key.as_deref()).await? {
        Some(entry) => Known::Held(entry),
        // No work is done for a request that would be refused in the end.
        None => Known::New(app.assessments().enter()?),
    };
    let request: AssessmentRequest = body.parse()?;
    let text = canonical::json(&request).map_err(|_| ApiError::internal("a request cannot be written"))?;
    let request_digest = canonical::sha256(&format!("POST /v1/assessments\n{text}"));
    let place = match known {
        Known::Held(entry) => return respond(StatusCode::OK, &repeated(entry, &request_digest)?),
        Known::New(place) => place,
    };
    let now = proposal::now();
    let in_force = app.in_force();
    let checked = request.check(now, in_force.default_model.as_ref(), &in_force.case_numbers)?;
    let (assessed_at, asked) = (checked.assessed_at, checked.asked);
    let version = app.version(checked.model.clone()).await?;
    let form = checked.row(&request, &version)?;
    let asking = Asking { request, request_digest, key, caller, now, assessed_at, asked, form };
    let (log, watch) = (app.log().clone(), Watch::current());
    let made = move || {
        let made = asking.made(&version);
        async move {
            let Made { record, answer, level, row } = made?;
            let begun = Instant::now();
            let appended = log.append(record).await;
            watch.stage(Stage::Log, begun);
            let appended = appended.map_err(unavailable)?;
            if matches!(appended, Appended::Written(_)) {
                watch.proposed(&version, &level, &row);
            }
            Ok((appended, answer))
        }
    };
    let (appended, answer) = place.run(made).await??;
    drop(place);
    match appended {
        Appended::Written(entry) => stored::created(&answer, &entry, location(&entry)),
        Appended::Repeated(entry) => respond(StatusCode::OK, &entry),
        Appended::KeyTaken => Err(ApiError::KeyReused),
        // A fresh UUID that was there before: not a thing that a request can bring about.
        Appended::IdTaken => Err(ApiError::internal("a fresh id is in the log already")),
        Appended::ProposalErased => Err(ApiError::internal("a proposal was taken for a confirmation")),
    }
}

/// What is known of a request before it is looked at.
enum Known {
    /// Its key was used before.
    Held(Entry),
    /// It has a place, until its answer is durable.
    New(Place),
}

/// A request that can be answered.
struct Asking {
    request: AssessmentRequest,
    request_digest: String,
    key: Option<String>,
    caller: Arc<Caller>,
    now: Timestamp,
    assessed_at: Timestamp,
    asked: Asked,
    /// The form as a row of codes, and as it was filled in.
    form: (Vec<u8>, BTreeMap<String, FormAnswer>),
}

/// A proposal that is not in the log yet.
struct Made {
    record: Record,
    /// Where in the record the answer is.
    answer: Range<usize>,
    level: String,
    row: Vec<u8>,
}

impl Asking {
    /// The proposal of a version, as it is to be logged.
    fn made(self, version: &Version) -> Result<Made, ApiError> {
        let (row, form) = self.form;
        let assessment = proposal::assess(version, &row, self.asked)?.with_numbers(&form);
        let words = proposal::words(version, &assessment, self.asked.parts)?;
        let proposal = Proposal {
            proposal_id: Uuid::now_v7().to_string(),
            created_at: self.now,
            case_id: &self.request.case_id,
            assessed_at: self.assessed_at,
            model: &version.manifest().name,
            version: version.manifest().version,
            instrument: version.instrument().id(),
            protocol: version.protocol().id(),
            assessment: &assessment,
            words: &words,
            reassess_by: proposal::due(self.assessed_at, assessment.reassess_within_hours)?,
            receipt: Receipt::of(&self.request, version)?,
        };
        let written = Body { request: &self.request, answer: &proposal, caller: &self.caller }.written()?;
        let record = Record {
            kind: PROPOSAL,
            id: proposal.proposal_id,
            idempotency_key: self.key,
            request_digest: self.request_digest,
            body: written.text,
        };
        Ok(Made { record, answer: written.answer, level: assessment.level, row })
    }
}

/// The entry of a key that was used before.
pub(super) async fn held(app: &App, key: Option<&str>) -> Result<Option<Entry>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    app.log().find_key(key).await.map_err(unavailable)
}

/// The entry of a key that was used before, if it was with the same request.
pub(super) fn repeated(entry: Entry, request_digest: &str) -> Result<Entry, ApiError> {
    if entry.request_digest.as_deref() == Some(request_digest) { Ok(entry) } else { Err(ApiError::KeyReused) }
}

/// Writes to the log; without it there is no answer.
pub(super) async fn append(app: &App, record: Record) -> Result<Appended, ApiError> {
    let begun = Instant::now();
    let appended = app.log().append(record).await;
    Watch::current().stage(Stage::Log, begun);
    appended.map_err(unavailable)
}

/// Says that the log failed.
pub(super) fn unavailable(error: amparo_journal::Error) -> ApiError {
    tracing::error!(%error, "log");
    ApiError::LogUnavailable
}

fn respond(status: StatusCode, entry: &Entry) -> Result<Response, ApiError> {
    stored::response(status, entry, location(entry))
}

/// Where a proposal is found again.
fn location(entry: &Entry) -> [(HeaderName, String); 1] {
    [(LOCATION, format!("/v1/assessments/{}", entry.id))]
}
