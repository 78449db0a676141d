//! Fingerprints of the cases that versions have seen.

use amparo_models::artefact::Version;
use amparo_models::registry::{Fingerprints, Key, Registry};
use amparo_training::pipeline::Trained;

use crate::Error;

/// Keeps the fingerprints beside a version; `seen` holds them for the next one.
///
/// The key is drawn when the first version is there: a training that is refused leaves nothing behind.
pub(super) fn keep(
    trained: &Trained,
    registry: &Registry,
    version: &Version,
    seen: &mut Option<(Fingerprints, Key)>,
) -> Result<(), Error> {
    let (fingerprints, key) = match seen.take() {
        Some(seen) => seen,
        None => {
            let key = key(registry)?;
            let mut fingerprints = Fingerprints::of(&trained.seen(), &key);
            if let Some(censored) = trained.seen_censored() {
                fingerprints = fingerprints.with(&Fingerprints::of(&censored, &key));
            }
            (fingerprints, key)
        }
    };
    registry.keep_fingerprints(version, &fingerprints, &key)?;
    *seen = Some((fingerprints, key));
    Ok(())
}

/// The key of a registry; drawn by the operating system, once, if there is none yet.
fn key(registry: &Registry) -> Result<Key, Error> {
    let mut fresh = [0; Key::BYTES];
    getrandom::fill(&mut fresh).map_err(|e| Error::NoRandomBytes { problem: e.to_string() })?;
    Ok(registry.key_or(fresh)?)
}
