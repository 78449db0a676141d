use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use amparo_datasets::Instrument;
use serde::{Deserialize, Serialize};

use super::clauses::Clauses;
use super::files::{self, Files};
use super::{Outcomes, TrainingRecord};
use crate::digest::sha256;
use crate::{Error, OutcomeModel, Protocol};

/// The format this code writes and the only one it reads.
pub const FORMAT: u32 = 7;

/// What a version says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout of the folder and its files; see [`FORMAT`].
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// Number of the version, from 1.
    pub version: u32,
    /// SHA-256 over all files and over this manifest without number, time and digests: the same training gives the
    /// same one.
    pub content_digest: String,
    /// SHA-256 over this manifest with an empty seal: a manifest changed by accident is noticed.
    pub seal: String,
    /// Family of the recidivism model.
    pub family: String,
    /// Dial of the recidivism model, from baseline (0) to candidate (1).
    pub dial: f64,
    /// Family of the recidivism calibrator.
    pub calibrator: String,
    /// When it was published, RFC 3339.
    pub published_at: String,
    /// The code that wrote the files.
    pub code_version: String,
    /// The form.
    pub instrument: Named,
    /// What the probabilities mean.
    pub protocol: Named,
    /// Name of each outcome.
    pub outcomes: Outcomes<String>,
    /// Ids of indicators proved monotone.
    pub monotone: Vec<String>,
    /// Ids of indicators whose direction is declared not to hold.
    pub not_monotone: BTreeSet<String>,
    /// Ids of indicators that every model of the version was fitted without: their answers add nothing.
    pub left_out: BTreeSet<String>,
    /// The clauses on the level that the version is under: `never_below_baseline`. Left out if there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// Fewest rows behind any non-zero number about the population: its sums, their subsamples, its distributions, the counts
    /// behind each answer.
    pub smallest_cell: u64,
    /// What it was trained on and how it did.
    pub training: TrainingRecord,
    /// Every other file of the version.
    pub files: BTreeMap<String, FileEntry>,
}

/// A thing with a name and a digest of its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// SHA-256 (hex) of its content.
    pub digest: String,
}

/// Digest and length of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// SHA-256 (hex).
    pub sha256: String,
    /// Length in bytes.
    pub bytes: u64,
}

impl FileEntry {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { sha256: sha256(bytes), bytes: bytes.len() as u64 }
    }
}

impl fmt::Display for FileEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.sha256, self.bytes)
    }
}

/// What a manifest is derived from, when it is written and again when it is checked.
pub(super) struct Facts<'a> {
    pub name: &'a str,
    pub version: u32,
    pub published_at: &'a str,
    pub code_version: &'a str,
    pub instrument: &'a Instrument,
    pub protocol: &'a Protocol,
    pub parts: Outcomes<&'a OutcomeModel>,
    pub not_monotone: &'a BTreeSet<String>,
    pub training: &'a TrainingRecord,
}

impl Manifest {
    /// Derives a manifest.
    pub(super) fn new(facts: Facts<'_>, files: &Files) -> Result<Self, Error> {
        let Facts { instrument, protocol, parts, .. } = facts;
        let first = parts.recidivism;
        let manifest = Self {
            format: FORMAT,
            name: facts.name.to_owned(),
            version: facts.version,
            content_digest: String::new(),
            seal: String::new(),
            family: first.scorer().family().to_owned(),
            dial: first.scorer().dial(),
            calibrator: first.calibrator().family().to_owned(),
            published_at: facts.published_at.to_owned(),
            code_version: facts.code_version.to_owned(),
            instrument: Named { id: instrument.id().to_owned(), digest: instrument.digest() },
            protocol: Named { id: protocol.id().to_owned(), digest: protocol.digest() },
            outcomes: parts.map(|part| part.outcome().to_owned()),
            monotone: first.proof().indicators(instrument).map(str::to_owned).collect(),
            not_monotone: facts.not_monotone.clone(),
            left_out: first.left_out(instrument).map(str::to_owned).collect(),
            clauses: Clauses::of(first).iter().flat_map(Clauses::names).map(str::to_owned).collect(),
            smallest_cell: parts.iter().map(|(_, part)| part.smallest_cell()).min().unwrap_or(0),
            training: facts.training.clone(),
            files: files.entries(),
        };
        manifest.sealed()
    }

    /// The same with both digests computed.
    pub(super) fn sealed(mut self) -> Result<Self, Error> {
        self.content_digest = self.computed_content_digest()?;
        self.seal = self.computed_seal()?;
        Ok(self)
    }

    /// Reads the bytes of a manifest, called `path` in errors; gives it with their digest.
    ///
    /// # Errors
    /// [`Error::Format`] for another format or a wrong field; [`Error::Digest`] if it was changed.
    pub(crate) fn from_bytes(path: &Path, bytes: &[u8]) -> Result<(Self, String), Error> {
        // A newer format may have other fields: its number is read before anything else.
        let Head { format } = files::parse(path, bytes, "a manifest")?;
        if format != FORMAT {
            let edition = if format > FORMAT { ", that of a newer edition of Amparo" } else { "" };
            let message = format!("it has format {format}{edition}; this program reads format {FORMAT}");
            return Err(files::format(path, "a manifest this program can read", message));
        }
        let manifest: Self = files::parse(path, bytes, "a manifest")?;
        let digests = [
            (&manifest.content_digest, manifest.computed_content_digest()?),
            (&manifest.seal, manifest.computed_seal()?),
        ];
        for (expected, found) in digests {
            if *expected != found {
                return Err(Error::Digest { path: path.to_owned(), expected: expected.clone(), found });
            }
        }
        if manifest.to_bytes()? != bytes {
            let message = "its fields are right but laid out in another way".to_owned();
            return Err(files::format(path, "a manifest as it was written", message));
        }
        Ok((manifest, sha256(bytes)))
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        files::json(files::MANIFEST, self, true)
    }

    /// The fields in which this differs from what its files say, in words; digests follow from the others.
    pub(super) fn differences(&self, expected: &Self) -> String {
        let value = |manifest| serde_json::to_value(manifest).unwrap_or_default();
        let (found, expected) = (value(self), value(expected));
        let fields = found.as_object().into_iter().flatten();
        fields
            .filter(|(field, value)| {
                !["content_digest", "seal"].contains(&field.as_str()) && expected.get(field) != Some(value)
            })
            .map(|(field, value)| format!("`{field}` is {value}, expected {}", expected[field]))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn computed_content_digest(&self) -> Result<String, Error> {
        let blank = String::new();
        let (content_digest, seal, published_at) = (blank.clone(), blank.clone(), blank);
        let bare = Self { version: 0, published_at, content_digest, seal, ..self.clone() };
        Ok(sha256(&bare.to_bytes()?))
    }

    fn computed_seal(&self) -> Result<String, Error> {
        let bare = Self { seal: String::new(), ..self.clone() };
        Ok(sha256(&bare.to_bytes()?))
    }
}

#[derive(Deserialize)]
struct Head {
    format: u32,
}
