//! A service over a small version made by hand, and how to ask it.

pub mod access;

use std::collections::BTreeMap;
use std::path::Path;

use amparo_journal::Log;
use amparo_models::Registry;
use amparo_models::testing::small;
pub use amparo_models::testing::small::draft;
use amparo_serving::{App, AssessmentPool, Config, build_handler};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

/// A service in a folder of its own, with `vpr@1` and `vpr@2`; `champion` points to 1 and is the default.
pub struct Service {
    pub dir: tempfile::TempDir,
    pub app: App,
    pub router: Router,
}

/// An answer as the client sees it.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub text: String,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

/// The folder of a registry with two versions.
pub fn registry(dir: &Path) -> Registry {
    let registry = Registry::create(dir.join("registry")).unwrap();
    registry.publish(&draft("vpr", -3.0)).unwrap();
    registry.publish(&draft("vpr", -2.0)).unwrap();
    put_in_force(&registry, 1);
    registry
}

/// Moves `vpr@champion`, after a verdict of gates that ask nothing.
pub fn put_in_force(registry: &Registry, version: u32) {
    small::put_in_force(registry, "vpr", version);
}

impl Service {
    pub async fn start() -> Self {
        Self::with_pool(AssessmentPool::new(Config::cores(), Config::QUEUE)).await
    }

    pub async fn with_pool(pool: AssessmentPool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let registry = registry(dir.path());
        let log = Log::open(dir.path().join("log.sqlite").to_str().unwrap()).await.unwrap();
        let app = App::new(
            registry,
            log,
            Some("vpr@champion".parse().unwrap()),
            pool,
            vec!["####-####-@".parse().unwrap()],
            Config::LOADED,
        );
        Self { router: build_handler(app.clone()), dir, app }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, body.to_string()).await
    }

    pub async fn post_text(&self, path: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request =
            Request::post(path).header("content-type", "application/json").header("idempotency-key", key);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Number of entries in the log, its chain verified.
    pub async fn entries(&self) -> i64 {
        self.app.log().verify().await.unwrap().entries
    }
}

/// The form `A present, B severe, C unknown`: log-odds 0.5.
pub fn form() -> Value {
    json!({
        "case_id": "c-1",
        "instrument": "small",
        "answers": {"A": "present", "B": "severe", "C": "unknown"},
        "assessed_at": "2026-03-05T10:00:00+01:00",
    })
}

/// The form with one field set.
pub fn form_with(field: &str, value: Value) -> Value {
    let mut form = form();
    form[field] = value;
    form
}

/// The body of an error.
pub fn error(error: &str, code: &str, details: &[(&str, &str)]) -> Value {
    let details: Vec<BTreeMap<_, _>> =
        details.iter().map(|(f, m)| BTreeMap::from([("field", f), ("message", m)])).collect();
    json!({"error": error, "code": code, "details": details})
}
