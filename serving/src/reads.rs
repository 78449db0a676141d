//! Whoever is shown a case stands in the log.
//!
//! Before an answer that tells something of a case is sent, an entry of the kind [`READ`] is in the log, durably: who was shown what, and when. Its body is
//! `{"request": {"case_id", "proposal_id"} or {"case_id", "query"}, "answer": {"read_at", "told": [...]}, "caller": {...}}`. One about a case is filed
//! under it and is erased with it. A service that does not know who asks logs nothing of the kind: it could only say that somebody asked.

use amparo_journal::{Appended, Entry, PROPOSAL, READ, Record, canonical, read_of};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::App;
use crate::access::Caller;
use crate::api_error::ApiError;

/// What a caller is about to be shown.
pub(crate) enum Read<'a> {
    /// One proposal.
    Proposal(&'a Entry),
    /// Proposals that a search found.
    Found {
        /// What was asked for, without the case, as JSON.
        query: &'a serde_json::Value,
        /// The case, if proposals of one case were asked for.
        case_id: Option<&'a str>,
        /// The ids of those that are told.
        told: &'a [String],
    },
}

/// What is logged of the question. The case comes first: the log finds it there.
#[derive(Serialize)]
struct Request<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    case_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a serde_json::Value>,
}

/// What is logged of the answer.
#[derive(Serialize)]
struct Answer<'a> {
    read_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Body<'a> {
    request: Request<'a>,
    answer: Answer<'a>,
    caller: &'a Caller,
}

/// Logs that a caller is shown something. The answer may be sent once this is done, and not before.
///
/// # Errors
/// [`ApiError::LogUnavailable`]; [`ApiError::ProposalErased`] if the proposal, or the first that was found of a case, was erased meanwhile. Then
/// nothing may be shown.
pub(crate) async fn logged(app: &App, caller: &Caller, read: Read<'_>) -> Result<(), ApiError> {
    if caller.is_open() {
        return Ok(());
    }
    let (proposal, request, told) = match &read {
        Read::Proposal(entry) => {
            debug_assert_eq!(entry.kind, PROPOSAL);
            let (id, case_id) = (Some(entry.id.as_str()), entry.case_id.as_deref());
            (id, Request { case_id, proposal_id: id, query: None }, None)
        }
        Read::Found { query, case_id, told } => {
            // With nothing told, the case is nothing that the log may keep: there may be no entry of it that it would be erased with.
            let first = told.first().filter(|_| case_id.is_some()).map(String::as_str);
            let case_id = case_id.filter(|_| first.is_some());
            (first, Request { case_id, proposal_id: None, query: Some(query) }, Some(*told))
        }
    };
    let body = Body { request, answer: Answer { read_at: Timestamp::now(), told }, caller };
    let written = |_| ApiError::internal("a reading cannot be written");
    let record = Record {
        kind: READ,
        id: read_of(proposal, &Uuid::now_v7().to_string()),
        idempotency_key: None,
        request_digest: canonical::sha256(&canonical::json(&body.request).map_err(written)?),
        body: serde_json::to_string(&body).map_err(written)?,
    };
    match app.log().append(record).await {
        Ok(Appended::Written(_)) => Ok(()),
        Ok(Appended::ProposalErased) => {
            Err(ApiError::ProposalErased { id: proposal.unwrap_or_default().to_owned() })
        }
        Ok(_) => Err(ApiError::internal("a reading was not logged")),
        Err(error) => {
            tracing::error!(%error, "log");
            Err(ApiError::LogUnavailable)
        }
    }
}
