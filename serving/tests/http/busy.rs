//! What is answered while the pool that computes assessments is occupied.

use std::future::ready;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use amparo_serving::{ApiError, AssessmentPool};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::{Service, error, form, form_with};

/// A service on one thread for all requests, with one for assessments that is occupied until told to end, and a queue.
async fn occupied(queue: usize) -> (Arc<Service>, Sender<()>, JoinHandle<Result<(), ApiError>>) {
    let service = Service::with_pool(AssessmentPool::new(NonZeroUsize::MIN, queue)).await;
    let (end, ended) = channel::<()>();
    let pool = service.app.assessments().clone();
    let until_ended = move || {
        ended.recv().unwrap();
        ready(())
    };
    let slow = tokio::spawn(async move { pool.enter()?.run(until_ended).await });
    tokio::task::yield_now().await;
    (Arc::new(service), end, slow)
}

/// Sends a request and lets it come as far as it can.
async fn waiting(service: &Arc<Service>, case_id: &str) -> JoinHandle<u16> {
    let pool = service.app.assessments().clone();
    let free = pool.free_places();
    let (service, form) = (Arc::clone(service), form_with("case_id", json!(case_id)));
    let reply = tokio::spawn(async move { service.post("/v1/assessments", &form).await.status.as_u16() });
    // Its version is looked up on another thread first, however long that takes.
    while pool.free_places() == free && !reply.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(!reply.is_finished(), "it waits for its turn");
    reply
}

#[tokio::test]
async fn a_full_queue_refuses_the_next_and_writes_nothing() {
    let (service, end, slow) = occupied(1).await;
    let waits = waiting(&service, "c-2").await;
    let refused = service.post_with_key("/v1/assessments", "k-3", &form()).await;
    let sentence = "too many assessments are waiting, so there is no answer: ask again in a moment";
    assert_eq!((refused.status.as_u16(), refused.json()), (503, error(sentence, "busy", &[])));
    assert_eq!(refused.headers["retry-after"], "1");
    assert_eq!(service.entries().await, 0);

    end.send(()).unwrap();
    assert_eq!(slow.await.unwrap(), Ok(()));
    assert_eq!(waits.await.unwrap(), 201);
    // What was refused has not taken its key.
    assert_eq!(service.post_with_key("/v1/assessments", "k-3", &form()).await.status, 201);
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn what_needs_no_assessment_is_answered_promptly() {
    let (service, end, slow) = occupied(1).await;
    let waits = waiting(&service, "c-2").await;
    for path in ["/health/live", "/health/ready", "/v1/models", "/openapi.json"] {
        let reply = tokio::time::timeout(Duration::from_secs(5), service.get(path)).await.unwrap();
        assert_eq!(reply.status, 200, "{path}");
        assert!(!reply.headers.contains_key("retry-after"), "{path}");
    }
    assert!(!waits.is_finished() && !slow.is_finished());
    end.send(()).unwrap();
    assert_eq!(waits.await.unwrap(), 201);
}

#[tokio::test]
async fn a_repetition_is_answered_although_the_queue_is_full() {
    let (service, end, slow) = occupied(1).await;
    end.send(()).unwrap();
    slow.await.unwrap().unwrap();
    let first = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    let (end, ended) = channel::<()>();
    let pool = service.app.assessments().clone();
    let until_ended = move || {
        ended.recv().unwrap();
        ready(())
    };
    let slow = tokio::spawn(async move { pool.enter()?.run(until_ended).await });
    let waits = waiting(&service, "c-2").await;
    let again = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    assert_eq!((again.status.as_u16(), &again.text), (200, &first.text));
    end.send(()).unwrap();
    assert_eq!((slow.await.unwrap(), waits.await.unwrap()), (Ok(()), 201));
}

#[tokio::test]
async fn the_document_names_the_refusal_and_its_header() {
    let document = serde_json::to_value(amparo_serving::openapi()).unwrap();
    // Every request with a body may be refused.
    for path in ["/v1/assessments", "/v1/assessments/{id}/confirmation"] {
        let refused = &document["paths"][path]["post"]["responses"]["503"];
        assert!(refused["description"].as_str().unwrap().contains("`busy`"), "{refused}");
        assert_eq!(refused["headers"]["Retry-After"]["schema"]["type"], "integer", "{refused}");
    }
}
