use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Reply, Service, form, form_with};

pub async fn batch(service: &Service, text: impl Into<Body>) -> Reply {
    let request = Request::post("/v1/assessments:batch").header("content-type", "application/x-ndjson");
    service.send(request.body(text.into()).unwrap()).await
}

fn lines(reply: &Reply) -> Vec<Value> {
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/x-ndjson");
    assert!(reply.text.is_empty() || reply.text.ends_with('\n'));
    reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn text(forms: &[Value]) -> String {
    forms.iter().map(|form| format!("{form}\n")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_answered_as_a_request_of_its_own_is_and_in_order() {
    let service = Service::start().await;
    let mut forms: Vec<Value> = (0..150).map(|k| form_with("case_id", json!(format!("c-{k}")))).collect();
    forms[70]["model"] = json!("vpr@2");
    let reply = batch(&service, text(&forms)).await;
    let answers = lines(&reply);
    assert_eq!(answers.len(), 150);
    for (k, answer) in answers.iter().enumerate() {
        assert_eq!(answer["case_id"], format!("c-{k}"));
        assert_eq!(answer["version"], if k == 70 { 2 } else { 1 });
    }
    let alone = service.post("/v1/assessments", &forms[3]).await.json();
    for field in ["recidivism", "explanation", "level", "measures", "text", "reasons"] {
        assert_eq!(answers[3][field], alone[field], "{field}");
    }
    // To the byte what is shown afterwards; and each stands in the log by itself.
    let mut places = BTreeSet::new();
    for (line, answer) in reply.text.lines().zip(&answers) {
        let path = format!("/v1/assessments/{}", answer["proposal_id"].as_str().unwrap());
        assert_eq!(service.get(&path).await.text, line);
        places.insert(answer["receipt"]["log_sequence"].as_i64().unwrap());
    }
    assert_eq!(places.len(), 150);
    assert_eq!(service.entries().await, 151);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_is_refused_alone_with_its_number_and_its_status() {
    let service = Service::start().await;
    let broken = [
        form().to_string(),
        "{".to_owned(),
        String::new(),
        form_with("model", json!("vpr@9")).to_string(),
        form_with("answers", json!({"A": "maybe", "B": "severe"})).to_string(),
        "[]".to_owned(),
        form_with("idempotency_key", json!("with a blank")).to_string(),
        form().to_string(),
    ];
    let reply = batch(&service, broken.join("\n")).await;
    let answers = lines(&reply);
    let said: Vec<_> =
        answers.iter().map(|a| (a["line"].clone(), a["status"].clone(), a["code"].clone())).collect();
    let refused = |line: u64, status: u16, code: &str| (json!(line), json!(status), json!(code));
    let proposal = (Value::Null, Value::Null, Value::Null);
    let expected = [
        proposal.clone(),
        refused(2, 400, "malformed_json"),
        refused(4, 404, "model_not_found"),
        refused(5, 422, "invalid_request"),
        refused(6, 422, "invalid_request"),
        refused(7, 422, "invalid_request"),
        proposal,
    ];
    assert_eq!(said, expected);
    // All that is wrong with a line, and as the same request is told by itself.
    let alone = service.post_text("/v1/assessments", broken[4].clone()).await.json();
    for field in ["error", "code", "details"] {
        assert_eq!(answers[3][field], alone[field]);
    }
    assert_eq!(alone["details"].as_array().unwrap().len(), 2);
    assert_eq!(answers[5]["details"][0]["field"], "idempotency_key");
    assert_eq!(service.entries().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_may_have_a_key_of_its_own() {
    let service = Service::start().await;
    let first = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    let keyed = |key: &str, case: &str| {
        let mut form = form_with("case_id", json!(case));
        form["idempotency_key"] = json!(key);
        form
    };
    let forms = [keyed("k-1", "c-1"), keyed("k-2", "c-2"), keyed("k-2", "c-2"), keyed("k-1", "c-3")];
    let reply = batch(&service, text(&forms)).await;
    let answers: Vec<&str> = reply.text.lines().collect();
    assert_eq!(answers[0], first.text);
    assert_eq!(answers[1], answers[2]);
    assert_ne!(answers[0], answers[1]);
    let refused = &lines(&reply)[3];
    assert_eq!(
        (&refused["line"], &refused["status"], &refused["code"]),
        (&json!(4), &json!(409), &json!("idempotency_key_reused"))
    );
    assert_eq!(service.entries().await, 2);
    // Where there is one form, the key is a header.
    assert_eq!(service.post("/v1/assessments", &keyed("k-3", "c")).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_off_has_its_whole_lines_answered() {
    struct Cut(Vec<&'static str>);
    impl axum::body::HttpBody for Cut {
        type Data = axum::body::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            let next = self.0.pop().map(|part| Ok(hyper::body::Frame::data(part.into())));
            std::task::Poll::Ready(Some(next.unwrap_or(Err(std::io::ErrorKind::ConnectionReset.into()))))
        }
    }
    let service = Service::start().await;
    let whole: &'static str = String::leak(format!("{}\n{}\n", form(), form()));
    let reply = batch(&service, Body::new(Cut(vec!["{\"case_id\":\"c-9\",", whole]))).await;
    let answers = lines(&reply);
    assert_eq!(answers.len(), 3);
    assert_eq!(
        (&answers[1]["case_id"], &answers[2]["line"], &answers[2]["code"]),
        (&json!("c-1"), &json!(3), &json!("malformed_json"))
    );
    assert_eq!(service.entries().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_declared_otherwise_is_refused_and_a_few_batches_are_answered_at_a_time() {
    let service = Service::start().await;
    let reply = service.post("/v1/assessments:batch", &form()).await;
    assert_eq!(reply.status, 415);
    assert_eq!(reply.json()["error"], "content type is `application/json`, expected `application/x-ndjson`");
    // Bodies that never go on: each keeps its place until its client goes away.
    struct Waiting;
    impl axum::body::HttpBody for Waiting {
        type Data = axum::body::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }
    let begin = async || {
        let request = Request::post("/v1/assessments:batch").header("content-type", "application/x-ndjson");
        let request = request.body(Body::new(Waiting)).unwrap();
        tower::ServiceExt::oneshot(service.router.clone(), request).await.unwrap()
    };
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(begin().await);
    }
    assert!(open.iter().all(|response| response.status() == 200));
    let busy = batch(&service, text(&[form()])).await;
    assert_eq!((busy.status.as_u16(), &busy.json()["code"]), (503, &json!("busy")));
    assert_eq!(busy.headers["retry-after"], "1");
    // Single requests have places of their own.
    assert_eq!(service.post("/v1/assessments", &form()).await.status, 201);
}
