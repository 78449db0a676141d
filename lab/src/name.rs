//! What versions are called.

use amparo_models::artefact::Version;

/// Name of a version in tables and reports: `vpr@4 hybrid-boosted-0.25`.
#[must_use]
pub fn display_name(version: &Version) -> String {
    format!("{} {}", number_name(version), version.manifest().training.candidate)
}

/// Model and number of a version: `vpr@4`.
#[must_use]
pub fn number_name(version: &Version) -> String {
    let manifest = version.manifest();
    format!("{}@{}", manifest.name, manifest.version)
}
