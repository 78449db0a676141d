use serde_json::json;

use crate::support::Service;

#[tokio::test]
async fn live_and_ready() {
    let service = Service::start().await;
    assert_eq!(service.get("/health/live").await.json(), json!({"status": "live"}));
    assert_eq!(service.get("/health/ready").await.json(), json!({"status": "ready"}));
    assert_eq!(service.entries().await, 0);
}

#[tokio::test]
async fn not_ready_says_all_that_is_missing() {
    let service = Service::start().await;
    std::fs::remove_dir_all(service.app.registry().location()).unwrap();
    let reply = service.get("/health/ready").await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &json!("not_ready")));
    let fields: Vec<_> =
        reply.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
    assert_eq!(fields, ["registry", "default_model"]);
    assert_eq!(service.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn a_version_that_was_changed_does_not_answer() {
    let service = Service::start().await;
    let file = service.app.registry().location().join("vpr/1/model.json");
    let text = std::fs::read_to_string(&file).unwrap().replacen('4', "5", 1);
    std::fs::write(&file, text).unwrap();
    let reply = service.post("/v1/assessments", &crate::support::form()).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["code"]), (503, &json!("registry_unavailable")));
    assert_eq!(service.get("/health/ready").await.status, 503);
    assert_eq!(service.entries().await, 0);
}
