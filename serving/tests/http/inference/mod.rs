//! The Open Inference Protocol.

mod logged;
mod metadata;
mod refused;
mod tensors;
mod v1;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Reply, Service};

/// Two forms, whose answers `c-1` and `c-2` are asked for.
pub fn two() -> Value {
    json!({"id": "r-1", "inputs": [
        {"name": "case_id", "shape": [2], "datatype": "BYTES", "data": ["c-1", "c-2"]},
        {"name": "answers", "shape": [2, 3], "datatype": "BYTES",
            "data": ["present", "severe", "unknown", "absent", "absent", "present"]},
    ]})
}

/// One form as answer codes: `A present, B severe, C unknown`.
pub fn one() -> Value {
    json!({"inputs": [
        {"name": "case_id", "shape": [1], "datatype": "BYTES", "data": ["c-1"]},
        {"name": "answers", "shape": [1, 3], "datatype": "INT64", "data": [1, 2, 2]},
    ]})
}

/// Asks without any content type, as tritonclient does.
pub async fn infer(service: &Service, body: impl Into<Body>, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::post("/v2/models/vpr/infer");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    service.send(request.body(body.into()).unwrap()).await
}

/// The data of an output.
pub fn data<'a>(answer: &'a Value, name: &str) -> &'a Value {
    let outputs = answer["outputs"].as_array().unwrap_or_else(|| panic!("{answer}"));
    &outputs.iter().find(|output| output["name"] == name).unwrap_or_else(|| panic!("{name}: {answer}"))["data"]
}
