//! Every refusal with its exact body, and nothing written by any.

use std::path::Path;

use amparo_journal::Log;
use amparo_models::testing::small;
use amparo_models::{Draft, Protocol, Registry};
use amparo_serving::{App, AssessmentPool, Config, build_handler};
use serde_json::{Value, json};

use crate::support::{Reply, Service, draft, error, form, form_with, registry};

async fn refused(service: &Service, body: &Value, status: u16, expected: &Value) {
    let reply = service.post("/v1/assessments", body).await;
    assert_eq!((reply.status.as_u16(), &reply.json()), (status, expected), "{body}");
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn fields_that_are_wrong() {
    let service = Service::start().await;
    let cases = [
        (
            form_with("answers", json!({"A": "maybe", "B": "severe", "C": "unknown"})),
            vec![("answers.A", "answer `maybe` to indicator `A` is none of absent, present, unknown")],
        ),
        (
            form_with("answers", json!({"A": "absent", "C": "unknown", "Z": "absent"})),
            vec![
                ("answers.B", "indicator `B` is not answered, expected one of absent, mild, severe, unknown"),
                ("answers.Z", "indicator `Z` is not on the form `small`"),
            ],
        ),
        (
            form_with("case_id", json!("12345678Z")),
            vec![(
                "case_id",
                "case id is refused: looks like a Spanish DNI, expected a pseudonym: documents of identity are never accepted",
            )],
        ),
        (
            form_with("case_id", json!("X-1234567-L")),
            vec![(
                "case_id",
                "case id is refused: looks like a Spanish NIE, expected a pseudonym: documents of identity are never accepted",
            )],
        ),
        (
            form_with("case_id", json!("ana@example.org")),
            vec![(
                "case_id",
                "case id is refused: looks like an e-mail address, expected a pseudonym: documents of identity are never accepted",
            )],
        ),
        (
            form_with("case_id", json!("")),
            vec![("case_id", "case id is refused: 0 characters found, expected 1 to 128")],
        ),
        (
            form_with("assessed_at", json!("yesterday")),
            vec![(
                "assessed_at",
                "assessed_at is no RFC 3339 time, expected one like `2025-03-01T09:30:00Z`",
            )],
        ),
        (
            form_with("assessed_at", json!("1999-12-31T23:59:59.999Z")),
            vec![(
                "assessed_at",
                "assessed_at is 1999-12-31T23:59:59.999Z, expected 2000-01-01T00:00:00Z or later",
            )],
        ),
        (
            form_with("case_id", json!("DNI12345678Z")),
            vec![(
                "case_id",
                "case id is refused: looks like a Spanish DNI, expected a pseudonym: documents of identity are never accepted",
            )],
        ),
        (
            form_with("case_id", json!("600-123-456")),
            vec![(
                "case_id",
                "case id is refused: looks like a telephone number, expected a pseudonym: documents of identity are never accepted",
            )],
        ),
        (
            form_with("answers", json!({"A": 1, "B": null, "C": "maybe", "Y": {}, "Z": [true]})),
            vec![
                (
                    "answers.A",
                    "answer to indicator `A` is the number 1, expected one of absent, present, unknown",
                ),
                (
                    "answers.B",
                    "answer to indicator `B` is null, expected one of absent, mild, severe, unknown",
                ),
                ("answers.C", "answer `maybe` to indicator `C` is none of absent, present, unknown"),
                ("answers.Y", "indicator `Y` is not on the form `small`"),
                ("answers.Z", "indicator `Z` is not on the form `small`"),
            ],
        ),
        (
            form_with("officer", json!({"id": "o-1", "own_level": "huge"})),
            vec![("officer.own_level", "level `huge` is none of low, medium, high, extreme")],
        ),
        (
            form_with("model", json!("vpr")),
            vec![(
                "model",
                "model reference: `vpr` names no version, expected `model@3` or `model@champion`: which version answers is never left open",
            )],
        ),
    ];
    for (body, details) in cases {
        let sentence = match details.len() {
            1 => "request is refused: 1 problem".to_owned(),
            n => format!("request is refused: {n} problems"),
        };
        refused(&service, &body, 422, &error(&sentence, "invalid_request", &details)).await;
    }
}

#[tokio::test]
async fn all_problems_are_told_at_once() {
    let service = Service::start().await;
    let mut body = form_with("case_id", json!("a b"));
    body["answers"]["A"] = json!("maybe");
    body["officer"] = json!({"id": "ana@example.org", "own_level": "huge"});
    let reply = service.post("/v1/assessments", &body).await.json();
    let fields: Vec<_> = reply["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, ["case_id", "officer.id", "officer.own_level", "answers.A"]);
}

#[tokio::test]
async fn a_form_filled_in_tomorrow() {
    let service = Service::start().await;
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let reply = service.post("/v1/assessments", &form_with("assessed_at", json!(tomorrow.to_string()))).await;
    assert_eq!(reply.status, 422);
    let detail = reply.json()["details"][0].clone();
    assert_eq!(detail["field"], "assessed_at");
    assert!(detail["message"].as_str().unwrap().contains("which is in the future"), "{detail}");
}

#[tokio::test]
async fn times_are_read_to_the_letter() {
    let service = Service::start().await;
    let read = service
        .post("/v1/assessments", &form_with("assessed_at", json!("2025-03-01T09:30:00.123456789012+01:00")))
        .await;
    assert_eq!(
        (read.status.as_u16(), &read.json()["assessed_at"]),
        (201, &json!("2025-03-01T08:30:00.123456789Z"))
    );
    for text in [
        "2025-03-01T09:30:00+25:00",
        "2025-03-01 09:30:00Z",
        "2025-03-01T09:30:00+01:00[Europe/Madrid]",
        "20250301T093000Z",
    ] {
        let reply = service.post("/v1/assessments", &form_with("assessed_at", json!(text))).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["details"][0]["field"]),
            (422, &json!("assessed_at")),
            "{text}"
        );
    }
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn a_form_of_the_first_moment_that_is_taken() {
    let service = Service::start().await;
    let first = form_with("assessed_at", json!("2000-01-01T00:00:00Z"));
    assert_eq!(service.post("/v1/assessments", &first).await.status, 201);
}

#[tokio::test]
async fn another_form() {
    let service = Service::start().await;
    let sentence = "instrument is `vpr5.0-h`, `vpr@1` expects `small`";
    let expected = error(sentence, "instrument_mismatch", &[("instrument", sentence)]);
    refused(&service, &form_with("instrument", json!("vpr5.0-h")), 422, &expected).await;
}

#[tokio::test]
async fn versions_that_are_not_there() {
    let service = Service::start().await;
    for (reference, sentence) in [
        ("vpr@9", "no version `vpr@9` in the registry: the model has 1, 2"),
        ("vpr@shadow", "no alias `vpr@shadow` in the registry: the model has champion"),
        ("other@1", "no model `other` in the registry: it holds vpr"),
    ] {
        let expected = error(sentence, "model_not_found", &[]);
        refused(&service, &form_with("model", json!(reference)), 404, &expected).await;
    }
}

#[tokio::test]
async fn no_model_and_no_default() {
    let mut service = Service::start().await;
    let app = App::new(
        service.app.registry().clone(),
        service.app.log().clone(),
        None,
        service.app.assessments().clone(),
        Vec::new(),
        amparo_serving::Config::LOADED,
    );
    service.router = build_handler(app);
    let sentence =
        "no `model` in the request and no default is configured, expected a reference like `vpr@champion`";
    let detail = ("model", "nothing found, expected a reference like `vpr@champion`");
    refused(&service, &form(), 400, &error(sentence, "model_required", &[detail])).await;
    let both = [detail, ("case_id", "case id is refused: 0 characters found, expected 1 to 128")];
    refused(&service, &form_with("case_id", json!("")), 400, &error(sentence, "model_required", &both)).await;
    assert_eq!(service.post("/v1/assessments", &form_with("model", json!("vpr@1"))).await.status, 201);
}

async fn text_refused(service: &Service, text: &str, status: u16, expected: Value) {
    let reply = service.post_text("/v1/assessments", text.to_owned()).await;
    assert_eq!((reply.status.as_u16(), reply.json()), (status, expected), "{text}");
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn bodies_that_are_not_the_request() {
    let service = Service::start().await;
    let malformed = |message: &str| error(&format!("body is not JSON: {message}"), "malformed_json", &[]);
    let invalid = |field: &str, message: &str| {
        error("request is refused: 1 problem", "invalid_request", &[(field, message)])
    };
    text_refused(&service, "", 400, malformed("EOF while parsing a value at line 1 column 0")).await;
    text_refused(&service, "{", 400, malformed("EOF while parsing an object at line 1 column 1")).await;
    text_refused(&service, "{}x", 400, malformed("trailing characters at line 1 column 3")).await;
    let message = "invalid type: sequence, expected an object at line 1 column 0";
    text_refused(&service, "[1]", 422, invalid("body", message)).await;
    // A list in the order of the fields is no object either.
    let list = form_with("officer", json!(["o-41"])).to_string();
    text_refused(&service, &list, 422, invalid("officer", "field `officer` is a list, expected an object"))
        .await;
    let null = form_with("answers", Value::Null).to_string();
    let message = "field `answers` is null, expected an object from indicator to answer";
    text_refused(&service, &null, 422, invalid("answers", message)).await;
    let mut extra = form().to_string();
    extra.replace_range(..1, r#"{"name":"Ana","#);
    let message = "field `name` is unknown, expected one of `case_id`, `instrument`, `answers`, `model`, `assessed_at`, `officer`, `replaces`, `own_view_first`, `pairs`, `fields`";
    text_refused(&service, &extra, 422, invalid("name", message)).await;
    let twice = r#"{"case_id":"c","instrument":"small","answers":{"A":"absent","A":"present"}}"#;
    text_refused(&service, twice, 422, invalid("answers.A", "indicator `A` is answered twice")).await;
    // A text that no text can be.
    let half = form().to_string().replace(r#""c-1""#, r#""\ud800""#);
    let reply = service.post_text("/v1/assessments", half).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.json()["code"]),
        (400, &json!("malformed_json")),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn all_missing_fields_are_told_at_once() {
    let service = Service::start().await;
    let details = [
        ("case_id", "field `case_id` is missing, expected a text"),
        ("instrument", "field `instrument` is missing, expected a text"),
        ("answers", "field `answers` is missing, expected an object from indicator to answer"),
    ];
    text_refused(&service, "{}", 422, error("request is refused: 3 problems", "invalid_request", &details))
        .await;
    let details = [("officer.id", "field `officer.id` is missing, expected a text"), details[1], details[2]];
    let body = r#"{"officer": {}, "case_id": "c"}"#;
    text_refused(&service, body, 422, error("request is refused: 3 problems", "invalid_request", &details))
        .await;
    let made = service.post("/v1/assessments", &form()).await.json();
    let path = format!("/v1/assessments/{}/confirmation", made["proposal_id"].as_str().unwrap());
    let reply = service.post(&path, &json!({"reason": 1})).await;
    let details = [
        ("reason", "field `reason` is a number, expected a text"),
        ("officer", "field `officer` is missing, expected an object"),
        ("level", "field `level` is missing, expected a text"),
    ];
    let expected = error("request is refused: 3 problems", "invalid_request", &details);
    assert_eq!((reply.status.as_u16(), reply.json()), (422, expected));
}

#[tokio::test]
async fn bodies_that_are_too_large() {
    let service = Service::start().await;
    let expected = error("body is larger than 1048576 bytes", "body_too_large", &[]);
    for size in [1024 * 1024 + 1, 10 * 1024 * 1024, 40 * 1024 * 1024] {
        let reply = service.post_text("/v1/assessments", vec![b' '; size]).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (413, expected.clone()), "{size}");
    }
    let mut fits = form().to_string();
    fits.push_str(&" ".repeat(1024 * 1024 - fits.len()));
    assert_eq!(service.post_text("/v1/assessments", fits).await.status, 201);
}

#[tokio::test]
async fn paths_and_methods_that_are_not_there() {
    let service = Service::start().await;
    let not_found = error("no such path", "not_found", &[]);
    for path in ["/v3", "/v1", "/v1/assessments/a/b", "/v2/models"] {
        let reply = service.get(path).await;
        assert_eq!((reply.status.as_u16(), reply.json()), (404, not_found.clone()), "{path}");
    }
    let reply = service.get("/v1/assessments:batch").await;
    let expected = error("method is not allowed on this path", "method_not_allowed", &[]);
    assert_eq!((reply.status.as_u16(), reply.json()), (405, expected));
    assert_eq!(reply.headers["allow"], "POST");
}

#[tokio::test]
async fn proposals_that_are_not_there() {
    let service = Service::start().await;
    let reply = service.get("/v1/assessments/nothing").await;
    let expected = error("no proposal `nothing`", "proposal_not_found", &[]);
    assert_eq!((reply.status.as_u16(), reply.json()), (404, expected));
}

async fn reply_with_log_gone() -> (Reply, Reply) {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(dir.path().join("log.sqlite").to_str().unwrap()).await.unwrap();
    let app = App::new(
        registry(dir.path()),
        log.clone(),
        Some("vpr@champion".parse().unwrap()),
        AssessmentPool::new(Config::cores(), Config::QUEUE),
        Vec::new(),
        Config::LOADED,
    );
    let service = Service { router: build_handler(app.clone()), dir, app };
    log.close().await.unwrap();
    (service.post("/v1/assessments", &form()).await, service.get("/health/ready").await)
}

#[tokio::test]
async fn without_the_log_no_proposal_leaves() {
    let (reply, ready) = reply_with_log_gone().await;
    let sentence = "the decision log is unavailable, so there is no answer";
    assert_eq!((reply.status.as_u16(), reply.json()), (503, error(sentence, "log_unavailable", &[])));
    let expected = error("not ready: 1 problem", "not_ready", &[("log", sentence)]);
    assert_eq!((ready.status.as_u16(), ready.json()), (503, expected));
}

#[tokio::test]
async fn a_path_that_is_no_text_is_not_found() {
    let service = Service::start().await;
    for path in ["/v1/assessments/%FF", "/v1/models/%FF", "/v1/models/%FF/versions/1"] {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["code"], "not_found", "{path}");
    }
}

#[tokio::test]
async fn a_protocol_may_refuse_answers_that_nobody_has_learned_from() {
    let service = Service::start().await;
    let text = small::PROTOCOL.replace("unlearned_answers = \"flag\"", "unlearned_answers = \"refuse\"");
    let protocol = Protocol::from_toml(&text, Path::new("strict.toml")).unwrap();
    let registry = Registry::open(service.dir.path().join("registry")).unwrap();
    registry.publish(&Draft { protocol, ..draft("vpr", -3.0) }).unwrap();
    let strict = form_with("model", json!("vpr@3"));
    let expected = error(
        "the version has not learned from some answers, which its protocol refuses: 2 problems",
        "unlearned_answers",
        &[
            ("answers.C", "answer `unknown` to indicator `C` (outcome `assault`) was not learned"),
            ("answers.C", "answer `unknown` to indicator `C` (outcome `lethal`) was not learned"),
        ],
    );
    refused(&service, &strict, 422, &expected).await;
    // Answers that were learned are assessed, and under another protocol these are, too.
    let mut learned = strict.clone();
    learned["answers"]["C"] = json!("absent");
    assert_eq!(service.post("/v1/assessments", &learned).await.status, 201);
    let flagged = service.post("/v1/assessments", &form()).await.json();
    assert_eq!(flagged["unlearned_answers"][0]["indicator"], "C");
    assert_eq!(flagged["unlearned_answers"][0]["reason"]["code"], "unlearned_answer");
    assert!(flagged["text"]["en"].as_str().unwrap().contains("could not be learned"), "{flagged}");
}
