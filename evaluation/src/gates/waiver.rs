//! Waivers: a named person lets a gate pass that cannot tell, for one version, and says why.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::file::Gates;
use crate::error::Error;

/// The format of a file of waivers; a reader refuses another.
const FORMAT: u32 = 1;

/// One waiver.
///
/// It is for one version: the next one needs its own. It lifts `cannot tell` only; a gate that blocks stays blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Name of the gate.
    pub gate: String,
    /// The version, `model@number`.
    pub version: String,
    /// Why it may pass.
    pub reason: String,
    /// Who says so.
    pub by: String,
}

/// Waivers, each gate at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waivers(Vec<(Waiver, usize)>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    format: u32,
    #[serde(default)]
    waiver: Vec<Spanned<Waiver>>,
}

impl Waivers {
    /// No file: waivers that the caller made.
    #[must_use]
    pub fn new(waivers: Vec<Waiver>) -> Self {
        Self(waivers.into_iter().map(|waiver| (waiver, 0)).collect())
    }

    /// Reads waivers.
    ///
    /// # Errors
    /// [`Error::Invalid`]: the first place that is no TOML of this shape, or another format.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let refuse = |problem: String| Err(Error::Invalid { what: "waivers", problems: vec![problem] });
        let raw: Raw = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(error) => return refuse(error.to_string().trim_end().to_owned()),
        };
        if raw.format != FORMAT {
            return refuse(format!("`format` is {}, expected {FORMAT}", raw.format));
        }
        let line = |start: usize| 1 + text[..start.min(text.len())].matches('\n').count();
        Ok(Self(
            raw.waiver
                .into_iter()
                .map(|w| (line(w.span().start), w))
                .map(|(at, w)| (w.into_inner(), at))
                .collect(),
        ))
    }

    /// Checks that each waiver names one of the gates and the version to be judged (`model@number`), with a reason and a name.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that does not.
    pub fn check(&self, gates: &Gates, version: &str) -> Result<(), Error> {
        let mut problems = Vec::new();
        let mut seen = BTreeSet::new();
        for (waiver, line) in &self.0 {
            let mut found = Vec::new();
            if !gates.has(&waiver.gate) {
                let known: Vec<&str> = gates.gates.iter().map(|gate| gate.name.as_str()).collect();
                found.push(format!("it is none of the gates {}", known.join(", ")));
            }
            if waiver.version != version {
                found.push(format!(
                    "`version` is `{}`, expected `{version}`: a waiver is for one version",
                    waiver.version
                ));
            }
            for (field, words) in [("reason", &waiver.reason), ("by", &waiver.by)] {
                if words.trim().is_empty() {
                    found.push(format!("`{field}` is empty, expected why it is waived and by whom"));
                }
            }
            if !seen.insert(&waiver.gate) {
                found.push("it is waived twice".to_owned());
            }
            problems.extend(
                found
                    .into_iter()
                    .map(|problem| format!("waiver of `{}` (line {line}): {problem}", waiver.gate)),
            );
        }
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid { what: "waivers", problems }) }
    }

    /// The waiver of a gate.
    pub(super) fn of(&self, gate: &str) -> Option<&Waiver> {
        self.iter().find(|waiver| waiver.gate == gate)
    }

    /// Every waiver, in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.0.iter().map(|(waiver, _)| waiver)
    }
}
