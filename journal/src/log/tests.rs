#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn record(id: &str, key: Option<&str>, digest: &str) -> Record {
    Record {
        kind: "proposal",
        id: id.to_owned(),
        idempotency_key: key.map(str::to_owned),
        request_digest: digest.to_owned(),
        body: format!(r#"{{"id":"{id}"}}"#),
    }
}

fn address(dir: &tempfile::TempDir) -> String {
    format!("sqlite:{}", dir.path().join("log.sqlite").display())
}

async fn filled(n: usize) -> (tempfile::TempDir, Log) {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(&address(&dir)).await.unwrap();
    for k in 0..n {
        log.append(record(&format!("p{k}"), None, "d")).await.unwrap();
    }
    (dir, log)
}

/// Changes the log as somebody with the file in hand would: triggers away, then SQL.
async fn tamper(log: &Log, sql: &'static str) {
    sqlx::raw_sql("DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_removed")
        .execute(&log.writer)
        .await
        .unwrap();
    sqlx::raw_sql(sql).execute(&log.writer).await.unwrap();
}

async fn broken_at(sql: &'static str) -> i64 {
    let (_dir, log) = filled(5).await;
    tamper(&log, sql).await;
    match log.verify().await.unwrap_err() {
        Error::Chain { sequence, .. } => sequence,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_chain_is_the_one_written_down() {
    let (_dir, log) = filled(2).await;
    let entries = log.entries(1, 10).await.unwrap();
    // printf '%064d\n1\nproposal\np0\n\nd\n{"id":"p0"}' 0 | sha256sum
    assert_eq!(entries[0].hash, "328c998822bdee1098aaed53d311b91adef596026ba7b51369d640534b7f70d7");
    assert_eq!(entries[0].previous, GENESIS);
    assert_eq!(entries[1].previous, entries[0].hash);
    let expected = Verified { entries: 2, head: entries[1].hash.clone() };
    assert_eq!(log.verify().await.unwrap(), expected);
}

#[tokio::test]
async fn an_empty_log_verifies() {
    let (_dir, log) = filled(0).await;
    assert_eq!(log.verify().await.unwrap(), Verified { entries: 0, head: GENESIS.to_owned() });
}

#[tokio::test]
async fn each_kind_of_tampering_is_found_where_it_is() {
    assert_eq!(broken_at("UPDATE entries SET body = replace(body, 'p2', 'p9') WHERE sequence = 3").await, 3);
    assert_eq!(broken_at("UPDATE entries SET id = 'other' WHERE sequence = 4").await, 4);
    assert_eq!(broken_at("UPDATE entries SET idempotency_key = 'k' WHERE sequence = 2").await, 2);
    assert_eq!(broken_at("UPDATE entries SET request_digest = 'e' WHERE sequence = 1").await, 1);
    assert_eq!(broken_at("UPDATE entries SET kind = 'confirmation' WHERE sequence = 5").await, 5);
    assert_eq!(broken_at("DELETE FROM entries WHERE sequence = 2").await, 2);
    assert_eq!(broken_at("DELETE FROM entries WHERE sequence = 1").await, 1);
    assert_eq!(
        broken_at(
            "INSERT INTO entries SELECT -7, kind, 'x', NULL, '', '', previous, hash FROM entries LIMIT 1"
        )
        .await,
        1
    );
    // A changed entry with its own hash made right still breaks the next one.
    let (_dir, log) = filled(5).await;
    let mut entry = log.find("p1").await.unwrap().unwrap();
    entry.body = "{}".to_owned();
    let forged = hash(&entry);
    tamper(&log, "UPDATE entries SET body = '{}' WHERE sequence = 2").await;
    sqlx::query("UPDATE entries SET hash = ? WHERE sequence = 2")
        .bind(forged)
        .execute(&log.writer)
        .await
        .unwrap();
    assert!(matches!(log.verify().await, Err(Error::Chain { sequence: 3, .. })));
}

#[tokio::test]
async fn a_walk_hands_on_what_is_sound_and_nothing_after() {
    let (_dir, log) = filled(5).await;
    let walked = async |log: &Log| {
        let mut seen = Vec::new();
        let end = log.walk(|entry| -> Result<(), Error> {
            seen.push(entry.sequence);
            Ok(())
        });
        let end = end.await;
        (seen, end)
    };
    let (seen, end) = walked(&log).await;
    assert_eq!((seen, end.unwrap()), (vec![1, 2, 3, 4, 5], log.verify().await.unwrap()));
    tamper(&log, "UPDATE entries SET body = '{}' WHERE sequence = 4").await;
    let (seen, end) = walked(&log).await;
    assert_eq!(seen, [1, 2, 3]);
    assert!(matches!(end, Err(Error::Chain { sequence: 4, .. })), "{end:?}");
}

#[tokio::test]
async fn the_database_itself_refuses_change() {
    let (_dir, log) = filled(1).await;
    for sql in ["UPDATE entries SET body = ''", "DELETE FROM entries"] {
        let error = sqlx::raw_sql(sql).execute(&log.writer).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only"), "{error}");
    }
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

#[tokio::test]
async fn keys_and_ids_are_taken_once() {
    let (_dir, log) = filled(0).await;
    let Appended::Written(first) = log.append(record("a", Some("k"), "d")).await.unwrap() else { panic!() };
    assert_eq!(log.append(record("b", Some("k"), "d")).await.unwrap(), Appended::Repeated(first.clone()));
    assert_eq!(log.append(record("b", Some("k"), "e")).await.unwrap(), Appended::KeyTaken);
    assert_eq!(log.append(record("a", None, "d")).await.unwrap(), Appended::IdTaken);
    assert_eq!(log.find("b").await.unwrap(), None);
    assert_eq!(log.find_key("k").await.unwrap(), Some(first));
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_at_once_make_one_chain() {
    let (_dir, log) = filled(0).await;
    let tasks: Vec<_> = (0..50)
        .map(|k| {
            let log = log.clone();
            tokio::spawn(async move { log.append(record(&format!("t{k}"), None, "d")).await })
        })
        .collect();
    for task in tasks {
        assert!(matches!(task.await.unwrap().unwrap(), Appended::Written(_)));
    }
    assert_eq!(log.verify().await.unwrap().entries, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_that_go_away_leave_the_log_usable() {
    let (_dir, log) = filled(0).await;
    for k in 0..60 {
        let waiting = log.append(record(&format!("g{k}"), None, "d"));
        let patience = std::time::Duration::from_micros(50 * k);
        let _ = tokio::time::timeout(patience, waiting).await;
    }
    assert!(matches!(log.append(record("last", None, "d")).await.unwrap(), Appended::Written(_)));
    let entries = log.verify().await.unwrap().entries;
    assert!(entries >= 1, "{entries}");
    assert_eq!(log.find("last").await.unwrap().unwrap().sequence, entries);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _log) = filled(1).await;
    for file in ["log.sqlite", "log.sqlite-wal"] {
        let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn two_writers_of_one_file_make_one_chain() {
    let (dir, one) = filled(1).await;
    let two = Log::open(&address(&dir)).await.unwrap();
    for k in 0..10 {
        let log = if k % 2 == 0 { &one } else { &two };
        log.append(record(&format!("w{k}"), None, "d")).await.unwrap();
    }
    assert_eq!(two.verify().await.unwrap().entries, 11);
}

#[tokio::test]
async fn what_was_written_survives_an_abrupt_end() {
    let (dir, log) = filled(3).await;
    // A copy of the files as they are now, nothing closed: what a machine finds that lost its power.
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let reopened = Log::open_existing(&address(&copy)).await.unwrap();
    assert_eq!(reopened.verify().await.unwrap(), log.verify().await.unwrap());
}

#[tokio::test]
async fn closing_leaves_one_file() {
    let (dir, log) = filled(3).await;
    log.close().await.unwrap();
    let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["log.sqlite"]);
}

#[tokio::test]
async fn foreign_and_newer_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    assert!(matches!(Log::open_existing(&address(&dir)).await, Err(Error::Missing { .. })));

    std::fs::write(&path, "not a database, but long enough to be looked at as one".repeat(30)).unwrap();
    assert!(matches!(Log::open(&address(&dir)).await, Err(Error::Store { action: "open", .. })));

    std::fs::remove_file(&path).unwrap();
    let log = Log::open(&address(&dir)).await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 2").execute(&log.writer).await.unwrap();
    log.close().await.unwrap();
    let error = Log::open(&address(&dir)).await.unwrap_err().to_string();
    assert!(error.ends_with("is of edition 2, expected a log of edition 1"), "{error}");

    let other = tempfile::tempdir().unwrap();
    let log = Log::open(&address(&other)).await.unwrap();
    sqlx::raw_sql("DROP TABLE entries; CREATE TABLE other (x); PRAGMA user_version = 0")
        .execute(&log.writer)
        .await
        .unwrap();
    log.close().await.unwrap();
    let error = Log::open(&address(&other)).await.unwrap_err().to_string();
    assert!(error.contains("is another program's database, expected a log of edition 1"), "{error}");
}

#[tokio::test]
async fn addresses_that_are_no_durable_file_are_refused() {
    for found in ["postgres://host/db", "sqlite::memory:", "sqlite:", "", "sqlite:log?mode=ro"] {
        let error = Log::open(found).await.unwrap_err().to_string();
        assert_eq!(error, format!("log `{found}` is not a path or `sqlite:path`"));
    }
}
