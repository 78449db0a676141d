//! What a registry keeps beside a version: not part of it, and not covered by its digest.

use std::path::PathBuf;

use super::Registry;
use crate::registry::store::FolderFiles;
use crate::{Error, Version};

impl Registry {
    /// Keeps a file beside a version, once.
    ///
    /// # Errors
    /// [`Error::Invalid`] if there is such a file; [`Error::Io`].
    pub(super) fn keep_beside(&self, version: &Version, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let folder = folder(version, name);
        if self.store.put_new(&folder, &FolderFiles::from([(name.to_owned(), bytes.to_vec())]))? {
            return Ok(());
        }
        Err(Error::invalid(self.place(&folder).display().to_string(), "it is there already"))
    }

    /// A file beside a version with its place, if it is there.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(super) fn beside(&self, version: &Version, name: &str) -> Result<Option<(PathBuf, Vec<u8>)>, Error> {
        let file = format!("{}/{name}", folder(version, name));
        Ok(self.store.get(&file)?.map(|bytes| (self.place(&file), bytes)))
    }
}

/// The folder of a file beside a version, which is named by its digest: a number may be given twice if somebody removes a version.
fn folder(version: &Version, name: &str) -> String {
    let (model, kind) = (&version.manifest().name, name.split('.').next().unwrap_or(name));
    format!("{model}/{kind}/{}", version.digest())
}
