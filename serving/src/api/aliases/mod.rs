//! Aliases: moved, and moved back.

mod request;
mod steps;

use amparo_models::ModelRef;
use amparo_models::registry::Move;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use tracing::Instrument;
use utoipa::ToSchema;

use crate::App;
use crate::access::Asker;
use crate::api::assessments::proposal;
use crate::api::models::shown::AliasMove;
use crate::api_error::{ApiError, ErrorBody};
use crate::body::JsonBody;
use crate::extract::Path;
use request::signed;
pub use request::{MoveRequest, RollbackRequest};

/// Where an alias points after a request, and by which move.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Moved {
    /// `vpr`.
    model: String,
    /// Whether this request has moved it; false if it had been moved so before, as after a repetition.
    moved: bool,
    /// The last move of the alias, as the history of the registry has it.
    r#move: AliasMove,
    /// The verdict of the gates that let it be moved; null for every alias but `champion`.
    verdict: Option<LettingPass>,
}

/// A verdict of the gates, as the history of verdicts has it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LettingPass {
    /// Its number among the verdicts on versions of the model.
    number: u32,
    /// SHA-256 of it.
    verdict: String,
    /// SHA-256 of the manifest of the version that it compares with; null if it compares with none.
    against: Option<String>,
    /// SHA-256 of the gates.
    gates: String,
    /// When it was given, RFC 3339.
    at: String,
}

/// 200, or 201 for a new alias.
type Answer = (StatusCode, Json<Moved>);

/// Point an alias to a version.
///
/// The version is loaded and has answered a form before the alias moves, so that the first request after it waits for nothing. `expected` says where the alias points now:
/// of two who move it at the same time, one is refused. A repetition changes nothing.
#[utoipa::path(
    put,
    path = "/v1/models/{model}/aliases/{alias}",
    operation_id = "putAlias",
    tag = "models",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("alias" = String, Path, description = "the alias: `champion`"),
    ),
    request_body = MoveRequest,
    responses(
        (status = 200, description = "where it points now", body = Moved),
        (status = 201, description = "there was no such alias before", body = Moved),
        (status = 400, description = "`malformed_json`, `invalid_header`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`", body = ErrorBody),
        (status = 409, description = "`alias_moved`; `not_gated`: only a version that the gates let pass is put in force", body = ErrorBody),
        (status = 413, description = "`body_too_large`", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `registry_unavailable`, `timeout`", body = ErrorBody,
            headers(("Retry-After" = u32, description = "with `busy`: seconds after which to ask again"))),
    ),
)]
pub(crate) async fn point(
    State(app): State<App>,
    Asker(caller): Asker,
    Path((model, alias)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Answer, ApiError> {
    let MoveRequest { version, expected, reason, by } = body.parse()?;
    let by = signed(&caller, by.as_deref(), &reason, (version, expected))?;
    let alias = named(&model, &alias)?;
    to_its_end(async move {
        let _alone = app.moving().await;
        let history = steps::of(&app, &alias).await?;
        let last = history.last().cloned();
        let points_to = last.as_ref().map(|last| last.version);
        if let Some(last) = last.filter(|last| last.version == version) {
            return answered(&app, &alias, last, false).await;
        }
        if points_to != expected {
            return Err(moved_by_another(&alias, points_to, expected));
        }
        moved(&app, alias, (version, expected), (by, reason)).await
    })
    .await
}

/// Point an alias back to where it pointed before.
///
/// One call withdraws a version. Each further one goes a step further back, and never to a version that was withdrawn; with `expected`, a
/// repetition changes nothing.
#[utoipa::path(
    post,
    path = "/v1/models/{model}/aliases/{alias}/rollback",
    operation_id = "rollBackAlias",
    tag = "models",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("alias" = String, Path, description = "the alias: `champion`"),
    ),
    request_body = RollbackRequest,
    responses(
        (status = 200, description = "where it points now", body = Moved),
        (status = 400, description = "`malformed_json`, `invalid_header`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`", body = ErrorBody),
        (status = 409, description = "`alias_moved`, `nothing_before`, `not_gated`", body = ErrorBody),
        (status = 413, description = "`body_too_large`", body = ErrorBody),
        (status = 415, description = "`unsupported_media_type`, `unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `registry_unavailable`, `timeout`", body = ErrorBody,
            headers(("Retry-After" = u32, description = "with `busy`: seconds after which to ask again"))),
    ),
)]
pub(crate) async fn roll_back(
    State(app): State<App>,
    Asker(caller): Asker,
    Path((model, alias)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Answer, ApiError> {
    let RollbackRequest { expected, reason, by } = body.parse()?;
    let by = signed(&caller, by.as_deref(), &reason, (1, expected))?;
    let alias = named(&model, &alias)?;
    to_its_end(async move {
        let _alone = app.moving().await;
        let history = steps::of(&app, &alias).await?;
        let Some(last) = history.last().cloned() else {
            return Err(ApiError::ModelNotFound { message: format!("no alias `{alias}` in the registry") });
        };
        let points_to = last.version;
        if let Some(expected) = expected.filter(|expected| *expected != points_to) {
            return if steps::withdrew(&history, expected) {
                answered(&app, &alias, last, false).await
            } else {
                Err(moved_by_another(&alias, Some(points_to), Some(expected)))
            };
        }
        let Some(version) = steps::before(&history) else {
            return Err(ApiError::NothingBefore { alias: alias.to_string(), version: points_to });
        };
        moved(&app, alias, (version, Some(points_to)), (by, reason)).await
    })
    .await
}

/// What a move comes to. It goes on when nobody waits for it any more, and keeps others from moving anything until it ends: whoever repeats a request
/// that took too long finds what became of it.
async fn to_its_end(
    made: impl Future<Output = Result<Answer, ApiError>> + Send + 'static,
) -> Result<Answer, ApiError> {
    let made = tokio::spawn(made.in_current_span());
    made.await.unwrap_or_else(|_| Err(ApiError::internal("a move of an alias panicked")))
}

/// Moves an alias to a version; `from` is where it pointed when that was decided.
async fn moved(
    app: &App,
    alias: ModelRef,
    (version, from): (u32, Option<u32>),
    (by, reason): (String, String),
) -> Result<Answer, ApiError> {
    let reference = ModelRef::version(alias.model(), version)
        .map_err(|error| ApiError::ModelNotFound { message: error.to_string() })?;
    let _warm = app.warmed(reference).await?;
    let (of, at) = (alias.clone(), proposal::now().to_string());
    let made =
        app.ask(move |registry| registry.alias(of.model(), steps::name(&of), version, &by, &reason, &at));
    let made = made.await?;
    app.look_again(alias.clone()).await?;
    // Another service, or the command, may have moved it in between: who has overwritten that is to know.
    if made.from != from {
        tracing::warn!(%alias, "an alias was moved by two at the same time");
        return Err(moved_by_another(&alias, made.from, from));
    }
    answered(app, &alias, made, true).await
}

/// Where an alias points by its last move.
async fn answered(app: &App, alias: &ModelRef, last: Move, moved: bool) -> Result<Answer, ApiError> {
    let model = alias.model().to_owned();
    let verdict = match &last.verdict {
        None => None,
        Some(verdict) => {
            let (of, verdict) = (model.clone(), verdict.clone());
            let lines = app.ask(move |registry| registry.verdicts(&of)).await?;
            lines.into_iter().rev().find(|line| line.verdict == verdict).map(|line| LettingPass {
                number: line.number,
                verdict: line.verdict,
                against: line.against,
                gates: line.gates,
                at: line.at,
            })
        }
    };
    let status = if moved && last.from.is_none() { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Moved { model, moved, r#move: last.into(), verdict })))
}

/// The alias that the path names.
fn named(model: &str, alias: &str) -> Result<ModelRef, ApiError> {
    // A name that is not allowed is a name that nothing has.
    ModelRef::alias(model, alias).map_err(|error| ApiError::ModelNotFound { message: error.to_string() })
}

fn moved_by_another(alias: &ModelRef, found: Option<u32>, expected: Option<u32>) -> ApiError {
    let say = |version: Option<u32>| {
        version.map_or("no version".to_owned(), |version| format!("version {version}"))
    };
    ApiError::AliasMoved { alias: alias.to_string(), found: say(found), expected: say(expected) }
}
