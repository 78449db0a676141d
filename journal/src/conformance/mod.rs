//! What any store must pass: every promise of [`Store`], asked of stores that a [`Harness`] makes.
//!
//! ```
//! use std::sync::Arc;
//!
//! use amparo_journal::conformance::{Harness, violations};
//! use amparo_journal::memory::MemoryStore;
//! use amparo_journal::{Pending, Store};
//!
//! struct Memory;
//!
//! impl Harness for Memory {
//!     fn fresh(&self) -> Pending<'_, Arc<dyn Store>> {
//!         Box::pin(async { Ok(Arc::new(MemoryStore::default()) as Arc<dyn Store>) })
//!     }
//!
//!     fn reopened<'a>(&'a self, _: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>> {
//!         Box::pin(async { Ok(None) })
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! assert_eq!(violations(&Memory).await, []);
//! # });
//! ```

mod appending;
mod at_once;
mod enduring;
mod erasing;
mod finding;
mod leaves;
mod listing;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::{Appended, Entry, Error, Log, Pending, Record, Store};

/// How long a requirement may take: what takes longer waits for something that never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the suite comes by stores of one kind.
pub trait Harness: Send + Sync {
    /// A store of its own, without entries.
    ///
    /// # Errors
    /// Whatever keeps it from being made.
    fn fresh(&self) -> Pending<'_, Arc<dyn Store>>;

    /// What another process finds that opens the place of `store` now; `None` if this kind of store keeps nothing beyond
    /// the process.
    ///
    /// # Errors
    /// Whatever keeps it from being opened.
    fn reopened<'a>(&'a self, store: &'a dyn Store) -> Pending<'a, Option<Arc<dyn Store>>>;
}

/// A requirement that a store does not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Its sentence, one of [`requirements`].
    pub requirement: &'static str,
    /// What was found.
    pub problem: String,
}

/// Why a requirement is not met.
struct Problem(String);

type Outcome = Result<(), Problem>;

type Check = for<'a> fn(&'a dyn Harness) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

const REQUIREMENTS: [(&str, Check); 22] = [
    ("entries are chained from the genesis on", |h| Box::pin(appending::chained(h))),
    ("a repeated key gives the same entry and writes nothing", |h| Box::pin(appending::repeated_key(h))),
    ("a key of another request is taken", |h| Box::pin(appending::taken_key(h))),
    ("an id is taken once", |h| Box::pin(appending::taken_id(h))),
    ("a refused record uses up no sequence", |h| Box::pin(appending::no_gap(h))),
    ("entries are found by id and by key", |h| Box::pin(finding::by_id_and_key(h))),
    ("entries of a case are found in order", |h| Box::pin(finding::by_case(h))),
    ("pages of any size and start fit together", |h| Box::pin(finding::pages(h))),
    ("every entry has its leaf in the tree, with a salt of its own", |h| Box::pin(leaves::in_the_tree(h))),
    ("pages of leaves of any size and start fit together", |h| Box::pin(leaves::pages(h))),
    ("proposals are found by all that they are listed by", |h| Box::pin(listing::found(h))),
    ("pages of the list fit together, whatever is written meanwhile", |h| Box::pin(listing::pages(h))),
    ("a proposal is replaced once, and neither confirmed nor viewed after that", |h| {
        Box::pin(listing::replaced_once(h))
    }),
    ("many that append at once make one chain", |h| Box::pin(at_once::one_chain(h))),
    ("many at once with one key write one entry", |h| Box::pin(at_once::one_key(h))),
    ("appends that nobody waits for do not stand in the way", |h| Box::pin(at_once::dropped(h))),
    ("what is erased is gone, and an entry says so", |h| Box::pin(erasing::erased(h))),
    ("an erasure that is refused changes nothing", |h| Box::pin(erasing::refused(h))),
    ("a confirmation and an own view go with their proposal, whenever they came", |h| {
        Box::pin(erasing::meanwhile(h))
    }),
    ("asking whether the log is writable writes nothing", |h| Box::pin(enduring::writable(h))),
    ("a closed store takes nothing", |h| Box::pin(enduring::closed(h))),
    ("what was written is there after reopening", |h| Box::pin(enduring::reopened(h))),
];

/// What is required, a sentence each.
pub fn requirements() -> impl Iterator<Item = &'static str> {
    REQUIREMENTS.iter().map(|(requirement, _)| *requirement)
}

/// Every requirement that stores of a harness do not meet; empty if they may keep a log.
///
/// To be called in a runtime of several threads, with timers: some requirements are about appends that run at the same time.
pub async fn violations(harness: &dyn Harness) -> Vec<Violation> {
    let mut found = Vec::new();
    for (requirement, check) in REQUIREMENTS {
        let problem = match tokio::time::timeout(PATIENCE, check(harness)).await {
            Ok(Ok(())) => continue,
            Ok(Err(Problem(problem))) => problem,
            Err(_) => format!("it did not end within {} s", PATIENCE.as_secs()),
        };
        found.push(Violation { requirement, problem });
    }
    found
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(error.to_string())
    }
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(Problem(format!("{what}: found {found:?}, expected {expected:?}")))
}

/// A proposal for a case.
fn proposal(id: &str, key: Option<&str>, case_id: &str) -> Record {
    Record {
        kind: crate::PROPOSAL,
        id: id.to_owned(),
        idempotency_key: key.map(str::to_owned),
        request_digest: format!("digest of {case_id}"),
        body: format!(r#"{{"request":{{"case_id":"{case_id}"}},"answer":{{"é":"\n"}}}}"#),
    }
}

/// Appends what nothing stands in the way of.
async fn written(store: &dyn Store, record: Record) -> Result<Entry, Problem> {
    match store.append(record).await? {
        Appended::Written(entry) => Ok(entry),
        other => Err(Problem(format!("found {other:?}, expected a written entry"))),
    }
}

/// A store with entries `p1` to `p{n}`, `p{k}` with the key `k{k}`, in turn for the cases `c0`, `c1` and `c2`.
async fn filled(harness: &dyn Harness, n: usize) -> Result<(Arc<dyn Store>, Vec<Entry>), Problem> {
    let store = harness.fresh().await?;
    let mut entries = Vec::new();
    for k in 1..=n {
        let record = proposal(&format!("p{k}"), Some(&format!("k{k}")), &format!("c{}", k % 3));
        entries.push(written(&*store, record).await?);
    }
    Ok((store, entries))
}

/// That the log holds exactly these entries and that its chain holds.
async fn holds(store: &Arc<dyn Store>, expected: &[Entry]) -> Outcome {
    let mut found = Vec::new();
    let log = Log::on(Arc::clone(store));
    let walked = log.walk(|entry, _| {
        found.push(entry.clone());
        Ok::<_, Error>(())
    });
    let verified = walked.await?;
    same("entries", &found.as_slice(), &expected)?;
    same("number of entries", &verified.entries, &(expected.len() as i64))
}

#[cfg(test)]
mod tests;
