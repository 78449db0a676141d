//! The log in a PostgreSQL database, for several services at once.
//!
//! Entries, chain and tree are those of every store. Whoever writes holds an advisory lock of the database for one transaction, so that
//! there is one chain however many services append; nobody who reads waits for it. An entry is committed with at least
//! `synchronous_commit = on` before anybody is told of it. Nothing is ever changed or removed but what is erased together
//! with an entry that says so, and the database itself refuses to: a log without the triggers that do so is not opened.

mod address;
mod erasing;
mod filling;
mod listing;
mod migration;
mod reader;
mod reading;
mod schema;
mod session;
mod statements;
mod table;
mod tls;
mod transaction;
mod writer;

use std::sync::Arc;

use crate::packing::codec::Codec;
use crate::queue::Queue;
use crate::tree::Leaf;
use crate::{Appended, Entry, Erasure, Error, Listed, Page, Pending, Progress, Record, Search, Store};
use address::Target;
use erasing::Erasing;
use reading::Reading;

pub(crate) use filling::PostgresFilling;
pub use reader::PostgresReader;

/// Connections that read.
const READERS: usize = 4;

/// One database, or one schema of it; several processes may write to it.
#[derive(Debug)]
pub struct PostgresStore {
    queue: Queue<std::convert::Infallible>,
    reading: Reading,
    erasing: Erasing,
    codec: Arc<Codec>,
}

impl PostgresStore {
    /// Opens the log at `postgres://user@host/database`, in the first schema of the connection's search path. Its tables are made if there
    /// are none.
    ///
    /// The password is taken from the address or from the environment variable `PGPASSWORD`; no other file or variable of libpq is read.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::Format`] for a newer edition or another program's table; [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        let target = Arc::new(Target::parse(address)?);
        let codec = Arc::new(Codec::default());
        let queue = writer::open(Arc::clone(&target), Arc::clone(&codec)).await?;
        let erasing = Erasing::of(Arc::clone(&target));
        let reading = Reading::at(target, Arc::clone(&codec), READERS);
        Ok(Self { queue, reading, erasing, codec })
    }
}

impl Store for PostgresStore {
    fn place(&self) -> &str {
        self.reading.place()
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        Box::pin(async {
            let packed = self.codec.pack(&record.body);
            let packed = packed.map_err(|source| Error::store("append to", self.place(), source))?;
            self.queue.append(record, packed).await
        })
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(self.reading.find(id))
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(self.reading.find_key(key))
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        Box::pin(self.reading.find_case(case_id, from, limit))
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        Box::pin(self.reading.entries(from, limit))
    }

    fn leaves(&self, from: i64, limit: u32) -> Pending<'_, Vec<Leaf>> {
        Box::pin(self.reading.leaves(from, limit))
    }

    fn list<'a>(&'a self, search: &'a Search, page: Page) -> Pending<'a, Vec<Listed>> {
        Box::pin(self.reading.list(search, page))
    }

    fn erase(&self, erasure: Erasure) -> Pending<'_, Entry> {
        Box::pin(self.erasing.erase(erasure))
    }

    /// Writes the tables of entries and of proposals and their indexes anew (`VACUUM FULL`), which nobody can read meanwhile. Its owner may do that.
    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(self.erasing.scrub())
    }

    /// Takes the lock, and commits a message to the write-ahead log of the server that no table keeps: what an append needs, without an
    /// entry.
    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(self.queue.try_out())
    }

    fn progress(&self) -> Option<Progress> {
        Some(self.queue.meter().progress())
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.reading.close();
            self.queue.close().await
        })
    }
}

#[cfg(test)]
mod tests;
