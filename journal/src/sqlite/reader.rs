//! The log for somebody who only reads: an auditor with a copy, on a read-only mount, or beside a running service.
//!
//! Nothing is written, not even beside the log, and no lock is taken that a writer would wait for. A log of the
//! edition before is read as it is.
//!
//! Beside the log, a service keeps what it has not moved into it (`-wal`) and what its connections share (`-shm`).
//! SQLite makes both for whoever opens the log, a reader too, and leaves them behind as that reader's. So what is
//! there decides how the log is opened.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use rusqlite::{Connection, ErrorCode};

use super::file::{self, beside};
use super::reading::Reading;
use super::schema::{self, Found};
use crate::packing::codec::Codec;
use crate::tree::Leaf;
use crate::{Appended, Entry, Erasure, Error, Listed, Page, Pending, Progress, Record, Search, Store};

/// How often the way to open the log is chosen again, if a service starts or stops at that moment.
const ATTEMPTS: usize = 5;

/// One file, to be read only.
#[derive(Debug)]
pub struct SqliteReader {
    pub(super) reading: Reading,
    /// What the files were, if nothing keeps a writer from changing them.
    untouched: Option<[Seen; 2]>,
}

/// How a log is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// A service is at it, or was killed: what is shared is read along.
    Shared,
    /// What is not yet in the log lies beside it, but what connections share is gone: a copy. Nobody else is at it.
    Copy,
    /// The log is one file. Nobody else is at it.
    Alone,
}

/// Length of a file and when it was changed last; nothing if it is not there.
type Seen = Option<(u64, SystemTime)>;

impl SqliteReader {
    /// Opens the file at a path or `sqlite:path`, which must be there.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Address`], [`Error::Store`], [`Error::Format`], [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        Self::open_file(file::path(address)?).await
    }

    pub(super) async fn open_file(path: PathBuf) -> Result<Self, Error> {
        let place = path.display().to_string();
        if !path.is_file() {
            return Err(Error::Missing { log: place });
        }
        let opened = tokio::task::spawn_blocking(move || {
            let mut attempt = 1;
            loop {
                let how = How::of(&path);
                match Self::open_as(&path, how) {
                    // Read as a copy is, unless somebody turns out to write to it all the same.
                    Err(error) if how == How::Shared && is_in_disorder(&error) => {
                        return Self::open_as(&path, How::aside(&path));
                    }
                    Err(Error::Store { .. }) if attempt < ATTEMPTS && How::of(&path) != how => attempt += 1,
                    opened => return opened,
                }
            }
        });
        opened.await.unwrap_or_else(|_| Err(Error::store("open", place, "opening it panicked")))
    }

    fn open_as(path: &Path, how: How) -> Result<Self, Error> {
        let place = path.display().to_string();
        let untouched = (how != How::Shared).then(|| seen(path));
        let connection = how.connect(path)?;
        let Found::Edition(edition) = schema::look(&connection, path)? else {
            return Err(schema::other(path, "empty".to_owned()));
        };
        // One connection: a copy is read by one at a time.
        let reading = Reading::new(place, edition, Arc::new(Codec::default()), vec![connection]);
        let reader = Self { reading, untouched };
        reader.check()?;
        Ok(reader)
    }

    /// Refuses what was read while somebody else changed it.
    fn check(&self) -> Result<(), Error> {
        let place = self.reading.place();
        match &self.untouched {
            Some(before) if seen(Path::new(place)) != *before => {
                Err(Error::store("read", place, "it was changed while it was read; read it again"))
            }
            _ => Ok(()),
        }
    }

    /// What was read, if it may be believed.
    pub(super) fn checked<'a, T: Send>(
        &'a self,
        read: impl Future<Output = Result<T, Error>> + Send + 'a,
    ) -> Pending<'a, T> {
        Box::pin(async move {
            let read = read.await;
            self.check()?;
            read
        })
    }
}

impl Store for SqliteReader {
    fn place(&self) -> &str {
        self.reading.place()
    }

    fn append(&self, _: Record) -> Pending<'_, Appended> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        self.checked(self.reading.find(id))
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        self.checked(self.reading.find_key(key))
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        self.checked(self.reading.find_case(case_id, from, limit))
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        self.checked(self.reading.entries(from, limit))
    }

    fn leaves(&self, from: i64, limit: u32) -> Pending<'_, Vec<Leaf>> {
        self.checked(self.reading.leaves(from, limit))
    }

    fn list<'a>(&'a self, search: &'a Search, page: Page) -> Pending<'a, Vec<Listed>> {
        self.checked(self.reading.list(search, page))
    }

    fn erase(&self, _: Erasure) -> Pending<'_, Entry> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn progress(&self) -> Option<Progress> {
        None
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async {
            self.reading.close().await;
            Ok(())
        })
    }
}

impl How {
    fn of(path: &Path) -> Self {
        if beside(path, "-shm").exists() { Self::Shared } else { Self::aside(path) }
    }

    /// Without what connections share.
    fn aside(path: &Path) -> Self {
        match seen(path) {
            [_, Some((length, _))] if length > 0 => Self::Copy,
            _ => Self::Alone,
        }
    }

    fn connect(self, path: &Path) -> Result<Connection, Error> {
        let address = self.address(path).map_err(|source| Error::store("open", path.display(), source))?;
        let connection = file::read_only(&address).and_then(|connection| {
            // What connections would share is then kept in memory.
            if self == Self::Copy {
                connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
            }
            Ok(connection)
        });
        connection.map_err(|source| Error::store("open", path.display(), source))
    }

    /// As an address: SQLite takes some ways of opening a file from there alone.
    fn address(self, path: &Path) -> std::io::Result<String> {
        let mut address = String::from("file://");
        for byte in std::path::absolute(path)?.as_os_str().as_encoded_bytes() {
            match byte {
                b'/' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    address.push(char::from(*byte))
                }
                other => write!(address, "%{other:02X}").unwrap_or_default(),
            }
        }
        address.push_str(match self {
            Self::Shared => "?readonly_shm=1",
            Self::Copy => "?vfs=unix-none",
            Self::Alone => "?immutable=1",
        });
        Ok(address)
    }
}

/// Whether what connections share is as somebody left it who was killed while they changed it: only a writer may put it in order.
fn is_in_disorder(error: &Error) -> bool {
    let Error::Store { source, .. } = error else { return false };
    let code = source.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    code == Some(ErrorCode::FileLockingProtocolFailed)
}

/// The log, and what lies beside it to be moved into it.
fn seen(path: &Path) -> [Seen; 2] {
    [path.to_owned(), beside(path, "-wal")].map(|path| {
        let data = std::fs::metadata(path).ok()?;
        Some((data.len(), data.modified().ok()?))
    })
}
