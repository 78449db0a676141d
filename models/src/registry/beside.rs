//! What a registry keeps beside a version: not part of it, and not covered by its digest.

use std::path::PathBuf;

use super::Registry;
use crate::artefact::sha256;
use crate::registry::store::FolderFiles;
use crate::{Error, Version};

/// Which model of a version out-of-fold scores are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoresOf {
    /// The model of its outcome, where it was cross-fitted, or its calibrator, where it was recalibrated.
    Outcome,
    /// Its lethality model.
    Lethality,
}

impl ScoresOf {
    /// The file of the scores.
    fn file(self) -> &'static str {
        match self {
            Self::Outcome => "out-of-fold.bin",
            Self::Lethality => "lethality-out-of-fold.bin",
        }
    }

    /// Their SHA-256, if the manifest of the version states it.
    fn stated(self, version: &Version) -> Option<&str> {
        let training = &version.manifest().training;
        match self {
            Self::Outcome => match &training.recalibration {
                Some(record) => record.cohort.out_of_fold.as_deref(),
                None => training.out_of_fold.as_deref(),
            },
            Self::Lethality => training.lethality.as_ref()?.out_of_fold.as_deref(),
        }
    }
}

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

    /// Keeps the out-of-fold scores of a version's model beside it.
    ///
    /// # Errors
    /// [`Error::Invalid`] if they are not those that its manifest states, or are there already; [`Error::Io`].
    pub fn keep_out_of_fold(&self, version: &Version, of: ScoresOf, scores: &[u8]) -> Result<(), Error> {
        let (found, stated) = (sha256(scores), of.stated(version));
        if stated != Some(found.as_str()) {
            let stated = stated.unwrap_or("none");
            return Err(Error::invalid(
                "out-of-fold scores",
                format!("SHA-256 {found} found, expected {stated}"),
            ));
        }
        self.keep_beside(version, of.file(), scores)
    }

    /// The out-of-fold scores of a version's model, if they are there.
    ///
    /// # Errors
    /// [`Error::Digest`] if they are not those that its manifest states; [`Error::Io`].
    pub fn out_of_fold(&self, version: &Version, of: ScoresOf) -> Result<Option<Vec<u8>>, Error> {
        let Some(stated) = of.stated(version) else { return Ok(None) };
        let Some((path, bytes)) = self.beside(version, of.file())? else { return Ok(None) };
        let found = sha256(&bytes);
        if found != stated {
            return Err(Error::Digest { path, expected: stated.to_owned(), found });
        }
        Ok(Some(bytes))
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
