//! What is said of one model, or of one version of it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::api_error::{ApiError, ErrorBody};
use crate::extract::Path;
use crate::inference::metadata::{self, ModelMetadata};
use crate::inference::reference;

/// That a version can answer. The status says so already.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ModelReady {
    /// The model.
    name: String,
    /// `true`: one that cannot is refused.
    ready: bool,
}

/// Show a model to clients of the Open Inference Protocol, in its default version.
#[utoipa::path(
    get,
    path = "/v2/models/{model}",
    operation_id = "getInferenceModel",
    tag = "inference",
    params(("model" = String, Path, description = "its name, `vpr`, or its name with a version, `vpr@champion`")),
    responses(
        (status = 200, description = "its versions; inputs, outputs and codes of the service's default version", body = ModelMetadata),
        (status = 400, description = "`version_required`: the default version is of another model", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn metadata(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Json<ModelMetadata>, ApiError> {
    described(&app, &model, None).await
}

/// Show a version to clients of the Open Inference Protocol.
#[utoipa::path(
    get,
    path = "/v2/models/{model}/versions/{version}",
    operation_id = "getInferenceModelVersion",
    tag = "inference",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("version" = String, Path, description = "a number or an alias: `3`, `champion`"),
    ),
    responses(
        (status = 200, description = "versions of the model; inputs, outputs and codes of this one", body = ModelMetadata),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn version_metadata(
    State(app): State<App>,
    Path((model, version)): Path<(String, String)>,
) -> Result<Json<ModelMetadata>, ApiError> {
    described(&app, &model, Some(&version)).await
}

/// Whether the default version of a model can answer.
#[utoipa::path(
    get,
    path = "/v2/models/{model}/ready",
    operation_id = "getInferenceModelReadiness",
    tag = "inference",
    params(("model" = String, Path, description = "its name, `vpr`, or its name with a version, `vpr@champion`")),
    responses(
        (status = 200, description = "it can", body = ModelReady),
        (status = 400, description = "`version_required`: the default version is of another model", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn ready(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Json<ModelReady>, ApiError> {
    loaded(&app, &model, None).await
}

/// Whether a version can answer.
#[utoipa::path(
    get,
    path = "/v2/models/{model}/versions/{version}/ready",
    operation_id = "getInferenceModelVersionReadiness",
    tag = "inference",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("version" = String, Path, description = "a number or an alias: `3`, `champion`"),
    ),
    responses(
        (status = 200, description = "it can", body = ModelReady),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn version_ready(
    State(app): State<App>,
    Path((model, version)): Path<(String, String)>,
) -> Result<Json<ModelReady>, ApiError> {
    loaded(&app, &model, Some(&version)).await
}

async fn described(app: &App, model: &str, version: Option<&str>) -> Result<Json<ModelMetadata>, ApiError> {
    let reference = reference::named(app, model, version).await?;
    let version = app.version(reference.clone()).await?;
    let name = reference.model().to_owned();
    let versions = app.ask(move |registry| registry.versions(&name)).await?;
    let logged = app.in_force().logs(&reference);
    Ok(Json(metadata::of(&version, &versions, logged)))
}

async fn loaded(app: &App, model: &str, version: Option<&str>) -> Result<Json<ModelReady>, ApiError> {
    let reference = reference::named(app, model, version).await?;
    let version = app.version(reference).await?;
    Ok(Json(ModelReady { name: version.manifest().name.clone(), ready: true }))
}
