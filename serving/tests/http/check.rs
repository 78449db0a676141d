//! Whether a service would start, found out without starting it.

use std::net::TcpListener;
use std::path::Path;

use amparo_serving::{Config, check};

use crate::running::config;
use crate::support::registry;

async fn wrong(config: &Config) -> Vec<&'static str> {
    check(config).await.into_iter().map(|obstacle| obstacle.setting).collect()
}

fn files(dir: &Path) -> Vec<String> {
    let names = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[tokio::test]
async fn a_service_that_would_start_is_told_so_and_nothing_is_made() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let config = config(dir.path());
    let before = files(dir.path());
    assert_eq!(wrong(&config).await, [""; 0]);
    assert_eq!(files(dir.path()), before);
    assert!(!before.iter().any(|name| name.contains("sqlite")), "{before:?}");
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config(dir.path());
    config.listen = taken.local_addr().unwrap();
    config.health_listen = Some(config.listen);
    config.default_model = Some("vpr@9".parse().unwrap());
    config.log = dir.path().join("log.sqlite").display().to_string();
    std::fs::write(dir.path().join("log.sqlite"), "no log, but something else that is long enough").unwrap();
    assert_eq!(wrong(&config).await, ["listen", "health_listen", "default_model", "log"]);
    config.registry = dir.path().join("none");
    config.log = "mysql://elsewhere".to_owned();
    assert_eq!(wrong(&config).await, ["listen", "health_listen", "registry", "log"]);
    drop(taken);
    // The same address cannot be taken twice.
    assert_eq!(wrong(&config).await, ["health_listen", "registry", "log"]);
}
