#![expect(clippy::unwrap_used, reason = "tests")]

mod aliases;
mod bindings;
mod links;
mod names;
mod publish;
mod stores;
mod verdicts;

use tempfile::TempDir;

use crate::artefact::tests::{draft, message};
use crate::registry::VerdictEntry;
use crate::{ModelRef, Registry};

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

/// A verdict with nothing but what the registry reads.
fn verdict(digest: &str, against: Option<&str>, passed: bool) -> String {
    let against = against.map(|digest| serde_json::json!({"digest": digest, "name": "other"}));
    let gates = serde_json::json!({"digest": "0".repeat(64), "text": "[[gate]]"});
    serde_json::json!({"passed": passed, "version": {"digest": digest}, "against": against, "gates": gates, "at": AT})
        .to_string()
}

fn digest(registry: &Registry, number: u32) -> String {
    registry.load(&ModelRef::version("vpr", number).unwrap()).unwrap().digest().to_owned()
}

/// Keeps a verdict on a version of `vpr`, compared with another.
fn judged(registry: &Registry, number: u32, against: Option<u32>, passed: bool) -> VerdictEntry {
    let against = against.map(|number| digest(registry, number));
    let json = verdict(&digest(registry, number), against.as_deref(), passed);
    registry.keep_verdict("vpr", number, &json).unwrap()
}
