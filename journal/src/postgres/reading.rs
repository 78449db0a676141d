//! What is read from the tables, on a few connections that only read and wait for nobody who writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::Mutex;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::address::Target;
use super::session::{Fault, Role, Session};
use super::statements::{Ask, Question};
use super::table::Kept;
use super::{listing, schema, table};
use crate::packing::codec::{Codec, Damaged};
use crate::store::sound;
use crate::tree::Leaf;
use crate::{Entry, Error, Listed, Page, Search};

/// Connections, each opened when it is needed and anew when it was lost.
#[derive(Debug)]
pub(super) struct Reading {
    target: Arc<Target>,
    codec: Arc<Codec>,
    places: Vec<Mutex<Place>>,
    /// Whether connections that were lost are opened anew.
    again: bool,
    next: AtomicUsize,
    closed: AtomicBool,
}

/// One connection, which several may ask at a time.
#[derive(Debug, Default)]
struct Place {
    session: Option<Arc<Session>>,
    /// When the server was not there, and what that looked like.
    absent: Option<(Instant, Error)>,
}

impl Reading {
    /// Reads a log on up to so many connections.
    pub fn at(target: Arc<Target>, codec: Arc<Codec>, count: usize) -> Self {
        let places = (0..count).map(|_| Mutex::default()).collect();
        let (next, closed) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { target, codec, places, again: true, next, closed }
    }

    /// Reads what a session sees, in the transaction that is open on it.
    pub fn on(target: Arc<Target>, codec: Arc<Codec>, session: Arc<Session>) -> Self {
        let only = Place { session: Some(session), absent: None };
        Self { places: vec![Mutex::new(only)], again: false, ..Self::at(target, codec, 0) }
    }

    pub fn place(&self) -> &str {
        &self.target.place
    }

    pub async fn find(&self, id: &str) -> Result<Option<Entry>, Error> {
        Ok(self.select(Ask::Ids, &[&vec![id]]).await?.pop())
    }

    pub async fn find_key(&self, key: &str) -> Result<Option<Entry>, Error> {
        Ok(self.select(Ask::Keys, &[&vec![key]]).await?.pop())
    }

    pub async fn find_case(&self, case_id: &str, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        self.select(Ask::Case, &[&case_id, &from, &i64::from(limit)]).await
    }

    /// Up to the first entry that cannot be given back; see [`sound`].
    pub async fn entries(&self, from: i64, limit: u32) -> Result<Vec<Entry>, Error> {
        let (session, rows) = self.ask(Ask::Entries, &[&from, &i64::from(limit)]).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let entry = self.entry(row, &session).await;
            let is_last = entry.is_err();
            entries.push(entry);
            if is_last {
                break;
            }
        }
        sound(entries)
    }

    /// As [`Reading::entries`].
    pub async fn leaves(&self, from: i64, limit: u32) -> Result<Vec<Leaf>, Error> {
        let (_, rows) = self.ask(Ask::Leaves, &[&from, &i64::from(limit)]).await?;
        sound(rows.iter().map(|row| {
            table::leaf(row).map_err(|fault| self.failed(fault))?.map_err(|sequence| {
                let problem = "its part of the tree is not as it was written".to_owned();
                Error::Chain { log: self.place().to_owned(), sequence, problem }
            })
        }))
    }

    pub async fn list(&self, search: &Search, page: Page) -> Result<Vec<Listed>, Error> {
        let (sql, bound) = listing::question(search, page);
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|value| &**value as _).collect();
        let asked = self.ask(Question::Text(&sql), &bound).await;
        let (_, rows) = asked.map_err(|error| self.without_listing(error))?;
        let listed: Result<_, tokio_postgres::Error> = rows.iter().map(listing::listed).collect();
        listed.map_err(|error| self.failed(error.into()))
    }

    /// A log of an edition before has no such table.
    fn without_listing(&self, error: Error) -> Error {
        let Error::Store { source, .. } = &error else { return error };
        match source.downcast_ref::<Fault>() {
            Some(fault) if fault.is_about_no_table() => Error::WithoutListing {
                log: self.place().to_owned(),
                edition: schema::WITHOUT_LISTING.into(),
            },
            _ => error,
        }
    }

    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        for place in &self.places {
            if let Ok(mut place) = place.try_lock() {
                place.session = None;
            }
        }
    }

    /// Every entry that is found, or an error about the first one that cannot be given back.
    async fn select(&self, what: Ask, bound: &[&(dyn ToSql + Sync)]) -> Result<Vec<Entry>, Error> {
        let (session, rows) = self.ask(what, bound).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            entries.push(self.entry(row, &session).await?);
        }
        Ok(entries)
    }

    async fn entry(&self, row: &Row, session: &Session) -> Result<Entry, Error> {
        let sequence = row.try_get("sequence").map_err(|error| self.failed(error.into()))?;
        let of = async { Kept::of(row)?.unpacked(&self.codec, session).await };
        of.await.map_err(|fault| match fault {
            Fault::Damaged(Damaged(problem)) => {
                Error::Chain { log: self.place().to_owned(), sequence, problem }
            }
            other => self.failed(other),
        })
    }

    /// Asks something, once more if the connection turns out to have been lost since it was used last.
    async fn ask(
        &self,
        what: impl Into<Question<'_>>,
        bound: &[&(dyn ToSql + Sync)],
    ) -> Result<(Arc<Session>, Vec<Row>), Error> {
        let what = what.into();
        let place = &self.places[self.next.fetch_add(1, Ordering::Relaxed) % self.places.len()];
        let (session, is_new) = self.session(place).await?;
        match session.ask(what, bound).await {
            Ok(rows) => Ok((session, rows)),
            Err(fault) if fault.is_refusal() => Err(self.failed(fault)),
            Err(fault) => {
                let was_lost = session.is_closed() && !is_new;
                self.forget(place, &session).await;
                if !was_lost {
                    return Err(self.failed(fault));
                }
                let (session, _) = self.session(place).await?;
                let rows = session.ask(what, bound).await.map_err(|fault| self.failed(fault))?;
                Ok((session, rows))
            }
        }
    }

    /// Leaves a connection that is lost, or on which the server is silent.
    async fn forget(&self, place: &Mutex<Place>, session: &Arc<Session>) {
        let mut place = place.lock().await;
        if place.session.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, session)) {
            place.session = None;
        }
    }

    /// The connection of a place, and whether it is a new one.
    async fn session(&self, place: &Mutex<Place>) -> Result<(Arc<Session>, bool), Error> {
        let asked = Instant::now();
        let mut place = place.lock().await;
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::store("read", self.place(), "it is closed"));
        }
        if let Some(session) = place.session.as_ref().filter(|session| !session.is_closed()) {
            return Ok((Arc::clone(session), false));
        }
        place.session = None;
        if !self.again {
            return Err(Error::store("read", self.place(), "the connection was lost"));
        }
        // Whoever waited while somebody else found the server absent does not find out again.
        if let Some((at, error)) = &place.absent
            && *at >= asked
        {
            return Err(error.clone());
        }
        match schema::session(&self.target, Role::Reads).await {
            Ok(session) => {
                let session = Arc::new(session);
                *place = Place { session: Some(Arc::clone(&session)), absent: None };
                Ok((session, true))
            }
            Err(error) => {
                place.absent = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    fn failed(&self, fault: Fault) -> Error {
        self.target.failed("read", fault)
    }
}
