//! The files of a version: their names, how they are written and how they are read back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::manifest::{FileEntry, Manifest};
use crate::Error;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(super) const INSTRUMENT: &str = "instrument.json";
pub(super) const PROTOCOL: &str = "protocol.toml";
pub(super) const MODEL: &str = "model.json";
pub(super) const CALIBRATOR: &str = "calibrator.json";
pub(super) const EXPLANATION: &str = "explanation.json";
pub(super) const LEARNED: &str = "learned.json";
pub(super) const POOLS: &str = "pools.json";
pub(super) const POPULATION: &str = "population.json";
pub(super) const SUBSAMPLES: &str = "subsamples.bin";
pub(super) const PROBES: &str = "probes.json";
pub(super) const CONFIG: &str = "config.toml";
pub(super) const CARD: &str = "card.md";

/// Of a version under a clause on its baseline only.
pub(super) const CLAUSES: &str = "clauses.json";

/// Every file of every version but the manifest.
pub(super) const ALL: [&str; 12] = [
    CALIBRATOR,
    CARD,
    CONFIG,
    EXPLANATION,
    INSTRUMENT,
    LEARNED,
    MODEL,
    POOLS,
    POPULATION,
    PROBES,
    PROTOCOL,
    SUBSAMPLES,
];

/// The bytes of every file but the manifest, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    pub(super) fn insert(&mut self, name: &'static str, bytes: Vec<u8>) {
        self.0.insert(name.to_owned(), bytes);
    }

    /// Adds a value as JSON, indented if people are meant to read it.
    pub(super) fn json(
        &mut self,
        name: &'static str,
        value: &impl Serialize,
        pretty: bool,
    ) -> Result<(), Error> {
        self.insert(name, json(name, value, pretty)?);
        Ok(())
    }

    /// Takes the files of a version apart from their manifest, and refuses any that is not what the manifest promises.
    pub(super) fn checked(
        dir: &Path,
        mut all: BTreeMap<String, Vec<u8>>,
        manifest: &Manifest,
    ) -> Result<Self, Error> {
        check_names(dir, &all)?;
        all.remove(MANIFEST);
        for (name, bytes) in &all {
            let Some(promised) = manifest.files.get(name) else {
                return Err(format(
                    &dir.join(MANIFEST),
                    "a whole manifest",
                    format!("`{name}` is not in it"),
                ));
            };
            let found = FileEntry::of(bytes);
            if found != *promised {
                let (path, expected, found) = (dir.join(name), promised.to_string(), found.to_string());
                return Err(Error::Digest { path, expected, found });
            }
        }
        Ok(Self(all))
    }

    /// Digest and length of each.
    pub(super) fn entries(&self) -> BTreeMap<String, FileEntry> {
        self.0.iter().map(|(name, bytes)| (name.clone(), FileEntry::of(bytes))).collect()
    }

    /// All files of a version.
    pub(super) fn with_manifest(mut self, manifest: &Manifest) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        self.insert(MANIFEST, manifest.to_bytes()?);
        Ok(self.0)
    }

    pub(super) fn parse<T: DeserializeOwned>(
        &self,
        dir: &Path,
        name: &'static str,
        expected: &'static str,
    ) -> Result<T, Error> {
        parse(&dir.join(name), self.bytes(name), expected)
    }

    pub(super) fn text(&self, dir: &Path, name: &'static str) -> Result<&str, Error> {
        std::str::from_utf8(self.bytes(name))
            .map_err(|e| format(&dir.join(name), "UTF-8 text", e.to_string()))
    }

    pub(super) fn bytes(&self, name: &str) -> &[u8] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Refuses a version that lacks a file or has one too many. Which versions have the file of clauses, the manifest says.
fn check_names(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    let found: BTreeSet<String> = files.keys().filter(|&name| name != CLAUSES).cloned().collect();
    let expected: BTreeSet<String> = ALL.iter().chain([&MANIFEST]).map(|&name| name.to_owned()).collect();
    let list = |names: Vec<&String>| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let mut problems = Vec::new();
    if !expected.is_subset(&found) {
        problems.push(format!("{} missing", list(expected.difference(&found).collect())));
    }
    if !found.is_subset(&expected) {
        problems
            .push(format!("{} found, which no version holds", list(found.difference(&expected).collect())));
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format(dir, "a complete version", problems.join("; ")))
}

/// An [`Error::Format`].
pub(crate) fn format(path: &Path, expected: &'static str, message: String) -> Error {
    Error::Format { path: path.to_owned(), expected, message }
}

/// Reads every file of a folder, once.
pub(crate) fn read_folder(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let io = |source| Error::Io { action: "list", path: dir.to_owned(), source };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path();
        // A link would let a file change without this folder changing.
        if !entry.file_type().map_err(io)?.is_file() {
            return Err(format(&path, "a plain file", "a folder or a link was found".to_owned()));
        }
        let bytes = fs::read(&path).map_err(|source| Error::Io { action: "read", path, source })?;
        files.insert(entry.file_name().to_string_lossy().into_owned(), bytes);
    }
    Ok(files)
}

/// Writes a file and waits until it is on disk.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let io = |source| Error::Io { action: "write", path: path.to_owned(), source };
    let mut file = File::create(path).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.sync_all().map_err(io)
}

/// Waits until the entries of a folder are on disk.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), Error> {
    let io = |source| Error::Io { action: "write", path: dir.to_owned(), source };
    File::open(dir).map_err(io)?.sync_all().map_err(io)
}

pub(super) fn parse<T: DeserializeOwned>(
    path: &Path,
    bytes: &[u8],
    expected: &'static str,
) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|e| format(path, expected, e.to_string()))
}

pub(super) fn json(name: &str, value: &impl Serialize, pretty: bool) -> Result<Vec<u8>, Error> {
    let written = if pretty { serde_json::to_vec_pretty(value) } else { serde_json::to_vec(value) };
    let mut bytes = written.map_err(|e| Error::invalid(name, e.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
