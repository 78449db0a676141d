use serde_json::json;

use crate::support::{Service, error, form, form_with, put_in_force};

#[tokio::test]
async fn the_same_key_and_request_give_the_same_proposal() {
    let service = Service::start().await;
    let first = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    put_in_force(service.app.registry(), 2);
    // Other spacing and order are the same request.
    let text = r#"{ "instrument":"small", "answers": {"C":"unknown","B":"severe","A":"present"},
                    "assessed_at":"2026-03-05T10:00:00+01:00", "case_id":"c-1", "model": null }"#;
    let request = axum::http::Request::post("/v1/assessments")
        .header("content-type", "application/json; charset=utf-8")
        .header("idempotency-key", "k-1")
        .body(text.into());
    let again = service.send(request.unwrap()).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(again.text, first.text);
    assert_eq!(again.headers["location"], first.headers["location"]);
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    let service = Service::start().await;
    service.post_with_key("/v1/assessments", "k-1", &form()).await;
    let reply = service.post_with_key("/v1/assessments", "k-1", &form_with("case_id", json!("c-2"))).await;
    assert_eq!(reply.status, 409);
    let sentence = "header `Idempotency-Key` was used before with another request";
    assert_eq!(reply.json(), error(sentence, "idempotency_key_reused", &[]));
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn a_refused_request_does_not_take_its_key() {
    let service = Service::start().await;
    let refused =
        service.post_with_key("/v1/assessments", "k-1", &form_with("instrument", json!("other"))).await;
    assert_eq!(refused.status, 422);
    assert_eq!(service.post_with_key("/v1/assessments", "k-1", &form()).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_with_one_key_make_one_proposal() {
    let service = std::sync::Arc::new(Service::start().await);
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let service = std::sync::Arc::clone(&service);
            tokio::spawn(async move { service.post_with_key("/v1/assessments", "k-1", &form()).await })
        })
        .collect();
    let mut texts = std::collections::BTreeSet::new();
    let mut created = 0;
    for task in tasks {
        let reply = task.await.unwrap();
        created += u32::from(reply.status == 201);
        texts.insert(reply.text);
    }
    assert_eq!((created, texts.len(), service.entries().await), (1, 1, 1));
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let service = Service::start().await;
    let long = "k".repeat(201);
    for (key, found) in
        [("", "0 characters"), (long.as_str(), "201 characters"), ("a b", "another character")]
    {
        let reply = service.post_with_key("/v1/assessments", key, &form()).await;
        assert_eq!(reply.status, 400);
        let sentence = format!(
            "header `Idempotency-Key` is refused: {found} found, expected 1 to 200 visible ASCII characters"
        );
        assert_eq!(reply.json(), error(&sentence, "invalid_header", &[]));
    }
    assert_eq!(service.entries().await, 0);
    assert_eq!(service.post_with_key("/v1/assessments", &"k".repeat(200), &form()).await.status, 201);
}

#[tokio::test]
async fn what_a_machine_draws_is_taken() {
    let service = Service::start().await;
    // Some of which looks like a document of identity.
    for drawn in [
        "1c24c2ae-908e-4ee4-abd2-cff71832231b",
        "2024-0001-R",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ] {
        let reply = service.post("/v1/assessments", &form_with("case_id", json!(drawn))).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
    }
    for key in ["1c24c2ae-908e-4ee4-abd2-cff71832231b", "12345678A", "600-123-456"] {
        assert_eq!(service.post_with_key("/v1/assessments", key, &form()).await.status, 201, "{key}");
    }
    // The case id is searched all the same, and the form that is stated is the only one.
    for id in ["12345678A", "2024.0001.R", "1c24c2ae-908e-4ee4-abd2-cff71832231b-12345678Z"] {
        assert_eq!(
            service.post("/v1/assessments", &form_with("case_id", json!(id))).await.status,
            422,
            "{id}"
        );
    }
    assert_eq!(service.entries().await, 6);
}
