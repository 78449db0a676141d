//! The file: where it is, whose it is, and how it is opened.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::reading::Reading;
use super::schema::Found;
use super::writer::Writer;
use crate::Error;

/// The path in `sqlite:path` or a bare path; anything else with a scheme is refused.
pub(super) fn path(address: &str) -> Result<PathBuf, Error> {
    let refused = || Error::Address { found: address.to_owned() };
    let rest = match address.strip_prefix("sqlite:") {
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None if address.contains("://") => return Err(refused()),
        None => address,
    };
    // `:memory:` would be a log that is not durable, `?` would set options behind our back.
    if rest.is_empty() || rest == ":memory:" || rest.contains('?') { Err(refused()) } else { Ok(rest.into()) }
}

/// The writing connection and a few reading ones.
pub(super) async fn open(path: &Path, options: SqliteConnectOptions) -> Result<(Writer, Reading), Error> {
    let failed = |source: sqlx::Error| Error::Store {
        action: "open",
        log: path.display().to_string(),
        source: source.into(),
    };
    own(path).map_err(|error| failed(error.into()))?;
    let writer = Writer::open(path, options.clone()).await?;
    let pool = readers().connect_with(options.pragma("query_only", "on")).await.map_err(failed)?;
    let reading = Reading { place: path.display().to_string(), pool, edition: Found::Present };
    Ok((writer, reading))
}

/// A few connections that stay open: on a full disk a new one may not find the room it needs to begin.
fn readers() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(10))
        .idle_timeout(None)
        .max_lifetime(None)
}

/// How every connection is made.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // Takes effect when the file is made; a proposal fills several pages of this size.
        .page_size(4096)
        .journal_mode(SqliteJournalMode::Wal)
        // Every commit is on the disk before it is acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // Operational logs never carry statements.
        .disable_statement_logging()
}

/// Makes the file, if it is not there, for its owner alone: it holds answers about cases.
fn own(path: &Path) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}
