#![expect(clippy::unwrap_used, reason = "tests")]

mod backup;
mod erased;
mod full;
mod gone;
mod grouped;
mod migrating;
mod packed;
mod protected;
mod reading;
mod tampering;

use std::sync::Arc;

use super::*;
use crate::tree::Hash;
use crate::{GENESIS, Log, Verified};

fn record(id: &str) -> Record {
    Record {
        kind: "proposal",
        id: id.to_owned(),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: format!(r#"{{"id":"{id}"}}"#),
    }
}

/// A text that cannot be packed to much less, the same at each call.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (state >> 58) as u8)
    };
    // 64 characters from `0` on; the one that JSON would write otherwise is left out.
    (0..length).map(|_| next()).map(|c| if c == '\\' { '~' } else { c }).collect()
}

fn address(dir: &tempfile::TempDir) -> String {
    format!("sqlite:{}", dir.path().join("log.sqlite").display())
}

/// A log with entries `p0`, `p1` and so on, its store and its folder.
async fn filled(n: usize) -> (tempfile::TempDir, Arc<SqliteStore>, Log) {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&address(&dir)).await.unwrap());
    let log = Log::on(Arc::clone(&store) as Arc<dyn Store>);
    for k in 0..n {
        log.append(record(&format!("p{k}"))).await.unwrap();
    }
    (dir, store, log)
}

/// Changes a log as somebody with the file in hand would, by several statements as if by one.
async fn try_to(store: &SqliteStore, sql: impl Into<String>) -> Result<(), Error> {
    let sql = sql.into();
    writer::transact(&store.writer, move |connection| connection.execute_batch(&sql)).await
}

/// The same, and nothing stands in the way.
async fn execute(store: &SqliteStore, sql: &'static str) {
    try_to(store, sql).await.unwrap();
}

/// A copy of a log's files as they are now, nothing closed: what a machine finds that lost its power.
fn copied(dir: &tempfile::TempDir) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

#[tokio::test]
async fn the_chain_is_the_one_written_down() {
    let (_dir, _, log) = filled(2).await;
    let entries = log.entries(1, 10).await.unwrap();
    // printf '%064d\n1\nproposal\np0\n\nd\n{"id":"p0"}' 0 | sha256sum
    assert_eq!(entries[0].hash, "328c998822bdee1098aaed53d311b91adef596026ba7b51369d640534b7f70d7");
    assert_eq!(entries[0].previous, GENESIS);
    assert_eq!(entries[1].previous, entries[0].hash);
    // The root by its definition, from what is kept.
    let leaves = log.leaves(1, 10).await.unwrap();
    let [first, second] = [0, 1].map(|k| Hash::leaf(&leaves[k].salt.unwrap().data(&entries[k].hash)));
    let root = Some(Hash::node(&first, &second));
    let expected = Verified { entries: 2, erased: 0, head: entries[1].hash.clone(), root };
    assert_eq!(log.verify().await.unwrap(), expected);
}

#[tokio::test]
async fn an_empty_log_verifies() {
    let (_dir, _, log) = filled(0).await;
    assert_eq!(
        log.verify().await.unwrap(),
        Verified { entries: 0, erased: 0, head: GENESIS.to_owned(), root: Some(Hash::of_nothing()) }
    );
}

#[tokio::test]
async fn what_was_written_survives_an_abrupt_end() {
    let (dir, _, log) = filled(3).await;
    let copy = copied(&dir);
    let reopened = Log::open(&address(&copy)).await.unwrap();
    assert_eq!(reopened.verify().await.unwrap(), log.verify().await.unwrap());
}

#[tokio::test]
async fn two_writers_of_one_file_make_one_chain() {
    let (dir, _, one) = filled(1).await;
    let two = Log::open(&address(&dir)).await.unwrap();
    for k in 0..10 {
        let log = if k % 2 == 0 { &one } else { &two };
        log.append(record(&format!("w{k}"))).await.unwrap();
    }
    assert_eq!(two.verify().await.unwrap().entries, 11);
}

#[tokio::test]
async fn closing_leaves_one_file() {
    let (dir, _, log) = filled(3).await;
    log.close().await.unwrap();
    let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["log.sqlite"]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, _store, _log) = filled(1).await;
    for file in ["log.sqlite", "log.sqlite-wal"] {
        let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn pages_of_the_file_are_of_four_kibibytes() {
    let (_dir, store, _) = filled(1).await;
    let size = store.reading.with(|c| c.query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0)));
    assert_eq!(size, Ok(4096));
}

#[tokio::test]
async fn entries_of_a_case_are_found_by_the_index() {
    let (_dir, store, _) = filled(1).await;
    let plan: Vec<String> = store.reading.with(|connection| {
        let sql = format!("EXPLAIN QUERY PLAN SELECT * FROM entries {}", schema::OF_A_CASE);
        let mut plan = connection.prepare(&sql).unwrap();
        plan.query_map(("c", 1, 1), |row| row.get(3)).unwrap().map(Result::unwrap).collect()
    });
    assert_eq!(plan.len(), 1, "nothing is sorted: {plan:?}");
    assert!(plan[0].starts_with("SEARCH entries USING INDEX entries_by_case (case_id=?"), "{plan:?}");
}

#[tokio::test]
async fn foreign_and_newer_files_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    std::fs::write(&path, "not a database, but long enough to be looked at as one".repeat(30)).unwrap();
    assert!(matches!(Log::open(&address(&dir)).await, Err(Error::Store { action: "open", .. })));

    let refused = async |sql: &'static str| {
        let (dir, store, log) = filled(0).await;
        execute(&store, sql).await;
        log.close().await.unwrap();
        Log::open(&address(&dir)).await.unwrap_err().to_string()
    };
    let error = refused("PRAGMA user_version = 7").await;
    assert!(error.ends_with("is of edition 7, expected a log of edition 6"), "{error}");
    let error = refused("DROP TABLE entries; CREATE TABLE other (x); PRAGMA user_version = 0").await;
    assert!(error.contains("is another program's database, expected a log of edition 6"), "{error}");
    for sql in [
        "DROP TABLE entries; CREATE TABLE other (x)",
        "ALTER TABLE entries ADD COLUMN more TEXT",
        // As if an old file had the new columns already.
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 3",
    ] {
        let error = refused(sql).await;
        assert!(error.contains("is a database without the table `entries`, expected a log of"), "{error}");
    }
}

#[tokio::test]
async fn addresses_that_are_no_durable_file_are_refused() {
    for found in ["mysql://host/db", "sqlite::memory:", "sqlite:", "", "sqlite:log?mode=ro"] {
        let error = Log::open(found).await.unwrap_err().to_string();
        let expected = "is not a path, `sqlite:path` or `postgres://user@host/database`";
        assert_eq!(error, format!("log `{found}` {expected}"));
    }
    let error = Log::open("postgresq://user:secret@host/db").await.unwrap_err().to_string();
    assert!(error.starts_with("log `postgresq://user@host/db` is not"), "{error}");
}
