//! Versions in memory: each loaded once however many ask for it, and no more of them than may be.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use amparo_models::registry::Which;
use amparo_models::{ModelRef, Version};
use tokio::sync::OnceCell;

/// Name and number.
type Key = (String, u32);

/// The versions that were asked for last.
///
/// Versions never change once published, so one that was verified stays as it is. What makes room for another is the version
/// that was asked for longest ago, first among those that no alias led to: the version behind `vpr@champion` is not thrown
/// out by somebody who looks at old ones.
#[derive(Debug)]
pub(crate) struct Versions {
    most: NonZeroUsize,
    held: Mutex<Vec<Held>>,
}

#[derive(Debug)]
struct Held {
    key: Key,
    version: Arc<OnceCell<Arc<Version>>>,
    /// The aliases that led to it when they were asked last.
    aliases: Vec<String>,
}

impl Versions {
    /// Room for some versions.
    pub fn new(most: NonZeroUsize) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// The version with a number, to which a reference led; loaded by `load` unless it is here, or somebody is at it.
    ///
    /// A version that cannot be loaded is tried again by the next who waits for it.
    pub async fn get<E>(
        &self,
        reference: &ModelRef,
        number: u32,
        load: impl AsyncFnOnce() -> Result<Version, E>,
    ) -> Result<Arc<Version>, E> {
        let cell = self.place(reference, number);
        let version = cell.get_or_try_init(async || load().await.map(Arc::new)).await;
        if version.is_err() {
            // Nothing was loaded: it takes no room.
            self.locked().retain(|held| !Arc::ptr_eq(&held.version, &cell) || held.version.initialized());
        }
        version.cloned()
    }

    /// Name and number of those that are in memory.
    pub fn loaded(&self) -> Vec<(String, u32)> {
        let held = self.locked();
        held.iter().filter(|held| held.version.initialized()).map(|held| held.key.clone()).collect()
    }

    /// Where a version is, or will be: the last of all, as the one that was asked for last.
    fn place(&self, reference: &ModelRef, number: u32) -> Arc<OnceCell<Arc<Version>>> {
        let mut held = self.locked();
        let key = (reference.model().to_owned(), number);
        let mut found = match held.iter().position(|held| held.key == key) {
            Some(at) => held.remove(at),
            None => Held { key, version: Arc::default(), aliases: Vec::new() },
        };
        if let Which::Alias(alias) = reference.which() {
            let of_model = held.iter_mut().filter(|held| held.key.0 == reference.model());
            of_model.for_each(|held| held.aliases.retain(|other| other != alias));
            if !found.aliases.contains(alias) {
                found.aliases.push(alias.clone());
            }
        }
        let cell = Arc::clone(&found.version);
        while held.len() >= self.most.get() {
            let without = held.iter().position(|held| held.aliases.is_empty());
            held.remove(without.unwrap_or(0));
        }
        held.push(found);
        cell
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use amparo_models::Registry;
    use amparo_models::registry::Memory;
    use amparo_models::testing::small::draft;

    use super::*;

    fn versions(most: usize) -> Versions {
        Versions::new(NonZeroUsize::new(most).unwrap())
    }

    fn small_version() -> Version {
        let registry = Registry::on(Memory::default());
        registry.publish(&draft("m", -3.0)).unwrap();
        registry.load(&"m@1".parse().unwrap()).unwrap()
    }

    /// Asks, and says whether it had to be loaded.
    async fn loaded(versions: &Versions, reference: &str, number: u32) -> bool {
        let mut loaded = false;
        let load = async || {
            loaded = true;
            Ok::<_, ()>(small_version())
        };
        versions.get(&reference.parse().unwrap(), number, load).await.unwrap();
        loaded
    }

    #[tokio::test]
    async fn many_who_ask_at_once_wait_for_one_load() {
        let versions = Arc::new(versions(2));
        let loads = Arc::new(AtomicUsize::new(0));
        let asking: Vec<_> = (0..64)
            .map(|_| {
                let (versions, loads) = (Arc::clone(&versions), Arc::clone(&loads));
                tokio::spawn(async move {
                    let load = async || {
                        loads.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        Ok::<_, ()>(small_version())
                    };
                    versions.get(&"m@1".parse().unwrap(), 1, load).await.unwrap()
                })
            })
            .collect();
        let mut found = Vec::new();
        for asking in asking {
            found.push(asking.await.unwrap());
        }
        assert_eq!(loads.load(Ordering::Relaxed), 1);
        assert!(found.iter().all(|version| Arc::ptr_eq(version, &found[0])));
    }

    #[tokio::test]
    async fn the_one_asked_for_longest_ago_makes_room() {
        let versions = versions(2);
        assert!(loaded(&versions, "m@1", 1).await && loaded(&versions, "m@2", 2).await);
        assert!(!loaded(&versions, "m@1", 1).await);
        assert!(loaded(&versions, "m@3", 3).await);
        assert!(!loaded(&versions, "m@1", 1).await, "it was asked for since");
        assert!(loaded(&versions, "m@2", 2).await);
        assert!(loaded(&versions, "other@1", 1).await, "of another model");
        assert_eq!(versions.locked().len(), 2);
    }

    #[tokio::test]
    async fn what_an_alias_leads_to_stays_until_the_alias_moves() {
        let versions = versions(2);
        assert!(loaded(&versions, "m@champion", 1).await);
        for number in 2..20 {
            assert!(loaded(&versions, &format!("m@{number}"), number).await);
        }
        assert!(!loaded(&versions, "m@champion", 1).await);
        assert!(!loaded(&versions, "m@champion", 19).await, "it was the last to be asked for");
        // Now nothing leads to the first one.
        assert!(loaded(&versions, "m@20", 20).await && loaded(&versions, "m@1", 1).await);
        assert!(!loaded(&versions, "m@champion", 19).await);
    }

    #[tokio::test]
    async fn what_cannot_be_loaded_takes_no_room_and_is_tried_again() {
        let versions = versions(1);
        let fails = versions.get(&"m@1".parse().unwrap(), 1, async || Err("unreadable")).await;
        assert_eq!(fails.map(|_| ()), Err("unreadable"));
        assert_eq!(versions.locked().len(), 0);
        assert!(loaded(&versions, "m@1", 1).await);
    }
}
