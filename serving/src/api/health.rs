//! Whether the process runs, and whether it can answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::api_error::{ApiError, Detail, ErrorBody};

/// The state of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `live` or `ready`.
    status: String,
}

/// Whether the process runs.
#[utoipa::path(
    get,
    path = "/health/live",
    tag = "health",
    responses((status = 200, description = "it runs", body = Health)),
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "live".to_owned() })
}

/// Whether the service can answer: the registry is readable, the default version loads, the log takes entries.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "health",
    responses(
        (status = 200, description = "it can", body = Health),
        (status = 503, description = "`not_ready`, with all that is missing in `details`", body = ErrorBody),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    let mut details = Vec::new();
    let mut say = |field: &str, message: String| details.push(Detail::new(field, message));
    if let Err(error) = app.ask(|registry| registry.list()).await {
        say("registry", error.to_string());
    }
    if let Some(reference) = app.default_model().cloned()
        && let Err(error) = app.version(reference.clone()).await
    {
        say("default_model", format!("`{reference}`: {error}"));
    }
    if let Err(error) = app.log().writable().await {
        tracing::error!(%error, "log");
        say("log", ApiError::LogUnavailable.to_string());
    }
    if details.is_empty() {
        Ok(Json(Health { status: "ready".to_owned() }))
    } else {
        Err(ApiError::NotReady { details })
    }
}
