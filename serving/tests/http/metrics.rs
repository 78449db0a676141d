//! What the service counts, beside what a client did.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::{Service, form, form_with};

/// Each series with its value.
async fn counted(service: &Service) -> BTreeMap<String, f64> {
    let reply = service.get("/metrics").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let lines = reply.text.lines().filter(|line| !line.starts_with('#'));
    let series = lines.map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), value.parse().unwrap())
    });
    series.collect()
}

fn of(series: &BTreeMap<String, f64>, name: &str) -> f64 {
    series.get(name).copied().unwrap_or(0.0)
}

fn requests(method: &str, route: &str, status: u16) -> String {
    format!(r#"amparo_http_requests_total{{method="{method}",route="{route}",status="{status}"}}"#)
}

fn stages(stage: &str) -> String {
    format!(r#"amparo_stage_duration_seconds_count{{stage="{stage}"}}"#)
}

#[tokio::test]
async fn what_is_counted_is_what_was_asked() {
    let service = Service::start().await;
    for key in ["k-1", "k-2", "k-1"] {
        service.post_with_key("/v1/assessments", key, &form()).await;
    }
    let proposal = service.post("/v1/assessments", &form_with("model", json!("vpr@2"))).await.json();
    service.post("/v1/assessments", &form_with("model", json!("vpr@9"))).await;
    service.post_text("/v1/assessments", "{").await;
    let path = format!("/v1/assessments/{}", proposal["proposal_id"].as_str().unwrap());
    service.get(&path).await;
    let body = json!({"officer": {"id": "o"}, "level": "extreme", "reason": "seen"});
    assert_eq!(service.post(&format!("{path}/confirmation"), &body).await.status, 201);
    service.get("/v1/assessments/c-1").await;
    service.get("/unheard/c-1").await;

    let series = counted(&service).await;
    let route = "/v1/assessments";
    for (name, expected) in [
        (requests("POST", route, 201), 3.0),
        (requests("POST", route, 200), 1.0),
        (requests("POST", route, 404), 1.0),
        (requests("POST", route, 400), 1.0),
        (requests("GET", "/v1/assessments/{id}", 200), 1.0),
        (requests("GET", "/v1/assessments/{id}", 404), 1.0),
        (requests("POST", "/v1/assessments/{id}/confirmation", 201), 1.0),
        (requests("GET", "unmatched", 404), 1.0),
        (
            r#"amparo_http_request_duration_seconds_count{method="POST",route="/v1/assessments"}"#.to_owned(),
            6.0,
        ),
        // Of the three that name `champion`, one is a repetition.
        (r#"amparo_proposals_total{model="vpr",version="1",level="high"}"#.to_owned(), 2.0),
        (r#"amparo_proposals_total{model="vpr",version="2",level="high"}"#.to_owned(), 1.0),
        (r#"amparo_refusals_total{code="model_not_found"}"#.to_owned(), 1.0),
        (r#"amparo_refusals_total{code="malformed_json"}"#.to_owned(), 1.0),
        (r#"amparo_refusals_total{code="proposal_not_found"}"#.to_owned(), 1.0),
        (r#"amparo_refusals_total{code="not_found"}"#.to_owned(), 1.0),
        (stages("body"), 7.0),
        (stages("wait"), 3.0),
        (stages("assess"), 3.0),
        (stages("log"), 4.0),
        ("amparo_log_waiting".to_owned(), 0.0),
        ("amparo_log_commits_total".to_owned(), 4.0),
        ("amparo_places_taken".to_owned(), 0.0),
        (r#"amparo_version_loaded{model="vpr",version="1"}"#.to_owned(), 1.0),
        (r#"amparo_version_loaded{model="vpr",version="2"}"#.to_owned(), 1.0),
    ] {
        let found = of(&series, &name);
        assert!((found - expected).abs() < 0.5, "{name} is {found}, expected {expected}: {series:#?}");
    }
    let proposals = series.iter().filter(|(name, _)| name.starts_with("amparo_proposals_total"));
    assert_eq!(proposals.map(|(_, count)| *count as u64).sum::<u64>(), 3);
    assert!(of(&series, "amparo_log_commit_seconds_total") > 0.0);
    let all = series.keys().map(String::as_str).collect::<String>();
    assert!(!all.contains("c-1") && !all.contains("unheard"), "{all}");
}

#[tokio::test]
async fn looking_at_the_counts_changes_only_what_counts_looking() {
    let service = Service::start().await;
    service.post("/v1/assessments", &form()).await;
    let first = counted(&service).await;
    let second = counted(&service).await;
    let changed = second.iter().filter(|(name, value)| first.get(*name) != Some(value));
    let changed: Vec<&String> =
        changed.map(|(name, _)| name).filter(|name| !name.contains("/metrics")).collect();
    assert!(changed.is_empty(), "{changed:?}");
    assert!(
        (of(&second, &requests("GET", "/metrics", 200)) - 1.0).abs() < 0.5,
        "the answer itself comes after"
    );
}
