//! A key when it is made: the only time that it is known whole.

use std::collections::BTreeSet;

use amparo_journal::canonical::{self, hexadecimal};
use jiff::Timestamp;

use super::file::ApiKey;
use crate::access::Role;
use crate::access::credential::KEY_PREFIX;

/// What a key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// What its owner may be.
    pub roles: BTreeSet<Role>,
    /// The institution that its owner acts for.
    pub institution: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// The officers whom its owner may speak for; one that ends with `*` stands for all that begin like it.
    pub officers: Vec<String>,
    /// From when on it does not hold any more.
    pub expires: Timestamp,
    /// What it is for.
    pub note: String,
}

/// A key that was issued just now.
#[derive(Debug)]
pub struct Issued {
    /// What is kept of it.
    pub key: ApiKey,
    /// The key itself, `amparo_<id>_<secret>`, which is nowhere else.
    pub secret: String,
}

impl Issue {
    /// Draws the key.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub(super) fn drawn(self, by: &str, now: Timestamp) -> Result<Issued, String> {
        let mut bytes = [0; 38];
        getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random bytes: {error}"))?;
        let (id, secret) = bytes.split_at(6);
        let (id, secret) = (hexadecimal(id), hexadecimal(secret));
        let Self { roles, institution, unit, officers, expires, note } = self;
        let key = ApiKey {
            digest: digest(&secret),
            roles,
            institution,
            unit,
            officers,
            expires,
            issued_at: now,
            issued_by: by.to_owned(),
            note,
            successor: None,
            revoked: None,
            id: id.clone(),
        };
        Ok(Issued { key, secret: format!("{KEY_PREFIX}{id}_{secret}") })
    }

    /// The same for whoever has a key already, until another time.
    pub(super) fn like(key: &ApiKey, expires: Timestamp) -> Self {
        let ApiKey { roles, institution, unit, officers, note, .. } = key.clone();
        Self { roles, institution, unit, officers, expires, note }
    }

    /// What is wrong with it: names that would not be told apart in the log.
    pub(super) fn problems(&self, now: Timestamp) -> Vec<String> {
        let mut problems = Vec::new();
        if self.roles.is_empty() {
            problems.push("there is no role, expected at least one".to_owned());
        }
        if self.expires <= now {
            problems.push(format!("it expires at {}, which is past", self.expires));
        }
        let officers = self.officers.iter().map(|officer| ("officer", officer));
        let names = self
            .institution
            .iter()
            .map(|name| ("institution", name))
            .chain(self.unit.iter().map(|name| ("unit", name)));
        for (what, name) in names.chain(officers) {
            let bare = if what == "officer" { name.strip_suffix('*').unwrap_or(name) } else { name };
            let taken = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
            let empty = bare.is_empty() && !(what == "officer" && name == "*");
            if name.len() > 128 || empty || !bare.chars().all(taken) {
                problems.push(format!(
                    "{what} `{name}` is refused, expected 1 to 128 letters, digits and `._:-`"
                ));
            }
        }
        problems
    }
}

/// What is kept of a secret.
pub(super) fn digest(secret: &str) -> String {
    canonical::sha256(secret)
}
