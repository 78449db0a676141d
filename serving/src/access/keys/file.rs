//! What the file of API keys holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::{Caller, Officers, Role};

/// The edition of the file.
const FORMAT: u32 = 1;

/// All keys that were issued and are not forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// 1.
    format: u32,
    /// In the order in which they were issued.
    pub keys: Vec<ApiKey>,
}

/// A key, without what only its owner knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    /// Its name, which stands in the key itself, in the log and in the list.
    pub id: String,
    /// SHA-256 of its secret, in hexadecimal.
    pub(crate) digest: String,
    /// What its owner may be.
    pub roles: BTreeSet<Role>,
    /// The institution that its owner acts for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution: Option<String>,
    /// Its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The officers whom its owner may speak for; one that ends with `*` stands for all that begin like it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub officers: Vec<String>,
    /// From when on it does not hold any more.
    pub expires: Timestamp,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Who issued it.
    pub issued_by: String,
    /// What it is for.
    pub note: String,
    /// The key that was issued in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// When and by whom it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

/// That a key holds no more, before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

impl Default for KeyFile {
    fn default() -> Self {
        Self { format: FORMAT, keys: Vec::new() }
    }
}

impl KeyFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// In words, what is wrong with it. Nothing of a key is repeated.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.format != FORMAT {
            return Err(format!("its format is {}, expected {FORMAT}", file.format));
        }
        let mut ids = BTreeSet::new();
        let mut problems = Vec::new();
        for key in &file.keys {
            if !ids.insert(&key.id) {
                problems.push(format!("key `{}` is there twice", key.id));
            }
            let hexadecimal =
                |text: &str, digits| text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
            if !hexadecimal(&key.digest, 64) {
                problems.push(format!("the digest of key `{}` is not of 64 hexadecimal digits", key.id));
            }
            if key.roles.is_empty() {
                problems.push(format!("key `{}` has no role", key.id));
            }
        }
        if problems.is_empty() { Ok(file) } else { Err(problems.join("; ")) }
    }
}

impl ApiKey {
    /// Whoever presents it.
    pub(crate) fn caller(&self) -> Caller {
        let officers = match self.officers.as_slice() {
            [] => Officers::None,
            named => Officers::Named(named.to_vec()),
        };
        let (roles, institution, unit) = (self.roles.clone(), self.institution.clone(), self.unit.clone());
        Caller { id: format!("key:{}", self.id), roles, institution, unit, officers }
    }

    /// What it is now, in a word: `valid`, `expired` or `revoked`.
    pub fn state(&self, now: Timestamp) -> &'static str {
        match self {
            Self { revoked: Some(_), .. } => "revoked",
            Self { expires, .. } if *expires <= now => "expired",
            _ => "valid",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_none_is_refused_with_all_that_is_wrong() {
        let key = |id: &str, digest: &str, roles: &str| {
            format!(
                r#"{{"id": "{id}", "digest": "{digest}", "roles": [{roles}], "expires": "2027-01-01T00:00:00Z",
                "issued_at": "2026-01-01T00:00:00Z", "issued_by": "x", "note": "n"}}"#
            )
        };
        let digest = "0".repeat(64);
        let file =
            |keys: &[String]| KeyFile::parse(&format!(r#"{{"format": 1, "keys": [{}]}}"#, keys.join(",")));
        assert_eq!(file(&[key("a", &digest, "\"platform\"")]).map(|file| file.keys.len()), Ok(1));
        let wrong = file(&[key("a", "short", "\"platform\""), key("a", &digest, "")]);
        let expected = "the digest of key `a` is not of 64 hexadecimal digits; key `a` is there twice; key `a` has no role";
        assert_eq!(wrong, Err(expected.to_owned()));
        assert_eq!(
            KeyFile::parse(r#"{"format": 2, "keys": []}"#),
            Err("its format is 2, expected 1".to_owned())
        );
        for text in ["", "{}", r#"{"format": 1, "keys": [], "more": 1}"#] {
            assert!(KeyFile::parse(text).is_err(), "{text}");
        }
        assert!(file(&[key("a", &digest, "\"king\"")]).is_err_and(|error| error.contains("king")));
    }
}
