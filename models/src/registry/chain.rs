//! Files that are only ever added to: one line an entry, each with the digest of the line before.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Error;
use crate::artefact::{format, sha256};

/// One line of such a file.
pub(super) trait Entry: Serialize + DeserializeOwned {
    /// Name of the file in the folder of a model.
    const FILE: &'static str;
    /// What the whole file should be, in words.
    const EXPECTED: &'static str;
    /// What a line should be, in words.
    const LINE: &'static str;

    /// Digest of the line before, as this line states it.
    fn previous(&self) -> Option<&str>;

    /// States the digest of the line before.
    fn set_previous(&mut self, digest: Option<String>);

    /// What is wrong with this line after those before it, if anything is.
    fn problem(&self, before: &[Self]) -> Option<String>;
}

/// All lines of a file, in order, the chain of digests checked.
#[derive(Debug)]
pub(super) struct Chain<T> {
    pub(super) lines: Vec<T>,
    /// Digest of the last line.
    last: Option<String>,
}

impl<T: Entry> Chain<T> {
    /// Reads and checks all lines; a model without the file has none.
    pub(super) fn read(model_dir: &Path) -> Result<Self, Error> {
        let path = model_dir.join(T::FILE);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Self::parse(&path, &[]),
            Err(source) => return Err(Error::Io { action: "read", path, source }),
        };
        // Shared with other readers; waits for a line that is just being added. Given back when the file is closed.
        file.lock_shared().map_err(|source| Error::Io { action: "lock", path: path.clone(), source })?;
        Self::parse(&path, &read_all(&path, &mut file)?)
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Error> {
        let mut chain = Self { lines: Vec::new(), last: None };
        for (line, number) in bytes.split_inclusive(|&b| b == b'\n').zip(1..) {
            let refuse = |problem: String| Err(format(path, T::EXPECTED, format!("line {number} {problem}")));
            let Some(line) = line.strip_suffix(b"\n") else {
                return refuse(format!("is cut short after {} bytes, expected a line feed", line.len()));
            };
            let entry: T = match serde_json::from_slice(line) {
                Ok(entry) => entry,
                Err(e) => return refuse(format!("is not {}: {e}", T::LINE)),
            };
            if entry.previous() != chain.last.as_deref() {
                let (found, expected) =
                    (entry.previous().unwrap_or("none"), chain.last.as_deref().unwrap_or("none"));
                return refuse(format!("follows a line with digest {found}, the line before has {expected}"));
            }
            if let Some(problem) = entry.problem(&chain.lines) {
                return refuse(problem);
            }
            chain.last = Some(sha256(line));
            chain.lines.push(entry);
        }
        Ok(chain)
    }
}

/// A file opened for one more line; nobody else adds to it as long as this lives.
pub(super) struct Writer<T> {
    path: PathBuf,
    file: File,
    length: u64,
    chain: Chain<T>,
}

impl<T: Entry> Writer<T> {
    /// Waits for its turn, then reads and checks all lines.
    pub(super) fn open(model_dir: &Path) -> Result<Self, Error> {
        let path = model_dir.join(T::FILE);
        let io = |action| {
            let path = path.clone();
            move |source| Error::Io { action, path, source }
        };
        let opened = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = opened.map_err(io("write"))?;
        file.lock().map_err(io("lock"))?;
        let bytes = read_all(&path, &mut file)?;
        let chain = Chain::parse(&path, &bytes)?;
        Ok(Self { length: bytes.len() as u64, path, file, chain })
    }

    pub(super) fn lines(&self) -> &[T] {
        &self.chain.lines
    }

    /// Adds one line, chained to the last, and waits until it is on disk.
    pub(super) fn append(mut self, mut entry: T) -> Result<T, Error> {
        entry.set_previous(self.chain.last.take());
        let mut line =
            serde_json::to_vec(&entry).map_err(|e| format(&self.path, T::EXPECTED, e.to_string()))?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_all());
        if let Err(source) = written {
            // Half a line (a full disk) would make the whole file unreadable. If this fails too, readers say so.
            let _undone = self.file.set_len(self.length);
            return Err(Error::Io { action: "write", path: self.path, source });
        }
        Ok(entry)
    }
}

fn read_all(path: &Path, file: &mut File) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(source) => Err(Error::Io { action: "read", path: path.to_owned(), source }),
    }
}
