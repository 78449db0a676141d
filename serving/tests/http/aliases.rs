//! Aliases that are moved by the service itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use amparo_models::testing::small;
use amparo_serving::Config;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{Reply, Service, draft, error, form};

async fn put(service: &Service, alias: &str, body: &Value) -> Reply {
    let request = Request::put(format!("/v1/models/vpr/aliases/{alias}"));
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    service.send(request.unwrap()).await
}

async fn back(service: &Service, body: &Value) -> Reply {
    service.post("/v1/models/vpr/aliases/champion/rollback", body).await
}

fn to(version: u32, expected: impl Into<Value>) -> Value {
    json!({"version": version, "expected": expected.into(), "reason": "passed", "by": "anna"})
}

async fn answered_by(service: &Service) -> u64 {
    service.post("/v1/assessments", &form()).await.json()["version"].as_u64().unwrap()
}

/// A verdict that lets a version pass, compared with the one in force.
fn judge(service: &Service, version: u32) {
    small::let_pass(service.app.registry(), "vpr", version);
}

#[tokio::test]
async fn an_alias_moves_with_its_verdict_and_the_next_request_is_answered_by_it() {
    let service = Service::start().await;
    let refused = put(&service, "champion", &to(2, 1)).await;
    let sentence = "`vpr@2` may not be put in force: there is no verdict on it; `amparo gate --model vpr@2` judges it by its gates";
    assert_eq!((refused.status.as_u16(), refused.json()), (409, error(sentence, "not_gated", &[])));
    assert_eq!(answered_by(&service).await, 1);

    judge(&service, 2);
    let moved = put(&service, "champion", &to(2, 1)).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    assert_eq!(answered_by(&service).await, 2);
    let (moved, history) = (moved.json(), service.get("/v1/models/vpr").await.json()["history"].clone());
    assert_eq!(moved["move"], history.as_array().unwrap().last().unwrap().clone());
    assert_eq!((&moved["moved"], &moved["move"]["from"]), (&json!(true), &json!(1)));
    assert_eq!((&moved["move"]["by"], &moved["move"]["reason"]), (&json!("anna"), &json!("passed")));
    assert_eq!(moved["verdict"]["verdict"], moved["move"]["verdict"]);
    assert_eq!(moved["verdict"]["number"], 2);
}

#[tokio::test]
async fn a_new_alias_is_made_and_a_repetition_changes_nothing() {
    let service = Service::start().await;
    let made = put(&service, "shadow", &to(2, Value::Null)).await;
    assert_eq!((made.status.as_u16(), &made.json()["verdict"]), (201, &Value::Null));
    let history = service.app.registry().history("vpr").unwrap();
    let again = put(&service, "shadow", &to(2, Value::Null)).await;
    assert_eq!((again.status.as_u16(), &again.json()["moved"]), (200, &json!(false)));
    assert_eq!(again.json()["move"], made.json()["move"]);
    assert_eq!(service.app.registry().history("vpr").unwrap(), history);
}

#[tokio::test]
async fn who_expects_something_else_is_told_and_moves_nothing() {
    let service = Service::start().await;
    judge(&service, 2);
    let refused = put(&service, "champion", &to(2, Value::Null)).await;
    let sentence =
        "alias `vpr@champion` points to version 1, expected no version: somebody else has moved it";
    assert_eq!((refused.status.as_u16(), refused.json()), (409, error(sentence, "alias_moved", &[])));
    let refused = put(&service, "shadow", &to(2, 1)).await;
    let sentence = "alias `vpr@shadow` points to no version, expected version 1: somebody else has moved it";
    assert_eq!((refused.status.as_u16(), refused.json()), (409, error(sentence, "alias_moved", &[])));
    assert_eq!(service.app.registry().history("vpr").unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_move_it_at_once_one_does() {
    let service = Arc::new(Service::start().await);
    for _ in 3..=10 {
        service.app.registry().publish(&draft("vpr", -2.5)).unwrap();
    }
    let moving: Vec<_> = (2..=10)
        .map(|version| {
            let service = Arc::clone(&service);
            tokio::spawn(
                async move { put(&service, "shadow", &to(version, Value::Null)).await.status.as_u16() },
            )
        })
        .collect();
    let mut statuses = Vec::new();
    for moving in moving {
        statuses.push(moving.await.unwrap());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409, 409]);
}

#[tokio::test]
async fn one_call_goes_back_and_a_repetition_goes_no_further() {
    let service = Service::start().await;
    judge(&service, 2);
    put(&service, "champion", &to(2, 1)).await;
    service.app.registry().publish(&draft("vpr", -2.5)).unwrap();
    judge(&service, 3);
    assert_eq!(put(&service, "champion", &to(3, 2)).await.status, 200);
    assert_eq!(answered_by(&service).await, 3);

    let withdraw = json!({"reason": "wrong levels", "expected": 3, "by": "anna"});
    let first = back(&service, &withdraw).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!((answered_by(&service).await, &first.json()["moved"]), (2, &json!(true)));
    let again = back(&service, &withdraw).await;
    assert_eq!((again.status.as_u16(), &again.json()["moved"]), (200, &json!(false)));
    assert_eq!(again.json()["move"], first.json()["move"]);
    assert_eq!(answered_by(&service).await, 2);
    // Without it, one step further back, and then no more.
    let further = back(&service, &json!({"reason": "this one too", "by": "anna"})).await;
    assert_eq!((further.status.as_u16(), answered_by(&service).await), (200, 1));
    let none = back(&service, &json!({"reason": "and this", "by": "anna"})).await;
    assert_eq!((none.status.as_u16(), none.json()["code"].as_str().unwrap()), (409, "nothing_before"));
    let other = back(&service, &json!({"reason": "r", "expected": 3, "by": "anna"})).await;
    assert_eq!((other.status.as_u16(), other.json()["code"].as_str().unwrap()), (409, "alias_moved"));
    assert_eq!(answered_by(&service).await, 1);
}

#[tokio::test]
async fn a_version_that_cannot_be_loaded_is_not_pointed_to() {
    let service = Service::start().await;
    let file = service.dir.path().join("registry/vpr/2/model.json");
    let model = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, model.replace('1', "2")).unwrap();
    let refused = put(&service, "shadow", &to(2, Value::Null)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.json()["code"].as_str().unwrap()),
        (503, "registry_unavailable")
    );
    let missing = put(&service, "shadow", &to(7, Value::Null)).await;
    assert_eq!((missing.status.as_u16(), missing.json()["code"].as_str().unwrap()), (404, "model_not_found"));
    assert_eq!(service.app.registry().history("vpr").unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_move_is_said_at_once() {
    let service = Service::start().await;
    let refused = put(&service, "shadow", &json!({"version": 0, "expected": null, "reason": " "})).await;
    let fields = |reply: &Reply| -> Vec<String> {
        let json = reply.json();
        json["details"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (refused.status.as_u16(), fields(&refused)),
        (422, ["version", "reason", "by"].map(str::to_owned).into())
    );
    let refused = put(&service, "shadow", &json!({"version": "2", "reason": "r"})).await;
    assert_eq!(
        (refused.status.as_u16(), fields(&refused)),
        (422, ["version", "expected"].map(str::to_owned).into())
    );
    for alias in ["latest", "7", "Champion"] {
        assert_eq!(put(&service, alias, &to(2, Value::Null)).await.status, 404, "{alias}");
    }
    let unknown =
        service.post("/v1/models/vpr/aliases/shadow/rollback", &json!({"reason": "r", "by": "b"})).await;
    assert_eq!((unknown.status.as_u16(), unknown.json()["code"].as_str().unwrap()), (404, "model_not_found"));
}

/// Sends forms until told to end; gives the versions that answered, and how long the slowest took.
async fn asks(service: Arc<Service>, ended: Arc<AtomicBool>) -> (BTreeSet<u64>, Duration) {
    let (mut versions, mut slowest) = (BTreeSet::new(), Duration::ZERO);
    while !ended.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let reply = service.post("/v1/assessments", &form()).await;
        slowest = slowest.max(begun.elapsed());
        assert_eq!(reply.status, 201, "{}", reply.text);
        versions.insert(reply.json()["version"].as_u64().unwrap());
    }
    (versions, slowest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn swaps_and_rollbacks_under_load_fail_nobody_and_take_effect_at_once() {
    let service = Arc::new(Service::start().await);
    put(&service, "live", &to(1, Value::Null)).await;
    let default_model = Some("vpr@live".parse().unwrap());
    let live = Config { default_model, ..crate::running::config(service.dir.path()) };
    service.app.reload(&live).await.unwrap();
    let ended = Arc::new(AtomicBool::new(false));
    let asking: Vec<_> =
        (0..4).map(|_| tokio::spawn(asks(Arc::clone(&service), Arc::clone(&ended)))).collect();
    for _ in 0..20 {
        let forth = put(&service, "live", &to(2, 1)).await;
        assert_eq!((forth.status.as_u16(), &forth.json()["moved"]), (200, &json!(true)), "{}", forth.text);
        assert_eq!(answered_by(&service).await, 2);
        let withdrawn = json!({"reason": "withdrawn", "by": "anna"});
        let reply = service.post("/v1/models/vpr/aliases/live/rollback", &withdrawn).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["move"]["version"]), (200, &json!(1)));
        assert_eq!(answered_by(&service).await, 1);
    }
    ended.store(true, Ordering::Relaxed);
    let mut versions = BTreeSet::new();
    for asking in asking {
        let (seen, slowest) = asking.await.unwrap();
        versions.extend(seen);
        // Far more than it takes; how long it takes is measured by `AMPARO_SWAPS=1000 .ci/oracles/motion.py`.
        assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    }
    assert_eq!(versions, BTreeSet::from([1, 2]), "and no other");
    assert_eq!(service.app.registry().history("vpr").unwrap().len(), 42);
}
