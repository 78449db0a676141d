//! Published versions in a folder, and the aliases that point to them.
//!
//! ```text
//! R/<model>/<version>/        a published version, numbered 1, 2, 3, ...; never changed
//! R/<model>/aliases.jsonl     every move of every alias, in order; never rewritten
//! R/<model>/verdicts.jsonl    every verdict of the gates on a version, in order; never rewritten
//! R/<model>/verdicts/         the verdicts themselves, numbered 1, 2, 3, ... in that order
//! ```
//! A version is written aside, made durable, read back and verified, and only then renamed into place: a reader sees all of
//! it or nothing. An alias moves by a line that says who moved it, why, and which digest it was moved to. The version in
//! force is behind one alias, [`IN_FORCE`], which moves only to a version that the gates let pass.

mod aliases;
mod aside;
mod chain;
mod history;
mod name;
mod publish;
mod reference;
mod verdicts;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use history::Move;
pub use name::check_name;
pub use reference::{ModelRef, Which};
pub use verdicts::{IN_FORCE, VerdictEntry};

use crate::artefact::format;
use crate::{Error, Manifest, Version};
use name::{is_name, version_number};

/// A folder of published versions.
#[derive(Debug, Clone)]
pub struct Registry {
    dir: PathBuf,
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
    /// Opens an existing registry.
    ///
    /// # Errors
    /// [`Error::Io`] if there is no such folder, [`Error::Format`] if it is not a folder.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        let kind =
            fs::metadata(&dir).map_err(|source| Error::Io { action: "open", path: dir.clone(), source })?;
        if !kind.is_dir() {
            return Err(format(&dir, "a registry", "found a file, expected a folder".to_owned()));
        }
        Ok(Self { dir })
    }

    /// Opens a registry, making its folder if there is none.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be made, [`Error::Format`] if something else has its name.
    pub fn create(dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let dir = dir.into();
        if !dir.exists() {
            fs::create_dir_all(&dir).map_err(|source| Error::Io {
                action: "create",
                path: dir.clone(),
                source,
            })?;
        }
        Self::open(dir)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Every model that has a version, by name.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Format`] for a broken history of aliases.
    pub fn list(&self) -> Result<Vec<ModelSummary>, Error> {
        let mut models = Vec::new();
        for name in folders(&self.dir)?.into_iter().filter(|name| is_name(name)) {
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
        let dir = self.version_dir(model, version)?;
        let (manifest, _) = Manifest::read(&dir)?;
        check_place(&dir, &manifest, model, version)?;
        Ok(manifest)
    }

    /// Reads and verifies a version; behind an alias, also that it is the one the alias was moved to.
    ///
    /// # Errors
    /// [`Error::NotFound`]; see [`Version::load`]; [`Error::Digest`] if the version behind an alias is another one now.
    pub fn load(&self, reference: &ModelRef) -> Result<Version, Error> {
        let model = reference.model();
        let (number, promised) = match reference.which() {
            Which::Version(number) => (*number, None),
            Which::Alias(alias) => {
                let Move { version, digest, .. } = self.current(model, alias)?;
                (version, Some(digest))
            }
        };
        let dir = self.version_dir(model, number)?;
        let version = Version::load(&dir)?;
        check_place(&dir, version.manifest(), model, number)?;
        match promised {
            Some(expected) if expected != version.digest() => {
                let (path, found) = (dir.join("manifest.json"), version.digest().to_owned());
                Err(Error::Digest { path, expected, found })
            }
            _ => Ok(version),
        }
    }

    /// The number behind a reference.
    ///
    /// # Errors
    /// [`Error::NotFound`] naming what exists.
    pub fn resolve(&self, reference: &ModelRef) -> Result<u32, Error> {
        let number = match reference.which() {
            Which::Version(number) => *number,
            Which::Alias(alias) => self.current(reference.model(), alias)?.version,
        };
        self.version_dir(reference.model(), number)?;
        Ok(number)
    }

    fn version_dir(&self, model: &str, version: u32) -> Result<PathBuf, Error> {
        let numbers = self.versions(model)?;
        if !numbers.contains(&version) {
            let known = numbers.iter().map(u32::to_string).collect();
            return Err(not_found("version", &format!("{model}@{version}"), "the model has", known));
        }
        Ok(self.dir.join(model).join(version.to_string()))
    }

    fn numbers(&self, model: &str) -> Result<Vec<u32>, Error> {
        let dir = self.dir.join(model);
        if !dir.exists() {
            return Ok(Vec::new());
        }
        let mut numbers: Vec<u32> = folders(&dir)?.iter().filter_map(|name| version_number(name)).collect();
        numbers.sort_unstable();
        Ok(numbers)
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

/// Names of the folders in a folder; links and names that are not UTF-8 are none of ours.
fn folders(dir: &Path) -> Result<Vec<String>, Error> {
    let io = |source| Error::Io { action: "list", path: dir.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_type().map_err(io)?.is_dir()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
