//! The tables of the present edition: made if the file is new, checked if it is not.

use std::path::Path;

use sqlx::{Connection, SqliteConnection};

use super::migration;
use crate::Error;

/// Edition of the table below, kept in the file's `user_version`.
pub(super) const EDITION: i64 = 2;

const TABLE: &str = "
CREATE TABLE entries (
    sequence        INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    request_digest  TEXT NOT NULL,
    body            TEXT NOT NULL,
    previous        TEXT NOT NULL,
    hash            TEXT NOT NULL,
    case_id         TEXT
) STRICT";

/// Not every entry names a case.
pub(super) const INDEX: &str = "CREATE INDEX entries_by_case ON entries (case_id) WHERE case_id IS NOT NULL";

/// Entries are added; nothing is ever changed, removed or replaced. By name, as the database keeps them.
pub(super) const TRIGGERS: [(&str, &str); 3] = [
    (
        "entries_are_not_changed",
        "CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is changed'); END",
    ),
    (
        "entries_are_not_removed",
        "CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is removed'); END",
    ),
    // `INSERT OR REPLACE` removes what is in its way without asking the trigger above.
    (
        "entries_are_not_replaced",
        "CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries
    WHERE sequence = NEW.sequence OR id = NEW.id OR idempotency_key = NEW.idempotency_key)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is replaced'); END",
    ),
];

/// Writes an entry, field by field in the table's order.
pub(super) const INSERT: &str = "
INSERT INTO entries (sequence, kind, id, idempotency_key, request_digest, body, previous, hash, case_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/// Writes what no log keeps, as many characters as are bound; to be rolled back.
pub(super) const TRY_OUT: &str = "
INSERT INTO entries (kind, id, request_digest, body, previous, hash)
VALUES ('', hex(randomblob(16)), '', printf('%.*c', ?, 'x'), '', '')";

/// Entries of a case, from a sequence on.
pub(super) const OF_A_CASE: &str =
    "SELECT * FROM entries WHERE case_id = ? AND sequence >= ? ORDER BY sequence LIMIT ?";

/// What a file is found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is in it.
    Empty,
    /// A log of the present edition.
    Present,
    /// A log of the edition that is migrated.
    Old,
}

/// Makes what a new file lacks, migrates the edition before, and refuses what is neither.
pub(super) async fn prepare(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let failed = |source| failed(path, source);
    // Two processes may make the same new file: the first one does, the second finds it made.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let mut migrated = None;
    match look(&mut transaction, path).await? {
        Found::Empty => make(&mut transaction).await.map_err(failed)?,
        Found::Present => {}
        Found::Old => migrated = Some(migration::migrate(&mut transaction).await.map_err(failed)?),
    }
    transaction.commit().await.map_err(failed)?;
    if let Some(entries) = migrated {
        tracing::info!(from = migration::FROM, to = EDITION, entries, "log migrated");
    }
    Ok(())
}

/// Refuses what is not a log of the present edition any more.
pub(super) async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    match look(connection, path).await? {
        Found::Present => Ok(()),
        Found::Empty => Err(other(path, "empty".to_owned())),
        Found::Old => Err(other(path, format!("of edition {}", migration::FROM))),
    }
}

/// What the file is; an error if it is no log, one of a newer edition, or one that has lost its triggers.
pub(super) async fn look(connection: &mut SqliteConnection, path: &Path) -> Result<Found, Error> {
    let failed = |source| failed(path, source);
    let edition: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await.map_err(failed)?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let (found, triggers) = match (edition, tables) {
        (0, 0) => return Ok(Found::Empty),
        (EDITION, _) => (Found::Present, &TRIGGERS[..]),
        (migration::FROM, _) => (Found::Old, &migration::TRIGGERS[..]),
        (0, _) => return Err(other(path, "another program's database".to_owned())),
        (newer, _) => return Err(other(path, format!("of edition {newer}"))),
    };
    if !is_log(&mut *connection, found == Found::Old).await.map_err(failed)? {
        return Err(other(path, "a database without the table `entries`".to_owned()));
    }
    let triggers = missing(connection, triggers).await.map_err(failed)?;
    if !triggers.is_empty() {
        return Err(Error::Unprotected { log: path.display().to_string(), triggers });
    }
    Ok(found)
}

fn failed(path: &Path, source: sqlx::Error) -> Error {
    Error::Store { action: "open", log: path.display().to_string(), source: source.into() }
}

/// Says what was found in the place of a log.
pub(super) fn other(path: &Path, found: String) -> Error {
    Error::Format { log: path.display().to_string(), found, expected: format!("a log of edition {EDITION}") }
}

async fn make(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for sql in [TABLE, INDEX, "PRAGMA user_version = 2"] {
        sqlx::raw_sql(sql).execute(&mut *connection).await?;
    }
    for (_, sql) in TRIGGERS {
        sqlx::raw_sql(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether the table has the columns of its edition.
async fn is_log(connection: &mut SqliteConnection, old: bool) -> Result<bool, sqlx::Error> {
    let columns: Vec<String> =
        sqlx::query_scalar("SELECT name FROM pragma_table_info('entries') ORDER BY cid")
            .fetch_all(connection)
            .await?;
    let expected =
        ["sequence", "kind", "id", "idempotency_key", "request_digest", "body", "previous", "hash"];
    let new = (!old).then_some("case_id");
    Ok(columns.iter().map(String::as_str).eq(expected.into_iter().chain(new)))
}

/// Names of the triggers that are not there, or not as they were made.
async fn missing(
    connection: &mut SqliteConnection,
    expected: &[(&'static str, &str)],
) -> Result<Vec<&'static str>, sqlx::Error> {
    let found: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'entries'")
            .fetch_all(connection)
            .await?;
    let is_there = |(name, sql): &(&str, &str)| found.iter().any(|(n, s)| n == name && s == sql);
    Ok(expected.iter().filter(|trigger| !is_there(trigger)).map(|(name, _)| *name).collect())
}
