//! Published versions for tests.

use amparo_models::registry::{ModelRef, Registry};
use amparo_models::{Draft, Version};

/// A draft, published and read back.
pub fn version(draft: &Draft) -> Version {
    let dir = tempfile::tempdir().unwrap();
    let registry = Registry::create(dir.path()).unwrap();
    registry.publish(draft).unwrap();
    registry.load(&ModelRef::version(&draft.name, 1).unwrap()).unwrap()
}
