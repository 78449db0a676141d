//! What a command was run with and what came of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A run: what a folder holds and a tracking server is sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Run {
    /// What it is.
    pub head: Head,
    /// Parameters by name.
    pub params: BTreeMap<String, String>,
    /// Finite numbers that came out.
    pub metrics: Vec<Metric>,
    /// Numbers that have no value.
    pub undefined: Vec<Undefined>,
    /// Facts by name.
    pub tags: BTreeMap<String, String>,
    /// Files by path, with `/` between folders.
    pub artefacts: BTreeMap<String, Vec<u8>>,
}

impl Run {
    /// Adds a number, or notes that it has no value: infinities and NaN are no values.
    pub fn metric(&mut self, key: impl Into<String>, value: Option<f64>, reason: impl FnOnce() -> String) {
        let key = key.into();
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.metrics.push(Metric { key, value }),
            None => self.undefined.push(Undefined { key, reason: reason() }),
        }
    }
}

/// What a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Name of the run's folder: letters, digits, `-`, `_` and `.`. It is the tag `amparo.run` at the server. Parents sort before their children.
    pub id: String,
    /// Experiment that it belongs to: the name of the model.
    pub experiment: String,
    /// Name that people see.
    pub name: String,
    /// Id of the run that this one is nested in.
    pub parent: Option<String>,
    /// When it began, in milliseconds of Unix time.
    pub started: u64,
    /// When it ended, likewise.
    pub ended: u64,
    /// The data that it was about.
    pub dataset: Option<Dataset>,
    /// The version that it is about.
    pub model: Option<Registered>,
}

/// A number that came out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name.
    pub key: String,
    /// Its value, finite.
    pub value: f64,
}

/// A number that has no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undefined {
    /// Its name.
    pub key: String,
    /// Why it has none.
    pub reason: String,
}

/// A cohort, by name and fingerprint: no row of it is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its title.
    pub name: String,
    /// Fingerprint of its data. MLflow keeps 36 characters of a digest: it is sent 32, and the whole one as a tag.
    pub fingerprint: String,
    /// What it was used for: `training`, `evaluation`.
    pub context: String,
}

/// A published version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    /// Name of the model.
    pub name: String,
    /// Number of the version, by which MLflow's own number need not be the same.
    pub number: u32,
    /// Digest of the version, by which it is found at the server.
    pub digest: String,
    /// Folder of the run's artefacts that the version's source is, where the server does not know the version yet.
    pub source: String,
    /// Facts about the version, such as the verdict on it, and when they were found, RFC 3339 in UTC.
    pub tags: BTreeMap<String, String>,
    /// When the tags were found, RFC 3339 in UTC: older ones do not go over newer ones.
    pub at: String,
    /// The aliases of the model.
    pub aliases: Aliases,
}

/// The aliases of a model at a moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aliases {
    /// The moment, RFC 3339 in UTC: older aliases do not go over newer ones.
    pub at: String,
    /// Where each alias points to.
    pub by_name: BTreeMap<String, Pointed>,
}

/// What an alias points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointed {
    /// Number of the version.
    pub number: u32,
    /// Its digest.
    pub digest: String,
}
