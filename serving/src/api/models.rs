//! What is published: models, versions, aliases with their history, manifests and cards.

pub(crate) mod shown;

use std::collections::BTreeMap;

use amparo_models::{Error, Manifest, ModelRef};
use axum::Json;
use axum::extract::State;

use crate::App;
use crate::api_error::{ApiError, ErrorBody};
use crate::extract::Path;
use shown::{ModelDetail, Models, PublishedModel, VersionDetail, VersionSummary};

/// List models.
#[utoipa::path(
    get,
    path = "/v1/models",
    operation_id = "listModels",
    tag = "models",
    params(("If-None-Match" = Option<String>, Header, description = "`ETag` of an answer that the client has")),
    responses(
        (status = 200, description = "every model with its versions and aliases", body = Models,
            headers(("ETag" = String, description = "changes when the answer does"))),
        (status = 304, description = "the answer is the one of `If-None-Match`"),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Models>, ApiError> {
    let models = app.ask(|registry| registry.list()).await?;
    let of = |m: amparo_models::registry::ModelSummary| PublishedModel {
        name: m.name,
        versions: m.versions,
        aliases: m.aliases,
    };
    Ok(Json(Models { models: models.into_iter().map(of).collect() }))
}

/// Show a model.
#[utoipa::path(
    get,
    path = "/v1/models/{model}",
    operation_id = "getModel",
    tag = "models",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of an answer that the client has"),
    ),
    responses(
        (status = 200, description = "its versions, and every move of every alias", body = ModelDetail,
            headers(("ETag" = String, description = "changes when the answer does"))),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 304, description = "the answer is the one of `If-None-Match`"),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn show(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Json<ModelDetail>, ApiError> {
    // A name that is not allowed is a name that nothing has.
    ModelRef::version(&model, 1).map_err(|error| ApiError::ModelNotFound { message: error.to_string() })?;
    let detail = app.ask(move |registry| {
        let aliases = registry.aliases(&model)?;
        let numbers = registry.versions(&model)?;
        let versions: Result<Vec<_>, Error> =
            numbers.into_iter().map(|n| Ok(summary(registry.manifest(&model, n)?, &aliases))).collect();
        let history = registry.history(&model)?.into_iter().map(Into::into).collect();
        Ok(ModelDetail { versions: versions?, history, name: model, aliases, ready: true })
    });
    let mut detail = detail.await?;
    if let Some(default) = app.in_force().default_model.clone().filter(|of| of.model() == detail.name) {
        detail.ready = app.version(default).await.is_ok();
    }
    Ok(Json(detail))
}

/// Show a version.
#[utoipa::path(
    get,
    path = "/v1/models/{model}/versions/{version}",
    operation_id = "getModelVersion",
    tag = "models",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("version" = String, Path, description = "a number or an alias: `3`, `champion`"),
        ("If-None-Match" = Option<String>, Header, description = "`ETag` of an answer that the client has"),
    ),
    responses(
        (status = 200, description = "manifest with declared metrics, and card", body = VersionDetail,
            headers(("ETag" = String, description = "changes when the answer does: when an alias comes to this version or leaves it"))),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 304, description = "the answer is the one of `If-None-Match`"),
        (status = 503, description = "`registry_unavailable`", body = ErrorBody),
    ),
)]
pub(crate) async fn version(
    State(app): State<App>,
    Path((model, version)): Path<(String, String)>,
) -> Result<Json<VersionDetail>, ApiError> {
    let reference: ModelRef = format!("{model}@{version}")
        .parse()
        .map_err(|error: Error| ApiError::ModelNotFound { message: error.to_string() })?;
    let version = app.version(reference).await?;
    let number = version.manifest().version;
    let aliases = app.ask(move |registry| registry.aliases(&model)).await?;
    Ok(Json(VersionDetail {
        model: version.manifest().name.clone(),
        version: number,
        digest: version.digest().to_owned(),
        aliases: pointing(&aliases, number),
        manifest: serde_json::to_value(version.manifest())
            .map_err(|_| ApiError::internal("a manifest cannot be written"))?,
        card: version.card().to_owned(),
    }))
}

fn summary(manifest: Manifest, aliases: &BTreeMap<String, u32>) -> VersionSummary {
    VersionSummary {
        aliases: pointing(aliases, manifest.version),
        version: manifest.version,
        family: manifest.family,
        dial: manifest.dial,
        instrument: manifest.instrument.id,
        protocol: manifest.protocol.id,
        synthetic: manifest.training.synthetic_statement().map(str::to_owned),
        published_at: manifest.published_at,
        content_digest: manifest.content_digest,
    }
}

fn pointing(aliases: &BTreeMap<String, u32>, version: u32) -> Vec<String> {
    aliases.iter().filter(|(_, to)| **to == version).map(|(alias, _)| alias.clone()).collect()
}
