//! The file: opened durable, made if new, refused if foreign or newer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::Error;

/// Edition of the table below, kept in the file's `user_version`.
const EDITION: i64 = 1;

/// Entries are added; nothing is ever changed or removed, and the database itself refuses to.
const TABLE: &str = "
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

/// The path in `sqlite:path` or a bare path; anything else with a scheme is refused.
pub(crate) fn path(address: &str) -> Result<PathBuf, Error> {
    let refused = || Error::Address { found: address.to_owned() };
    let rest = match address.strip_prefix("sqlite:") {
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None if address.contains("://") => return Err(refused()),
        None => address,
    };
    // `:memory:` would be a log that is not durable, `?` would set options behind our back.
    if rest.is_empty() || rest == ":memory:" || rest.contains('?') { Err(refused()) } else { Ok(rest.into()) }
}

/// Pools of one writing connection and a few reading ones.
pub(crate) async fn open(path: &Path) -> Result<(SqlitePool, SqlitePool), Error> {
    let failed = |source: sqlx::Error| Error::Store {
        action: "open",
        log: path.display().to_string(),
        source: source.into(),
    };
    own_file(path).map_err(|error| failed(error.into()))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // Every commit is on the disk before it is acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // Operational logs never carry statements.
        .disable_statement_logging();
    let pool = |n| SqlitePoolOptions::new().max_connections(n).acquire_timeout(Duration::from_secs(10));
    let writer = pool(1).connect_with(options.clone()).await.map_err(failed)?;
    {
        let mut connection = writer.acquire().await.map_err(failed)?;
        prepare(&mut connection, path).await?;
    }
    let reader = pool(4).connect_with(options.pragma("query_only", "on")).await.map_err(failed)?;
    Ok((writer, reader))
}

/// Makes the file, if it is not there, for its owner alone: it holds answers about cases.
fn own_file(path: &Path) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

async fn prepare(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let failed = |source: sqlx::Error| Error::Store {
        action: "open",
        log: path.display().to_string(),
        source: source.into(),
    };
    let format = |found: String| Error::Format {
        log: path.display().to_string(),
        found,
        expected: format!("a log of edition {EDITION}"),
    };
    // Two processes may make the same new file: the first one does, the second finds it made.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let edition: i64 =
        sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *transaction).await.map_err(failed)?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_master")
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed)?;
    match (edition, tables) {
        (0, 0) => {
            sqlx::raw_sql(TABLE).execute(&mut *transaction).await.map_err(failed)?;
        }
        (EDITION, _) => {
            let columns: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pragma_table_info('entries') WHERE name IN
                 ('sequence', 'kind', 'id', 'idempotency_key', 'request_digest', 'body', 'previous', 'hash')",
            )
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
            if columns != 8 {
                return Err(format("a database without the table `entries`".to_owned()));
            }
        }
        (0, _) => return Err(format("another program's database".to_owned())),
        (newer, _) => return Err(format(format!("of edition {newer}"))),
    }
    transaction.commit().await.map_err(failed)
}
