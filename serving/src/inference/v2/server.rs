//! What is said of the service, and of all models.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::api_error::{ApiError, ErrorBody};

/// What the service says of itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ServerMetadata {
    /// `amparo`.
    name: String,
    /// The edition of the service.
    version: String,
    /// Extensions of the protocol that it has.
    extensions: Vec<String>,
}

/// A version in the index of all models.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RepositoryItem {
    /// The model.
    name: String,
    /// Its version.
    version: String,
    /// `READY`: every published version can be asked for.
    state: String,
    /// Empty: a version that is not ready is not listed.
    reason: String,
}

/// That the process runs. The status says so already; one client reads it here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ServerLive {
    /// `true`: one that does not run does not answer.
    live: bool,
}

/// That the service can answer. The status says so already; one client reads it here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ServerReady {
    /// `true`: one that cannot is refused with 503.
    ready: bool,
}

/// Whether the process runs, for clients of the Open Inference Protocol.
#[utoipa::path(
    get,
    path = "/v2/health/live",
    operation_id = "getInferenceLiveness",
    tag = "inference",
    responses((status = 200, description = "it runs", body = ServerLive)),
)]
pub(crate) async fn live() -> Json<ServerLive> {
    Json(ServerLive { live: true })
}

/// Whether the service can answer, as `/health/ready` finds out.
#[utoipa::path(
    get,
    path = "/v2/health/ready",
    operation_id = "getInferenceReadiness",
    tag = "inference",
    responses(
        (status = 200, description = "it can", body = ServerReady),
        (status = 503, description = "`not_ready`, with all that is missing in `details`", body = ErrorBody),
    ),
)]
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<ServerReady>, ApiError> {
    app.readiness().answer(|| app.clone().missing()).await?;
    Ok(Json(ServerReady { ready: true }))
}

/// Show the service.
#[utoipa::path(
    get,
    path = "/v2",
    operation_id = "getInferenceServer",
    tag = "inference",
    responses((status = 200, description = "name, edition and extensions", body = ServerMetadata)),
)]
pub(crate) async fn metadata() -> Json<ServerMetadata> {
    Json(ServerMetadata {
        name: "amparo".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        extensions: vec!["binary_tensor_data".to_owned()],
    })
}

/// List all versions of all models, as Triton does.
///
/// A body is not looked at.
#[utoipa::path(
    post,
    path = "/v2/repository/index",
    operation_id = "listInferenceModels",
    tag = "inference",
    responses(
        (status = 200, description = "every published version", body = Vec<RepositoryItem>),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn index(State(app): State<App>) -> Result<Json<Vec<RepositoryItem>>, ApiError> {
    let models = app.ask(|registry| registry.list()).await?;
    let of = |model: amparo_models::registry::ModelSummary| {
        let name = model.name;
        model.versions.into_iter().map(move |version| RepositoryItem {
            name: name.clone(),
            version: version.to_string(),
            state: "READY".to_owned(),
            reason: String::new(),
        })
    };
    Ok(Json(models.into_iter().flat_map(of).collect()))
}
