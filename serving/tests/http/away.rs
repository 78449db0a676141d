//! A registry that cannot be read for a while, as one on a network.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use amparo_journal::Log;
use amparo_models::registry::{Entry, FolderFiles, Memory, Store};
use amparo_models::{Error, Registry};
use amparo_serving::{App, AssessmentPool, Config, build_handler};
use serde_json::json;

use crate::support::{Service, draft, form, form_with, put_in_force};

/// A store in memory that can be away.
#[derive(Debug, Clone, Default)]
struct Remote(Arc<(Memory, AtomicBool)>);

impl Remote {
    fn go_away(&self, is_away: bool) {
        self.0.1.store(is_away, Ordering::Relaxed);
    }

    fn there(&self) -> Result<&Memory, Error> {
        let (memory, is_away) = &*self.0;
        let source = std::io::ErrorKind::ConnectionRefused.into();
        let away = Error::Io { action: "read", path: "remote".into(), source };
        if is_away.load(Ordering::Relaxed) { Err(away) } else { Ok(memory) }
    }
}

impl Store for Remote {
    fn location(&self) -> &Path {
        Path::new("remote")
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        self.there()?.list(folder)
    }
    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        self.there()?.get(file)
    }
    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error> {
        self.there()?.get_folder(folder)
    }
    fn put_new(&self, folder: &str, files: &FolderFiles) -> Result<bool, Error> {
        self.there()?.put_new(folder, files)
    }
    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        self.there()?.put_secret(file, fresh)
    }
    fn log(&self, log: &str) -> Result<Vec<u8>, Error> {
        self.there()?.log(log)
    }
    fn mark(&self, log: &str) -> Result<String, Error> {
        self.there()?.mark(log)
    }
    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error> {
        self.there()?.append(log, seen, entry)
    }
    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error> {
        self.there()?.cut(log, seen, length, kept)
    }
}

/// A service whose default version is `vpr@champion`, which is 1 of 2, or which has none.
async fn service(remote: &Remote, default: Option<&str>) -> Service {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::on(remote.clone());
    registry.publish(&draft("vpr", -3.0)).unwrap();
    registry.publish(&draft("vpr", -2.0)).unwrap();
    put_in_force(&registry, 1);
    let log = Log::open(dir.path().join("log.sqlite").to_str().unwrap()).await.unwrap();
    let pool = AssessmentPool::new(Config::cores(), Config::QUEUE);
    let default = default.map(|default| default.parse().unwrap());
    let app = App::new(registry, log, default, pool, Vec::new(), Config::LOADED);
    Service { router: build_handler(app.clone()), dir, app }
}

#[tokio::test]
async fn what_is_loaded_answers_while_the_registry_is_away() {
    let remote = Remote::default();
    let service = service(&remote, Some("vpr@champion")).await;
    assert_eq!(service.post("/v1/assessments", &form()).await.status, 201);
    remote.go_away(true);
    for _ in 0..3 {
        let reply = service.post("/v1/assessments", &form()).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["version"]), (201, &json!(1)));
    }
    assert_eq!(service.get("/health/ready").await.status, 200, "it can answer");
    for unread in ["vpr@2", "vpr@shadow"] {
        let reply = service.post("/v1/assessments", &form_with("model", json!(unread))).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.json()["code"]),
            (503, &json!("registry_unavailable")),
            "{unread}"
        );
    }
    assert_eq!(service.get("/v1/models").await.status, 503);
    // Back again, and the alias has moved meanwhile.
    remote.go_away(false);
    put_in_force(service.app.registry(), 2);
    for _ in 0..200 {
        let reply = service.post("/v1/assessments", &form()).await;
        assert_eq!(reply.status, 201);
        if reply.json()["version"] == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the move takes no effect");
}

#[tokio::test]
async fn a_service_that_has_not_loaded_its_version_is_not_ready_without_the_registry() {
    for default in [Some("vpr@champion"), None] {
        let remote = Remote::default();
        let service = service(&remote, default).await;
        remote.go_away(true);
        let reply = service.get("/health/ready").await;
        assert_eq!(reply.status, 503);
        let fields: Vec<_> =
            reply.json()["details"].as_array().unwrap().iter().map(|d| d["field"].clone()).collect();
        let expected = if default.is_some() { vec!["registry", "default_model"] } else { vec!["registry"] };
        assert_eq!(fields, expected);
        assert!(!service.post("/v1/assessments", &form()).await.status.is_success());
    }
}
