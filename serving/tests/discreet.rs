//! Random requests to every route, by every role and by nobody: no word of theirs is in the operational log, and no answer tells what is inside. In a
//! program of its own, so that everything that is said in it is heard.
#![expect(clippy::unwrap_used, reason = "tests")]

use amparo_journal::recorder::LogRecorder;
use amparo_serving::{Role, openapi};
use axum::body::Body;
use axum::http::Request;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use support::access::{Callers, authorised};
use support::{Reply, Service, form};

#[expect(dead_code, reason = "shared with other tests")]
mod support;

/// What every word of a request holds, so that it is found wherever it comes up.
const MARK: &str = "zqx";

/// Who asks: a role, or somebody with what is none of our keys.
#[derive(Debug, Clone)]
enum Who {
    Role(Role),
    Nobody(Option<String>),
}

#[derive(Debug, Clone)]
struct Asked {
    route: usize,
    who: Who,
    parameter: String,
    query: String,
    key: Option<String>,
    body: Vec<u8>,
}

fn word() -> impl Strategy<Value = String> {
    "[A-Za-z0-9._:-]{0,20}".prop_map(|drawn| format!("{MARK}{drawn}"))
}

/// A form with some of its texts replaced, fields that there are not, or anything at all.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let changed =
        (word(), word(), word(), word(), 0..8_u8).prop_map(|(case, answer, name, reason, which)| {
            let mut body = form();
            body["case_id"] = json!(case);
            match which {
                0 => body["answers"]["B"] = json!(answer),
                1 => body["answers"][&name] = json!(answer),
                2 => body[&name] = json!([answer]),
                3 => body["instrument"] = json!(name),
                4 => body["model"] = json!(format!("{name}@1")),
                5 => body["officer"] = json!({"id": name, "own_level": answer}),
                6 => body = json!({"officer": {"id": name}, "level": answer, "reason": reason}),
                _ => {}
            }
            body.to_string().into_bytes()
        });
    let cut = (word(), 0..40_usize).prop_map(|(word, at)| {
        let text = json!({"case_id": word}).to_string();
        text.as_bytes()[..at.min(text.len())].to_vec()
    });
    let anything = vec(any::<u8>(), 0..64).prop_map(|bytes| [MARK.as_bytes(), &bytes].concat());
    prop_oneof![4 => changed, 1 => cut, 1 => anything]
}

fn asked(routes: usize) -> impl Strategy<Value = Asked> {
    let nobody =
        proptest::option::of(prop_oneof![word(), word().prop_map(|word| format!("amparo_{word}_{word}"))]);
    let who = prop_oneof![3 => proptest::sample::select(&Role::ALL[..]).prop_map(Who::Role), 1 => nobody.prop_map(Who::Nobody)];
    (0..routes, who, word(), word(), proptest::option::of(word()), body()).prop_map(
        |(route, who, parameter, query, key, body)| Asked { route, who, parameter, query, key, body },
    )
}

/// Method and path of every operation of the document, and a path that there is not.
fn routes() -> Vec<(String, String)> {
    let document = serde_json::to_value(openapi()).unwrap();
    let mut routes =
        vec![("GET".to_owned(), "/{of-nothing}".to_owned()), ("PUT".to_owned(), "/v1/models".to_owned())];
    // More often than others, so that some of them are answered.
    routes.extend(vec![("POST".to_owned(), "/v1/assessments".to_owned()); 6]);
    for (path, item) in document["paths"].as_object().unwrap() {
        routes.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone())));
    }
    routes
}

async fn answer(
    service: &Service,
    callers: &Callers,
    routes: &[(String, String)],
    asked: &Asked,
    known: &str,
) -> Reply {
    let (method, path) = &routes[asked.route];
    // Half of them ask for a proposal that there is.
    let parameter = if asked.parameter.len().is_multiple_of(2) && path.starts_with("/v1/assessments") {
        known
    } else {
        &asked.parameter
    };
    let mut whole = path.clone();
    while let (Some(from), Some(to)) = (whole.find('{'), whole.find('}')) {
        whole.replace_range(from..=to, parameter);
    }
    let request =
        Request::builder().method(method.as_str()).uri(format!("{whole}?{}={}", asked.query, asked.query));
    let key = match &asked.who {
        Who::Role(role) => Some(callers.of(*role)),
        Who::Nobody(key) => key.as_deref(),
    };
    let mut request = authorised(request, key)
        .header("content-type", "application/json")
        .header("x-request-id", &asked.query);
    if let Some(key) = &asked.key {
        request = request.header("idempotency-key", key);
    }
    service.send(request.body(Body::from(asked.body.clone())).unwrap()).await
}

/// What an answer must not tell: where files are, what is asked of a database, where in the code it was.
fn internals(service: &Service, reply: &Reply) -> Option<String> {
    let dir = service.dir.path().display().to_string();
    let inside = [
        dir.as_str(),
        "/tmp/",
        "sqlite",
        "SELECT ",
        "INSERT ",
        ".rs:",
        "panicked",
        "RUST_",
        "os error",
        "digest mismatch",
    ];
    inside
        .into_iter()
        .find(|inside| reply.text.contains(inside))
        .map(|found| format!("`{found}` in {}", reply.text))
}

#[test]
fn no_word_of_a_request_is_logged_and_no_answer_tells_what_is_inside() {
    let recorder = LogRecorder::default();
    let writer = recorder.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .json()
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let routes = routes();
    runtime.block_on(async {
        let (service, callers) = Callers::service().await;
        let made = authorised(Request::post("/v1/assessments"), Some(callers.of(Role::Platform)));
        let made = service
            .send(
                made.header("content-type", "application/json").body(Body::from(form().to_string())).unwrap(),
            )
            .await;
        let known = made.json()["proposal_id"].as_str().unwrap().to_owned();
        let mut statuses = std::collections::BTreeSet::new();
        // The same draws each time.
        let config = Config { failure_persistence: None, ..Config::with_cases(6000) };
        let mut runner = TestRunner::new_with_rng(
            config,
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        let drawn: Vec<Asked> = (0..6000)
            .map(|_| {
                proptest::strategy::ValueTree::current(&asked(routes.len()).new_tree(&mut runner).unwrap())
            })
            .collect();
        for asked in &drawn {
            let reply = answer(&service, &callers, &routes, asked, &known).await;
            statuses.insert(reply.status.as_u16());
            assert_eq!(internals(&service, &reply), None, "{asked:?}");
        }
        assert!(
            statuses.is_superset(&[200, 201, 400, 401, 403, 404, 405, 422].into()),
            "the requests reach few answers: {statuses:?}"
        );
        // The log fails, and then the registry.
        service.app.log().clone().close().await.unwrap();
        std::fs::remove_dir_all(service.dir.path().join("registry")).unwrap();
        for asked in &drawn[..100] {
            let reply = answer(&service, &callers, &routes, asked, &known).await;
            statuses.insert(reply.status.as_u16());
            assert_eq!(internals(&service, &reply), None, "{asked:?}");
        }
        assert!(statuses.contains(&503), "{statuses:?}");
        let heard = recorder.text();
        assert!(heard.lines().count() > 400 && heard.contains("/v1/assessments/{id}"));
        let secrets = Role::ALL.map(|role| callers.of(role).to_owned());
        for private in
            [MARK, known.as_str(), "severe", "\"c-1\""].into_iter().chain(secrets.iter().map(String::as_str))
        {
            let line = heard.lines().find(|line| line.contains(private));
            assert_eq!(line, None, "`{private}` is in the operational log");
        }
        // What is searched for is found where it is.
        let told = Reply { text: "cannot open /tmp/x".to_owned(), ..service.get("/health/live").await };
        assert!(internals(&service, &told).is_some());
    });
}
