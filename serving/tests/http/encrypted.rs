//! Connections that have to be encrypted: how long a client may take to agree on it, and what becomes of one that does not.

use std::time::{Duration, Instant};

use amparo_serving::{Config, Limits, TlsFiles};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::running::{Running, config, start};
use crate::support::registry;

/// A service with a certificate for tests.
async fn encrypted(limits: Limits) -> (tempfile::TempDir, Running) {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let all: serde_json::Value = serde_json::from_str(include_str!("../../src/tls/vectors.json")).unwrap();
    let file = |name: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, all[name].as_str().unwrap()).unwrap();
        path
    };
    let tls = Some(TlsFiles { certificate: file("server"), key: file("key"), clients: None });
    let running = start(Config { connections: limits, tls, ..config(dir.path()) }).await;
    (dir, running)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agreeing_on_it_has_a_time_and_counts_as_a_connection() {
    let ms = Duration::from_millis;
    // An idle connection could stay.
    let limits = Limits { head: ms(400), idle: ms(60_000), ..Limits::default() };
    let (_dir, Running { address, stop, done }) = encrypted(limits).await;
    let (mut silent, mut slow) =
        (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    // The first bytes of a greeting of 512 bytes, of which no more come.
    slow.write_all(&[22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await.unwrap();
    let begun = Instant::now();
    for stream in [&mut silent, &mut slow] {
        let mut byte = [0];
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut byte)).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
    assert!(begun.elapsed() >= ms(350), "{:?}", begun.elapsed());
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_request_gets_no_answer() {
    let (_dir, Running { address, stop, done }) = encrypted(Limits::default()).await;
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _lost = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}
