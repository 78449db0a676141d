//! Tokens and keys of PyJWT, for tests: `.ci/oracles/minted.py` made them.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::access::{Claims, IdentityProvider, KeySource, Role, RoleName};

#[derive(Deserialize)]
pub struct Vectors {
    pub keys: Vec<Value>,
    pub right: BTreeMap<String, String>,
    pub wrong: BTreeMap<String, String>,
}

pub fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

/// The three keys as a provider lists them.
pub fn jwks() -> String {
    json!({"keys": vectors().keys}).to_string()
}

/// The provider whose tokens they are, with its keys in a file that is not there.
pub fn provider() -> IdentityProvider {
    let role = |theirs: &str, ours| RoleName { theirs: theirs.to_owned(), ours };
    IdentityProvider {
        issuer: "https://login.example.org/realms/police".to_owned(),
        audiences: vec!["amparo".to_owned()],
        keys: KeySource::File("nowhere.json".into()),
        authority: None,
        leeway: IdentityProvider::LEEWAY,
        claims: Claims {
            roles: "realm_access.roles".parse().unwrap(),
            institution: "organisation".parse().ok(),
            unit: "unit".parse().ok(),
            officers: "officers".parse().ok(),
        },
        roles: vec![
            role("amparo-platform", Role::Platform),
            role("amparo-officer", Role::Officer),
            role("amparo-oversight", Role::Oversight),
        ],
    }
}

/// The same, with the keys in a file of a folder.
pub fn provider_in(folder: &Path) -> IdentityProvider {
    let path = folder.join("keys.json");
    std::fs::write(&path, jwks()).unwrap();
    IdentityProvider { keys: KeySource::File(path), ..provider() }
}
