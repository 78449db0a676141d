//! The file: where it is, whose it is, and how it is opened for writing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::Error;
use crate::address::shown;

/// How long a connection waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);

/// The path in `sqlite:path` or a bare path; anything else with a scheme is refused.
pub(super) fn path(address: &str) -> Result<PathBuf, Error> {
    let refused = || Error::Address { found: shown(address) };
    let rest = match address.strip_prefix("sqlite:") {
        Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
        None if address.contains("://") => return Err(refused()),
        None => address,
    };
    // `:memory:` would be a log that is not durable, `?` would set options behind our back.
    if rest.is_empty() || rest == ":memory:" || rest.contains('?') { Err(refused()) } else { Ok(rest.into()) }
}

/// How every connection of a store that writes is made.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub path: PathBuf,
    /// SQL that a connection begins with, after our own.
    begin: String,
}

impl Opening {
    pub fn of(path: &Path) -> Self {
        Self { path: path.to_owned(), begin: String::new() }
    }

    /// Sets more on every connection, as a test may.
    #[cfg(test)]
    pub fn begin(self, sql: impl Into<String>) -> Self {
        Self { begin: sql.into(), ..self }
    }

    /// A connection to a file that must be there.
    pub fn connect(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(BUSY)?;
        // The size of a page takes effect when the file is made. Every commit is on the disk before it is acknowledged. What is removed is overwritten.
        connection.execute_batch(
            "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
        )?;
        connection.execute_batch(&self.begin)?;
        Ok(connection)
    }

    /// The same, only to be read by us.
    pub fn connect_to_read(&self) -> rusqlite::Result<Connection> {
        let connection = self.connect()?;
        connection.execute_batch("PRAGMA query_only = on")?;
        Ok(connection)
    }

    /// Makes the file, if it is not there, for its owner alone: it holds answers about cases.
    pub fn own(&self) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.path).map(|_| ())
    }

    pub fn failed(
        &self,
        action: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::store(action, self.path.display(), source)
    }
}

/// A connection that only reads, however the address says that the file is opened.
pub(super) fn read_only(address: &str) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(address, flags)?;
    connection.busy_timeout(BUSY)?;
    Ok(connection)
}

/// What lies beside the log under its name and a suffix.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
