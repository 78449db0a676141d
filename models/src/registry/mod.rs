//! Published versions, and the aliases that point to them.
//!
//! ```text
//! R/<model>/<version>/        a published version, numbered 1, 2, 3, ...; never changed
//! R/<model>/aliases.jsonl     every move of every alias, in order; never rewritten
//! R/<model>/verdicts.jsonl    every verdict of the gates on a version, in order; never rewritten
//! R/<model>/verdicts/         the verdicts themselves, by their SHA-256
//! R/<model>/bindings.jsonl    whose verdicts count, and by which gates, in order; never rewritten
//! R/<model>/fingerprints/     keyed fingerprints of the cases that a version has seen, by the digest of the version
//! R/<model>/out-of-fold/      scores of a cross-fitted version on its own cohort, by the digest of the version
//! R/<model>/lethality-out-of-fold/      the same of its lethality model on the cohort of that
//! R/fingerprint.key           the key of these fingerprints, for the owner only; it leaves the registry with nothing
//! ```
//! A version is read and verified before it is put, and put whole: a reader sees all of it or nothing. An alias moves by a
//! line that says who moved it, why, and which digest it was moved to. The files are kept by a [`Store`]: a [`Folder`], or
//! any other that passes the conformance suite (`registry::conformance`, feature `testing`). The version in
//! force is behind one alias, [`IN_FORCE`], which moves only to a version that the gates let pass.

mod aliases;
mod aside;
mod beside;
mod binding;
mod bound;
mod chain;
mod fingerprints;
mod folder;
mod history;
mod mend;
mod mounted;
mod publish;
mod reference;
mod store;
#[cfg(any(test, feature = "testing"))]
mod testing;
mod verdicts;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use amparo_signing::VerifierKey;
use serde::{Deserialize, Serialize};

pub use crate::name::check_name;
pub use beside::ScoresOf;
pub use binding::{Binding, ToBind};
pub use fingerprints::{Common, Fingerprints, Key, Seen};
pub use folder::Folder;
pub use history::Move;
pub use mend::Unfinished;
pub use reference::{ModelRef, Which};
pub use store::{Entry, FolderFiles, Store};
#[cfg(any(test, feature = "testing"))]
pub use testing::{Memory, conformance};
pub use verdicts::{IN_FORCE, VerdictEntry};

use crate::artefact::{MANIFEST, format};
use crate::name::{is_name, version_number};
use crate::{Error, Manifest, Version};

/// Published versions in a store.
#[derive(Debug, Clone)]
pub struct Registry {
    store: Arc<dyn Store>,
    /// By model.
    pointed: Arc<Mutex<HashMap<String, Pointed>>>,
    /// Keys of which one must have bound the gates of a version in force; none where any may.
    trusted: Arc<[VerifierKey]>,
}

/// Where the aliases of a model pointed when their history was read last.
#[derive(Debug)]
struct Pointed {
    /// The mark that the history had.
    mark: String,
    /// Whether its mark is known without waiting.
    is_at_hand: bool,
    last: Arc<LastMoves>,
}

/// The last move of each alias.
#[derive(Debug, Default)]
struct LastMoves {
    of: BTreeMap<String, Move>,
    /// Why the version in force is not believed to be one; see [`Registry::trusting`].
    unvouched: Option<String>,
}

/// What a registry holds of one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSummary {
    /// Name of the model.
    pub name: String,
    /// Numbers of its versions, ascending.
    pub versions: Vec<u32>,
    /// Where each alias points.
    pub aliases: BTreeMap<String, u32>,
}

impl Registry {
    /// Opens an existing registry in a folder.
    ///
    /// # Errors
    /// See [`Folder::open`].
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        Folder::open(dir).map(Self::on)
    }

    /// Opens a registry in a folder, making the folder if there is none.
    ///
    /// # Errors
    /// See [`Folder::create`].
    pub fn create(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        Folder::create(dir).map(Self::on)
    }

    /// A registry in any store.
    pub fn on(store: impl Store + 'static) -> Self {
        Self { store: Arc::new(store), pointed: Arc::default(), trusted: Arc::default() }
    }

    /// The same registry for somebody who trusts these keys only: a version in force counts if one of them has bound the gates that it passed.
    /// See [`Binding`].
    pub fn trusting(self, keys: impl Into<Arc<[VerifierKey]>>) -> Self {
        Self { trusted: keys.into(), pointed: Arc::default(), ..self }
    }

    /// Where it is: the folder of a [`Folder`].
    pub fn location(&self) -> &Path {
        self.store.location()
    }

    /// Every model that has a version, by name.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Format`] for a broken history of aliases.
    pub fn list(&self) -> Result<Vec<ModelSummary>, Error> {
        let mut models = Vec::new();
        for name in self.store.list("")?.into_iter().filter(|name| is_name(name)) {
            let versions = self.numbers(&name)?;
            if !versions.is_empty() {
                let aliases = self.pointers(&name)?;
                models.push(ModelSummary { name, versions, aliases });
            }
        }
        models.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(models)
    }

    /// Numbers of a model's versions, ascending.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it has none.
    pub fn versions(&self, model: &str) -> Result<Vec<u32>, Error> {
        check_name("model", model)?;
        let numbers = self.numbers(model)?;
        if !numbers.is_empty() {
            return Ok(numbers);
        }
        let known: Vec<String> = self.list()?.into_iter().map(|m| m.name).collect();
        Err(not_found("model", model, "it holds", known))
    }

    /// The manifest of a version, its own digests checked; the other files are not read.
    ///
    /// # Errors
    /// [`Error::NotFound`], or what is wrong with the manifest.
    pub fn manifest(&self, model: &str, version: u32) -> Result<Manifest, Error> {
        let folder = self.folder(model, version)?;
        let file = format!("{folder}/{MANIFEST}");
        let (manifest, _) = Manifest::from_bytes(&self.place(&file), &self.file(&file)?)?;
        check_place(&self.place(&folder), &manifest, model, version)?;
        Ok(manifest)
    }

    /// Reads and verifies a version; behind an alias, also that it is the one the alias was moved to.
    ///
    /// # Errors
    /// [`Error::NotFound`]; see [`Version::from_files`]; [`Error::Digest`] if the version behind an alias is another one now.
    pub fn load(&self, reference: &ModelRef) -> Result<Version, Error> {
        let model = reference.model();
        let (number, promised) = match reference.which() {
            Which::Version(number) => (*number, None),
            Which::Alias(alias) => {
                let Move { version, digest, .. } = self.current(model, alias)?;
                (version, Some(digest))
            }
        };
        let folder = self.folder(model, number)?;
        let dir = self.place(&folder);
        let version = Version::at(&dir, self.store.get_folder(&folder)?)?;
        check_place(&dir, version.manifest(), model, number)?;
        match promised {
            Some(expected) if expected != version.digest() => {
                let (path, found) = (dir.join(MANIFEST), version.digest().to_owned());
                Err(Error::Digest { path, expected, found })
            }
            _ => Ok(version),
        }
    }

    /// The files of a version by name, as they are: for whoever takes it elsewhere, where [`Version::from_files`] verifies them.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Io`].
    pub fn files(&self, model: &str, version: u32) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        self.store.get_folder(&self.folder(model, version)?)
    }

    /// The number behind a reference: the one it states, whether there is such a version or not, or the one that the alias
    /// points to. The history of aliases is read only if it has changed since it was read last.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an alias, naming what exists.
    pub fn resolve(&self, reference: &ModelRef) -> Result<u32, Error> {
        match reference.which() {
            Which::Version(number) => Ok(*number),
            Which::Alias(alias) => Ok(self.current(reference.model(), alias)?.version),
        }
    }

    /// The same, if it is known without waiting for anything but a disk of this machine: the history of aliases is on one, and has not
    /// changed since it was read last.
    pub fn resolved_at_once(&self, reference: &ModelRef) -> Option<u32> {
        match reference.which() {
            Which::Version(number) => Some(*number),
            Which::Alias(alias) => {
                let last = self.unchanged(reference.model())?;
                let is_believed = alias != IN_FORCE || last.unvouched.is_none();
                last.of.get(alias).filter(|_| is_believed).map(|last| last.version)
            }
        }
    }

    /// The folder of a version that is there.
    fn folder(&self, model: &str, version: u32) -> Result<String, Error> {
        let numbers = self.versions(model)?;
        if !numbers.contains(&version) {
            let known = numbers.iter().map(u32::to_string).collect();
            return Err(not_found("version", &format!("{model}@{version}"), "the model has", known));
        }
        Ok(format!("{model}/{version}"))
    }

    fn numbers(&self, model: &str) -> Result<Vec<u32>, Error> {
        let folders = self.store.list(model)?;
        let mut numbers: Vec<u32> = folders.iter().filter_map(|name| version_number(name)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// What a path in the store is called in errors.
    fn place(&self, path: &str) -> PathBuf {
        self.store.location().join(path)
    }

    /// A file that has to be there.
    fn file(&self, file: &str) -> Result<Vec<u8>, Error> {
        let missing =
            || Error::Io { action: "read", path: self.place(file), source: io::ErrorKind::NotFound.into() };
        self.store.get(file)?.ok_or_else(missing)
    }
}

/// Refuses a version that stands under another name or number than its own.
fn check_place(dir: &Path, manifest: &Manifest, model: &str, version: u32) -> Result<(), Error> {
    if manifest.name == model && manifest.version == version {
        return Ok(());
    }
    let message = format!("it is {}@{}, expected {model}@{version}", manifest.name, manifest.version);
    Err(format(dir, "the version its place says", message))
}

fn not_found(kind: &'static str, name: &str, holder: &str, known: Vec<String>) -> Error {
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Error::NotFound { kind, name: name.to_owned(), known: format!("{holder} {known}") }
}

#[cfg(test)]
mod tests;
