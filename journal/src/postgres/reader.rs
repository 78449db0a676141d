//! The log for somebody who only reads: on a standby, with a role that may only select, or beside running services.

use std::sync::Arc;

use super::address::Target;
use super::reading::Reading;
use super::schema;
use super::session::Role;
use crate::packing::codec::Codec;
use crate::tree::Leaf;
use crate::{Appended, Entry, Erasure, Error, Listed, Page, Pending, Progress, Record, Search, Store};

/// One database, to be read only.
#[derive(Debug)]
pub struct PostgresReader {
    reading: Reading,
}

impl PostgresReader {
    /// Opens the log at `postgres://user@host/database`, which must be there.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Store`], [`Error::Format`], [`Error::Unprotected`].
    pub async fn open(address: &str) -> Result<Self, Error> {
        let target = Arc::new(Target::parse(address)?);
        // The first one says what is there; further ones look again.
        let session = schema::session(&target, Role::Reads).await?;
        drop(session);
        Ok(Self { reading: Reading::at(target, Arc::new(Codec::default()), 1) })
    }

    /// Reads with what was opened otherwise.
    pub(super) fn with(reading: Reading) -> Self {
        Self { reading }
    }
}

impl Store for PostgresReader {
    fn place(&self) -> &str {
        self.reading.place()
    }

    fn append(&self, _: Record) -> Pending<'_, Appended> {
        Box::pin(async { Err(Error::read_only(self.place())) })
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

    fn erase(&self, _: Erasure) -> Pending<'_, Entry> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(async { Err(Error::read_only(self.place())) })
    }

    fn progress(&self) -> Option<Progress> {
        None
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async {
            self.reading.close();
            Ok(())
        })
    }
}
