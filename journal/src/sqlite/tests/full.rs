//! A log that is full for a while, and what else ends a transaction before its time.

use rusqlite::Connection;

use super::*;

/// Pages that the database may have, on every connection: a disk that holds no more.
const PAGES: u32 = 64;

/// A log on a full disk: something else has taken the room.
async fn full() -> (tempfile::TempDir, Arc<SqliteStore>, Log) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open_as(limited(&dir)).await.unwrap());
    let log = Log::on(Arc::clone(&store) as Arc<dyn Store>);
    log.append(record("before")).await.unwrap();
    let other = other(&dir);
    other.execute_batch("CREATE TABLE other (x BLOB)").unwrap();
    // In smaller and smaller pieces, until nothing fits any more.
    for bytes in [100_000, 10_000, 1_000] {
        while other.execute("INSERT INTO other VALUES (zeroblob(?))", [bytes]).is_ok() {}
    }
    (dir, store, log)
}

fn limited(dir: &tempfile::TempDir) -> Opening {
    let opening = Opening::of(&dir.path().join("log.sqlite"));
    opening.begin(format!("PRAGMA max_page_count = {PAGES}"))
}

/// A connection of somebody else to the same file, with the same limit.
fn other(dir: &tempfile::TempDir) -> Connection {
    limited(dir).connect().unwrap()
}

/// Fills several pages, as a proposal does.
fn large(id: &str) -> Record {
    Record { body: format!(r#"{{"id":"{}"}}"#, noise(30_000)), ..record(id) }
}

#[tokio::test]
async fn what_fits_in_is_written_on_the_first_attempt_after_the_disk_was_full() {
    let (dir, _, log) = full().await;
    let before = log.verify().await.unwrap();
    // Again and again, on one connection after the other.
    for k in 0..5 {
        let error = log.append(large(&format!("full{k}"))).await.unwrap_err().to_string();
        assert!(error.contains("cannot append to log") && error.contains("is full"), "{k}: {error}");
        let error = log.writable().await.unwrap_err().to_string();
        assert!(error.contains("is full"), "{k}: {error}");
        // It is still read.
        assert_eq!(log.verify().await.unwrap(), before);
    }
    other(&dir).execute_batch("DROP TABLE other").unwrap();
    let written = log.append(large("after")).await.unwrap();
    assert!(matches!(&written, Appended::Written(entry) if entry.sequence == 2), "{written:?}");
    log.writable().await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_full_log_is_not_called_writable_even_where_nothing_was_asked_before() {
    let (dir, _, log) = full().await;
    assert!(log.writable().await.is_err());
    other(&dir).execute_batch("DROP TABLE other").unwrap();
    // The first question after there is room finds it.
    log.writable().await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

#[tokio::test]
async fn a_transaction_that_ends_before_its_time_harms_no_other() {
    let (_dir, store, log) = filled(1).await;
    // As after a failed read or write, or without memory: SQLite has rolled back, or even committed, by itself.
    for sql in ["ROLLBACK", "COMMIT"] {
        assert!(try_to(&store, sql).await.is_err(), "{sql}");
        log.writable().await.unwrap();
        assert!(matches!(log.append(record(sql)).await.unwrap(), Appended::Written(_)));
    }
    // Nor one that panics in the middle.
    let panics = writer::transact(&store.writer, |_| panic!("in the middle")).await;
    assert!(panics.unwrap_err().to_string().ends_with("writing it panicked"));
    assert!(matches!(log.append(record("last")).await.unwrap(), Appended::Written(_)));
    assert_eq!(log.verify().await.unwrap().entries, 4);
}

#[tokio::test]
async fn a_log_that_is_no_log_any_more_is_not_begun_anew() {
    let (dir, store, log) = filled(2).await;
    execute(&store, "PRAGMA user_version = 7").await;
    // A failure, so that the next transaction opens the file again.
    assert!(try_to(&store, "SELECT * FROM nowhere").await.is_err());
    let error = log.append(record("x")).await.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error}");
    let other = Opening::of(&dir.path().join("log.sqlite")).connect().unwrap();
    other.execute_batch("PRAGMA user_version = 6").unwrap();
    assert!(
        matches!(log.append(record("x")).await.unwrap(), Appended::Written(entry) if entry.sequence == 3)
    );
}
