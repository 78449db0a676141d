//! How a proposal or confirmation stands in the log, and how it is served from there, byte for byte.
//!
//! The log's body is `{"request": ..., "answer": ..., "caller": ...}`; nothing is said of a caller of whom nothing is known. An entry's hash cannot stand in what it covers, so the stored
//! answer ends with an open receipt; place and hash of the entry are put at its end each time it is served.

use std::ops::Range;

use amparo_journal::Entry;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::Caller;
use crate::api_error::ApiError;

/// Where an entry stands in the log: the end of every receipt.
///
/// Nothing while the entry is written; [`answer`] puts it there.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Logged {
    /// Place in the decision log: 1, 2, 3, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, nullable = false)]
    log_sequence: Option<i64>,
    /// Hash of that entry, which covers all entries before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = true, nullable = false)]
    log_hash: Option<String>,
}

/// The body of an entry: what was asked and what was answered.
pub(crate) struct Body<'a, Q, A> {
    /// The request as it was read; the answer names what its defaults became.
    pub request: &'a Q,
    /// The answer; its last field is `receipt`.
    pub answer: &'a A,
    /// Who asked.
    pub caller: &'a Caller,
}

#[derive(Deserialize)]
struct StoredBody<'a> {
    #[serde(borrow)]
    answer: &'a RawValue,
}

/// A body that is about to be logged, with the place of its answer: what was just written is not read back.
pub(crate) struct Written {
    /// What is logged.
    pub text: String,
    /// Where in it the answer is.
    pub answer: Range<usize>,
}

impl<Q: Serialize, A: Serialize> Body<'_, Q, A> {
    /// The text that is logged.
    pub fn written(&self) -> Result<Written, ApiError> {
        let failed = |_| ApiError::internal("an entry cannot be written");
        // Most proposals have less than this with their request.
        let mut text = Vec::with_capacity(48 * 1024);
        text.extend_from_slice(br#"{"request":"#);
        serde_json::to_writer(&mut text, self.request).map_err(failed)?;
        text.extend_from_slice(br#","answer":"#);
        let from = text.len();
        serde_json::to_writer(&mut text, self.answer).map_err(failed)?;
        let answer = from..text.len();
        if !self.caller.is_open() {
            text.extend_from_slice(br#","caller":"#);
            serde_json::to_writer(&mut text, self.caller).map_err(failed)?;
        }
        text.push(b'}');
        let text = String::from_utf8(text).map_err(|_| ApiError::internal("an entry is not UTF-8"))?;
        Ok(Written { text, answer })
    }
}

/// The answer in an entry, as it was and is served.
pub(crate) fn answer(entry: &Entry) -> Result<String, ApiError> {
    // Those that are erased are told before.
    let body = entry.body().map_err(|_| ApiError::internal("an entry was erased"))?;
    let stored: StoredBody<'_> = serde_json::from_str(body)
        .map_err(|_| ApiError::internal("an entry is not as this edition writes it"))?;
    placed(stored.answer.get(), entry)
}

/// The answer of an entry with the place and the hash of the entry in it.
fn placed(answer: &str, entry: &Entry) -> Result<String, ApiError> {
    // `}}` closes the receipt, which is the last field, and the answer.
    let open = answer
        .strip_suffix("}}")
        .ok_or_else(|| ApiError::internal("an entry does not end as this edition writes it"))?;
    Ok(format!(r#"{open},"log_sequence":{},"log_hash":"{}"}}}}"#, entry.sequence, entry.hash))
}

/// The institution of whoever asked for what an entry holds; none where nothing is known of the caller.
pub(crate) fn institution(entry: &Entry) -> Result<Option<String>, ApiError> {
    #[derive(Deserialize)]
    struct Asked {
        #[serde(default)]
        caller: Option<Caller>,
    }
    let body = entry.body().map_err(|_| ApiError::internal("an entry was erased"))?;
    let asked: Asked = serde_json::from_str(body)
        .map_err(|_| ApiError::internal("an entry is not as this edition writes it"))?;
    Ok(asked.caller.and_then(|caller| caller.institution))
}

/// The answer of what was written just now, in an entry with that text, without its place in the log.
pub(crate) fn part<'a>(answer: &Range<usize>, entry: &'a Entry) -> Result<&'a str, ApiError> {
    let answer = entry.body.as_deref().and_then(|body| body.get(answer.clone()));
    answer.ok_or_else(|| ApiError::internal("an entry is not what was written"))
}

/// The same with its place in the log.
pub(crate) fn written(answer: &Range<usize>, entry: &Entry) -> Result<String, ApiError> {
    placed(part(answer, entry)?, entry)
}

/// Whether an answer is that of a proposal which was withheld when it was made. It says so at its beginning.
pub(crate) fn is_withheld(answer: &str, id: &str) -> bool {
    let rest = answer.strip_prefix(r#"{"proposal_id":""#).and_then(|rest| rest.strip_prefix(id));
    rest.is_some_and(|rest| rest.starts_with(r#"","own_view_first":true"#))
}

/// What is said of a proposal before the officer's own level is recorded.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Ticket<'a> {
    /// The proposal that is withheld.
    #[serde(borrow)]
    #[schema(value_type = String)]
    proposal_id: &'a RawValue,
    /// Always true: the level is recorded by `POST /v1/assessments/{id}/own-view`, which answers with the proposal.
    #[schema(value_type = bool)]
    own_view_first: &'a RawValue,
    /// When it was made, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: &'a RawValue,
    /// The case, as in the request.
    #[schema(value_type = String)]
    case_id: &'a RawValue,
    /// When the form was filled in, RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    assessed_at: &'a RawValue,
    /// What lets anyone replay the proposal; it holds no answer.
    #[schema(value_type = super::proposal::Receipt)]
    receipt: &'a RawValue,
}

/// The ticket for a proposal that is withheld: the same bytes each time.
pub(crate) fn ticket(entry: &Entry) -> Result<String, ApiError> {
    let other = |_| ApiError::internal("an entry is not as this edition writes it");
    let body = entry.body().map_err(|_| ApiError::internal("an entry was erased"))?;
    let stored: StoredBody<'_> = serde_json::from_str(body).map_err(other)?;
    let ticket: Ticket<'_> = serde_json::from_str(stored.answer.get()).map_err(other)?;
    placed(&serde_json::to_string(&ticket).map_err(other)?, entry)
}

/// The response to what was written just now.
pub(crate) fn created(answer: &Range<usize>, entry: &Entry) -> Result<Response, ApiError> {
    respond(StatusCode::CREATED, written(answer, entry)?, [])
}

/// The response that serves an entry.
pub(crate) fn response(
    status: StatusCode,
    entry: &Entry,
    headers: impl IntoIterator<Item = (HeaderName, String)>,
) -> Result<Response, ApiError> {
    respond(status, answer(entry)?, headers)
}

/// The response with an answer.
pub(crate) fn respond(
    status: StatusCode,
    answer: String,
    headers: impl IntoIterator<Item = (HeaderName, String)>,
) -> Result<Response, ApiError> {
    let mut response = (status, [(CONTENT_TYPE, "application/json")], answer).into_response();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, value.parse().map_err(|_| ApiError::internal("a header cannot be written"))?);
    }
    Ok(response)
}
