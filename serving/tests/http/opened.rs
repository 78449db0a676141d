//! A service that listens: to whom, and what it does when keys change while it runs.

use std::net::SocketAddr;
use std::time::Duration;

use amparo_serving::keys::KeyStore;
use amparo_serving::{AccessConfig, Config, Error, Role, serve_until};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::running::{Running, config, start};
use crate::support::access::issue;
use crate::support::registry;

async fn status(address: SocketAddr, key: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn without_a_way_to_recognise_callers_only_this_machine_is_listened_to() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let listen: SocketAddr = address.parse().unwrap();
        let served =
            serve_until(Config { listen, ..config(dir.path()) }, |_| panic!("not ready"), async {}).await;
        let error = served.unwrap_err();
        assert!(matches!(error, Error::Open { .. }), "{error}");
        assert!(error.to_string().contains("`amparo access issue`"), "{error}");
    }
    // With keys, any address may be listened to.
    let path = dir.path().join("keys.json");
    KeyStore::at(&path).issue(issue(Role::Operator, None, &[]), "ana", Timestamp::now()).unwrap();
    let access = AccessConfig { keys: Some(path), ..AccessConfig::default() };
    let listen = "0.0.0.0:0".parse().unwrap();
    let served = serve_until(Config { listen, access, ..config(dir.path()) }, |_| {}, async {}).await;
    served.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_stops_to_count_without_a_restart_and_a_broken_file_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let path = dir.path().join("keys.json");
    let store = KeyStore::at(&path);
    let issued = || store.issue(issue(Role::Operator, None, &[]), "ana", Timestamp::now()).unwrap();
    let (stays, goes) = (issued(), issued());
    let access = AccessConfig { keys: Some(path.clone()), ..AccessConfig::default() };
    let Running { address, stop, done } = start(Config { access, ..config(dir.path()) }).await;
    assert_eq!((status(address, &stays.secret).await, status(address, &goes.secret).await), (200, 200));
    store.revoke(&goes.key.id, "ana", Timestamp::now()).unwrap();
    let mut waited = 0;
    while status(address, &goes.secret).await != 401 {
        waited += 1;
        assert!(waited < 100, "the key still counts");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    std::fs::write(&path, "{").unwrap();
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!((status(address, &stays.secret).await, status(address, &goes.secret).await), (200, 401));
    // One address fails as often as it may, and whoever is recognised is let in all the same.
    let mut last = 0;
    for _ in 0..80 {
        last = status(address, "amparo_0_0").await;
    }
    assert_eq!((last, status(address, &stays.secret).await), (429, 200));
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}
