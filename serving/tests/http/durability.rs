use std::sync::Arc;

use amparo_journal::Log;
use amparo_serving::{App, build_handler};
use serde_json::json;

use crate::support::{Service, form, form_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_proposals_at_once_make_one_chain() {
    let service = Arc::new(Service::start().await);
    let tasks: Vec<_> = (0..50)
        .map(|k| {
            let service = Arc::clone(&service);
            let body = form_with("case_id", json!(format!("c-{k}")));
            tokio::spawn(async move { service.post("/v1/assessments", &body).await })
        })
        .collect();
    let mut sequences = Vec::new();
    for task in tasks {
        let reply = task.await.unwrap();
        assert_eq!(reply.status, 201);
        sequences.push(reply.json()["receipt"]["log_sequence"].as_i64().unwrap());
    }
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=50).collect::<Vec<_>>());
    assert_eq!(service.entries().await, 50);
}

#[tokio::test]
async fn what_was_answered_is_there_after_an_abrupt_end() {
    let service = Service::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(service.post("/v1/assessments", &form()).await);
    }
    // The files as they are at this moment, nothing closed: what a killed process leaves.
    let left = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(service.dir.path()).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
        }
    }
    let log = Log::open(left.path().join("log.sqlite").to_str().unwrap()).await.unwrap();
    let app = App::new(
        service.app.registry().clone(),
        log,
        None,
        service.app.assessments().clone(),
        Vec::new(),
        amparo_serving::Config::LOADED,
    );
    let after = Service { router: build_handler(app.clone()), dir: left, app };
    assert_eq!(after.entries().await, 5);
    for made in made {
        let shown = after.get(made.headers["location"].to_str().unwrap()).await;
        assert_eq!(shown.text, made.text);
    }
    let next = after.post("/v1/assessments", &form_with("model", json!("vpr@1"))).await.json();
    assert_eq!(next["receipt"]["log_sequence"], 6);
}
