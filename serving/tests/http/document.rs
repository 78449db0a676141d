//! The OpenAPI document against what is really answered.

use std::collections::BTreeSet;

use amparo_models::testing::small::{draft_under_clause, draft_with_a_pair, draft_without};
use amparo_serving::{Challenger, Config, Share};
use serde_json::{Value, json};

use crate::inference::two;
use crate::many_answers::{case_in, wide_draft};
use crate::numbers::numeric_draft;
use crate::running::config;
use crate::support::{Service, form, form_with, put_in_force};

/// Compares values with schemas, and remembers which documented fields were seen.
struct Comparison {
    document: Value,
    seen: BTreeSet<String>,
    faults: Vec<String>,
}

impl Comparison {
    fn resolve(&self, schema: &Value) -> (String, Value) {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let schema = self.document.pointer(reference.trim_start_matches('#')).unwrap();
                (reference.rsplit('/').next().unwrap().to_owned(), schema.clone())
            }
            None => ("inline".to_owned(), schema.clone()),
        }
    }

    fn compare(&mut self, value: &Value, schema: &Value, at: &str) {
        let (name, schema) = self.resolve(schema);
        for choice in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[choice].as_array() {
                let fits = choices.iter().find(|s| {
                    let mut attempt =
                        Comparison { document: self.document.clone(), seen: BTreeSet::new(), faults: vec![] };
                    attempt.compare(value, s, at);
                    attempt.faults.is_empty()
                });
                match fits {
                    Some(fits) => self.compare(value, fits, at),
                    None => self.faults.push(format!("{at}: {value} is none of the choices")),
                }
                return;
            }
        }
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(n) if n.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => vec![],
        };
        if !(kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number")) {
            self.faults.push(format!("{at}: found {kind}, documented {kinds:?}"));
        }
        if let Some(items) = value.as_array() {
            items
                .iter()
                .enumerate()
                .for_each(|(k, item)| self.compare(item, &schema["items"], &format!("{at}[{k}]")));
        }
        let Some(fields) = value.as_object() else { return };
        let Some(properties) = schema["properties"].as_object() else { return };
        for (field, value) in fields {
            match properties.get(field) {
                Some(schema) => {
                    self.seen.insert(format!("{name}.{field}"));
                    self.compare(value, schema, &format!("{at}.{field}"));
                }
                None => self.faults.push(format!("{at}.{field} is served, not documented")),
            }
        }
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(required) {
                self.faults.push(format!("{at}.{required} is documented as required, not served"));
            }
        }
    }

    fn schema(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }
}

async fn compared(service: &Service) -> Comparison {
    let document = service.get("/openapi.json").await.json();
    let mut comparison = Comparison { document, seen: BTreeSet::new(), faults: Vec::new() };
    let forms = [
        json!({"A": "present", "B": "severe", "C": "unknown"}),
        json!({"A": "absent", "B": "absent", "C": "present"}),
        json!({"A": "unknown", "B": "unknown", "C": "unknown"}),
        json!({"A": "present", "B": "severe", "C": "present"}),
    ];
    for answers in forms {
        let proposal = service.post("/v1/assessments", &form_with("answers", answers)).await.json();
        comparison.compare(&proposal, &Comparison::schema("Proposal"), "proposal");
        let path = format!("/v1/assessments/{}/confirmation", proposal["proposal_id"].as_str().unwrap());
        let body = json!({"officer": {"id": "o"}, "level": "extreme", "reason": "seen"});
        let confirmation = service.post(&path, &body).await.json();
        comparison.compare(&confirmation, &Comparison::schema("Confirmation"), "confirmation");
    }
    let withheld = service.post("/v1/assessments", &form_with("own_view_first", json!(true))).await;
    comparison.compare(&withheld.json(), &Comparison::schema("Ticket"), "ticket");
    let path = format!("{}/own-view", withheld.headers["location"].to_str().unwrap());
    let view = json!({"officer": {"id": "o"}, "level": "low"});
    comparison.compare(&view, &Comparison::schema("OwnViewRequest"), "own view");
    let shown = service.post(&path, &view).await.json();
    comparison.compare(&shown, &Comparison::schema("Proposal"), "own view");
    let mut correcting = form();
    correcting["replaces"] = json!({"proposal_id": shown["proposal_id"], "reason": "another case"});
    comparison.compare(&correcting, &Comparison::schema("AssessmentRequest"), "correction");
    service.post("/v1/assessments", &correcting).await;
    let listed = service.get("/v1/assessments?limit=2").await.json();
    comparison.compare(&listed, &Comparison::schema("Proposals"), "list");
    let lines =
        axum::http::Request::post("/v1/assessments:batch").header("content-type", "application/x-ndjson");
    let refused = service.send(lines.body("{\n".into()).unwrap()).await;
    comparison.compare(&refused.json(), &Comparison::schema("RefusedLine"), "batch");
    service.app.registry().publish(&draft_with_a_pair("pair")).unwrap();
    let mut asking = form_with("model", json!("pair@1"));
    asking["pairs"] = json!(true);
    let proposal = service.post("/v1/assessments", &asking).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "pairs");
    let proposal = service.post("/v1/assessments", &form_with("fields", json!(["text.es"]))).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "fields");
    service.app.registry().publish(&draft_under_clause("clause")).unwrap();
    let proposal = service.post("/v1/assessments", &form_with("model", json!("clause@1"))).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "clause");
    service.app.registry().publish(&numeric_draft()).unwrap();
    let mut counting = form_with("model", json!("num@1"));
    counting["answers"]["B"] = json!(2);
    let proposal = service.post("/v1/assessments", &counting).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "number");
    service.app.registry().publish(&draft_without("few", "B")).unwrap();
    let proposal = service.post("/v1/assessments", &form_with("model", json!("few@1"))).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "left out");
    service.app.registry().publish(&wide_draft()).unwrap();
    let proposal = service.post("/v1/assessments", &case_in("a1")).await.json();
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "towns");
    let moved = Comparison::schema("Moved");
    put_in_force(service.app.registry(), 2);
    let back =
        service.post("/v1/models/vpr/aliases/champion/rollback", &json!({"reason": "r", "by": "b"})).await;
    comparison.compare(&back.json(), &moved, "back");
    let refused =
        service.post("/v1/models/vpr/aliases/champion/rollback", &json!({"reason": "r", "by": "b"})).await;
    comparison.compare(&refused.json(), &Comparison::schema("ErrorBody"), "nothing before");
    comparison.compare(
        &service.get("/v1/shadow").await.json(),
        &Comparison::schema("ErrorBody"),
        "no shadow",
    );
    let config = Config {
        challenger: Some(Challenger::new("vpr@2".parse().unwrap(), Share::new(0.5).unwrap(), "s").unwrap()),
        shadow: Some("vpr@2".parse().unwrap()),
        ..config(service.dir.path())
    };
    service.app.reload(&config).await.unwrap();
    for case in 0..60 {
        let proposal =
            service.post("/v1/assessments", &form_with("case_id", json!(format!("c-{case}")))).await;
        comparison.compare(&proposal.json(), &Comparison::schema("Proposal"), "assigned");
    }
    let report = crate::shadow::settled(service).await;
    comparison.compare(&report, &Comparison::schema("ShadowReport"), "shadow");
    for (path, name) in [
        ("/v1/models", "Models"),
        ("/v1/models/vpr", "ModelDetail"),
        ("/v1/models/vpr/versions/1", "VersionDetail"),
        ("/health/ready", "Health"),
        ("/", "Alive"),
        ("/v2", "ServerMetadata"),
        ("/v2/health/live", "ServerLive"),
        ("/v2/health/ready", "ServerReady"),
        ("/v2/models/vpr/ready", "ModelReady"),
        ("/v2/models/vpr", "ModelMetadata"),
        ("/v1/assessments/nothing", "ErrorBody"),
    ] {
        comparison.compare(&service.get(path).await.json(), &Comparison::schema(name), path);
    }
    for (path, name, asking) in [
        ("/v1/models/vpr:predict", "PredictResponse", json!({"instances": [form()]})),
        ("/v1/models/vpr:explain", "PredictResponse", json!({"instances": [form()]})),
        ("/v2/models/vpr/infer", "InferenceResponse", two()),
    ] {
        comparison.compare(&service.post(path, &asking).await.json(), &Comparison::schema(name), path);
    }
    let index = service.post("/v2/repository/index", &json!({})).await.json();
    comparison.compare(&index[0], &Comparison::schema("RepositoryItem"), "index");
    let mut asking = two();
    asking["parameters"] = json!({"binary_data_output": true});
    let reply = service.post("/v2/models/vpr/infer", &asking).await;
    let length: usize = reply.headers["inference-header-content-length"].to_str().unwrap().parse().unwrap();
    let head = serde_json::from_slice(&reply.bytes[..length]).unwrap();
    comparison.compare(&head, &Comparison::schema("InferenceResponse"), "binary");
    let refused = service.post("/v1/assessments", &form_with("case_id", json!(""))).await.json();
    comparison.compare(&refused, &Comparison::schema("ErrorBody"), "refused");
    comparison
}

#[tokio::test]
async fn what_is_served_is_documented_and_what_is_documented_is_served() {
    let service = Service::start().await;
    let comparison = compared(&service).await;
    assert_eq!(comparison.faults, Vec::<String>::new());
    let mut unseen = Vec::new();
    for (name, schema) in comparison.document["components"]["schemas"].as_object().unwrap() {
        // Requests are sent, not served; `CorrectionCutOff` needs a form that these versions do not have.
        let sent = [
            "AssessmentRequest",
            "Officer",
            "ConfirmationRequest",
            "ConfirmingOfficer",
            "CorrectionCutOff",
            "MoveRequest",
            "RollbackRequest",
            "InferenceRequest",
            "RequestInput",
            "RequestOutput",
            "PredictRequest",
            "Instance",
        ];
        for field in schema["properties"].as_object().into_iter().flatten().map(|(field, _)| field) {
            let field = format!("{name}.{field}");
            if !sent.contains(&name.as_str()) && !comparison.seen.contains(&field) {
                unseen.push(field);
            }
        }
    }
    // It stands beside the ends of Venn-Abers calibration only, and the curves of these versions have 95 % intervals.
    assert_eq!(unseen, ["Reading.interval_kind"]);
}

#[tokio::test]
async fn the_comparison_sees_a_field_too_many_and_one_too_few() {
    let service = Service::start().await;
    let mut comparison = compared(&service).await;
    let mut proposal = service.post("/v1/assessments", &form()).await.json();
    proposal["decision"] = json!("high");
    proposal["recidivism"]["probability"] = json!(null);
    proposal.as_object_mut().unwrap().remove("level");
    comparison.compare(&proposal, &Comparison::schema("Proposal"), "p");
    let expected = [
        "p.decision is served, not documented",
        "p.recidivism.probability: found null, documented [\"number\"]",
        "p.level is documented as required, not served",
    ];
    assert_eq!(comparison.faults, expected);
}

#[tokio::test]
async fn every_field_and_operation_is_described() {
    let service = Service::start().await;
    let document = service.get("/openapi.json").await.json();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            // A field that may be null is described at the choice that is not.
            let choices = schema["oneOf"].as_array().into_iter().flatten();
            let described = std::iter::once(schema).chain(choices).any(|s| s["description"].is_string());
            assert!(described, "{name}.{field}: {schema}");
        }
    }
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path}");
            let id = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(id.to_owned()), "{id} names two operations");
        }
    }
    assert_eq!(operations.len(), 27, "{operations:?}");
    let text = document.to_string().replace("decision log", "");
    assert!(!text.contains("decision"), "the word is proposal");
}

#[tokio::test]
async fn what_the_ranges_leave_out_is_said() {
    let document = serde_json::to_value(amparo_serving::openapi()).unwrap();
    let said = |place: &str| {
        document.pointer(&format!("/components/schemas/{place}/description")).unwrap().to_string()
    };
    assert!(said("Reading/properties/interval").contains("covers the calibration alone"));
    assert!(said("IfUnknowns").contains("may lie outside"));
    let case_id = said("AssessmentRequest/properties/case_id");
    for word in ["DNI12345678Z", "telephone", "e-mail", "Nothing recognises a name"] {
        assert!(case_id.contains(word), "{word}: {case_id}");
    }
    let answers = document.pointer("/components/schemas/AssessmentRequest/properties/answers").unwrap();
    assert_eq!(answers["additionalProperties"]["$ref"], "#/components/schemas/FormAnswer");
    let kinds = document.pointer("/components/schemas/FormAnswer/oneOf").unwrap().as_array().unwrap();
    assert_eq!(kinds.iter().map(|kind| &kind["type"]).collect::<Vec<_>>(), ["string", "number"]);
}

#[tokio::test]
async fn the_documented_statuses_of_an_error_are_those_of_its_code() {
    use amparo_serving::ApiError::{self, *};
    let document = serde_json::to_value(amparo_serving::openapi()).unwrap();
    let documented: Vec<(u16, String)> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values())
        .flat_map(|operation| operation["responses"].as_object().unwrap())
        .map(|(status, r)| (status.parse().unwrap(), r["description"].as_str().unwrap().to_owned()))
        .collect();
    let details = Vec::new;
    let (message, id, found) = (String::new, String::new, String::new);
    let all: Vec<ApiError> = vec![
        MalformedJson { message: message() },
        InvalidHeader { header: "", message: message() },
        ModelRequired { details: details() },
        VersionRequired { model: message() },
        ProposalNotFound { id: id() },
        ModelNotFound { message: message() },
        KeyReused,
        NotGated { message: message() },
        AliasMoved { alias: id(), found: found(), expected: found() },
        NothingBefore { alias: id(), version: 1 },
        NoShadow,
        AlreadyConfirmed { id: id() },
        ProposalReplaced { id: id() },
        OwnViewRequired { id: id() },
        OwnViewRecorded { id: id() },
        OwnViewNotExpected { id: id() },
        BodyTimeout { seconds: 1 },
        BodyTooLarge { limit: 1 },
        UnsupportedMediaType { found: found(), expected: "application/json" },
        UnsupportedContentCoding { found: found(), gzip: true },
        UnsupportedTransferCoding { found: found() },
        Invalid { details: details() },
        InstrumentMismatch { found: found(), expected: found(), version: found(), details: details() },
        LevelLowered { found: found(), proposed: found() },
        Internal,
        ExplanationMismatch,
        Busy,
        LogUnavailable,
        RegistryUnavailable,
        NotReady { details: details() },
        Timeout,
    ];
    for error in all {
        let (status, code) = error.kind();
        let code = format!("`{code}`");
        let statuses: BTreeSet<u16> =
            documented.iter().filter(|(_, text)| text.contains(&code)).map(|(status, _)| *status).collect();
        assert_eq!(statuses, BTreeSet::from([status.as_u16()]), "{code}");
    }
}

#[tokio::test]
async fn the_page_works_without_the_network() {
    let service = Service::start().await;
    assert_eq!(service.get("/docs").await.headers["location"], "/docs/");
    let page = service.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui"), "{}", page.text);
    for file in ["swagger-ui.css", "swagger-ui-bundle.js", "swagger-initializer.js"] {
        assert_eq!(service.get(&format!("/docs/{file}")).await.status, 200, "{file}");
    }
    for scheme in ["src=\"http", "href=\"http", "src=\"//"] {
        assert!(!page.text.contains(scheme), "{}", page.text);
    }
}
