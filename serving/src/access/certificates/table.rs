//! The table of clients: who a certificate is.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use serde::Deserialize;

use crate::access::{Caller, Officers, Role};
use crate::rfc3339;

/// What a name begins with, which says what it is.
const KINDS: [&str; 4] = ["subject:", "dns:", "uri:", "email:"];

/// Callers by the name in their certificate.
#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<String, Row>);

/// A caller, and until when it is one.
#[derive(Debug)]
pub(super) struct Row {
    pub caller: Arc<Caller>,
    pub until: Option<SystemTime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    clients: Vec<Client>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    name: String,
    roles: Vec<Role>,
    institution: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    officers: Vec<String>,
    expires: Option<toml::value::Datetime>,
}

impl Table {
    /// The table of a file.
    ///
    /// # Errors
    /// All that is wrong with it, in words.
    pub fn read(path: &Path) -> Result<Self, String> {
        let wrong = |problem: String| format!("clients in `{}`: {problem}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let file: File = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let (mut rows, mut problems) = (BTreeMap::new(), Vec::new());
        for client in file.clients {
            let name = client.name.clone();
            match row(client) {
                Ok(row) => {
                    if rows.insert(name.clone(), row).is_some() {
                        problems.push(format!("`{name}` has two rows, expected one"));
                    }
                }
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(Self(rows)) } else { Err(wrong(problems.join("; "))) }
    }

    /// The rows of some names.
    pub fn rows<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a Row> {
        // A certificate may say the same name twice.
        self.0.iter().filter(|(name, _)| names.contains(name)).map(|(_, row)| row)
    }
}

fn row(client: Client) -> Result<Row, Vec<String>> {
    let mut problems = Vec::new();
    let name = &client.name;
    if !KINDS.iter().any(|kind| name.len() > kind.len() && name.starts_with(kind)) {
        problems.push(format!("name `{name}` is of no kind, expected one of `{}`", KINDS.join("`, `")));
    }
    if name.starts_with("dns:") && *name != name.to_ascii_lowercase() {
        problems.push(format!("name `{name}` has capitals, expected none in a name of a host"));
    }
    if client.roles.is_empty() {
        problems.push(format!("`{name}` has no role, expected one or more"));
    }
    for (field, text) in [("institution", &client.institution), ("unit", &client.unit)] {
        if text.as_deref() == Some("") {
            problems.push(format!("`{field}` of `{name}` is empty, expected a text or no line"));
        }
    }
    let until = match &client.expires {
        None => None,
        Some(time) => {
            let read = rfc3339::timestamp(&time.to_string());
            if read.is_none() {
                problems.push(format!(
                    "`expires` of `{name}` is `{time}`, expected a time like `2027-01-31T00:00:00Z`"
                ));
            }
            read.map(SystemTime::from)
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let caller = Caller {
        id: format!("certificate:{name}"),
        roles: client.roles.into_iter().collect(),
        institution: client.institution,
        unit: client.unit,
        officers: if client.officers.is_empty() { Officers::None } else { Officers::Named(client.officers) },
    };
    Ok(Row { caller: Arc::new(caller), until })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn all_that_is_wrong_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("clients.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Table::read(&path).map(|table| table.0.len())
        };
        assert_eq!(read(""), Ok(0));
        assert_eq!(read("[[clients]]\nname = 'dns:a'\nroles = ['operator', 'scientist']"), Ok(1));
        let problem = read(
            "[[clients]]\nname = 'a'\nroles = []\nunit = ''\n[[clients]]\nname = 'dns:A'\nroles = ['officer']\nexpires = 2027-01-31\n\
             [[clients]]\nname = 'uri:x'\nroles = ['officer']\n[[clients]]\nname = 'uri:x'\nroles = ['officer']",
        )
        .unwrap_err();
        for expected in [
            "clients.toml",
            "name `a` is of no kind",
            "`a` has no role",
            "`unit` of `a` is empty",
            "`dns:A` has capitals",
            "`expires` of `dns:A` is `2027-01-31`",
            "`uri:x` has two rows",
        ] {
            assert!(problem.contains(expected), "{expected}: {problem}");
        }
        for (text, expected) in [
            ("[[clients]]\nname = 'dns:a'\nroles = ['boss']", "boss"),
            ("[[clients]]\nname = 'dns:a'\nrole = ['officer']", "role"),
            ("[[clients]]\nname = 'dns:a'", "roles"),
            ("[[client]]", "client"),
        ] {
            assert!(read(text).unwrap_err().contains(expected), "{text}");
        }
    }
}
