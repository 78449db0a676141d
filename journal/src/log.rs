//! The log, whatever store it stands on.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use tokio::task::JoinHandle;

use crate::address::{is_postgres, shown};
use crate::checked::{Checked, Told};
use crate::erasure::Gone;
use crate::sqlite::SqliteReader;
use crate::tree::{Frontier, Hash, Leaf};
use crate::{Appended, Entry, Erasure, Error, GENESIS, Listed, Page, Record, Search, Store, chain, stores};

/// Entries read at a time when many are.
pub(crate) const PAGE: u32 = 1000;

/// The log, shared by all requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Log {
    store: Arc<dyn Store>,
}

/// Entries, what they add to the tree, and what they are listed by.
type Read = (Result<Vec<Entry>, Error>, Result<Vec<Leaf>, Error>, Result<Option<Vec<Listed>>, Error>);

/// A log whose chain holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Number of entries.
    pub entries: i64,
    /// How many of them were erased, each named by a later one; see [`Erasure`].
    pub erased: i64,
    /// Hash of the last one, or [`GENESIS`].
    pub head: String,
    /// Root of the tree; `None` of a log of an edition that keeps none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<Hash>,
}

impl Log {
    /// The log that a store keeps.
    pub fn on(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Opens the log at a path, `sqlite:path` or (feature `postgres`) `postgres://user@host/database`, and makes it if there is none. A log
    /// of an edition before is migrated.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::WithoutPostgres`], [`Error::Store`]; [`Error::Format`] for a newer edition or another program's database;
    /// [`Error::Unprotected`] if what keeps entries from being changed is gone.
    pub async fn open(address: &str) -> Result<Self, Error> {
        Ok(Self::on(stores::open(address).await?))
    }

    /// Opens a log that must be there, to be read only: on a read-only mount, without permission to write, or beside a running
    /// service, which does not wait. Nothing is written, not even beside the log; a log of the edition before is read as it is.
    ///
    /// # Errors
    /// [`Error::Missing`], else as [`Log::open`]. Appending to it is [`Error::Store`].
    pub async fn read(address: &str) -> Result<Self, Error> {
        Ok(Self::on(stores::read(address).await?))
    }

    /// Copies the log at an address into a file that must not exist, also while a service writes to it, and verifies the chain and the tree
    /// of the copy. The file has its name only once all of it is on the disk and verified; until then it is called the same with `.part`.
    ///
    /// # Errors
    /// As [`Log::read`]; [`Error::Store`] if the file cannot be written, or if it, its `.part` or what SQLite would take for a part of it is
    /// there already, or for a log in a PostgreSQL database; [`Error::Chain`] if the log does not hold. Then there is no such file.
    pub async fn back_up(address: &str, out: &Path) -> Result<Verified, Error> {
        if is_postgres(address) {
            let problem = "a log in a PostgreSQL database is backed up with the database, for example by `pg_dump`; \
                `amparo log copy` copies it into a file";
            return Err(Error::store("back up", shown(address), problem));
        }
        let log = SqliteReader::open(address).await?;
        let unnamed = log.copied(out).await?;
        let copy = Self::on(Arc::new(unnamed.open().await?));
        let verified = copy.verify().await;
        copy.close().await?;
        // What does not hold of the copy is said of the log, which is the same.
        let verified = verified.map_err(|error| match error {
            Error::Chain { sequence, problem, .. } => {
                Error::Chain { log: log.place().to_owned(), sequence, problem }
            }
            other => other,
        })?;
        unnamed.named()?;
        Ok(verified)
    }

    /// Where the log is.
    pub fn place(&self) -> &str {
        self.store.place()
    }

    /// Appends a record; when this returns [`Appended::Written`], the entry is durable.
    ///
    /// # Errors
    /// [`Error::Store`]; then nothing was written.
    pub async fn append(&self, record: Record) -> Result<Appended, Error> {
        self.store.append(record).await
    }

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find(&self, id: &str) -> Result<Option<Entry>, Error> {
        self.store.find(id).await
    }

    /// The entry that an idempotency key belongs to.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        self.store.find_key(key).await
    }

    /// Every entry whose body names a case (see [`case_of`](crate::case_of)), in order.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn find_case(&self, case_id: &str) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        let mut next = Some(i64::MIN);
        while let Some(from) = next {
            let page = self.store.find_case(case_id, from, PAGE).await?;
            next = following(&page);
            found.extend(page);
        }
        Ok(found)
    }

    /// Up to `limit` entries in order, from sequence `from` on.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn entries(&self, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.store.entries(from, limit).await
    }

    /// What up to `limit` entries add to the tree, in order, from sequence `from` on.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::WithoutTree`].
    pub async fn leaves(&self, from: i64, limit: u32) -> Result<Vec<Leaf>, Error> {
        self.store.leaves(from, limit).await
    }

    /// One page of the proposals that a search finds, in the order of the log or against it. Since entries are only appended, pages fit together
    /// whatever is written meanwhile.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::WithoutListing`].
    pub async fn list(&self, search: &Search, page: Page) -> Result<Vec<Listed>, Error> {
        self.store.list(search, page).await
    }

    /// What a proposal is listed by; `None` if it was erased.
    ///
    /// # Errors
    /// As [`Log::list`].
    pub async fn listed(&self, proposal: &Entry) -> Result<Option<Listed>, Error> {
        let mut found = self.store.list(&Search::default(), Page::from(proposal.sequence, 1)).await?;
        Ok(found.pop().filter(|listed| listed.sequence == proposal.sequence))
    }

    /// Erases entries, and appends the entry that says so, in one step.
    ///
    /// # Errors
    /// [`Error::NotErased`] if something of it changed since it was selected; [`Error::Store`]. Then nothing was erased.
    pub async fn erase(&self, erasure: Erasure) -> Result<Entry, Error> {
        self.store.erase(erasure).await
    }

    /// Rewrites what the log is kept in, so that nothing is left there of what was erased; see [`Store::scrub`].
    ///
    /// # Errors
    /// [`Error::Store`]. The log is as it was before.
    pub async fn scrub(&self) -> Result<(), Error> {
        self.store.scrub().await
    }

    /// Recomputes the whole chain and the tree, the case that each entry is filed under, and what each proposal is listed by. Of an entry that was erased, its hash is taken as it is, if a later
    /// entry says that it was erased.
    ///
    /// # Errors
    /// [`Error::Chain`] with the first sequence at which it does not hold; [`Error::Store`].
    pub async fn verify(&self) -> Result<Verified, Error> {
        self.walk(|_, _| Ok(())).await
    }

    /// Recomputes the whole chain and the tree, and hands on each entry, in order, once both are known to hold up to it; with it, what it
    /// adds to the tree, if the log keeps one.
    ///
    /// # Errors
    /// As [`Log::verify`], when every entry before that place has been handed on; the first error of `sound`. That nobody says of an entry that it was
    /// erased shows only at the end.
    pub async fn walk<E: From<Error>>(
        &self,
        mut sound: impl FnMut(&Entry, Option<(&Leaf, &Frontier)>) -> Result<(), E>,
    ) -> Result<Verified, E> {
        let mut verified = Verified { entries: 0, erased: 0, head: GENESIS.to_owned(), root: None };
        let mut gone = Gone::default();
        let mut tree = Some(Frontier::default());
        let mut checked = Checked::default();
        // From below any sequence a tamperer may have written, so that no row is passed over.
        let mut next = Some(self.page(i64::MIN));
        while let Some(reading) = next {
            let read = reading.await.map_err(|_| Error::store("read", self.place(), "reading it panicked"));
            let (page, leaves, listed) = read?;
            let page = page?;
            // Read while this one is verified.
            next = following(&page).map(|from| self.page(from));
            let mut without = "it has no leaf in the tree".to_owned();
            let leaves = match leaves {
                Err(Error::WithoutTree { .. }) => {
                    tree = None;
                    Vec::new()
                }
                // What is wrong with the chain before is told first.
                Err(Error::Chain { problem, .. }) => {
                    without = problem;
                    Vec::new()
                }
                leaves => leaves?,
            };
            let mut leaves = leaves.into_iter();
            let mut of = listed?.map(|listed| Told::beside(listed, &page));
            let altered = chain::altered(&page);
            for (entry, altered) in page.into_iter().zip(altered) {
                let broken = |problem| self.broken((verified.entries + 1, problem));
                let misplaced = chain::misplaced(&entry, verified.entries, &verified.head);
                if let Some(problem) = misplaced.or(altered) {
                    return Err(broken(problem).into());
                }
                let mut added = None;
                if let Some(tree) = &mut tree {
                    let leaf = leaves.next().filter(|leaf| leaf.sequence == entry.sequence);
                    let leaf = leaf.ok_or_else(|| broken(without.clone()))?;
                    let nodes = tree.add(&leaf.data);
                    if let Some(problem) = leaf.fault(&entry, &nodes) {
                        return Err(broken(problem).into());
                    }
                    added = Some(leaf);
                }
                gone.note(&entry, added.as_ref()).map_err(|fault| self.broken(fault))?;
                if let Some(of) = &mut of {
                    let noted = checked.note(&*self.store, &entry, of).await?;
                    noted.map_err(|fault| self.broken(fault))?;
                }
                sound(&entry, added.as_ref().zip(tree.as_ref()))?;
                verified = Verified { entries: entry.sequence, head: entry.hash, ..verified };
            }
        }
        let erased = gone.end().map_err(|fault| self.broken(fault))?;
        checked.end().map_err(|fault| self.broken(fault))?;
        Ok(Verified { root: tree.map(|tree| tree.root()), erased, ..verified })
    }

    fn broken(&self, (sequence, problem): (i64, String)) -> Error {
        Error::Chain { log: self.place().to_owned(), sequence, problem }
    }

    /// Reads a page of entries, what they add to the tree, and what they are listed by.
    fn page(&self, from: i64) -> JoinHandle<Read> {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move {
            let (entries, leaves) = (store.entries(from, PAGE).await, store.leaves(from, PAGE).await);
            let listed = Told::read(&*store, from, PAGE).await;
            (entries, leaves, listed)
        })
    }

    /// Whether an entry could be written now.
    ///
    /// # Errors
    /// [`Error::Store`] if not.
    pub async fn writable(&self) -> Result<(), Error> {
        self.store.writable().await
    }

    /// Closes the log, for everybody who shares it.
    ///
    /// # Errors
    /// [`Error::Store`]. What was acknowledged is durable all the same.
    pub async fn close(self) -> Result<(), Error> {
        self.store.close().await
    }
}

/// Where the page after this one starts; `None` after an empty one, and where nothing can follow.
fn following(page: &[Entry]) -> Option<i64> {
    page.last().and_then(|last| last.sequence.checked_add(1))
}
