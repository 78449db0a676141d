//! What every answer keeps to on its way: errors are small, and nothing in between stores an answer.

use serde_json::json;

use crate::support::{Service, form, form_with};

#[tokio::test]
async fn a_refusal_stays_small_and_counts_what_it_leaves_out() {
    let service = Service::start().await;
    let mut body = form();
    for k in 0..20_000 {
        body[format!("field \u{1} number {k}")] = json!("x");
    }
    let reply = service.post("/v1/assessments", &body).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.len() <= 64_000, "{} bytes", reply.text.len());
    let json = reply.json();
    assert_eq!(json["error"], "request is refused: 20000 problems");
    let details = json["details"].as_array().unwrap();
    let expected = format!("{} more of 20000 problems are not listed", 20_001 - details.len());
    assert_eq!(details.last().unwrap()["message"], expected);
    let reply = service.post("/v1/assessments", &form_with("instrument", json!("x".repeat(900_000)))).await;
    assert_eq!(reply.status, 422);
    assert!(reply.text.len() <= 64_000, "{} bytes", reply.text.len());
}

#[tokio::test]
async fn no_answer_about_a_case_is_kept_on_its_way() {
    let service = Service::start().await;
    let made = service.post("/v1/assessments", &form()).await;
    let refused = service.post("/v1/assessments", &json!({})).await;
    let shown = service.get(made.headers["location"].to_str().unwrap()).await;
    for (reply, status) in [(made, 201), (refused, 422), (shown, 200), (service.get("/nothing").await, 404)] {
        assert_eq!(
            (reply.status.as_u16(), &reply.headers["cache-control"]),
            (status, &"no-store".parse().unwrap())
        );
    }
}
