//! Operational logs: method, matched route, status, latency and a request id. Nothing else.
//!
//! The path itself, query, headers and body never appear: they may hold the id of a case or of a proposal, or answers.
//! The request id is always ours: one that a client chooses could be the id of a case.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

/// Response header that names the request in the operational logs.
pub const REQUEST_ID: &str = "x-request-id";

/// Times a request and writes one line about it.
pub(crate) async fn observe(request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    // Unknown methods are a free text of the client's.
    let method = match request.method().as_str() {
        known @ ("GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH" | "TRACE") => {
            known.to_owned()
        }
        _ => "other".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request_id = %id, %method, %route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let latency_us = started.elapsed().as_micros() as u64;
    let status = response.status().as_u16();
    span.in_scope(|| match status {
        500.. => tracing::error!(status, latency_us, "failed"),
        _ => tracing::info!(status, latency_us, "answered"),
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
