//! The service on a real port: start, stop, a port in use, a client that is still sending.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use amparo_journal::{Log, draw_key};
use amparo_models::registry::ToBind;
use amparo_serving::{AccessConfig, App, Config, Error, Limits, build_handler, serve_until};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Service, form, put_in_force, registry};

pub fn config(dir: &Path) -> Config {
    Config {
        registry: dir.join("registry"),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        health_listen: None,
        gate_keys: Vec::new(),
        log: format!("sqlite:{}", dir.join("log.sqlite").display()),
        default_model: Some("vpr@champion".parse().unwrap()),
        challenger: None,
        shadow: None,
        assessment_threads: Config::cores(),
        case_numbers: Vec::new(),
        own_view_first: false,
        access: AccessConfig::default(),
        tls: None,
        unlogged_models: Vec::new(),
        assessment_queue: Config::QUEUE,
        loaded_versions: Config::LOADED,
        connections: Limits::default(),
        otlp: None,
        grace: Config::GRACE,
    }
}

pub struct Running {
    pub address: SocketAddr,
    pub stop: oneshot::Sender<()>,
    pub done: JoinHandle<Result<(), Error>>,
}

pub async fn start(config: Config) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, address) = oneshot::channel();
    let done = tokio::spawn(serve_until(config, |address| ready.send(address).unwrap(), async {
        stopped.await.unwrap()
    }));
    Running { address: address.await.unwrap(), stop, done }
}

fn post(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /v1/assessments HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn reply(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_version_that_no_trusted_key_vouches_for_is_not_served() {
    let dir = tempfile::tempdir().unwrap();
    let registry = registry(dir.path());
    let owner = draw_key("gates").unwrap();
    let trusting = || Config { gate_keys: vec![owner.verifier()], ..config(dir.path()) };
    let refused = App::open(&trusting()).await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "`vpr@1` is in force, and is not believed to be: the model is bound to no key, expected one that is trusted"
    );
    let (entry, gates) = (registry.verdicts("vpr").unwrap().remove(0), ["0".repeat(64)]);
    let verdict = registry.verdict("vpr", &entry).unwrap();
    registry.keep_signed_verdict("vpr", 1, &verdict, &owner).unwrap();
    let to_bind = ToBind {
        gates: &gates,
        key: &owner,
        next: None,
        by: "ana",
        reason: "why",
        at: "2026-03-02T08:00:00Z",
    };
    registry.bind("vpr", &to_bind).unwrap();
    let app = App::open(&trusting()).await.unwrap();
    let other = draw_key("gates").unwrap();
    let refused = App::open(&Config { gate_keys: vec![other.verifier()], ..config(dir.path()) }).await;
    assert!(refused.unwrap_err().to_string().contains("which is not trusted"));
    // While it serves, somebody who has no key moves the alias by hand.
    let bindings = dir.path().join("registry/vpr/bindings.jsonl");
    let kept = std::fs::read(&bindings).unwrap();
    std::fs::remove_file(&bindings).unwrap();
    put_in_force(&registry, 2);
    std::fs::write(&bindings, kept).unwrap();
    let service = Service { router: build_handler(app.clone()), dir, app };
    let reply = service.post("/v1/assessments", &form()).await;
    assert_eq!((reply.status.as_u16(), reply.json()["code"].as_str()), (503, Some("registry_unavailable")));
    let ready = service.get("/health/ready").await;
    assert_eq!(ready.status, 503);
    // Whoever names the version gets it: it is published, and nobody says that it is in force.
    let mut named = form();
    named["model"] = "vpr@1".into();
    assert_eq!(service.post("/v1/assessments", &named).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_is_in_flight_and_leaves_one_file() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let Running { address, stop, done } = start(config(dir.path())).await;
    let request = post(&form().to_string());
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Half a request is in flight when the stop comes.
    let (first, second) = request.split_at(request.len() - 20);
    stream.write_all(first).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(address).await.is_err(), "a stopped service takes no new connection");
    stream.write_all(second).await.unwrap();
    let text = reply(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 201 Created"), "{text}");
    done.await.unwrap().unwrap();
    assert!(!dir.path().join("log.sqlite-wal").exists());
    let log = Log::read(&config(dir.path()).log).await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let grace = Duration::from_millis(300);
    let Running { address, stop, done } = start(Config { grace, ..config(dir.path()) }).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"POST /v1/assessments HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), done).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let served = serve_until(Config { listen, ..config(dir.path()) }, |_| panic!("not ready"), async {});
    let error = served.await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on `{listen}`: Address already in use")), "{error}");
}

#[tokio::test]
async fn a_default_that_cannot_answer_stops_the_start_before_anything_is_made() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let default_model = Some("vpr@shadow".parse().unwrap());
    let served =
        serve_until(Config { default_model, ..config(dir.path()) }, |_| panic!("not ready"), async {});
    let error = served.await.unwrap_err().to_string();
    assert_eq!(error, "no alias `vpr@shadow` in the registry: the model has champion");
    assert!(!dir.path().join("log.sqlite").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_sends_ten_megabytes_gets_its_answer() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let Running { address, stop, done } = start(config(dir.path())).await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&post(&" ".repeat(10 * 1024 * 1024))).await.unwrap();
    let text = reply(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 413 Payload Too Large"), "{text}");
    assert!(
        text.ends_with(
            r#"{"error":"body is larger than 1048576 bytes","code":"body_too_large","details":[]}"#
        )
    );
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_shows_a_request_that_the_service_accepts() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let Running { address, stop, done } = start(config(dir.path())).await;
    let ask = async |request: &[u8]| {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        reply(&mut stream).await
    };
    let text = ask(b"GET /openapi.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    let document: Value = serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap();
    let examples = document["components"]["schemas"]["AssessmentRequest"]["examples"].as_array().unwrap();
    assert_eq!(examples.len(), 1);
    assert!(ask(&post(&examples[0].to_string())).await.starts_with("HTTP/1.1 201 Created"));
    let mut wrong = examples[0].clone();
    wrong["answers"].as_object_mut().unwrap().remove("A");
    assert!(ask(&post(&wrong.to_string())).await.starts_with("HTTP/1.1 422"));
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}
