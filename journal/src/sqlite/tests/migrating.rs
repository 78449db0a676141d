//! A file of the edition before, as that edition wrote it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

use sqlx::{Connection, SqliteConnection};
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::{CONFIRMATION, PROPOSAL};

const OLD: &str = "
CREATE TABLE entries (
    sequence        INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    request_digest  TEXT NOT NULL,
    body            TEXT NOT NULL,
    previous        TEXT NOT NULL,
    hash            TEXT NOT NULL
) STRICT;
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is changed'); END;
CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is removed'); END;
PRAGMA user_version = 1;
";

pub(super) fn file(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("log.sqlite")
}

async fn connected(dir: &tempfile::TempDir) -> SqliteConnection {
    SqliteConnection::connect_with(&file::options(&file(dir)).create_if_missing(true)).await.unwrap()
}

/// Cases `case-0`, `case-1` and `case-2` in turn, each proposal followed by its confirmation; the bodies fill several pages.
pub(super) async fn old(proposals: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut connection = connected(&dir).await;
    sqlx::raw_sql(OLD).execute(&mut connection).await.unwrap();
    let mut last = None;
    for k in 0..proposals {
        let filling = "x".repeat(20_000);
        let proposal = Record {
            idempotency_key: (k % 2 == 0).then(|| format!("k{k}")),
            body: format!(r#"{{"request":{{"case_id":"case-{}"}},"answer":"{filling}"}}"#, k % 3),
            ..record(&format!("p{k}"))
        };
        let confirmation = Record {
            kind: CONFIRMATION,
            body: format!(r#"{{"request":{{"level":"high"}},"answer":{{"proposal_id":"p{k}"}}}}"#),
            ..record(&format!("p{k}/confirmation"))
        };
        for record in [proposal, confirmation] {
            let entry = Entry::after(last, record);
            sqlx::query("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(entry.sequence)
                .bind(&entry.kind)
                .bind(&entry.id)
                .bind(&entry.idempotency_key)
                .bind(&entry.request_digest)
                .bind(&entry.body)
                .bind(&entry.previous)
                .bind(&entry.hash)
                .execute(&mut connection)
                .await
                .unwrap();
            last = Some((entry.sequence, entry.hash));
        }
    }
    connection.close().await.unwrap();
    dir
}

/// Everything in the old columns, and what the database says of itself.
async fn contents(
    dir: &tempfile::TempDir,
) -> (Vec<(i64, String, String, Option<String>, String, String)>, i64) {
    let mut connection = connected(dir).await;
    let rows = sqlx::query_as(
        "SELECT sequence, kind || ' ' || id, request_digest, idempotency_key, body, previous || hash
         FROM entries ORDER BY sequence",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let edition = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    (rows, edition)
}

#[tokio::test]
async fn entries_are_filed_under_their_cases_and_the_chain_stays() {
    let dir = old(7).await;
    let (rows, edition) = contents(&dir).await;
    assert_eq!((rows.len(), edition), (14, 1));
    let log = Log::open(&address(&dir)).await.unwrap();
    let verified = log.verify().await.unwrap();
    assert_eq!(verified.entries, 14);
    assert!(rows[13].5.ends_with(&verified.head), "the head is the one that the old edition wrote");
    for (case_id, sequences) in [("case-0", vec![1, 7, 13]), ("case-1", vec![3, 9]), ("case-2", vec![5, 11])]
    {
        let found = log.find_case(case_id).await.unwrap();
        assert!(found.iter().all(|entry| entry.kind == PROPOSAL));
        assert_eq!(found.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), sequences);
    }
    let next = Record { body: r#"{"request":{"case_id":"case-1"}}"#.to_owned(), ..record("next") };
    assert!(matches!(log.append(next).await.unwrap(), Appended::Written(entry) if entry.sequence == 15));
    assert_eq!(log.find_case("case-1").await.unwrap().len(), 3);
    assert_eq!(log.verify().await.unwrap().entries, 15);
    log.close().await.unwrap();
    let (after, edition) = contents(&dir).await;
    assert_eq!((&after[..14], edition), (&rows[..], 2));
    // The second time there is nothing to migrate.
    assert_eq!(Log::open(&address(&dir)).await.unwrap().verify().await.unwrap().entries, 15);
}

#[tokio::test]
async fn a_migrated_file_is_as_a_new_one() {
    let shape = async |dir: &tempfile::TempDir| -> Vec<(String, String)> {
        let mut connection = connected(dir).await;
        let columns =
            sqlx::query_as("SELECT name, type || ' ' || \"notnull\" FROM pragma_table_info('entries')");
        let mut shape: Vec<(String, String)> = columns.fetch_all(&mut connection).await.unwrap();
        let rest =
            "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL ORDER BY name";
        shape.extend(sqlx::query_as(rest).fetch_all(&mut connection).await.unwrap());
        shape
    };
    let migrated = old(1).await;
    Log::open(&address(&migrated)).await.unwrap().close().await.unwrap();
    let (new, _, log) = filled(0).await;
    log.close().await.unwrap();
    let shapes = (shape(&migrated).await, shape(&new).await);
    assert_eq!(shapes.0, shapes.1);
    assert_eq!(shapes.0.len(), 9 + 1 + 3);
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_the_edition_before() {
    let dir = old(40).await;
    let before = contents(&dir).await;
    let mut connection = connected(&dir).await;
    // So little is kept in memory that changed pages reach the disk long before the commit.
    sqlx::raw_sql("PRAGMA cache_size = 10").execute(&mut connection).await.unwrap();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
    assert_eq!(migration::migrate(&mut transaction).await.unwrap(), 80);
    let killed = copied(&dir);
    let ahead = std::fs::metadata(killed.path().join("log.sqlite-wal")).unwrap().len();
    assert!(ahead > 100_000, "{ahead} bytes of the migration are on the disk");
    drop(transaction);
    drop(connection);
    assert_eq!(contents(&killed).await, before);
    assert_eq!(before.1, 1);
    let log = Log::open(&address(&killed)).await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, 80);
    assert_eq!(log.find_case("case-0").await.unwrap().len(), 14);
}

#[tokio::test]
async fn a_broken_chain_is_migrated_as_it_is_and_still_found_broken() {
    let dir = old(2).await;
    let mut connection = connected(&dir).await;
    let (_, trigger) = schema::TRIGGERS[0];
    for sql in
        ["DROP TRIGGER entries_are_not_changed", "UPDATE entries SET body = 'x' WHERE sequence = 3", trigger]
    {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let log = Log::open(&address(&dir)).await.unwrap();
    let error = log.verify().await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence: 3, .. }), "{error}");
}

#[tokio::test]
async fn an_old_log_that_lost_its_triggers_is_refused_as_it_is() {
    let dir = old(1).await;
    let before = contents(&dir).await;
    let mut connection = connected(&dir).await;
    sqlx::raw_sql("DROP TRIGGER entries_are_not_changed").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    match Log::open(&address(&dir)).await.unwrap_err() {
        Error::Unprotected { triggers, .. } => assert_eq!(triggers, ["entries_are_not_changed"]),
        other => panic!("{other}"),
    }
    assert_eq!(contents(&dir).await, before);
}

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Heard {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_migration_is_told_once_and_names_no_case() {
    // Told a first time before anybody listens: what is told at the same time in another test could go unheard.
    Log::open(&address(&old(1).await)).await.unwrap().close().await.unwrap();
    let dir = old(2).await;
    let heard = Heard::default();
    let told =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(heard.clone()).json();
    let guard = tracing::subscriber::set_default(told.finish());
    Log::open(&address(&dir)).await.unwrap().close().await.unwrap();
    Log::open(&address(&dir)).await.unwrap().close().await.unwrap();
    drop(guard);
    let heard = String::from_utf8(heard.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = heard.lines().filter(|line| line.contains("log migrated")).collect();
    assert_eq!(lines.len(), 1, "{heard}");
    assert!(lines[0].contains(r#""from":1,"to":2,"entries":4"#), "{}", lines[0]);
    assert!(!heard.contains("case-"), "{heard}");
}
