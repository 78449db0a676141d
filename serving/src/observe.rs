//! What is told of each request: a line in the operational log with method, matched route, status, latency and a request id; the counts of
//! the service; and a trace, if a collector was named. Nothing else.
//!
//! The path itself, query, headers and body never appear: they may hold the id of a case or of a proposal, or answers.
//! The request id is always ours: one that a client chooses could be the id of a case.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::App;
use crate::api_error::Refused;
use crate::watch::Watch;

/// Response header that names the request in the operational logs.
pub const REQUEST_ID: &str = "x-request-id";

/// Times a request, writes one line about it, and counts it.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    let method = known(request.method());
    let matched = request.extensions().get::<MatchedPath>();
    let route: Arc<str> = matched.map_or("unmatched", MatchedPath::as_str).into();
    let span = tracing::info_span!("request", request_id = %id, %method, %route);
    let tracer = app.tracer();
    let trace = tracer.and_then(|tracer| tracer.begin(request.headers()));
    let watch = Watch::new(app.metrics().clone(), trace.clone());
    let started = Instant::now();
    let mut response = watch.over(next.run(request).instrument(span.clone())).await;
    let took = started.elapsed();
    let (latency_us, status) = (took.as_micros() as u64, response.status().as_u16());
    span.in_scope(|| match status {
        500.. => tracing::error!(status, latency_us, "failed"),
        _ => tracing::info!(status, latency_us, "answered"),
    });
    let code = response.extensions().get().map(|Refused(code)| *code);
    app.metrics().answered(method, &route, status, code, took);
    if let Some((tracer, trace)) = tracer.zip(trace) {
        tracer.end(&trace, method, &route, status);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A method. Unknown ones are a free text of the client's.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::TRACE => "TRACE",
        _ => "other",
    }
}
