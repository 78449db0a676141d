//! A registry in memory, for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::registry::store::{Entry, FolderFiles, Store};

/// A store in memory: what is put is gone with it.
#[derive(Debug, Default)]
pub struct Memory {
    /// The bytes of each file and log, by path.
    files: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl Memory {
    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        // Every change is a single insertion or extension, so a panic elsewhere leaves no half of one.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path inside a folder, relative to it.
fn inside<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

impl Store for Memory {
    fn location(&self) -> &Path {
        Path::new("memory")
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Error> {
        let files = self.files();
        let inner = files.keys().filter_map(|path| inside(path, folder)?.split_once('/'));
        let names: BTreeSet<&str> = inner.map(|(name, _)| name).collect();
        Ok(names.into_iter().map(str::to_owned).collect())
    }

    fn get(&self, file: &str) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.files().get(file).cloned())
    }

    fn get_folder(&self, folder: &str) -> Result<FolderFiles, Error> {
        let files = self.files();
        let found = files.iter().filter_map(|(path, bytes)| Some((inside(path, folder)?, bytes)));
        let found: FolderFiles = found
            .filter(|(name, _)| !name.contains('/'))
            .map(|(name, bytes)| (name.to_owned(), bytes.clone()))
            .collect();
        if found.is_empty() {
            let path = PathBuf::from("memory").join(folder);
            return Err(Error::Io { action: "list", path, source: io::ErrorKind::NotFound.into() });
        }
        Ok(found)
    }

    fn put_new(&self, folder: &str, new: &FolderFiles) -> Result<bool, Error> {
        let mut files = self.files();
        if files.keys().any(|path| inside(path, folder).is_some()) {
            return Ok(false);
        }
        files.extend(new.iter().map(|(name, bytes)| (format!("{folder}/{name}"), bytes.clone())));
        Ok(true)
    }

    fn put_secret(&self, file: &str, fresh: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.files().entry(file.to_owned()).or_insert_with(|| fresh.to_vec()).clone())
    }

    fn log(&self, log: &str) -> Result<Vec<u8>, Error> {
        Ok(self.files().get(log).cloned().unwrap_or_default())
    }

    fn mark(&self, log: &str) -> Result<String, Error> {
        Ok(self.files().get(log).map_or(0, Vec::len).to_string())
    }

    fn append(&self, log: &str, seen: &[u8], entry: Entry<'_>) -> Result<bool, Error> {
        let mut files = self.files();
        if files.get(log).map_or(&[][..], Vec::as_slice) != seen {
            return Ok(false);
        }
        if let Some((name, bytes)) = entry.beside {
            files.insert(name.to_owned(), bytes.to_vec());
        }
        files.entry(log.to_owned()).or_default().extend_from_slice(entry.line);
        Ok(true)
    }

    fn cut(&self, log: &str, seen: &[u8], length: usize, kept: &str) -> Result<bool, Error> {
        let mut files = self.files();
        let Some(bytes) = files.get_mut(log).filter(|bytes| *bytes == seen) else {
            return Ok(seen.is_empty());
        };
        let end = bytes.split_off(length.min(bytes.len()));
        files.insert(kept.to_owned(), end);
        Ok(true)
    }
}
