//! The file of API keys, as `amparo access` changes it: whole or not at all, and one change after the other.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::file::{ApiKey, KeyFile, Revoked};
use super::issued::{Issue, Issued};
use crate::Error;

/// A file of API keys.
#[derive(Debug, Clone)]
pub struct KeyStore(PathBuf);

impl KeyStore {
    /// The file at a path, which need not be there yet.
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The keys.
    ///
    /// # Errors
    /// [`Error::ApiKeys`] if the file is not there or is none.
    pub fn list(&self) -> Result<Vec<ApiKey>, Error> {
        self.read().map(|file| file.keys)
    }

    /// Makes a key, and the file if it is not there.
    ///
    /// # Errors
    /// [`Error::ApiKeys`].
    pub fn issue(&self, issue: Issue, by: &str, now: Timestamp) -> Result<Issued, Error> {
        self.change(true, |file| self.add(file, issue, by, now))
    }

    /// Makes a key in the place of another, which holds for `overlap` more at most.
    ///
    /// # Errors
    /// [`Error::ApiKeys`], also if the key holds no more or has a successor.
    pub fn rotate(
        &self,
        id: &str,
        (expires, overlap): (Timestamp, SignedDuration),
        by: &str,
        now: Timestamp,
    ) -> Result<Issued, Error> {
        self.change(false, |file| {
            let (state, old) = self.known(file, id, now)?;
            if state != "valid" {
                return Err(self.refused(format!("key `{id}` is {state}, expected a valid one")));
            }
            if let Some(successor) = &old.successor {
                return Err(
                    self.refused(format!("key `{id}` was rotated already: its successor is `{successor}`"))
                );
            }
            let issue = Issue::like(old, expires);
            let issued = self.add(file, issue, by, now)?;
            let until = now.checked_add(overlap).map_err(|error| self.refused(error.to_string()))?;
            let (_, old) = self.known(file, id, now)?;
            old.expires = old.expires.min(until);
            old.successor = Some(issued.key.id.clone());
            Ok(issued)
        })
    }

    /// Says that a key holds no more.
    ///
    /// # Errors
    /// [`Error::ApiKeys`], also if it was revoked before.
    pub fn revoke(&self, id: &str, by: &str, now: Timestamp) -> Result<ApiKey, Error> {
        self.change(false, |file| {
            let (state, key) = self.known(file, id, now)?;
            if state == "revoked" {
                return Err(self.refused(format!("key `{id}` was revoked already")));
            }
            key.revoked = Some(Revoked { at: now, by: by.to_owned() });
            Ok(key.clone())
        })
    }

    fn add(&self, file: &mut KeyFile, issue: Issue, by: &str, now: Timestamp) -> Result<Issued, Error> {
        let problems = issue.problems(now);
        if !problems.is_empty() {
            return Err(self.refused(problems.join("; ")));
        }
        let issued = issue.drawn(by, now).map_err(|problem| self.refused(problem))?;
        file.keys.push(issued.key.clone());
        Ok(issued)
    }

    fn known<'a>(
        &self,
        file: &'a mut KeyFile,
        id: &str,
        now: Timestamp,
    ) -> Result<(&'static str, &'a mut ApiKey), Error> {
        let key = file.keys.iter_mut().find(|key| key.id == id);
        key.map(|key| (key.state(now), key)).ok_or_else(|| self.refused(format!("there is no key `{id}`")))
    }

    /// Does something with what the file holds, while nobody else does, and writes it.
    fn change<T>(
        &self,
        make: bool,
        change: impl FnOnce(&mut KeyFile) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let failed = |error: std::io::Error| self.refused(error.to_string());
        // A file of its own: the one with the keys is replaced, and a lock on it would be a lock on what it was.
        let lock = owned(&self.beside("lock"), false).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut file = match self.read() {
            Err(Error::ApiKeys { .. }) if make && !self.0.exists() => KeyFile::default(),
            read => read?,
        };
        let done = change(&mut file)?;
        let text = serde_json::to_string_pretty(&file).map_err(|error| self.refused(error.to_string()))?;
        self.write(&format!("{text}\n")).map_err(failed)?;
        Ok(done)
    }

    /// Beside the file, made durable and put into its place.
    fn write(&self, text: &str) -> std::io::Result<()> {
        let beside = self.beside("new");
        let mut new = owned(&beside, true)?;
        new.write_all(text.as_bytes())?;
        new.sync_all()?;
        std::fs::rename(&beside, &self.0)?;
        let folder =
            self.0.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    fn read(&self) -> Result<KeyFile, Error> {
        let text = std::fs::read_to_string(&self.0).map_err(|error| match error.kind() {
            ErrorKind::NotFound => self.refused("there is no such file".to_owned()),
            _ => self.refused(error.to_string()),
        })?;
        KeyFile::parse(&text).map_err(|problem| self.refused(problem))
    }

    fn beside(&self, extension: &str) -> PathBuf {
        let mut name = self.0.as_os_str().to_owned();
        name.push(".");
        name.push(extension);
        name.into()
    }

    fn refused(&self, problem: String) -> Error {
        Error::ApiKeys { path: self.0.clone(), problem }
    }
}

/// A file that only its owner reads and writes.
fn owned(path: &Path, emptied: bool) -> std::io::Result<File> {
    OpenOptions::new().create(true).write(true).truncate(emptied).mode(0o600).open(path)
}

#[cfg(test)]
mod tests;
