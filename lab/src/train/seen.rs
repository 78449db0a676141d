//! The key of a registry's fingerprints.

use amparo_models::registry::{Key, Registry};

use crate::Error;

/// The key of a registry; drawn by the operating system, once, if there is none yet.
pub(super) fn key(registry: &Registry) -> Result<Key, Error> {
    let mut fresh = [0; Key::BYTES];
    getrandom::fill(&mut fresh).map_err(|e| Error::NoRandomBytes { problem: e.to_string() })?;
    Ok(registry.key_or(fresh)?)
}
