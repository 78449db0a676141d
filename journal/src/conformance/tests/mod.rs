#![expect(clippy::unwrap_used, reason = "tests")]

mod faulty;
mod faulty_list;

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;
use crate::memory::MemoryStore;
use crate::sqlite::SqliteStore;
use faulty::{Fault, FaultyStore};

struct Memory;

impl Harness for Memory {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async { Ok(Arc::new(MemoryStore::default()) as Arc<dyn Store>) })
    }

    fn reopened<'a>(&'a self, _: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>> {
        Box::pin(async { Ok(None) })
    }
}

/// Files in a folder, each with a number.
struct Sqlite {
    dir: tempfile::TempDir,
    made: Mutex<usize>,
}

impl Harness for Sqlite {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async {
            let n = {
                let mut made = self.made.lock().unwrap();
                *made += 1;
                *made
            };
            let address = self.dir.path().join(format!("{n}.sqlite"));
            Ok(Arc::new(SqliteStore::open(address.to_str().unwrap()).await?) as Arc<dyn Store>)
        })
    }

    fn reopened<'a>(&'a self, store: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>> {
        Box::pin(async { Ok(Some(Arc::new(SqliteStore::open(store.place()).await?) as Arc<dyn Store>)) })
    }
}

struct Faulty(Fault);

impl Harness for Faulty {
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
        Box::pin(async { Ok(Arc::new(FaultyStore::new(self.0)) as Arc<dyn Store>) })
    }

    fn reopened<'a>(&'a self, store: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>> {
        Box::pin(async { Ok(Some(Arc::new(FaultyStore::reopened(self.0, store.place())) as Arc<dyn Store>)) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_in_memory_conforms() {
    assert_eq!(violations(&Memory).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_conforms() {
    let harness = Sqlite { dir: tempfile::tempdir().unwrap(), made: Mutex::new(0) };
    assert_eq!(violations(&harness).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_fault_breaks_the_requirement_that_forbids_it() {
    assert_eq!(violations(&Faulty(Fault::None)).await, [], "the store without its fault conforms");
    let mut broken = BTreeSet::new();
    for (fault, requirement) in faulty::FAULTS {
        let found: Vec<&str> = violations(&Faulty(fault)).await.iter().map(|v| v.requirement).collect();
        assert!(found.contains(&requirement), "{fault:?} breaks {found:?}");
        broken.insert(requirement);
    }
    let all: BTreeSet<&str> = requirements().collect();
    assert_eq!(broken, all, "every requirement can be broken");
}
