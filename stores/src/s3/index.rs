//! What makes files a folder.
//!
//! ```text
//! vpr/3/.index.json                  names and SHA-256 of the files of a folder, and the attempt that put them
//! .files/vpr/3/<attempt>/model.json  the files
//! ```
//! The files are put first, where nobody finds them, and the index last, by a put that only creates. So a reader sees all of a folder or
//! nothing. Each attempt has a place of its own: those who put the same folder at the same time do not touch each other's files, and
//! what a killed one leaves is in nobody's way.

use std::collections::BTreeMap;

use amparo_models::artefact::sha256;
use amparo_models::registry::FolderFiles;
use serde::{Deserialize, Serialize};

/// The edition of the layout.
const EDITION: u32 = 1;

/// What an index says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Index {
    edition: u32,
    /// The attempt that put the files: random, so that two who put the same bytes know whose index it is.
    attempt: String,
    /// SHA-256 of each file, by its name.
    files: BTreeMap<String, String>,
}

/// What is read of an index of any edition.
#[derive(Deserialize)]
struct Edition {
    edition: u32,
}

impl Index {
    /// The index of some files.
    pub fn of(files: &FolderFiles, attempt: String) -> Self {
        let files = files.iter().map(|(name, bytes)| (name.clone(), sha256(bytes))).collect();
        Self { edition: EDITION, attempt, files }
    }

    /// Where the index of a folder is.
    pub fn place(folder: &str) -> String {
        format!("{folder}/.index.json")
    }

    /// Where a file of the folder is; `None` if the folder has none of that name.
    pub fn file(&self, folder: &str, name: &str) -> Option<String> {
        self.files.contains_key(name).then(|| format!(".files/{folder}/{}/{name}", self.attempt))
    }

    /// Names of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// SHA-256 of a file; `None` if there is none of that name.
    pub fn sha256(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    /// As it is kept.
    ///
    /// # Errors
    /// What the writer says.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    /// Reads an index.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let Edition { edition } = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        if edition != EDITION {
            return Err(format!("it is of edition {edition}, expected {EDITION}"));
        }
        serde_json::from_slice(bytes).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn an_index_comes_back_and_another_edition_is_named() {
        let files = FolderFiles::from([("a".to_owned(), b"1".to_vec()), ("b".to_owned(), Vec::new())]);
        let index = Index::of(&files, "7".to_owned());
        let bytes = index.to_bytes().unwrap();
        assert_eq!(Index::from_bytes(&bytes).unwrap(), index);
        assert_eq!(index.file("m/1", "a").unwrap(), ".files/m/1/7/a");
        assert_eq!(index.file("m/1", "c"), None);
        let text = String::from_utf8(bytes).unwrap();
        let newer = text.replace("\"edition\": 1", "\"edition\": 2, \"new\": true");
        assert_eq!(Index::from_bytes(newer.as_bytes()).unwrap_err(), "it is of edition 2, expected 1");
        let odd = text.replace("\"attempt\"", "\"attempts\"");
        assert!(Index::from_bytes(odd.as_bytes()).unwrap_err().contains("unknown field `attempts`"));
        assert!(Index::from_bytes(b"<html>").is_err());
    }
}
