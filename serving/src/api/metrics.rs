//! What the service counts.

mod state;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::api_error::{ApiError, ErrorBody};
use crate::metrics;

/// Counts and times of the service, in Prometheus' text format.
///
/// Nothing of it is about a case: series are told apart by route, stage, code of error, version and level. Answers `unknown` are counted by
/// indicator in steps of 50 forms, so that no single form can be read off.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "health",
    responses(
        (status = 200, description = "text format 0.0.4", body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
        (status = 500, description = "`internal`", body = ErrorBody),
    ),
)]
pub(crate) async fn metrics(State(app): State<App>) -> Result<Response, ApiError> {
    let text = app
        .metrics()
        .text(&state::of(&app))
        .map_err(|_| ApiError::internal("the metrics cannot be written"))?;
    Ok(([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
