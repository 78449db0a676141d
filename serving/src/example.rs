//! A request that the service accepts, for its document: made from the version that answers by default, because every question of
//! its form has to be answered, and no other form would be taken.

use amparo_models::{ModelRef, Version};
use serde_json::{Map, Value, json};
use utoipa::openapi::{OpenApi, RefOr, Schema};

/// The first answer to every question of a version's form.
pub(crate) fn of(reference: &ModelRef, version: &Version) -> Value {
    let instrument = version.instrument();
    let answers: Map<String, Value> = instrument
        .indicators()
        .iter()
        .map(|indicator| {
            let first = indicator.answers().first().map(|answer| answer.id.clone());
            (indicator.id.clone(), first.into())
        })
        .collect();
    let level = version.protocol().levels().first().map(|level| level.id.clone());
    json!({
        "case_id": "c-000123",
        "instrument": instrument.id(),
        "answers": answers,
        "model": reference.to_string(),
        "officer": {"id": "unit-7:o-41", "own_level": level},
    })
}

/// Shows a request in the document.
pub(crate) fn put(document: &mut OpenApi, request: Value) {
    let schemas = document.components.as_mut().map(|components| &mut components.schemas);
    if let Some(RefOr::T(Schema::Object(schema))) = schemas.and_then(|all| all.get_mut("AssessmentRequest")) {
        schema.examples = vec![request];
    }
}
