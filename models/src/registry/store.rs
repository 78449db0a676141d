//! Where a registry keeps its files.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::Error;

/// The bytes of the files of a folder, by name.
pub type FolderFiles = BTreeMap<String, Vec<u8>>;

/// A place for published versions and the logs beside them.
///
/// Paths are names joined by `/`, relative to the store: `vpr/3`, `vpr/aliases.jsonl`. A folder is put whole and never
/// changes; a log is only ever added to; a secret is put once. Nothing else is stored. Whoever writes and whoever reads may be other
/// processes, on other machines if the store says so.
///
/// What an implementation must hold to is checked by the conformance suite (`registry::conformance`, feature `testing`).
pub trait Store: fmt::Debug + Send + Sync {
    /// What the store is called where something is wrong with a file of it.
    fn location(&self) -> &Path;

    /// Names of the folders in a folder (`""` is the store itself), in the order of their bytes; none if it is not there.
    ///
    /// Of what is just being put, nothing is listed.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn list(&self, folder: &str) -> Result<Vec<String>, Error>;

    /// A file of a folder; `None` if it is not there.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error>;

    /// Every file of a folder.
    ///
    /// # Errors
    /// [`Error::Io`], also if the folder is not there; [`Error::Format`] if it holds what is no file.
    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error>;

    /// Puts a folder with all its files, durably; `false`, and nothing is changed, if the folder is there.
    ///
    /// A reader sees all of it or nothing. Of several that put the same folder at the same time, one is told `true`.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is put then.
    fn put_new(&self, folder: &str, files: &FolderFiles) -> Result<bool, Error>;

    /// Puts a file that nobody but its owner may read, durably, unless it is there; gives what it holds then.
    ///
    /// Of several that put the same file at the same time, all are given the same bytes. [`get`](Self::get) reads it.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error>;

    /// All entries of a log; empty if none was added yet. Never half an entry that is just being added.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn log(&self, log: &str) -> Result<Vec<u8>, Error>;

    /// A mark of a log as it is now: as long as it stays the same, so does the log. It costs nothing in the length of the log.
    ///
    /// # Errors
    /// [`Error::Io`].
    fn mark(&self, log: &str) -> Result<String, Error>;

    /// Whether the mark of a log that is there can be asked for by a thread that must not wait: it takes microseconds, and no other
    /// machine or program is asked.
    fn is_at_hand(&self, _log: &str) -> bool {
        false
    }

    /// Adds an entry to a log, durably; `false`, and nothing is changed, if the log is no longer what was `seen` of it.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is added then, unless the connection to a store on a network broke while it added: whoever reads the
    /// log again knows.
    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error>;

    /// Takes off a log what comes after its first `length` bytes, durably, and keeps that in a file first; `false`, and nothing is
    /// changed, if the log is no longer what was `seen` of it.
    ///
    /// # Errors
    /// [`Error::Io`]; the log is as it was then.
    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error>;
}

/// What is added to a log at once.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The bytes added to the log.
    pub line: &'a [u8],
    /// A file that the line tells of, with its bytes. It is there before the line is. Its name says what it holds, such as a digest: a
    /// file of that name without a line, left by a process that was killed or lost a race, is the same file.
    pub beside: Option<(&'a str, &'a [u8])>,
}
