//! Connections that are lost, above all between a commit and its answer, and a log that is taken away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const PASS: u8 = 0;
/// The next commit reaches the server, its answer does not come back.
const KEEP_ANSWER: u8 = 1;
/// The next commit does not reach the server.
const KEEP_COMMIT: u8 = 2;
/// Nothing passes any more.
const ABSENT: u8 = 3;

/// What stands between a service and the server.
struct Between {
    port: u16,
    does: Arc<AtomicU8>,
    then: Arc<AtomicU8>,
}

impl Between {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (does, then) = (Arc::new(AtomicU8::new(PASS)), Arc::new(AtomicU8::new(PASS)));
        let between = Self { port, does: Arc::clone(&does), then: Arc::clone(&then) };
        let host = server().split_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                if does.load(Ordering::SeqCst) != ABSENT {
                    tokio::spawn(carry(client, host.clone(), Arc::clone(&does), Arc::clone(&then)));
                }
            }
        });
        between
    }

    /// The address by way of it.
    fn address(&self, of: &Place) -> String {
        let (start, rest) = of.address.split_once('@').unwrap();
        format!("{start}@127.0.0.1:{}/{}", self.port, rest.split_once('/').unwrap().1)
    }

    /// What is done at the next commit, and from then on.
    fn at_the_next_commit(&self, does: u8, then: u8) {
        self.then.store(then, Ordering::SeqCst);
        self.does.store(does, Ordering::SeqCst);
    }
}

async fn carry(client: TcpStream, host: String, does: Arc<AtomicU8>, then: Arc<AtomicU8>) {
    let server = TcpStream::connect(host).await.unwrap();
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let back = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let (mut seen, mut chunk) = (Vec::new(), [0; 65536]);
    while let Ok(length @ 1..) = from_client.read(&mut chunk).await {
        seen.extend_from_slice(&chunk[..length]);
        let commits = seen.windows(7).any(|bytes| bytes == b"COMMIT\0");
        seen.drain(..seen.len().saturating_sub(6));
        match (commits, does.load(Ordering::SeqCst)) {
            (_, ABSENT) => break,
            (true, KEEP_COMMIT) => {
                does.store(then.load(Ordering::SeqCst), Ordering::SeqCst);
                break;
            }
            (true, KEEP_ANSWER) => {
                does.store(then.load(Ordering::SeqCst), Ordering::SeqCst);
                // Nothing goes back from here on, whatever the server says.
                back.abort();
                let _ = back.await;
                to_server.write_all(&chunk[..length]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
                return;
            }
            _ => to_server.write_all(&chunk[..length]).await.unwrap(),
        }
    }
    back.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_became_of_a_commit_whose_answer_was_lost_is_found_out() {
    let (place, _log) = filled(0).await;
    let between = Between::start().await;
    let log = Log::open(&between.address(&place)).await.unwrap();
    let mut expected = 0;
    for does in [KEEP_ANSWER, KEEP_COMMIT] {
        for key in [None, Some(format!("k{does}"))] {
            for round in 0..3 {
                let id = format!("{does}-{}-{round}", key.is_some());
                let record =
                    Record { idempotency_key: key.clone().map(|k| format!("{k}-{round}")), ..record(&id) };
                between.at_the_next_commit(does, PASS);
                expected += 1;
                let Appended::Written(entry) = log.append(record.clone()).await.unwrap() else {
                    panic!("{id}")
                };
                assert_eq!((entry.sequence, entry.id.as_str()), (expected, id.as_str()));
                assert_eq!(between.does.load(Ordering::SeqCst), PASS, "the commit was not met");
                // Another service, or the same client again.
                let again = log.append(record).await.unwrap();
                let held = if key.is_some() { Appended::Repeated(entry) } else { Appended::IdTaken };
                assert_eq!(again, held);
            }
        }
    }
    assert_eq!(log.verify().await.unwrap().entries, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_entry_whose_outcome_is_unknown_waits_and_others_are_refused_meanwhile() {
    for does in [KEEP_ANSWER, KEEP_COMMIT] {
        let (place, _log) = filled(0).await;
        let between = Between::start().await;
        let log = Log::open(&between.address(&place)).await.unwrap();
        log.append(record("before")).await.unwrap();
        between.at_the_next_commit(does, ABSENT);
        let unknown = tokio::spawn({
            let log = log.clone();
            async move { log.append(record("unknown")).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!unknown.is_finished());
        let began = Instant::now();
        log.append(record("refused")).await.unwrap_err();
        log.writable().await.unwrap_err();
        log.find("before").await.unwrap_err();
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        between.does.store(PASS, Ordering::SeqCst);
        let began = Instant::now();
        let Appended::Written(entry) = unknown.await.unwrap().unwrap() else { panic!() };
        assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
        assert_eq!(entry.sequence, 2);
        assert!(
            matches!(log.append(record("after")).await.unwrap(), Appended::Written(e) if e.sequence == 3)
        );
        log.writable().await.unwrap();
        assert_eq!(log.verify().await.unwrap().entries, 3);
        assert_eq!(log.find("refused").await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_connections_are_killed() {
    let (place, log) = filled(0).await;
    let killer = place.client().await;
    let kill = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'killed {}'",
        place.name
    );
    let killed =
        Log::open(&with(&place.address, &format!("application_name=killed%20{}", place.name))).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let log = killed.clone();
            tokio::spawn(async move {
                let (mut written, mut k, began) = (Vec::new(), 0, Instant::now());
                while began.elapsed() < Duration::from_secs(3) {
                    k += 1;
                    if let Ok(Appended::Written(entry)) = log.append(record(&format!("t{task}-{k}"))).await {
                        written.push(entry);
                    }
                }
                written
            })
        })
        .collect();
    let mut kills = 0;
    while !tasks.iter().all(tokio::task::JoinHandle::is_finished) {
        tokio::time::sleep(Duration::from_millis(70)).await;
        kills += killer.query_one(&kill, &[]).await.unwrap().get::<_, i64>(0);
    }
    assert!(kills >= 10, "{kills}");
    let mut written = 0;
    for task in tasks {
        for entry in task.await.unwrap() {
            assert_eq!(log.entries(entry.sequence, 1).await.unwrap(), [entry]);
            written += 1;
        }
    }
    assert!(written > 100, "{written}");
    // What was answered otherwise is not there.
    assert_eq!(log.verify().await.unwrap().entries, written);
}

#[tokio::test]
async fn nothing_is_written_into_a_log_that_replaced_the_one_that_was_open() {
    let (place, log) = filled(3).await;
    let name = &place.name;
    place.execute(&format!("ALTER SCHEMA {name} RENAME TO {name}_away; CREATE SCHEMA {name}")).await;
    // An older copy, and another log of that length.
    for n in [2, 5] {
        let other = Log::open(&place.address).await.unwrap();
        for k in 0..n {
            other.append(record(&format!("o{k}"))).await.unwrap();
        }
        for _ in 0..2 {
            let error = log.append(record("lost")).await.unwrap_err().to_string();
            assert!(error.ends_with("the log was replaced while it was open"), "{error}");
            let error = log.writable().await.unwrap_err().to_string();
            assert!(error.ends_with("the log was replaced while it was open"), "{error}");
        }
        assert_eq!(other.verify().await.unwrap().entries, n);
        place.execute(&format!("DROP SCHEMA {name} CASCADE; CREATE SCHEMA {name}")).await;
    }
    place.execute(&format!("DROP SCHEMA {name}; ALTER SCHEMA {name}_away RENAME TO {name}")).await;
    assert!(
        matches!(log.append(record("p3")).await.unwrap(), Appended::Written(entry) if entry.sequence == 4)
    );
    assert_eq!(log.verify().await.unwrap().entries, 4);
}
