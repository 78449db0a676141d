//! What is read from the tables, however the file was opened.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Params};
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::table::{self, Kept};
use super::{listing, schema};
use crate::packing::codec::{Codec, Damaged};
use crate::processors::on_all_processors;
use crate::store::sound;
use crate::tree::Leaf;
use crate::{Entry, Error, Listed, Page, Search};

/// Rows read at a time where many are looked through.
const PAGE: u32 = 1000;

/// How long a question waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// A few connections that only read; as many questions are answered at a time.
#[derive(Debug, Clone)]
pub(super) struct Reading(Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    place: String,
    edition: i64,
    codec: Arc<Codec>,
    turns: Arc<Semaphore>,
    count: u32,
    /// Those that nobody uses now. They stay open: on a full disk a new one may not find the room it needs to begin.
    idle: Mutex<Vec<Connection>>,
}

impl Reading {
    /// Reads a log of an edition with connections that are open.
    pub fn new(place: String, edition: i64, codec: Arc<Codec>, connections: Vec<Connection>) -> Self {
        let count = connections.len();
        let turns = Arc::new(Semaphore::new(count));
        Self(Arc::new(Inner {
            place,
            edition,
            codec,
            turns,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            idle: Mutex::new(connections),
        }))
    }

    pub fn place(&self) -> &str {
        &self.0.place
    }

    pub async fn find(&self, id: &str) -> Result<Option<Entry>, Error> {
        let id = id.to_owned();
        Ok(self.ask(|inner, connection| inner.select(connection, "WHERE id = ?", [id])).await?.pop())
    }

    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        let key = key.to_owned();
        let found =
            self.ask(|inner, connection| inner.select(connection, "WHERE idempotency_key = ?", [key]));
        Ok(found.await?.pop())
    }

    pub async fn entries(&self, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.ask(move |inner, connection| inner.entries(connection, from, limit)).await
    }

    pub async fn leaves(&self, from: i64, limit: u32) -> Result<Vec<Leaf>, Error> {
        if self.0.edition <= schema::WITHOUT_TREE {
            return Err(Error::WithoutTree { log: self.0.place.clone(), edition: self.0.edition });
        }
        self.ask(move |inner, connection| inner.leaves(connection, from, limit)).await
    }

    pub async fn list(&self, search: &Search, page: Page) -> Result<Vec<Listed>, Error> {
        if self.0.edition <= schema::WITHOUT_LISTING {
            return Err(Error::WithoutListing { log: self.0.place.clone(), edition: self.0.edition });
        }
        let search = search.clone();
        self.ask(move |inner, connection| {
            listing::list(connection, &search, page).map_err(|source| inner.failed(source))
        })
        .await
    }

    pub async fn find_case(&self, case_id: &str, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let case_id = case_id.to_owned();
        self.ask(move |inner, connection| match inner.edition {
            schema::WITHOUT_CASES => inner.look_through(connection, &case_id, from, limit),
            _ => inner.select(connection, schema::OF_A_CASE, (case_id, from, limit)),
        })
        .await
    }

    /// Closes every connection, when what was asked before is answered.
    pub async fn close(&self) {
        if let Ok(turns) = self.0.turns.acquire_many(self.0.count).await {
            self.0.turns.close();
            turns.forget();
            self.0.idle().clear();
        }
    }

    /// Asks something on one of the connections, where it holds up no other work.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Inner, &Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.turns).acquire_owned()).await;
        let turn = turn.map_err(|_| self.0.failed("all its connections are in use"))?;
        let turn = turn.map_err(|_| self.0.failed("it is closed"))?;
        let inner = Arc::clone(&self.0);
        let asked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let Some(connection) = inner.idle().pop() else { return Err(inner.failed("it is closed")) };
            // The connection is given back whatever happens.
            let answer = catch_unwind(AssertUnwindSafe(|| question(&inner, &connection)));
            inner.idle().push(connection);
            answer.unwrap_or_else(|_| Err(inner.failed("reading it panicked")))
        });
        asked.await.unwrap_or_else(|_| Err(self.0.failed("nobody is there to read it")))
    }

    /// The first of the connections.
    #[cfg(test)]
    pub fn with<T>(&self, question: impl FnOnce(&Connection) -> T) -> T {
        question(&self.0.idle()[0])
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every entry that is found, or an error about the first one that cannot be given back.
    fn select(&self, connection: &Connection, rest: &str, bound: impl Params) -> Result<Vec<Entry>, Error> {
        let kept = self.kept(connection, rest, bound)?;
        self.unpacked(connection, kept).into_iter().collect()
    }

    /// Up to the first entry that cannot be given back; see [`sound`].
    fn entries(&self, connection: &Connection, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let kept = self.kept(connection, "WHERE sequence >= ? ORDER BY sequence LIMIT ?", (from, limit))?;
        sound(self.unpacked(connection, kept))
    }

    /// As [`Inner::entries`].
    fn leaves(&self, connection: &Connection, from: i64, limit: u32) -> Result<Vec<Leaf>, Error> {
        let leaves =
            table::leaves(connection, "entries", from, limit).map_err(|source| self.failed(source))?;
        sound(leaves.into_iter().map(|leaf| {
            leaf.map_err(|sequence| {
                let problem = "its part of the tree is not as it was written".to_owned();
                Error::Chain { log: self.place.clone(), sequence, problem }
            })
        }))
    }

    fn kept(&self, connection: &Connection, rest: &str, bound: impl Params) -> Result<Vec<Kept>, Error> {
        let table = ("entries", self.edition);
        table::select(connection, table, rest, bound).map_err(|source| self.failed(source))
    }

    /// What comes of each entry: its body is unpacked on all processors.
    fn unpacked(&self, connection: &Connection, kept: Vec<Kept>) -> Vec<Result<Entry, Error>> {
        let ready: Vec<(i64, Result<Kept, Fault>)> = kept
            .into_iter()
            .map(|kept| (kept.sequence(), kept.with_dictionary(&self.codec, connection)))
            .collect();
        on_all_processors(ready, |(sequence, ready)| {
            let entry = ready.and_then(|kept| Ok(kept.unpacked_alone(&self.codec)?));
            entry.map_err(|fault| match fault {
                Fault::Damaged(Damaged(problem)) => {
                    Error::Chain { log: self.place.clone(), sequence, problem }
                }
                other => self.failed(other),
            })
        })
    }

    /// Entries of a case where nothing but their bodies says which they are.
    fn look_through(
        &self,
        connection: &Connection,
        case_id: &str,
        from: i64,
        limit: u32,
    ) -> Result<Vec<Entry>, Error> {
        let (mut found, mut next) = (Vec::new(), Some(from));
        while let Some(from) = next {
            let page = self.entries(connection, from, PAGE)?;
            next = page.last().and_then(|last| last.sequence.checked_add(1));
            let wanted = limit as usize - found.len();
            let of_the_case = page.into_iter().filter(|entry| entry.case_id.as_deref() == Some(case_id));
            found.extend(of_the_case.take(wanted));
            if found.len() == limit as usize {
                break;
            }
        }
        Ok(found)
    }

    pub fn failed(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::store("read", &self.place, source)
    }
}
