//! Answers that a client may keep and ask again whether they still hold (RFC 9110, sections 8.8.3 and 13.1.2).

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use amparo_journal::canonical;

use crate::api_error::ApiError;

/// Longest answer that gets a tag: manifests and cards are a thousandth of it.
const LONGEST: usize = 64 * 1024 * 1024;

/// Gives an answer a tag, the digest of its bytes, and answers with 304 and nothing where the client has those bytes already. A client may keep it for itself, and
/// has to ask before it uses it again: which aliases point to a version can change at any time, while what a version is never does.
pub(crate) async fn tagged(request: Request, next: Next) -> Response {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let known = request.headers().get_all(IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    if !is_read || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if body.size_hint().exact().is_none() {
        return Response::from_parts(parts, body);
    }
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        return ApiError::internal("an answer cannot be tagged").into_response();
    };
    // Weak: the same answer may be sent compressed or not.
    let tag = format!("W/\"{}\"", canonical::sha256_of(&bytes));
    let is_known = known.iter().any(|header| names(header, &tag));
    let headers = &mut parts.headers;
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        forget_content(&mut parts.headers);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn forget_content(headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
}

/// Whether a list of tags has one, compared weakly, or stands for any.
fn names(header: &HeaderValue, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    header
        .to_str()
        .is_ok_and(|list| list.trim() == "*" || list.split(',').any(|one| opaque(one) == opaque(tag)))
}
