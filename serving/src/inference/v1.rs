//! Version 1 of the protocol: instances as JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::FormAnswer;
use amparo_models::assess::{Reading, ScoreExplanation};
use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::assessed::Forms;
use super::body::InferenceBody;
use super::told::Told;
use super::{MOST_ROWS, reference};
use crate::access::Asker;
use crate::api::assessments::proposal::Proposal;
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::extract::{IdempotencyKey, Path};
use crate::shape::{self, Field, Kind, Shaped};
use crate::{App, AssessmentRequest, Officer};

/// The state of the service.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Alive {
    /// `alive`.
    status: String,
}

/// Whether the process runs, for clients of version 1 of the Open Inference Protocol.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "getInferenceAlive",
    tag = "inference",
    responses((status = 200, description = "it runs", body = Alive)),
)]
pub(crate) async fn alive() -> Json<Alive> {
    Json(Alive { status: "alive".to_owned() })
}

/// Forms to be assessed.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct PredictRequest {
    /// The forms.
    #[schema(min_items = 1, max_items = 1000)]
    instances: Vec<Instance>,
}

/// A form: the fields of a request to `/v1/assessments`, without the model, which the path names.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    /// As in `/v1/assessments`.
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    case_id: String,
    /// As in `/v1/assessments`. Default: the form of the version.
    instrument: Option<String>,
    /// As in `/v1/assessments`.
    #[schema(value_type = BTreeMap<String, FormAnswer>)]
    answers: BTreeMap<String, Value>,
    /// As in `/v1/assessments`.
    #[schema(format = DateTime)]
    assessed_at: Option<String>,
    /// As in `/v1/assessments`.
    officer: Option<Officer>,
    /// As in `/v1/assessments`.
    #[serde(default)]
    pairs: bool,
    /// As in `/v1/assessments`.
    fields: Option<Vec<String>>,
}

impl Shaped for Instance {
    const FIELDS: &'static [Field] = &[
        Field::needed("case_id", Kind::Text),
        Field::optional("instrument", Kind::Text),
        Field::needed("answers", Kind::Answers),
        Field::optional("assessed_at", Kind::Text),
        Field::optional("officer", Kind::Object(Officer::FIELDS)),
        Field::optional("pairs", Kind::Flag),
        Field::optional("fields", Kind::Texts),
    ];
}

/// What is answered: `predictions` by `:predict`, `explanations` by `:explain`.
#[derive(Serialize, ToSchema)]
pub(crate) struct PredictResponse<'a> {
    /// The proposals, one an instance, as `/v1/assessments` answers them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Proposal>>, nullable = false)]
    predictions: Option<Vec<&'a RawValue>>,
    /// The explanations of the proposals, one an instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    explanations: Option<Vec<Explained<'a>>>,
}

/// What explains a proposal.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Explained<'a> {
    /// The proposal, whose whole answer `/v1/assessments/{id}` shows.
    #[serde(borrow)]
    #[schema(value_type = String)]
    proposal_id: &'a RawValue,
    /// The exact version that answered.
    version: u32,
    /// The proposed level.
    #[serde(borrow)]
    #[schema(value_type = String)]
    level: &'a RawValue,
    /// The score and its probability, as in the proposal.
    #[serde(borrow)]
    #[schema(value_type = Reading)]
    recidivism: &'a RawValue,
    /// As in the proposal.
    #[serde(borrow)]
    #[schema(value_type = ScoreExplanation)]
    explanation: &'a RawValue,
}

/// Predict or explain, by version 1 of the Open Inference Protocol.
///
/// `POST /v1/models/vpr:predict` and `:explain` make the same proposals as `/v1/assessments`, one for each instance, and log them; the one
/// answers with the proposals, the other with their explanations.
#[utoipa::path(
    post,
    path = "/v1/models/{model}",
    operation_id = "predict",
    tag = "inference",
    params(
        ("model" = String, Path, pattern = "^[a-z0-9_-]+(@[a-z0-9_-]+)?:(predict|explain)$",
            description = "the model and what is asked of it: `vpr:predict`, `vpr:explain`, `vpr@3:predict`. Without a version, the model has to be that of the service's default version."),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
            description = "as in `/v1/assessments`: the same key with the same instances gives the same proposals again"),
    ),
    request_body = PredictRequest,
    responses(
        (status = 200, description = "one answer for each instance", body = PredictResponse),
        (status = 400, description = "`malformed_json`, `invalid_header`, `version_required`", body = ErrorBody),
        (status = 404, description = "`model_not_found`, `not_found`", body = ErrorBody),
        (status = 408, description = "`body_timeout`: the body did not come whole within 20 s", body = ErrorBody),
        (status = 409, description = "`idempotency_key_reused`", body = ErrorBody),
        (status = 413, description = "`body_too_large`: more than 1 MiB, as it comes or unpacked", body = ErrorBody),
        (status = 415, description = "`unsupported_content_coding`", body = ErrorBody),
        (status = 422, description = "`invalid_request`, `instrument_mismatch`, `unlearned_answers`: the sentence names the first problems", body = ErrorBody),
        (status = 500, description = "`internal`, `explanation_mismatch`: no proposal was made", body = ErrorBody),
        (status = 501, description = "`unsupported_transfer_coding`", body = ErrorBody),
        (status = 503, description = "`busy`, `log_unavailable`, `registry_unavailable`, `timeout`", body = ErrorBody),
    ),
)]
pub(crate) async fn call(
    State(app): State<App>,
    Asker(caller): Asker,
    Path(called): Path<String>,
    IdempotencyKey(key): IdempotencyKey,
    body: InferenceBody,
) -> Result<Response, Told> {
    let (model, explains) = match called.rsplit_once(':') {
        Some((model, "predict")) => (model, false),
        Some((model, "explain")) => (model, true),
        _ => return Err(ApiError::NotFound.into()),
    };
    let place = app.assessments().enter()?;
    let instances = instances(body.parts()?.0)?;
    let reference = reference::named(&app, model, None).await?;
    let version = app.version(reference.clone()).await?;
    let instrument = version.instrument().id();
    let requests = instances.into_iter().map(|instance| AssessmentRequest {
        case_id: instance.case_id,
        instrument: instance.instrument.unwrap_or_else(|| instrument.to_owned()),
        answers: instance.answers,
        model: Some(reference.to_string()),
        assessed_at: instance.assessed_at,
        officer: instance.officer,
        replaces: None,
        own_view_first: None,
        pairs: instance.pairs,
        fields: instance.fields,
    });
    let requests = requests.collect();
    let forms = Forms { requests, version: Arc::clone(&version), key, caller, logged: true };
    let answers = forms.assessed(&app, &place).await?;
    Ok(([(CONTENT_TYPE, "application/json")], answer(&answers, explains)?).into_response())
}

fn answer(answers: &[String], explains: bool) -> Result<Vec<u8>, ApiError> {
    let failed = |_| ApiError::internal("an answer is not as this edition writes it");
    let answer = if explains {
        let read: Result<_, _> = answers.iter().map(|answer| serde_json::from_str(answer)).collect();
        PredictResponse { predictions: None, explanations: Some(read.map_err(failed)?) }
    } else {
        let read: Result<_, _> = answers.iter().map(|answer| serde_json::from_str(answer)).collect();
        PredictResponse { predictions: Some(read.map_err(failed)?), explanations: None }
    };
    serde_json::to_vec(&answer).map_err(failed)
}

/// The forms of a body.
///
/// # Errors
/// Everything that is wrong with their fields.
fn instances(json: &[u8]) -> Result<Vec<Instance>, ApiError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body<'a> {
        #[serde(borrow)]
        instances: Vec<&'a RawValue>,
    }
    let invalid =
        |field: &str, message: String| ApiError::Invalid { details: vec![Detail::new(field, message)] };
    let body: Body<'_> = serde_json::from_slice(json).map_err(|error| {
        if error.is_data() {
            invalid("body", error.to_string())
        } else {
            ApiError::MalformedJson { message: error.to_string() }
        }
    })?;
    let n = body.instances.len();
    if !(1..=MOST_ROWS).contains(&n) {
        let message = format!("{n} instances found, expected 1 to {MOST_ROWS} in one request");
        return Err(invalid("instances", message));
    }
    let (mut read, mut details) = (Vec::with_capacity(n), Vec::new());
    for (k, instance) in body.instances.into_iter().enumerate() {
        let at = format!("instances.{k}");
        let told = |Detail { field, message }: Detail| {
            Detail::new(format!("{at}.{field}"), format!("{message} (instance {k})"))
        };
        match shape::problems::<Instance>(instance.get().as_bytes()) {
            Ok(problems) if problems.is_empty() => match serde_json::from_str(instance.get()) {
                Ok(instance) => read.push(instance),
                Err(error) => details.push(Detail::new(&at, error.to_string())),
            },
            Ok(problems) => details.extend(problems.into_iter().map(told)),
            Err(error) => details.push(Detail::new(&at, format!("instance {k}: {error}"))),
        }
    }
    if details.is_empty() { Ok(read) } else { Err(ApiError::Invalid { details }) }
}
