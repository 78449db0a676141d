//! The moves of a model's aliases.

use serde::{Deserialize, Serialize};

use super::chain::Line;

/// One move of one alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The name that points.
    pub alias: String,
    /// Number of the version it points to from here on.
    pub version: u32,
    /// Digest of that version.
    pub digest: String,
    /// Number of the version it pointed to before, if any.
    pub from: Option<u32>,
    /// SHA-256 of the verdict that let the version be put in force; only where `alias` is the one in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// Who moved it.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, RFC 3339, told by the caller.
    pub at: String,
    /// SHA-256 (hex) of the line before, without its line feed; nothing on the first line.
    pub previous: Option<String>,
}

/// Where an alias points after some moves.
pub(super) fn current<'a>(moves: &'a [Move], alias: &str) -> Option<&'a Move> {
    moves.iter().rev().find(|m| m.alias == alias)
}

impl Line for Move {
    const LOG: &'static str = "aliases.jsonl";
    const EXPECTED: &'static str = "an unbroken history of aliases";
    const LINE: &'static str = "a move of an alias";

    fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }

    fn set_previous(&mut self, digest: Option<String>) {
        self.previous = digest;
    }

    fn problem(&self, before: &[Self]) -> Option<String> {
        let from = current(before, &self.alias).map(|m| m.version);
        let say = |version: Option<u32>| version.map_or("nowhere".to_owned(), |v| format!("version {v}"));
        let (alias, found, expected) = (&self.alias, say(self.from), say(from));
        (self.from != from).then(|| format!("moves `{alias}` from {found}, it pointed to {expected}"))
    }
}
