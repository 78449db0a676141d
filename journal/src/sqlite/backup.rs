//! A copy of the log, made while a service writes to it.
//!
//! The pages are copied as they are (SQLite's online backup) in one transaction that reads: the copy is the log after one commit, with its
//! tables, triggers, dictionaries, tree and edition, and no writer waits. `VACUUM INTO` would write every row anew instead, at several times the
//! work, and its file would be another one than the log. Without the transaction, the backup would begin anew with every entry.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, ffi};

use super::file::beside;
use super::reader::SqliteReader;
use super::{Store, reading};
use crate::Error;

/// What SQLite takes for a part of the log if it lies beside it.
const PARTS: [&str; 3] = ["-wal", "-shm", "-journal"];

impl SqliteReader {
    /// Copies the log aside, for its owner alone; see [`Log::back_up`](crate::Log::back_up).
    ///
    /// # Errors
    /// [`Error::Store`] if the file cannot be written, or if it, its `.part` or what SQLite would take for a part of it is there already.
    pub(crate) async fn copied(&self, out: &Path) -> Result<Unnamed, Error> {
        let unnamed = Unnamed::create("back up", self.place(), out)?;
        self.is_no_part(&unnamed.out)?;
        let aside = &unnamed.aside;
        let to = aside.0.clone();
        let copied = self.reading.ask(move |inner: &reading::Inner, from| {
            copy(from, &to).map_err(|source| {
                inner.failed(format!("it cannot be copied to `{}`: {source}", to.display()))
            })
        });
        self.checked(copied).await?;
        unnamed.sync()?;
        Ok(unnamed)
    }

    /// Refuses a name that SQLite would take for a part of this log.
    fn is_no_part(&self, out: &Path) -> Result<(), Error> {
        let of = |path: &Path| Some((path.parent()?.canonicalize().ok()?, path.file_name()?.to_owned()));
        let log = std::path::absolute(self.place()).map_err(|source| self.cannot(source))?;
        if PARTS.iter().any(|part| of(out).is_some_and(|out| Some(out) == of(&beside(&log, part)))) {
            let problem = format!("`{}` would be taken for a part of the log", out.display());
            return Err(self.cannot(problem));
        }
        Ok(())
    }

    fn cannot(&self, problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::store("back up", self.place(), problem)
    }
}

/// A copy on the disk that has not got its name yet; removed if it does not get it.
pub(crate) struct Unnamed {
    aside: Aside,
    out: PathBuf,
    action: &'static str,
    log: String,
}

impl Unnamed {
    /// An empty file beside the one that must not exist; errors say that something cannot be done to a log.
    ///
    /// # Errors
    /// [`Error::Store`] if the file cannot be made, or if it, its `.part` or what SQLite would take for a part of it is there already.
    pub fn create(action: &'static str, log: &str, out: &Path) -> Result<Self, Error> {
        let failed = |problem: String| Error::store(action, log, problem);
        // SQLite reads some relative names in its own way.
        let out = std::path::absolute(out)
            .map_err(|source| failed(format!("cannot find `{}`: {source}", out.display())))?;
        let aside = beside(&out, ".part");
        let parts = [&out, &aside].map(|path| PARTS.map(|part| beside(path, part)));
        for taken in std::iter::once(out.clone()).chain(parts.into_iter().flatten()) {
            if taken.symlink_metadata().is_ok() {
                return Err(failed(format!("`{}` exists, and a copy replaces no file", taken.display())));
            }
        }
        let aside = Aside::create(aside).map_err(|(path, source)| {
            let hint = match source.kind() {
                io::ErrorKind::AlreadyExists => {
                    " (another copy is being made, or one that was stopped left it: then remove it)"
                }
                _ => "",
            };
            failed(format!("cannot create `{}`: {source}{hint}", path.display()))
        })?;
        Ok(Self { aside, out, action, log: log.to_owned() })
    }

    /// Where it is until it has its name.
    pub fn path(&self) -> &Path {
        &self.aside.0
    }

    /// Opens the copy.
    pub async fn open(&self) -> Result<SqliteReader, Error> {
        SqliteReader::open_file(self.aside.0.clone()).await
    }

    /// Makes it durable.
    pub fn sync(&self) -> Result<(), Error> {
        let synced = File::open(self.path()).and_then(|file| file.sync_all());
        synced.map_err(|source| self.failed("write", self.path(), &source))
    }

    /// Gives it its name.
    pub fn named(self) -> Result<(), Error> {
        let Self { aside, out, action, log } = self;
        aside.named(&out).map_err(|source| {
            Error::store(action, log, format!("cannot create `{}`: {source}", out.display()))
        })
    }

    fn failed(&self, what: &str, path: &Path, source: &io::Error) -> Error {
        Error::store(self.action, &self.log, format!("cannot {what} `{}`: {source}", path.display()))
    }
}

/// Copies every page as of now into an empty file.
fn copy(from: &Connection, to: &Path) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut to = Connection::open_with_flags(to, flags)?;
    // It is thrown away if anything goes wrong, and made durable as a whole.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")?;
    // Rolled back, which a transaction that only read does not notice, however this ends.
    let reading = from.unchecked_transaction()?;
    reading.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    {
        let backup = Backup::new(&reading, &mut to)?;
        match backup.step(-1)? {
            StepResult::Done => {}
            // Nobody else is at the copy, and the log is being read already.
            _ => {
                let busy = ffi::Error::new(ffi::SQLITE_BUSY);
                return Err(rusqlite::Error::SqliteFailure(busy, None));
            }
        }
    }
    to.close().map_err(|(_, source)| source)
}

/// A file that is removed unless it gets its name.
struct Aside(PathBuf);

impl Aside {
    fn create(path: PathBuf) -> Result<Self, (PathBuf, io::Error)> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(_) => Ok(Self(path)),
            Err(source) => Err((path, source)),
        }
    }

    /// Gives it its name, durably; never that of another file.
    fn named(self, name: &Path) -> io::Result<()> {
        // Unlike a rename, a link replaces nothing.
        match fs::hard_link(&self.0, name) {
            Ok(()) => {}
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => return Err(source),
            // A file system without links.
            Err(_) if name.symlink_metadata().is_err() => fs::rename(&self.0, name)?,
            Err(source) => return Err(source),
        }
        let folder = name.parent().unwrap_or(Path::new("/"));
        drop(self);
        File::open(folder)?.sync_all()
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Gone already, if it was renamed.
        let _ = fs::remove_file(&self.0);
    }
}
