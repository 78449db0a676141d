//! A log that is full for a while, and what else ends a transaction behind the driver's back.

use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::*;

/// Pages that the database may have, on every connection: a disk that holds no more.
const PAGES: u32 = 64;

/// A log on a full disk: something else has taken the room.
async fn full() -> (tempfile::TempDir, Arc<SqliteStore>, Log) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    let options = file::options(&path).pragma("max_page_count", PAGES.to_string());
    let store = Arc::new(SqliteStore::open_with(&path, options).await.unwrap());
    let log = Log::on(Arc::clone(&store) as Arc<dyn Store>);
    log.append(record("before")).await.unwrap();
    // In smaller and smaller pieces, until nothing fits any more; the last failure is the driver's to forget.
    let mut other = other(&dir).await;
    sqlx::raw_sql("CREATE TABLE other (x BLOB)").execute(&mut other).await.unwrap();
    for bytes in [100_000, 10_000, 1_000] {
        while sqlx::query("INSERT INTO other VALUES (zeroblob(?))")
            .bind(bytes)
            .execute(&mut other)
            .await
            .is_ok()
        {}
    }
    other.close().await.unwrap();
    (dir, store, log)
}

/// A connection of somebody else to the same file, with the same limit.
async fn other(dir: &tempfile::TempDir) -> SqliteConnection {
    let options = file::options(&dir.path().join("log.sqlite"));
    options.pragma("max_page_count", PAGES.to_string()).connect().await.unwrap()
}

/// Fills several pages, as a proposal does.
fn large(id: &str) -> Record {
    Record { body: format!(r#"{{"id":"{}"}}"#, "x".repeat(30_000)), ..record(id) }
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
    let mut room = other(&dir).await;
    sqlx::raw_sql("DROP TABLE other").execute(&mut room).await.unwrap();
    room.close().await.unwrap();
    let written = log.append(large("after")).await.unwrap();
    assert!(matches!(&written, Appended::Written(entry) if entry.sequence == 2), "{written:?}");
    log.writable().await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 2);
}

#[tokio::test]
async fn a_full_log_is_not_called_writable_even_where_nothing_was_asked_before() {
    let (dir, _, log) = full().await;
    assert!(log.writable().await.is_err());
    let mut room = other(&dir).await;
    sqlx::raw_sql("DROP TABLE other").execute(&mut room).await.unwrap();
    // The first question after there is room finds it.
    log.writable().await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 1);
}

/// What the writer is there for. If this fails, the driver counts rightly by now.
#[tokio::test]
async fn the_driver_counts_a_transaction_that_is_over() {
    let (dir, _store, _log) = full().await;
    let mut connection = other(&dir).await;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let filling = sqlx::query("INSERT INTO other VALUES (zeroblob(100000))").execute(&mut *transaction).await;
    assert!(filling.unwrap_err().to_string().contains("is full"));
    assert!(transaction.rollback().await.unwrap_err().to_string().contains("no transaction is active"));
    let again = connection.begin_with("BEGIN IMMEDIATE").await.map(|_| ());
    assert!(matches!(again, Err(sqlx::Error::InvalidSavePointStatement)), "{again:?}");
}

#[tokio::test]
async fn a_transaction_that_ends_behind_the_back_of_the_driver_harms_no_other() {
    let (_dir, store, log) = filled(1).await;
    // As after a failed read or write, or without memory: SQLite has rolled back, or even committed, by itself.
    for sql in ["ROLLBACK", "COMMIT"] {
        let ended = store.writer.transact(Box::new(move |connection| {
            Box::pin(async move {
                sqlx::raw_sql(sql).execute(connection).await?;
                Ok(End::Commit(()))
            })
        }));
        assert!(ended.await.is_err(), "{sql}");
        log.writable().await.unwrap();
        assert!(matches!(log.append(record(sql)).await.unwrap(), Appended::Written(_)));
    }
    // Nor one that panics in the middle.
    let panics = store.writer.transact::<()>(Box::new(|_| Box::pin(async { panic!("in the middle") })));
    assert!(panics.await.is_err());
    assert!(matches!(log.append(record("last")).await.unwrap(), Appended::Written(_)));
    assert_eq!(log.verify().await.unwrap().entries, 4);
}

#[tokio::test]
async fn a_log_that_was_taken_away_is_not_begun_anew() {
    let (dir, store, log) = filled(2).await;
    execute(&store, "PRAGMA user_version = 3").await;
    // A failure, so that the next transaction opens the file again.
    let failed = store.writer.transact::<()>(Box::new(|connection| {
        Box::pin(async move {
            sqlx::raw_sql("SELECT * FROM nowhere").execute(connection).await?;
            Ok(End::Commit(()))
        })
    }));
    assert!(failed.await.is_err());
    let error = log.append(record("x")).await.unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error}");
    let mut other = file::options(&dir.path().join("log.sqlite")).connect().await.unwrap();
    sqlx::raw_sql("PRAGMA user_version = 2").execute(&mut other).await.unwrap();
    assert!(
        matches!(log.append(record("x")).await.unwrap(), Appended::Written(entry) if entry.sequence == 3)
    );
}
