//! What a request can be refused with, and the one place where that becomes a status. The file is long because it is one list, three times: in words, as
//! a type, and as statuses.
//!
//! | status | code | when |
//! |---|---|---|
//! | 400 | `malformed_json` | the body is not JSON |
//! | 400 | `invalid_header` | `Idempotency-Key` is not 1 to 200 visible ASCII characters, or a header says that the body is not whole |
//! | 400 | `model_required` | no `model` in the request and no default configured |
//! | 400 | `version_required` | the path names a model and no version, and the default version is of another model |
//! | 401 | `unauthenticated` | nobody is recognised as the caller; `WWW-Authenticate` says how to say who asks |
//! | 403 | `forbidden` | the caller has no role that may do this |
//! | 403 | `officer_not_covered` | the request names an officer whom the caller may not speak for |
//! | 404 | `not_found` | no such path |
//! | 404 | `proposal_not_found` | no proposal of that id |
//! | 404 | `no_shadow` | no version stands beside the default one |
//! | 404 | `model_not_found` | no such model, version or alias in the registry |
//! | 405 | `method_not_allowed` | the path exists, the method does not |
//! | 408 | `body_timeout` | the body did not come whole within 20 s; the connection is closed |
//! | 409 | `idempotency_key_reused` | the key belongs to another request |
//! | 409 | `not_gated` | the gates do not let the version be put in force |
//! | 409 | `alias_moved` | the alias does not point to the version that the request expects |
//! | 409 | `nothing_before` | the alias has pointed to no other version that it could go back to |
//! | 409 | `already_confirmed` | the proposal was confirmed before |
//! | 409 | `proposal_replaced` | the proposal was replaced by another, which is the one to confirm or to replace |
//! | 409 | `own_view_required` | the proposal is withheld until the officer's own level is recorded |
//! | 409 | `own_view_recorded` | the officer's own level was recorded before |
//! | 409 | `own_view_not_expected` | the proposal was shown at once, so that no level can be recorded before |
//! | 410 | `proposal_erased` | the proposal was erased from the log: its place is there, what it held is gone |
//! | 413 | `body_too_large` | the body is larger than 1 MiB |
//! | 415 | `unsupported_media_type` | the body is not declared as `application/json` in UTF-8, or a batch not as `application/x-ndjson` |
//! | 415 | `unsupported_content_coding` | the body is declared as compressed or coded otherwise than is read on the path; `Accept-Encoding` says what is |
//! | 422 | `invalid_request` | a field is missing, unknown or wrong: each is named in `details` |
//! | 422 | `instrument_mismatch` | the form is not the one the version was made for |
//! | 422 | `unlearned_answers` | the version has not learned from some answers, and the protocol refuses them: `details` |
//! | 422 | `level_lowered` | an officer's level below the proposed one |
//! | 429 | `too_many_requests` | the caller, or an address that nobody is recognised from, asks more often than it may; `Retry-After` says when to ask again |
//! | 500 | `internal` | a fault of ours |
//! | 500 | `explanation_mismatch` | the explanation does not add up to the score, so there is no answer |
//! | 501 | `unsupported_transfer_coding` | the body is transferred in another way than whole or in chunks |
//! | 503 | `busy` | as many requests wait as may, or all bodies together are too large; `Retry-After` says when to ask again |
//! | 503 | `identity_provider_unavailable` | there are no keys of the identity provider to check a token with; `Retry-After` says when to ask again |
//! | 503 | `log_unavailable` | the proposal could not be made durable, so there is no answer |
//! | 503 | `registry_unavailable` | the registry or a version in it cannot be read or verified |
//! | 503 | `not_ready` | the service cannot answer now |
//! | 503 | `timeout` | the request took too long |
//!
//! There is deliberately no `From<Error>`: each place says what a failure means there.

use axum::Json;
use axum::http::header::{ACCEPT_ENCODING, CONNECTION, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::error_body::bounded;
pub use crate::error_body::{Detail, ErrorBody};
use crate::unrecognised::Unrecognised;

/// Why a request gets no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The body is not JSON.
    #[error("body is not JSON: {message}")]
    MalformedJson {
        /// What the parser said.
        message: String,
    },
    /// A header cannot be used.
    #[error("header `{header}` is refused: {message}")]
    InvalidHeader {
        /// Its name.
        header: &'static str,
        /// Found and expected, in words.
        message: String,
    },
    /// Nobody said which version is to answer.
    #[error(
        "no `model` in the request and no default is configured, expected a reference like `vpr@champion`"
    )]
    ModelRequired {
        /// Every other problem found.
        details: Vec<Detail>,
    },
    /// Nobody is recognised as the caller.
    #[error("no caller is recognised: {0}")]
    Unauthenticated(Unrecognised),
    /// The path names no version, and the default one is of another model.
    #[error(
        "the path names no version of `{model}`, which is not the model of the service's default version, \
         expected `/v2/models/{model}/versions/{{version}}`, with a number or an alias"
    )]
    VersionRequired {
        /// The model that is named.
        model: String,
    },
    /// The caller has no role that may do this.
    #[error("no role of the caller may do this")]
    Forbidden,
    /// The request names an officer whom the caller may not speak for.
    #[error("the caller may not speak for the officer that the request names")]
    OfficerNotCovered {
        /// Whom the caller may speak for, in words.
        expected: String,
    },
    /// No such path.
    #[error("no such path")]
    NotFound,
    /// No proposal of that id.
    #[error("no proposal `{id}`")]
    ProposalNotFound {
        /// What was asked for.
        id: String,
    },
    /// The proposal was erased.
    #[error(
        "proposal `{id}` was erased: the log holds its place and its hash, and nothing of what was asked and answered"
    )]
    ProposalErased {
        /// What was asked for.
        id: String,
    },
    /// No such model, version or alias.
    #[error("{message}")]
    ModelNotFound {
        /// What was asked for and what there is.
        message: String,
    },
    /// The path exists, the method does not.
    #[error("method is not allowed on this path")]
    MethodNotAllowed,
    /// The key belongs to another request.
    #[error("header `Idempotency-Key` was used before with another request")]
    KeyReused,
    /// The gates, or the rules of the registry, do not let the version be put in force.
    #[error("{message}")]
    NotGated {
        /// What the registry says.
        message: String,
    },
    /// The alias does not point to the version that the request expects.
    #[error("alias `{alias}` points to {found}, expected {expected}: somebody else has moved it")]
    AliasMoved {
        /// `vpr@champion`.
        alias: String,
        /// Where it points.
        found: String,
        /// Where the request says that it points.
        expected: String,
    },
    /// The alias has pointed nowhere else before.
    #[error(
        "alias `{alias}` points to version {version} and pointed to none before it: there is nothing to go back to"
    )]
    NothingBefore {
        /// `vpr@champion`.
        alias: String,
        /// Where it points.
        version: u32,
    },
    /// No version stands beside the default one.
    #[error("no shadow is configured: no version stands beside the default one")]
    NoShadow,
    /// A proposal is confirmed once.
    #[error("proposal `{id}` was confirmed before")]
    AlreadyConfirmed {
        /// The proposal.
        id: String,
    },
    /// A proposal that was replaced counts no more.
    #[error("proposal `{id}` was replaced by another, which counts in its place")]
    ProposalReplaced {
        /// The proposal.
        id: String,
    },
    /// The proposal is withheld.
    #[error(
        "proposal `{id}` is withheld until the officer's own level is recorded, by `POST /v1/assessments/{id}/own-view`"
    )]
    OwnViewRequired {
        /// The proposal.
        id: String,
    },
    /// An officer gives one own level for a proposal.
    #[error("the officer's own level for proposal `{id}` was recorded before")]
    OwnViewRecorded {
        /// The proposal.
        id: String,
    },
    /// The proposal was not withheld.
    #[error("proposal `{id}` was shown when it was made: a level recorded now would not be one given before")]
    OwnViewNotExpected {
        /// The proposal.
        id: String,
    },
    /// The body did not come whole in time.
    #[error("the body did not come whole within {seconds} s")]
    BodyTimeout {
        /// Seconds that it may take.
        seconds: u64,
    },
    /// The body is larger than allowed.
    #[error("body is larger than {limit} bytes")]
    BodyTooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The body is not declared as JSON in UTF-8.
    #[error("content type is {found}, expected `{expected}`")]
    UnsupportedMediaType {
        /// What was declared.
        found: String,
        /// What is read there.
        expected: &'static str,
    },
    /// The body is declared as coded.
    #[error("content coding is `{found}`, expected {}", if *gzip { "`gzip` or none" } else { "none" })]
    UnsupportedContentCoding {
        /// What was declared.
        found: String,
        /// Whether `gzip` is read on this path.
        gzip: bool,
    },
    /// The body is transferred in a coding that is not read.
    #[error("transfer coding is `{found}`, expected `chunked` or none")]
    UnsupportedTransferCoding {
        /// What was declared.
        found: String,
    },
    /// Fields are missing, unknown or wrong.
    #[error("request is refused: {}", count(details))]
    Invalid {
        /// Every problem found.
        details: Vec<Detail>,
    },
    /// The form is not the one the version was made for.
    #[error("instrument is `{found}`, `{version}` expects `{expected}`")]
    InstrumentMismatch {
        /// Instrument of the request.
        found: String,
        /// Instrument of the version.
        expected: String,
        /// `vpr@3`.
        version: String,
        /// Every other problem found.
        details: Vec<Detail>,
    },
    /// The version has not learned from some answers, and the protocol refuses them.
    #[error("the version has not learned from some answers, which its protocol refuses: {}", count(details))]
    UnlearnedAnswers {
        /// Each of them.
        details: Vec<Detail>,
    },
    /// An officer may raise a level, never lower it.
    #[error("level `{found}` is below the proposed `{proposed}`: a level may be raised, never lowered")]
    LevelLowered {
        /// The officer's level.
        found: String,
        /// The proposed level.
        proposed: String,
    },
    /// More requests than may be.
    #[error("too many requests: ask again in {seconds} s")]
    TooManyRequests {
        /// Seconds after which to ask again.
        seconds: u64,
    },
    /// A fault of ours.
    #[error("the service failed, so there is no answer")]
    Internal,
    /// The explanation does not add up, so the answer is withheld.
    #[error("the explanation does not add up to the score, so there is no answer")]
    ExplanationMismatch,
    /// As many requests wait as may, or all bodies together are too large.
    #[error("too many assessments are waiting, so there is no answer: ask again in a moment")]
    Busy,
    /// There are no keys to check a token with.
    #[error(
        "the keys of the identity provider cannot be fetched, so a token cannot be checked: ask again in a moment"
    )]
    NoProviderKeys,
    /// The log cannot be written or read.
    #[error("the decision log is unavailable, so there is no answer")]
    LogUnavailable,
    /// The registry, or a version in it, cannot be read or verified.
    #[error("the registry, or the version asked for, cannot be read or verified, so there is no answer")]
    RegistryUnavailable,
    /// The service cannot answer now.
    #[error("not ready: {}", count(details))]
    NotReady {
        /// What is missing.
        details: Vec<Detail>,
    },
    /// The request took too long.
    #[error(
        "the request took too long; it may be in the log all the same: ask again with the same `Idempotency-Key`"
    )]
    Timeout,
}

impl ApiError {
    /// [`ApiError::Internal`], with what happened in the operational log: never a word of the request.
    pub(crate) fn internal(what: &'static str) -> Self {
        tracing::error!(what, "internal error");
        Self::Internal
    }

    /// Status and code: the only place that says so.
    pub fn kind(&self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson { .. } => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::InvalidHeader { .. } => (StatusCode::BAD_REQUEST, "invalid_header"),
            Self::ModelRequired { .. } => (StatusCode::BAD_REQUEST, "model_required"),
            Self::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "unauthenticated"),
            Self::VersionRequired { .. } => (StatusCode::BAD_REQUEST, "version_required"),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::OfficerNotCovered { .. } => (StatusCode::FORBIDDEN, "officer_not_covered"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::ProposalNotFound { .. } => (StatusCode::NOT_FOUND, "proposal_not_found"),
            Self::ModelNotFound { .. } => (StatusCode::NOT_FOUND, "model_not_found"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::KeyReused => (StatusCode::CONFLICT, "idempotency_key_reused"),
            Self::NoShadow => (StatusCode::NOT_FOUND, "no_shadow"),
            Self::NotGated { .. } => (StatusCode::CONFLICT, "not_gated"),
            Self::AliasMoved { .. } => (StatusCode::CONFLICT, "alias_moved"),
            Self::NothingBefore { .. } => (StatusCode::CONFLICT, "nothing_before"),
            Self::AlreadyConfirmed { .. } => (StatusCode::CONFLICT, "already_confirmed"),
            Self::ProposalReplaced { .. } => (StatusCode::CONFLICT, "proposal_replaced"),
            Self::OwnViewRequired { .. } => (StatusCode::CONFLICT, "own_view_required"),
            Self::OwnViewRecorded { .. } => (StatusCode::CONFLICT, "own_view_recorded"),
            Self::OwnViewNotExpected { .. } => (StatusCode::CONFLICT, "own_view_not_expected"),
            Self::BodyTimeout { .. } => (StatusCode::REQUEST_TIMEOUT, "body_timeout"),
            Self::ProposalErased { .. } => (StatusCode::GONE, "proposal_erased"),
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::UnsupportedMediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::UnsupportedContentCoding { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_content_coding")
            }
            Self::UnsupportedTransferCoding { .. } => {
                (StatusCode::NOT_IMPLEMENTED, "unsupported_transfer_coding")
            }
            Self::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_request"),
            Self::InstrumentMismatch { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "instrument_mismatch"),
            Self::UnlearnedAnswers { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "unlearned_answers"),
            Self::LevelLowered { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "level_lowered"),
            Self::TooManyRequests { .. } => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::ExplanationMismatch => (StatusCode::INTERNAL_SERVER_ERROR, "explanation_mismatch"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::NoProviderKeys => (StatusCode::SERVICE_UNAVAILABLE, "identity_provider_unavailable"),
            Self::LogUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "log_unavailable"),
            Self::RegistryUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "registry_unavailable"),
            Self::NotReady { .. } => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::Timeout => (StatusCode::SERVICE_UNAVAILABLE, "timeout"),
        }
    }

    /// What the client is told beside the body: after how many seconds to ask again, or how to send the same in another way.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Unauthenticated(why) => Some((WWW_AUTHENTICATE, why.challenge())),
            Self::TooManyRequests { seconds } => Some((RETRY_AFTER, HeaderValue::from(*seconds))),
            // RFC 6750, section 3.1.
            Self::Forbidden => Some((
                WWW_AUTHENTICATE,
                HeaderValue::from_static(r#"Bearer realm="amparo", error="insufficient_scope""#),
            )),
            // By then, some of those that wait have been answered.
            Self::Busy => Some((RETRY_AFTER, HeaderValue::from_static("1"))),
            // By then, they have been asked for again.
            Self::NoProviderKeys => Some((RETRY_AFTER, HeaderValue::from_static("10"))),
            // The rest of the body may still come, and must not be read as another request (RFC 9110, section 15.5.9).
            Self::BodyTimeout { .. } => Some((CONNECTION, HeaderValue::from_static("close"))),
            // RFC 9110, section 15.5.16.
            Self::UnsupportedContentCoding { gzip, .. } => {
                let read = if *gzip { "gzip" } else { "identity" };
                Some((ACCEPT_ENCODING, HeaderValue::from_static(read)))
            }
            _ => None,
        }
    }

    /// What the client is told.
    pub(crate) fn body(self) -> ErrorBody {
        let error = self.to_string();
        let code = self.kind().1.to_owned();
        let details = match self {
            Self::Invalid { details } | Self::UnlearnedAnswers { details } | Self::NotReady { details } => {
                details
            }
            Self::InstrumentMismatch { found, expected, version, mut details } => {
                let message = format!("instrument is `{found}`, `{version}` expects `{expected}`");
                details.insert(0, Detail::new("instrument", message));
                details
            }
            Self::LevelLowered { found, proposed } => {
                vec![Detail::new("level", format!("level `{found}` is below the proposed `{proposed}`"))]
            }
            Self::OfficerNotCovered { expected } => {
                let message =
                    format!("found an officer whom the caller may not speak for, expected {expected}");
                vec![Detail::new("officer.id", message)]
            }
            Self::ModelRequired { mut details } => {
                let message = "nothing found, expected a reference like `vpr@champion`";
                details.insert(0, Detail::new("model", message));
                details
            }
            _ => Vec::new(),
        };
        ErrorBody { error, code, details }
    }
}

impl ApiError {
    /// The response, with a body that may say it in another way.
    pub(crate) fn respond(self, say: impl FnOnce(ErrorBody) -> ErrorBody) -> Response {
        let header = self.header();
        let (status, code) = self.kind();
        let mut response = (status, Json(bounded(say(self.body())))).into_response();
        response.extensions_mut().insert(Refused(code));
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// The code of an error, beside the response that tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused(pub &'static str);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.respond(|body| body)
    }
}

fn count(details: &[Detail]) -> String {
    match details.len() {
        1 => "1 problem".to_owned(),
        n => format!("{n} problems"),
    }
}
