//! How many connections there may be, how long each may take, and how they end.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use amparo_serving::{Config, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::running::{Running, config, start};
use crate::support::{form, registry};

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n";

/// A service with some limits, in a folder of its own.
async fn limited(limits: Limits) -> (tempfile::TempDir, Running) {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let running = start(Config { connections: limits, ..config(dir.path()) }).await;
    (dir, running)
}

/// Sends something and reads until an answer with a JSON object has come.
async fn ask(stream: &mut TcpStream, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    answer(stream).await
}

async fn answer(stream: &mut TcpStream) -> String {
    let (mut text, mut bytes) = (String::new(), [0; 65_536]);
    while !(text.contains("\r\n\r\n") && text.trim_end().ends_with('}')) {
        let n = stream.read(&mut bytes).await.unwrap();
        assert!(n > 0, "closed after {text:?}");
        text.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
    }
    text
}

/// Waits until the other side closes; gives how long that took.
async fn closed(stream: &mut TcpStream) -> Duration {
    let (begun, mut byte) = (Instant::now(), [0]);
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut byte)).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    begun.elapsed()
}

fn post(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST /v1/assessments HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_are_idle_make_room_and_those_that_are_in_a_request_do_not() {
    let most = NonZeroUsize::new(8).unwrap();
    let (_dir, Running { address, stop, done }) = limited(Limits { most, ..Limits::default() }).await;
    let request = post(&form().to_string());
    let (first, second) = request.split_at(request.len() - 20);
    let mut busy = TcpStream::connect(address).await.unwrap();
    busy.write_all(first).await.unwrap();
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(TcpStream::connect(address).await.unwrap());
    }
    // After a hundred that say nothing, somebody who asks is answered all the same.
    for _ in 0..10 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let begun = Instant::now();
        assert!(ask(&mut stream, LIVE).await.starts_with("HTTP/1.1 200 OK"));
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        idle.push(stream);
    }
    for stream in &mut idle[..90] {
        closed(stream).await;
    }
    assert!(ask(&mut busy, second).await.starts_with("HTTP/1.1 201 Created"));
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_an_idle_connection_and_an_answer_have_their_times() {
    let ms = Duration::from_millis;
    let limits = Limits { head: ms(300), idle: ms(900), answer: ms(1500), ..Limits::default() };
    let (_dir, Running { address, stop, done }) = limited(limits).await;
    let connect = async || TcpStream::connect(address).await.unwrap();
    let (mut head, mut idle, mut again, mut body) =
        (connect().await, connect().await, connect().await, connect().await);
    head.write_all(b"GET /health/live HTTP/1.1\r\nho").await.unwrap();
    body.write_all(post(&form().to_string()).split_last_chunk::<9>().unwrap().0).await.unwrap();
    ask(&mut again, LIVE).await;
    let begun = Instant::now();
    let took = tokio::join!(closed(&mut head), closed(&mut idle), closed(&mut body), async {
        // Asking again begins the time anew.
        tokio::time::sleep(ms(700)).await;
        ask(&mut again, LIVE).await;
        closed(&mut again).await;
        begun.elapsed()
    });
    // Without a limit, `closed` would give up after 10 s. The clocks of both sides began a moment apart.
    for (took, least) in [(took.0, 250), (took.1, 850), (took.2, 1400), (took.3, 1550)] {
        assert!(took >= ms(least), "{took:?}, expected {least} ms or more");
    }
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_answers_what_was_sent_on_connections_that_were_kept_alive() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let Running { address, stop, done } = start(config(dir.path())).await;
    let mut connections = Vec::new();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let text = ask(&mut stream, LIVE).await;
        assert!(!text.contains("connection: close"), "{text}");
        connections.push(stream);
    }
    // A head that is only begun when the stop comes, requests that are on their way, and connections that stay idle.
    connections[0].write_all(&LIVE[..20]).await.unwrap();
    for stream in &mut connections[1..10] {
        stream.write_all(LIVE).await.unwrap();
    }
    stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    connections[0].write_all(&LIVE[20..]).await.unwrap();
    let last = answer(&mut connections[0]).await;
    assert!(last.starts_with("HTTP/1.1 200 OK") && last.contains("connection: close"), "{last}");
    for stream in &mut connections[1..10] {
        assert!(answer(stream).await.starts_with("HTTP/1.1 200 OK"));
    }
    for stream in &mut connections {
        closed(stream).await;
    }
    tokio::time::timeout(Duration::from_secs(5), done).await.unwrap().unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_address_tells_the_state_of_the_service_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    registry(dir.path());
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let health = taken.local_addr().unwrap();
    let config = Config { health_listen: Some(health), ..config(dir.path()) };
    let served = amparo_serving::serve_until(config.clone(), |_| panic!("not ready"), async {});
    let error = served.await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on `{health}`: Address already in use")), "{error}");
    assert!(!dir.path().join("log.sqlite").exists());
    drop(taken);
    let Running { stop, done, .. } = start(config).await;
    for (path, status) in
        [("/health/live", "200 OK"), ("/health/ready", "200 OK"), ("/v1/models", "404 Not Found")]
    {
        let mut text = String::new();
        // On a busy machine the first check of what the service needs may not have ended yet, and the answer says so.
        for _ in 0..100 {
            let mut stream = TcpStream::connect(health).await.unwrap();
            text = ask(&mut stream, format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await;
            if !text.contains("ago and has not ended") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {text}");
    }
    stop.send(()).unwrap();
    done.await.unwrap().unwrap();
    assert!(TcpStream::connect(health).await.is_err());
}
