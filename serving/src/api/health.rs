//! Whether the process runs, and whether it can answer.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::api_error::{ApiError, ErrorBody};

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
    operation_id = "getLiveness",
    tag = "health",
    responses((status = 200, description = "it runs", body = Health)),
)]
pub(crate) async fn live() -> Json<Health> {
    Json(Health { status: "live".to_owned() })
}

/// Whether the service can answer: the default version loads, the log takes entries, and the registry is readable or not needed for that
/// version.
///
/// If that cannot be found out at once, the answer is what was found out last, at most 15 s ago.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "getReadiness",
    tag = "health",
    responses(
        (status = 200, description = "it can", body = Health),
        (status = 503, description = "`not_ready`, with all that is missing in `details`", body = ErrorBody),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    app.readiness().answer(|| app.clone().missing()).await?;
    Ok(Json(Health { status: "ready".to_owned() }))
}
