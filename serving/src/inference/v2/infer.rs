//! Inference: forms as tensors, and their proposals as tensors.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};

use crate::App;
use crate::access::{Asker, Caller};
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::extract::{IdempotencyKey, Path};
use crate::inference::assessed::Forms;
use crate::inference::body::{InferenceBody, JSON_LENGTH};
use crate::inference::form::Reading;
use crate::inference::metadata::{InferenceRequest, InferenceResponse, logging};
use crate::inference::told::Told;
use crate::inference::wire::{self, Answer, Problem, Unreadable};
use crate::inference::{outputs, reference};

/// What a request says besides its body.
struct Call {
    caller: Arc<Caller>,
    key: Option<String>,
}

/// Assess forms that are sent as tensors, with the service's default version.
///
/// The header `Inference-Header-Content-Length` says how many bytes are JSON, if tensors follow it: then, and whatever its type is, the body is JSON and tensors.
///
/// Each row is a proposal, as `/v1/assessments` makes it, and all of them are in the log, durably, before they are sent. If something is wrong
/// with a row, none is answered. Without a version in the path, the model has to be that of the service's default version.
#[utoipa::path(
    post,
    path = "/v2/models/{model}/infer",
    operation_id = "infer",
    tag = "inference",
    params(
        ("model" = String, Path, description = "its name, `vpr`, or its name with a version, `vpr@champion`"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "as in `/v1/assessments`: the same key with the same rows gives the same proposals again"),
    ),
    request_body(description = "JSON, or JSON and tensors behind it; it may be compressed by gzip", content(
        (InferenceRequest = "application/json"),
    )),
    responses(
        (status = 200, description = "the outputs", body = InferenceResponse),
        (status = 400, description = "`malformed_json`, `invalid_header`, `version_required`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`idempotency_key_reused`", body = ErrorBody),
        (status = 413, description = "`body_too_large`: more than 1 MiB, as it comes or unpacked", body = ErrorBody),
        (status = 415, description = "`unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`, `unlearned_answers`: the sentence names the first problems", body = ErrorBody),
        (status = 500, description = "`internal`, `explanation_mismatch`: no proposal was made", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody),
    ),
)]
pub(crate) async fn infer(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(model): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    body: InferenceBody,
) -> Result<Response, Told> {
    Ok(answered(&app, Call { caller, key }, &model, None, &body).await?)
}

/// Assess forms that are sent as tensors.
///
/// As without a version, by the version that is named.
#[utoipa::path(
    post,
    path = "/v2/models/{model}/versions/{version}/infer",
    operation_id = "inferByVersion",
    tag = "inference",
    params(
        ("model" = String, Path, description = "its name: `vpr`"),
        ("version" = String, Path, description = "a number or an alias: `3`, `champion`"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "as in `/v1/assessments`: the same key with the same rows gives the same proposals again"),
    ),
    request_body(description = "JSON, or JSON and tensors behind it; it may be compressed by gzip", content(
        (InferenceRequest = "application/json"),
    )),
    responses(
        (status = 200, description = "the outputs", body = InferenceResponse),
        (status = 400, description = "`malformed_json`, `invalid_header`", body = ErrorBody),
        (status = 404, description = "`model_not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`idempotency_key_reused`", body = ErrorBody),
        (status = 413, description = "`body_too_large`: more than 1 MiB, as it comes or unpacked", body = ErrorBody),
        (status = 415, description = "`unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`, `unlearned_answers`: the sentence names the first problems", body = ErrorBody),
        (status = 500, description = "`internal`, `explanation_mismatch`: no proposal was made", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody),
    ),
)]
pub(crate) async fn infer_by_version(
    State(app): State<App>,
    Asker(caller): Asker,
    Path((model, version)): Path<(String, String)>,
    IdempotencyKey(key): IdempotencyKey,
    body: InferenceBody,
) -> Result<Response, Told> {
    Ok(answered(&app, Call { caller, key }, &model, Some(&version), &body).await?)
}

async fn answered(
    app: &App,
    call: Call,
    model: &str,
    version: Option<&str>,
    body: &InferenceBody,
) -> Result<Response, ApiError> {
    // No work is done for a request that would be refused in the end.
    let place = app.assessments().enter()?;
    let Call { caller, key } = call;
    let (json, binary) = body.parts()?;
    let json = wire::without_nan(json);
    let request = wire::read(&json, binary).map_err(unreadable)?;
    let reference = reference::named(app, model, version).await?;
    let version = app.version(reference.clone()).await?;
    let logged = app.in_force().logs(&reference);
    let mut details = Vec::new();
    if let Some(named) =
        request.model_name.as_deref().filter(|named| ![model, reference.model()].contains(named))
    {
        let message = format!("field `model_name` is `{named}`, expected `{model}`, which the path names");
        details.push(Detail::new("model_name", message));
    }
    let wanted = outputs::wanted(&request, &version, logged).unwrap_or_else(|problems| {
        details.extend(problems);
        Vec::new()
    });
    let fields = outputs::fields(&wanted);
    let reading = Reading { version: &version, reference: &reference, fields, of_cases: logged };
    let requests = match reading.requests(&request) {
        Ok(requests) if details.is_empty() => requests,
        Ok(_) => return Err(ApiError::Invalid { details }),
        Err(problems) => {
            details.extend(problems);
            return Err(ApiError::Invalid { details });
        }
    };
    let id = request.id.clone();
    drop(request);
    let forms = Forms { requests, version: Arc::clone(&version), key, caller, logged };
    let answers = forms.assessed(app, &place).await?;
    let answer = Answer {
        model_name: &version.manifest().name,
        model_version: version.manifest().version.to_string(),
        id: id.as_deref(),
        parameters: Map::from_iter([("log".to_owned(), json!(logging(logged)))]),
        outputs: outputs::tensors(&wanted, answers)?,
    };
    let written = answer.written().map_err(|_| ApiError::internal("an answer cannot be written"))?;
    Ok(response(written))
}

fn response((body, json_length): (Vec<u8>, Option<usize>)) -> Response {
    match json_length {
        Some(length) => {
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
                (JSON_LENGTH, HeaderValue::from(length)),
            ];
            (headers, body).into_response()
        }
        None => ([(CONTENT_TYPE, "application/json")], body).into_response(),
    }
}

fn unreadable(error: Unreadable) -> ApiError {
    let detail = |Problem { field, message }: Problem| Detail::new(field, message);
    match error {
        Unreadable::NotJson(message) => ApiError::MalformedJson { message },
        Unreadable::Wrong(problems) => {
            ApiError::Invalid { details: problems.into_iter().map(detail).collect() }
        }
    }
}
