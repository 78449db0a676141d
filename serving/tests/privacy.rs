//! Operational logs carry no case id, no answer and no name of a group. In a program of its own, so that everything that
//! is said in it, by any thread and at any level, is heard.
#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_journal::recorder::LogRecorder;
use serde_json::json;

#[expect(dead_code, reason = "shared with other tests")]
mod support;

#[tokio::test]
async fn operational_logs_hold_no_case_and_no_answer() {
    let recorder = LogRecorder::default();
    let writer = recorder.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .json()
        .init();
    let service = support::Service::start().await;
    let mut form = support::form_with("case_id", json!("case-4711"));
    form["officer"] = json!({"id": "officer-4712", "own_level": "extreme"});
    let made = service.post_with_key("/v1/assessments", "key-4713", &form).await.json();
    let id = made["proposal_id"].as_str().unwrap();
    service.get(&format!("/v1/assessments/{id}")).await;
    service.get("/v1/assessments/case-4711").await;
    service.get("/v1/case-4711?case=4711").await;
    let confirmation =
        json!({"officer": {"id": "officer-4712"}, "level": "extreme", "reason": "reason-4714"});
    service.post(&format!("/v1/assessments/{id}/confirmation"), &confirmation).await;
    form["answers"]["B"] = json!("answer-4715");
    service.post("/v1/assessments", &form).await;
    service.post_text("/v1/assessments", r#"{"case_id": "case-4711", "group-4716": 1}"#).await;
    let request = axum::http::Request::builder().method("CASE-4711").uri("/v1/models");
    service.send(request.header("x-request-id", "case-4711").body("".into()).unwrap()).await;
    // A log that fails is spoken of too.
    service.app.log().clone().close().await.unwrap();
    form["answers"]["B"] = json!("severe");
    assert_eq!(service.post("/v1/assessments", &form).await.status, 503);

    let heard = recorder.text();
    for needed in
        ["/v1/assessments/{id}", "\"status\":201", "latency_us", "request_id", "\"method\":\"POST\""]
    {
        assert!(heard.contains(needed), "`{needed}` is missing in\n{heard}");
    }
    let told = [
        "case-4711",
        "CASE-4711",
        "case=4711",
        "officer-4712",
        "key-4713",
        "reason-4714",
        "answer-4715",
        "group-4716",
    ];
    for private in told.into_iter().chain([
        id,
        "severe",
        "present",
        "\"unknown\"",
        "extreme",
        "minors",
        "special_relevance",
    ]) {
        let line = heard.lines().find(|line| line.contains(private));
        assert_eq!(line, None, "`{private}` is in the operational log");
    }
}
