use std::time::Instant;

use amparo_journal::{Appended, Entry, Record};
use axum::extract::State;
use axum::http::header::{CONTENT_LANGUAGE, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;

use super::asking::{self, Asking, Durable, Sent, unavailable};
use super::proposal::{self, Proposal};
use super::request::AssessmentRequest;
use super::stored::{self, Ticket};
use super::{correction, language};
use crate::access::Asker;
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
    params(
        ("Accept-Language" = Option<String>, Header, description = "the language of the text, `es` or `en`, where the request has no `fields`: it is logged as if all \
                       parts but the text in the other language had been asked for. Otherwise, and without the header, `fields` decides"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "1 to 200 visible ASCII characters that the client draws, a UUID for example; they are not searched for documents \
                       of identity, so no id of a person belongs here. The same key with the same request \
                       gives the same proposal again and writes nothing; with another request it is refused.")),
    request_body = AssessmentRequest,
    responses(
        (status = 201, description = "a new proposal", body = Proposal,
            headers(("Location" = String, description = "where the proposal is found again"))),
        (status = 200, description = "the proposal that this key was given before", body = Proposal,
            headers(("Location" = String, description = "where the proposal is found again"))),
        (status = 202, description = "a ticket, where the officer's own level has to be recorded before the proposal is shown; also for a key that \
                       was used before", body = Ticket, headers(("Location" = String, description = "where the proposal is found then"))),
        (status = 400, description = "`malformed_json`, `invalid_header`, `model_required`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`idempotency_key_reused`, `proposal_replaced`", body = ErrorBody),
        (status = 410, description = "`proposal_erased`: the proposal that was to be replaced", body = ErrorBody),
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
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    // A repetition is answered from the log, even if the version has left the registry since, and however much waits.
    let known = match held(&app, key.as_deref()).await? {
        Some(entry) => Known::Held(entry),
        // No work is done for a request that would be refused in the end.
        None => Known::New(app.assessments().enter()?),
    };
    let mut request: AssessmentRequest = body.parse()?;
    let language = language::ask(&headers, &mut request);
    let request_digest = asking::digest(&request)?;
    let place = match known {
        Known::Held(entry) => {
            return respond(StatusCode::OK, &Durable::Before(repeated(entry, &request_digest)?), language);
        }
        Known::New(place) => place,
    };
    let now = proposal::now();
    let in_force = app.in_force();
    let checked = request.check(now, &in_force)?;
    let mut checked = checked.demanding(&request, in_force.own_view_first);
    correction::check(&app, &caller, &request, &mut checked).await?;
    let version = app.version(checked.model.clone()).await?;
    let asking = Asking::new(Sent { request, request_digest, key, caller, now }, checked, version)?;
    let log = app.log().clone();
    let made = move || {
        let made = asking.made();
        async move { made?.logged(&log).await }
    };
    let logged = place.run(made).await??;
    drop(place);
    let status = match logged {
        Durable::New(..) => StatusCode::CREATED,
        Durable::Before(_) => StatusCode::OK,
    };
    respond(status, &logged, language)
}

/// What is known of a request before it is looked at.
enum Known {
    /// Its key was used before.
    Held(Entry),
    /// It has a place, until its answer is durable.
    New(Place),
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

fn respond(status: StatusCode, logged: &Durable, language: Option<&str>) -> Result<Response, ApiError> {
    let status = if logged.is_withheld()? { StatusCode::ACCEPTED } else { status };
    let language = language.map(|language| (CONTENT_LANGUAGE, language.to_owned()));
    stored::respond(status, logged.answer()?, location(logged.entry()).into_iter().chain(language))
}

/// Where a proposal is found again.
fn location(entry: &Entry) -> [(HeaderName, String); 1] {
    [(LOCATION, format!("/v1/assessments/{}", entry.id))]
}
