//! The log as one SQLite file.
//!
//! An entry is committed with `synchronous = FULL` before anybody is told of it. Nothing is ever changed or removed but what is erased together with an
//! entry that says so, and the database itself refuses to: a file without the triggers that do so is not opened.

mod backup;
mod before;
mod dictionaries;
mod digest;
mod erasing;
mod fault;
mod file;
mod filling;
mod listing;
mod migration;
mod reader;
mod reading;
mod same;
mod schema;
mod table;
mod writer;

use std::sync::Arc;

use crate::packing::codec::Codec;
use crate::queue::Queue;
use crate::tree::Leaf;
use crate::{Appended, Entry, Erasure, Error, Listed, Page, Pending, Progress, Record, Search, Store};
use erasing::Erasing;
use file::Opening;
use reading::Reading;

pub(crate) use before::could_open;
pub(crate) use filling::SqliteFilling;
pub use reader::SqliteReader;

/// Connections that read.
const READERS: usize = 4;

/// One file; several processes may write to it.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Queue<writer::Other>,
    reading: Reading,
    erasing: Erasing,
    codec: Arc<Codec>,
}

impl SqliteStore {
    /// Opens the file at a path or `sqlite:path`. It is made if there is none, for its owner alone, and migrated in one
    /// transaction if it is of an edition before.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Store`], [`Error::Format`], [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        Self::open_as(Opening::of(&file::path(address)?)).await
    }

    async fn open_as(opening: Opening) -> Result<Self, Error> {
        let place = opening.path.display().to_string();
        let of_readers = place.clone();
        let opened = tokio::task::spawn_blocking(move || {
            let codec = Arc::new(Codec::default());
            let writer = writer::open(opening.clone(), Arc::clone(&codec))?;
            let erasing = Erasing::of(opening.clone());
            let reading = (0..READERS).map(|_| opening.connect_to_read()).collect::<Result<_, _>>();
            let reading = reading.map_err(|source| opening.failed("open", source))?;
            let reading = Reading::new(of_readers, schema::EDITION, Arc::clone(&codec), reading);
            Ok(Self { writer, reading, erasing, codec })
        });
        opened.await.unwrap_or_else(|_| Err(Error::store("open", place, "opening it panicked")))
    }
}

impl Store for SqliteStore {
    fn place(&self) -> &str {
        self.reading.place()
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        Box::pin(async {
            let packed = self.codec.pack(&record.body);
            let packed = packed.map_err(|source| Error::store("append to", self.place(), source))?;
            self.writer.append(record, packed).await
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

    /// Writes the file anew (`VACUUM`), and moves all of it out of the write-ahead file, which is emptied.
    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(self.erasing.scrub())
    }

    /// Writes as much as several entries to the disk and takes it back, so that a full disk is found out before a request is.
    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(self.writer.try_out())
    }

    fn progress(&self) -> Option<Progress> {
        Some(self.writer.meter().progress())
    }

    /// Moves everything from the write-ahead file into the log, so that one file is left.
    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.reading.close().await;
            self.writer.close().await
        })
    }
}

#[cfg(test)]
mod tests;
