//! What callers with keys may see and say, and what the log says of them.

use amparo_serving::{Access, AccessConfig, Role, keys::KeyStore};
use axum::body::Body;
use axum::http::Request;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::access::{Callers, authorised, issue};
use crate::support::{Reply, Service, error, form, form_with};

async fn get(service: &Service, path: &str, key: &str) -> Reply {
    service.send(authorised(Request::get(path), Some(key)).body(Body::empty()).unwrap()).await
}

async fn post(
    service: &Service,
    path: &str,
    (key, idempotency): (&str, Option<&str>),
    body: &Value,
) -> Reply {
    let mut request = authorised(Request::post(path), Some(key)).header("content-type", "application/json");
    if let Some(idempotency) = idempotency {
        request = request.header("idempotency-key", idempotency);
    }
    service.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn id(reply: &Reply) -> String {
    assert!(reply.status.is_success(), "{}", reply.text);
    reply.json()["proposal_id"].as_str().unwrap().to_owned()
}

/// Keys of another institution: its platform's and its officers' tools'.
fn others(callers: &Callers) -> [String; 2] {
    let issued = |role| {
        callers.store.issue(issue(role, Some("court"), &["*"]), "ana", Timestamp::now()).unwrap().secret
    };
    [issued(Role::Platform), issued(Role::Officer)]
}

async fn reread(service: &Service, callers: &Callers) {
    let config = AccessConfig { keys: Some(callers.path.clone()), ..AccessConfig::default() };
    service.app.recognise(Access::of(&config, None).await.unwrap());
}

#[tokio::test]
async fn an_institution_sees_and_confirms_its_own_proposals_only() {
    let (service, callers) = Callers::service().await;
    let [platform, officer] = others(&callers);
    reread(&service, &callers).await;
    let ours = id(&post(&service, "/v1/assessments", (callers.of(Role::Platform), None), &form()).await);
    let theirs = id(&post(&service, "/v1/assessments", (&platform, None), &form()).await);
    let confirmation = json!({"officer": {"id": "o-1"}, "level": "high"});
    for (id, platform, officer, status) in [
        (&ours, callers.of(Role::Platform), callers.of(Role::Officer), [200, 200, 201]),
        (&theirs, callers.of(Role::Platform), callers.of(Role::Officer), [404, 404, 404]),
        (&ours, &*platform, &*officer, [404, 404, 404]),
        (&theirs, &*platform, &*officer, [200, 200, 201]),
    ] {
        let path = format!("/v1/assessments/{id}");
        let found = [
            get(&service, &path, platform).await.status.as_u16(),
            get(&service, &path, officer).await.status.as_u16(),
            post(&service, &format!("{path}/confirmation"), (officer, None), &confirmation)
                .await
                .status
                .as_u16(),
        ];
        assert_eq!(found, status);
    }
    // One that is another's is told like one that there is not.
    let [of_another, of_nobody] = [theirs.as_str(), "0"];
    let told = |id: &str, reply: Reply| (reply.status, reply.text.replace(id, "ID"));
    let key = callers.of(Role::Platform);
    assert_eq!(
        told(of_another, get(&service, &format!("/v1/assessments/{of_another}"), key).await),
        told(of_nobody, get(&service, &format!("/v1/assessments/{of_nobody}"), key).await).clone()
    );
    for id in [&ours, &theirs] {
        let path = format!("/v1/assessments/{id}");
        assert_eq!(get(&service, &path, callers.of(Role::Oversight)).await.status, 200);
    }
}

#[tokio::test]
async fn two_institutions_that_draw_the_same_key_know_nothing_of_each_other() {
    let (service, callers) = Callers::service().await;
    let [platform, _] = others(&callers);
    reread(&service, &callers).await;
    let ours = (callers.of(Role::Platform), Some("k-1"));
    let first = post(&service, "/v1/assessments", ours, &form()).await;
    let other = post(&service, "/v1/assessments", (&platform, Some("k-1")), &form()).await;
    assert_eq!((first.status.as_u16(), other.status.as_u16()), (201, 201));
    assert_ne!(id(&first), id(&other));
    // Each is answered with its own again, and told of its own reuse only.
    assert_eq!(post(&service, "/v1/assessments", ours, &form()).await.text, first.text);
    assert_eq!(post(&service, "/v1/assessments", (&platform, Some("k-1")), &form()).await.text, other.text);
    let changed = form_with("case_id", json!("c-2"));
    assert_eq!(post(&service, "/v1/assessments", (&platform, Some("k-2")), &changed).await.status, 201);
    assert_eq!(post(&service, "/v1/assessments", ours, &changed).await.status, 409);
    assert_eq!(service.entries().await, 3);
}

#[tokio::test]
async fn keys_of_a_log_that_knew_no_callers_still_give_the_same_proposal() {
    let service = Service::start().await;
    let before = service.post_with_key("/v1/assessments", "k-1", &form()).await;
    let store = KeyStore::at(&service.dir.path().join("keys.json"));
    let key = store.issue(issue(Role::Platform, None, &[]), "ana", Timestamp::now()).unwrap().secret;
    let config = AccessConfig { keys: Some(service.dir.path().join("keys.json")), ..AccessConfig::default() };
    service.app.recognise(Access::of(&config, None).await.unwrap());
    assert_eq!(post(&service, "/v1/assessments", (&key, Some("k-1")), &form()).await.text, before.text);
}

#[tokio::test]
async fn an_officer_who_is_not_covered_is_refused() {
    let (service, callers) = Callers::service().await;
    let sentence = "the caller may not speak for the officer that the request names";
    let detail = ("officer.id", "found an officer whom the caller may not speak for, expected one of `o-*`");
    let refused = error(sentence, "officer_not_covered", &[detail]);
    let asked = async |officer: &str| {
        let form = form_with("officer", json!({"id": officer}));
        post(&service, "/v1/assessments", (callers.of(Role::Platform), None), &form).await
    };
    let made = id(&asked("o-7").await);
    let reply = asked("x-7").await;
    assert_eq!((reply.status.as_u16(), reply.json()), (403, refused.clone()));
    let path = format!("/v1/assessments/{made}/confirmation");
    let confirmed = async |officer: &str| {
        let body = json!({"officer": {"id": officer}, "level": "high"});
        post(&service, &path, (callers.of(Role::Officer), None), &body).await
    };
    let reply = confirmed("x-7").await;
    assert_eq!((reply.status.as_u16(), reply.json()), (403, refused));
    assert_eq!(confirmed("o-8").await.status, 201);
    assert_eq!(service.entries().await, 2);
}

#[tokio::test]
async fn who_was_shown_a_case_stands_in_the_log_before_it_is_shown() {
    let (service, callers) = Callers::service().await;
    let platform = callers.of(Role::Platform);
    let made = id(&post(&service, "/v1/assessments", (platform, None), &form()).await);
    let path = format!("/v1/assessments/{made}");
    assert_eq!(service.entries().await, 1, "whoever makes a proposal is not logged as a reader of it");
    assert_eq!(get(&service, &path, callers.of(Role::Oversight)).await.status, 200);
    // Who may not read it, or does not find it, reads nothing.
    assert_eq!(get(&service, &path, callers.of(Role::Scientist)).await.status, 403);
    assert_eq!(get(&service, "/v1/assessments/0", platform).await.status, 404);
    let of_the_case = service.app.log().find_case("c-1").await.unwrap();
    let kinds: Vec<&str> = of_the_case.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!((kinds, service.entries().await), (vec!["proposal", "read"], 2));
    let body: Value = serde_json::from_str(of_the_case[1].body().unwrap()).unwrap();
    assert_eq!(body["request"], json!({"case_id": "c-1", "proposal_id": made}));
    assert_eq!(body["caller"]["roles"], json!(["oversight"]));
    assert!(body["caller"]["id"].as_str().unwrap().starts_with("key:"));
    let read_at: Timestamp = body["answer"]["read_at"].as_str().unwrap().parse().unwrap();
    assert!(Timestamp::now().duration_since(read_at) < SignedDuration::from_mins(1));
    // Without the log, nothing is shown.
    service.app.log().clone().close().await.unwrap();
    assert_eq!(get(&service, &path, platform).await.json()["code"], "log_unavailable");
}

#[tokio::test]
async fn a_service_that_does_not_know_who_asks_logs_no_readers() {
    let service = Service::start().await;
    let made = id(&service.post("/v1/assessments", &form()).await);
    assert_eq!(service.get(&format!("/v1/assessments/{made}")).await.status, 200);
    assert_eq!(service.entries().await, 1);
}

#[tokio::test]
async fn a_caller_that_asks_too_often_is_refused_and_no_other() {
    let (service, callers) = Callers::with_rate(Some((6, 2))).await;
    let asked = async |role| get(&service, "/v1/models", callers.of(role)).await;
    assert_eq!(
        (asked(Role::Platform).await.status.as_u16(), asked(Role::Platform).await.status.as_u16()),
        (200, 200)
    );
    let reply = asked(Role::Platform).await;
    assert_eq!((reply.status.as_u16(), reply.headers["retry-after"].to_str().unwrap()), (429, "10"));
    assert_eq!(reply.json(), error("too many requests: ask again in 10 s", "too_many_requests", &[]));
    assert_eq!(asked(Role::Officer).await.status, 200);
    // Whether the service is well is told to anybody, however often.
    for _ in 0..5 {
        assert_eq!(get(&service, "/health/live", callers.of(Role::Platform)).await.status, 200);
    }
}

#[tokio::test]
async fn headers_keep_browsers_from_what_an_answer_is_not_for() {
    let (service, callers) = Callers::service().await;
    let page = service.get("/docs/").await;
    let answers = [
        get(&service, "/v1/models", callers.of(Role::Operator)).await,
        service.get("/v1/models").await,
        service.get("/nothing").await,
        service.get("/openapi.json").await,
    ];
    for reply in answers.iter().chain([&page]) {
        let of = |name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!(
            (of("x-content-type-options"), of("referrer-policy")),
            (Some("nosniff"), Some("no-referrer"))
        );
        assert_eq!((of("cache-control"), of("x-frame-options")), (Some("no-store"), Some("DENY")));
        assert!(of("server").is_none() && of("access-control-allow-origin").is_none());
        let policy = of("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-eval"), "{policy}");
    }
    // What the page loads is allowed: files of its own, and no script in the page itself.
    assert_eq!(page.status, 200);
    let scripts: Vec<&str> = page.text.split("<script").skip(1).collect();
    assert!(
        !scripts.is_empty()
            && scripts
                .iter()
                .all(|script| script.trim_start().starts_with("src=\"./") || script.contains("src=\"./"))
    );
    let preflight = Request::options("/v1/models")
        .header("origin", "https://example.org")
        .header("access-control-request-method", "GET");
    let reply = service.send(preflight.body(Body::empty()).unwrap()).await;
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}
