//! The types of the example of a client, beside the document and beside what is answered.

use serde_json::{Value, json};

use crate::support::{Service, form};

#[path = "../../examples/client/types.rs"]
mod types;

use types::{AssessmentRequest, Proposal};

/// Fields of a value that a schema does not have, or has of another kind.
fn foreign(document: &Value, schema: &str, value: &Value) -> Vec<String> {
    let properties = &document["components"]["schemas"][schema]["properties"];
    let fits = |field: &str, value: &Value| {
        let kinds = properties[field]["type"].to_string();
        let referred = properties[field].to_string().contains("$ref");
        match value {
            Value::String(_) => kinds.contains("string"),
            Value::Number(n) if n.is_f64() => kinds.contains("number"),
            Value::Number(_) => kinds.contains("integer") || kinds.contains("number"),
            Value::Object(_) => kinds.contains("object") || referred,
            _ => false,
        }
    };
    let fields = value.as_object().unwrap().iter();
    fields.filter(|(field, value)| !fits(field, value)).map(|(field, _)| field.clone()).collect()
}

/// Whether every field of one value stands in another.
fn is_part(part: &Value, whole: &Value) -> bool {
    match part.as_object() {
        Some(fields) => fields.iter().all(|(field, value)| is_part(value, &whole[field])),
        None => part == whole,
    }
}

#[tokio::test]
async fn the_example_says_and_reads_what_the_document_says() {
    let service = Service::start().await;
    let document = service.get("/openapi.json").await.json();
    let request: AssessmentRequest = serde_json::from_value(form()).unwrap();
    let request = serde_json::to_value(request).unwrap();
    assert_eq!(foreign(&document, "AssessmentRequest", &request), [""; 0]);
    let required = document["components"]["schemas"]["AssessmentRequest"]["required"].as_array().unwrap();
    assert!(required.iter().all(|field| request.get(field.as_str().unwrap()).is_some()), "{required:?}");

    let answered = service.post("/v1/assessments", &request).await.json();
    let proposal: Proposal = serde_json::from_value(answered.clone()).unwrap();
    let proposal = serde_json::to_value(proposal).unwrap();
    assert_eq!(foreign(&document, "Proposal", &proposal), [""; 0]);
    for (schema, field) in [("Reading", "recidivism"), ("Receipt", "receipt")] {
        let of = &document["components"]["schemas"]["Proposal"]["properties"][field];
        assert_eq!(of["$ref"], format!("#/components/schemas/{schema}"));
        assert_eq!(foreign(&document, schema, &proposal[field]), [""; 0], "{schema}");
    }
    assert!(is_part(&proposal, &answered), "{proposal}");
    // A field that is not there, and one of another kind, are seen.
    let wrong = json!({"proposal_id": 1, "risk": "high", "level": "high"});
    assert_eq!(foreign(&document, "Proposal", &wrong), ["proposal_id", "risk"]);
    assert!(!is_part(&json!({"level": "none"}), &answered));
}
