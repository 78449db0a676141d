//! Verdicts of the gates on versions, kept beside them: what lets a version be put in force.

use amparo_signing::SigningKey;
use serde::{Deserialize, Serialize};

use super::bound::Bound;
use super::chain::Line;
use super::history::{Move, current};
use super::{ModelRef, Registry, check_name};
use crate::Error;
use crate::artefact::{format, sha256, time_problem};

/// The alias of the version in force: it moves only to a version whose gates let it pass.
pub const IN_FORCE: &str = "champion";

/// Folder of the verdicts in the folder of a model.
const FOLDER: &str = "verdicts";

/// One verdict, as the history of verdicts states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictEntry {
    /// Number of the verdict among those of the model, from 1; the verdict stands in `verdicts/<its SHA-256>.json`.
    pub number: u32,
    /// Number of the version it is about.
    pub version: u32,
    /// Digest of that version.
    pub digest: String,
    /// Digest of the version it was compared with, if any.
    pub against: Option<String>,
    /// Whether every gate passes or is waived.
    pub passed: bool,
    /// SHA-256 of the gates.
    pub gates: String,
    /// When, RFC 3339, told by the caller.
    pub at: String,
    /// SHA-256 of the verdict as it was written.
    pub verdict: String,
    /// The signed note of the gates' owner about all of the above; see [`Binding`](super::Binding). A verdict need not be signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
    /// SHA-256 of the line before, without its line feed; nothing on the first line.
    pub previous: Option<String>,
}

/// What the registry reads of a verdict; the rest is for whoever made the gates.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Head {
    passed: bool,
    version: Digest,
    against: Option<Digest>,
    gates: Digest,
    at: String,
}

/// Whatever states a digest.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Digest {
    digest: String,
}

impl Registry {
    /// Keeps a verdict about a version, which is read and verified first; gives the line that was added to the history.
    ///
    /// `json` is an object with at least `passed`, `version.digest`, `against` (`null`, or an object with `digest`),
    /// `gates.digest` and `at` (RFC 3339). It is kept word for word.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a verdict without these fields, or about another version; [`Error::NotFound`]; what is wrong
    /// with the version or with the history of verdicts; [`Error::Io`].
    pub fn keep_verdict(&self, model: &str, version: u32, json: &str) -> Result<VerdictEntry, Error> {
        self.keep(model, version, json, None)
    }

    /// The same, signed with the key of the gates' owner.
    ///
    /// # Errors
    /// Those of [`Registry::keep_verdict`]; [`Error::Invalid`] if the model is bound to another key.
    pub fn keep_signed_verdict(
        &self,
        model: &str,
        version: u32,
        json: &str,
        key: &SigningKey,
    ) -> Result<VerdictEntry, Error> {
        self.keep(model, version, json, Some(key))
    }

    fn keep(
        &self,
        model: &str,
        version: u32,
        json: &str,
        key: Option<&SigningKey>,
    ) -> Result<VerdictEntry, Error> {
        let what = || format!("verdict on `{model}@{version}`");
        let head: Head = serde_json::from_str(json).map_err(|e| Error::invalid(what(), e.to_string()))?;
        let digest = self.load(&ModelRef::version(model, version)?)?.digest().to_owned();
        let mut problems: Vec<String> = time_problem("at", &head.at).into_iter().collect();
        if head.version.digest != digest {
            let found = &head.version.digest;
            problems.push(format!("it is about a version with digest {found}, expected {digest}"));
        }
        if let (Some(key), Some(bound)) = (key, self.bound(model)?)
            && let Some(expected) = bound.key().filter(|expected| **expected != key.verifier())
        {
            let found = key.verifier().short();
            problems.push(format!(
                "it is signed with the key `{found}`, the model is bound to `{}`",
                expected.short()
            ));
        }
        if !problems.is_empty() {
            return Err(Error::invalid(what(), problems.join("; ")));
        }
        let (text, kept) = (json.as_bytes(), sha256(json.as_bytes()));
        self.add_line(model, |before: &[VerdictEntry], previous| {
            let number = before.len() as u32 + 1;
            let mut entry = VerdictEntry {
                number,
                version,
                digest: digest.clone(),
                against: head.against.as_ref().map(|a| a.digest.clone()),
                passed: head.passed,
                gates: head.gates.digest.clone(),
                at: head.at.clone(),
                verdict: kept.clone(),
                statement: None,
                previous: previous.map(str::to_owned),
            };
            entry.statement = key.map(|key| entry.signed(model, key));
            // Only a line of the history makes a verdict count, not a file that a killed process left.
            Ok((entry, Some((file(model, &kept), text))))
        })
    }

    /// Every verdict on the versions of a model, in order, the chain of digests checked; the verdicts themselves are not read.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown model, [`Error::Format`] naming the line for a broken history.
    pub fn verdicts(&self, model: &str) -> Result<Vec<VerdictEntry>, Error> {
        self.versions(model)?;
        self.lines(model)
    }

    /// A verdict word for word, verified against its line of the history.
    ///
    /// # Errors
    /// [`Error::Digest`] if it was changed, [`Error::Format`] if it does not say what its line says, [`Error::Io`].
    pub fn verdict(&self, model: &str, entry: &VerdictEntry) -> Result<String, Error> {
        check_name("model", model)?;
        let file = file(model, &entry.verdict);
        let (path, bytes) = (self.place(&file), self.file(&file)?);
        let found = sha256(&bytes);
        if found != entry.verdict {
            return Err(Error::Digest { path, expected: entry.verdict.clone(), found });
        }
        let refuse = |message: String| format(&path, "the verdict its line of the history says", message);
        let text = String::from_utf8(bytes).map_err(|e| refuse(e.to_string()))?;
        let head: Head = serde_json::from_str(&text).map_err(|e| refuse(e.to_string()))?;
        let digest = |digest: &String| Digest { digest: digest.clone() };
        let expected = Head {
            passed: entry.passed,
            version: digest(&entry.digest),
            against: entry.against.as_ref().map(digest),
            gates: digest(&entry.gates),
            at: entry.at.clone(),
        };
        if head == expected {
            Ok(text)
        } else {
            Err(refuse(format!("found {head:?}, expected {expected:?}")))
        }
    }

    /// The verdict that lets a version be put in force: its last one, which must compare it with the version in force now.
    ///
    /// By every gates file that it was ever judged by, its last verdict must pass: gates that it fails are not forgotten for others
    /// that it passes. A version that was in force before needs no new comparison, and what it was judged without one since then
    /// does not count against it. For a model that is bound, only verdicts count that the bound key has signed, and there must be one by each of
    /// the bound gates.
    pub(super) fn letting_pass(
        &self,
        model: &str,
        (version, digest): (u32, &str),
        moves: &[Move],
    ) -> Result<VerdictEntry, Error> {
        let refuse = |problem: String| Error::NotGated { version: format!("{model}@{version}"), problem };
        let own_moves: Vec<&Move> =
            moves.iter().filter(|m| m.alias == IN_FORCE && m.digest == digest).collect();
        let let_pass = |v: &VerdictEntry| own_moves.iter().any(|m| m.verdict.as_ref() == Some(&v.verdict));
        let counts = |v: &VerdictEntry| own_moves.is_empty() || v.against.is_some() || let_pass(v);
        let bound = self.bound(model)?;
        let is_signed = |v: &VerdictEntry| bound.as_ref().is_none_or(|bound| bound.counts(v));
        let mut verdicts: Vec<VerdictEntry> = self.lines(model)?;
        verdicts.reverse();
        verdicts.retain(|v| v.digest == digest && counts(v) && is_signed(v));
        for gates in bound.as_ref().map_or(&[][..], Bound::gates) {
            if verdicts.iter().all(|v| v.gates != *gates) {
                return Err(refuse(format!(
                    "there is no verdict on it by the gates with digest {} that the bound key has signed",
                    gates.get(..12).unwrap_or(gates)
                )));
            }
        }
        let Some(last) = verdicts.first() else {
            return Err(refuse("there is no verdict on it".to_owned()));
        };
        for (at, verdict) in verdicts.iter().enumerate() {
            let is_last_by_its_gates = verdicts[..at].iter().all(|later| later.gates != verdict.gates);
            if is_last_by_its_gates && !verdict.passed {
                let VerdictEntry { number, at, gates, .. } = verdict;
                return Err(refuse(format!(
                    "its last verdict by the gates with digest {}, number {number} of {at}, does not let it pass",
                    gates.get(..12).unwrap_or(gates)
                )));
            }
        }
        let (number, at) = (last.number, &last.at);
        let in_force = current(moves, IN_FORCE);
        if let Some(in_force) = in_force.filter(|m| last.against.as_ref() != Some(&m.digest))
            && own_moves.is_empty()
        {
            let problem = format!(
                "its last verdict, number {number} of {at}, does not compare it with the version in force, `{model}@{}`",
                in_force.version
            );
            return Err(refuse(problem));
        }
        self.verdict(model, last)?;
        Ok(last.clone())
    }
}

/// Named by its SHA-256: of two who keep a verdict at the same time, each writes a file of its own.
fn file(model: &str, sha256: &str) -> String {
    format!("{model}/{FOLDER}/{sha256}.json")
}

impl Line for VerdictEntry {
    const LOG: &'static str = "verdicts.jsonl";
    const EXPECTED: &'static str = "an unbroken history of verdicts";
    const LINE: &'static str = "a verdict on a version";

    fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    fn set_previous(&mut self, digest: Option<String>) {
        self.previous = digest;
    }

    fn problem(&self, before: &[Self]) -> Option<String> {
        let (found, expected) = (self.number, before.len() + 1);
        (found as usize != expected).then(|| format!("has number {found}, expected {expected}"))
    }
}
