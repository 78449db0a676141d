//! What stands beside the default version.

use axum::Json;
use axum::extract::State;

use crate::App;
use crate::api_error::{ApiError, ErrorBody};
use crate::motion::shadow::ShadowReport;

/// Show what the shadow says.
///
/// The version that the setting `shadow` names scores what the default version answered, afterwards, and is never served. This is what it has said
/// since the service started, counted in memory.
#[utoipa::path(
    get,
    path = "/v1/shadow",
    operation_id = "getShadow",
    tag = "models",
    responses(
        (status = 200, description = "who would have another level, and by how much scores differ", body = ShadowReport),
        (status = 404, description = "`no_shadow`", body = ErrorBody),
    ),
)]
pub(crate) async fn show(State(app): State<App>) -> Result<Json<ShadowReport>, ApiError> {
    let in_force = app.in_force();
    in_force.shadow.as_ref().map(|shadow| Json(shadow.report())).ok_or(ApiError::NoShadow)
}
