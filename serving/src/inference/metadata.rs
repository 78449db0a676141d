//! What clients are told of a version, and what requests and answers look like.

use amparo_models::Version;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::MOST_ROWS;
use super::form::{ANSWERS, NUMBER, TEXTS};
use super::outputs::Named;
use super::wire::Datatype;

/// A model, in one version.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ModelMetadata {
    /// Its name.
    name: String,
    /// All its versions.
    versions: Vec<String>,
    /// `amparo`.
    platform: String,
    /// The tensors that it takes.
    inputs: Vec<TensorMetadata>,
    /// The tensors that it gives.
    outputs: Vec<TensorMetadata>,
    /// Which version this is of, its form and protocol, whether rows are logged, and what is read.
    #[schema(value_type = Object)]
    parameters: Value,
}

/// A tensor that a model takes or gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TensorMetadata {
    /// Its name.
    name: String,
    /// What its elements are; where `parameters` list `datatypes`, one of these will do.
    datatype: String,
    /// Length by axis; -1 is the number of rows.
    shape: Vec<i64>,
    /// What it means, its codes, and whether it may be missing.
    #[schema(value_type = Object)]
    parameters: Value,
}

/// Forms as tensors.
#[derive(Serialize, ToSchema)]
pub(crate) struct InferenceRequest {
    /// Given back with the answer.
    id: Option<String>,
    /// The model, if it is named here too: as in the path.
    model_name: Option<String>,
    /// `binary_data_output`: whether outputs come as bytes behind the JSON. Others are not looked at.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// `case_id`, and either `answers` or one input an indicator; see the model's metadata.
    #[schema(min_items = 1)]
    inputs: Vec<RequestInput>,
    /// What is wanted. Default: what the metadata of the model say.
    outputs: Option<Vec<RequestOutput>>,
}

/// A tensor of a request.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestInput {
    /// Its name.
    name: String,
    /// Length by axis.
    shape: Vec<u32>,
    /// `BYTES`, `INT8`, `INT16`, `INT32`, `INT64`, `UINT8`, `UINT16`, `UINT32`, `UINT64`, `FP32` or `FP64`.
    datatype: String,
    /// `binary_data_size`: how many bytes behind the JSON are its elements. Others are not looked at.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
    /// Its elements, or lists of them as the shape says; `null` for one that is missing.
    #[schema(value_type = Option<Vec<Value>>)]
    data: Option<Vec<Value>>,
}

/// An output that is wanted.
#[derive(Serialize, ToSchema)]
pub(crate) struct RequestOutput {
    /// Its name.
    name: String,
    /// `binary_data`: whether it comes as bytes behind the JSON.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Value>,
}

/// The proposals of all rows as tensors.
#[derive(Serialize, ToSchema)]
pub(crate) struct InferenceResponse {
    /// The model.
    model_name: String,
    /// The exact version that answered.
    model_version: String,
    /// As in the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// `log`: `on`, or `off` where an operator has marked the model as not logged.
    #[schema(value_type = Object)]
    parameters: Value,
    /// The outputs, in the order in which they were named.
    outputs: Vec<ResponseOutput>,
}

/// A tensor of an answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResponseOutput {
    /// Its name.
    name: String,
    /// `BYTES`, `INT64` or `FP64`.
    datatype: String,
    /// Length by axis.
    shape: Vec<u32>,
    /// `binary_data_size`, where the elements follow the JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false)]
    parameters: Option<Value>,
    /// The elements, unless they follow the JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    data: Option<Vec<ResponseElement>>,
}

/// An element of a tensor of an answer.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `wire` writes")]
pub(crate) enum ResponseElement {
    /// Of `BYTES`.
    Text(String),
    /// Of `INT64` and `FP64`.
    Number(f64),
}

/// How logging is told.
pub(super) fn logging(logged: bool) -> &'static str {
    if logged { "on" } else { "off" }
}

/// What is told of a version; `versions` are all of its model.
pub(super) fn of(version: &Version, versions: &[u32], logged: bool) -> ModelMetadata {
    let (manifest, instrument) = (version.manifest(), version.instrument());
    let n_indicators = instrument.indicators().len() as i64;
    let tensor = |name: &str, datatype: &str, shape: Vec<i64>, parameters: Value| TensorMetadata {
        name: name.to_owned(),
        datatype: datatype.to_owned(),
        shape,
        parameters,
    };
    let order: Vec<&str> = instrument.indicators().iter().map(|indicator| indicator.id.as_str()).collect();
    let mut inputs: Vec<_> = TEXTS
        .iter()
        .map(|name| tensor(name, "BYTES", vec![-1], json!({"required": logged && *name == "case_id"})))
        .collect();
    let whole = json!({"indicators": order, "instead_of": "one input for each indicator"});
    inputs.push(tensor(ANSWERS, "BYTES", vec![-1, n_indicators], whole));
    for indicator in instrument.indicators() {
        let codes =
            indicator.answers().iter().enumerate().map(|(code, answer)| (answer.id.clone(), json!(code)));
        let codes: serde_json::Map<String, Value> = codes.collect();
        let parameters = json!({"codes": codes, "unknown": indicator.unknown()});
        inputs.push(tensor(&indicator.id, "BYTES", vec![-1], parameters));
        if let Some(bins) = indicator.bins() {
            let parameters =
                json!({"unit": bins.unit(), "instead_of": indicator.id, "expected": bins.range()});
            inputs.push(tensor(&format!("{}{NUMBER}", indicator.id), "FP64", vec![-1], parameters));
        }
    }
    let levels: Vec<&str> = version.protocol().levels().iter().map(|level| level.id.as_str()).collect();
    let output = |output: Named| {
        let mut parameters = json!({"meaning": output.meaning, "default": output.usual});
        let mut shape = vec![-1];
        if output.by_indicator() {
            shape.push(n_indicators);
            parameters["indicators"] = json!(order);
        }
        if output.name == "level" {
            parameters["levels"] = json!(levels);
        }
        tensor(output.name, output.datatype, shape, parameters)
    };
    ModelMetadata {
        name: manifest.name.clone(),
        versions: versions.iter().map(u32::to_string).collect(),
        platform: "amparo".to_owned(),
        inputs,
        outputs: Named::all(version, logged).into_iter().map(output).collect(),
        parameters: json!({
            "version": manifest.version.to_string(),
            "instrument": instrument.id(),
            "protocol": version.protocol().id(),
            "log": logging(logged),
            "answers": "the id of an answer as BYTES, or its code as a number; null, or NaN in a floating-point tensor, is `unknown`",
            "datatypes": Datatype::ALL.map(Datatype::name),
            "most_rows": MOST_ROWS,
        }),
    }
}
