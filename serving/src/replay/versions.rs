//! The versions that proposals are replayed with, each read and verified once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use amparo_models::{ModelRef, Registry, Version};

use crate::Error;

/// A version, or why there is none.
type Loaded = Result<Arc<Version>, Arc<amparo_models::Error>>;

/// Filled by whoever asks first.
type Cell = Arc<OnceLock<Loaded>>;

/// By model and number. What cannot be loaded is kept as such: it is not tried again for each of its proposals.
#[derive(Debug, Default)]
pub(super) struct Versions(Mutex<HashMap<(String, u32), Cell>>);

impl Versions {
    /// A version; whoever asks for one that is being loaded waits for it.
    pub fn get(&self, registry: &Registry, model: &str, number: u32) -> Result<Arc<Version>, Error> {
        let cell = {
            // A panic elsewhere leaves no entry half made.
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((model.to_owned(), number)).or_default())
        };
        let load = || {
            let reference = ModelRef::version(model, number)?;
            registry.load(&reference).map(Arc::new)
        };
        cell.get_or_init(|| load().map_err(Arc::new)).clone().map_err(Error::Unloadable)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use amparo_models::registry::Memory;
    use amparo_models::testing::small::draft;

    use super::*;

    #[test]
    fn a_version_is_loaded_once_and_so_is_the_reason_that_there_is_none() {
        let registry = Registry::on(Memory::default());
        registry.publish(&draft("m", -3.0)).unwrap();
        let versions = Versions::default();
        let first = versions.get(&registry, "m", 1).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert!(Arc::ptr_eq(&first, &versions.get(&registry, "m", 1).unwrap())));
            }
        });
        let missing = |number| versions.get(&registry, "m", number).unwrap_err().to_string();
        assert_eq!(missing(2), "no version `m@2` in the registry: the model has 1");
        registry.publish(&draft("m", -2.0)).unwrap();
        assert_eq!(missing(2), "no version `m@2` in the registry: the model has 1", "it was not tried again");
        assert_eq!(Versions::default().get(&registry, "m", 2).unwrap().manifest().version, 2);
    }
}
