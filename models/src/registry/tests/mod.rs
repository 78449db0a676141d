#![expect(clippy::unwrap_used, reason = "tests")]

mod aliases;
mod names;
mod publish;

use tempfile::TempDir;

use crate::Registry;
use crate::artefact::tests::{draft, message};

const AT: &str = "2026-03-02T08:00:00Z";

/// A registry in a new folder, with `n` versions of `vpr`.
fn registry(n: u32) -> (TempDir, Registry) {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::create(dir.path().join("registry")).unwrap();
    for number in 1..=n {
        assert_eq!(registry.publish(&draft("vpr")).unwrap().manifest().version, number);
    }
    (dir, registry)
}
