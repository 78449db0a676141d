//! A store in memory that can be given one fault. The file is long because a store is one thing: each fault is a line where it would be right otherwise.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::*;
use crate::erasure::Left;
use crate::tree::{Frontier, Hash, Leaf, Salt};
use crate::{Erasure, Listed, Page, Search, Summary};

/// What is wrong with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    NotChained,
    HashOfAnotherEntry,
    KeyIgnored,
    IdBeforeKey,
    DigestIgnored,
    IdIgnored,
    RefusedTakesItsKey,
    RefusedTakesASequence,
    IdByItsBeginning,
    KeyForgotten,
    CaseNewestFirst,
    CaseOfTheAnswer,
    CasePageTooLong,
    PageAfterFrom,
    PageTooLong,
    PageCutShort,
    TwoSteps,
    KeyLookedUpBefore,
    OpenAfterDrop,
    ErasedKeepsItsBody,
    ErasedKeepsItsKey,
    ErasedKeepsItsCase,
    ErasedKeepsItsSalt,
    ErasedLosesItsLeaf,
    ErasedWithoutAnEntry,
    ErasedTwice,
    ErasedBeforeRefused,
    LaterConfirmationStays,
    ErasedIsConfirmed,
    WritableWrites,
    CloseForgotten,
    ClosedSaysWritable,
    LastLost,
    ReopenedTwice,
    NoLeaf,
    LeafOfAnotherEntry,
    SaltUsedAgain,
    NodesForgotten,
    LeavesAfterFrom,
    LeavesTooLong,
    Unlisted,
    ListedByNoUnit,
    WithheldLevelFound,
    ListPageTooLong,
    ListAlwaysInOrder,
    ListPageFromTheLast,
    ReplacedTwice,
    ReplacedUnsaid,
    ErasedIsListed,
    LaterViewStays,
    LaterReadingStays,
    ReplacedIsNotRead,
}

/// Each fault, with the requirement that forbids it.
pub const FAULTS: [(Fault, &str); 52] = [
    (Fault::NotChained, "entries are chained from the genesis on"),
    (Fault::HashOfAnotherEntry, "entries are chained from the genesis on"),
    (Fault::KeyIgnored, "a repeated key gives the same entry and writes nothing"),
    (Fault::IdBeforeKey, "a repeated key gives the same entry and writes nothing"),
    (Fault::DigestIgnored, "a key of another request is taken"),
    (Fault::IdIgnored, "an id is taken once"),
    (Fault::RefusedTakesItsKey, "an id is taken once"),
    (Fault::RefusedTakesASequence, "a refused record uses up no sequence"),
    (Fault::IdByItsBeginning, "entries are found by id and by key"),
    (Fault::KeyForgotten, "entries are found by id and by key"),
    (Fault::CaseNewestFirst, "entries of a case are found in order"),
    (Fault::CaseOfTheAnswer, "entries of a case are found in order"),
    (Fault::CasePageTooLong, "entries of a case are found in order"),
    (Fault::PageAfterFrom, "pages of any size and start fit together"),
    (Fault::PageTooLong, "pages of any size and start fit together"),
    (Fault::PageCutShort, "pages of any size and start fit together"),
    (Fault::NoLeaf, "every entry has its leaf in the tree, with a salt of its own"),
    (Fault::LeafOfAnotherEntry, "every entry has its leaf in the tree, with a salt of its own"),
    (Fault::SaltUsedAgain, "every entry has its leaf in the tree, with a salt of its own"),
    (Fault::NodesForgotten, "every entry has its leaf in the tree, with a salt of its own"),
    (Fault::LeavesAfterFrom, "pages of leaves of any size and start fit together"),
    (Fault::LeavesTooLong, "pages of leaves of any size and start fit together"),
    (Fault::Unlisted, "proposals are found by all that they are listed by"),
    (Fault::ListedByNoUnit, "proposals are found by all that they are listed by"),
    (Fault::WithheldLevelFound, "proposals are found by all that they are listed by"),
    (Fault::ListPageTooLong, "pages of the list fit together, whatever is written meanwhile"),
    (Fault::ListAlwaysInOrder, "pages of the list fit together, whatever is written meanwhile"),
    (Fault::ListPageFromTheLast, "pages of the list fit together, whatever is written meanwhile"),
    (Fault::ReplacedTwice, "a proposal is replaced once, and neither confirmed nor viewed after that"),
    (Fault::ReplacedUnsaid, "a proposal is replaced once, and neither confirmed nor viewed after that"),
    (Fault::ErasedIsListed, "what is erased is gone, and an entry says so"),
    (Fault::LaterViewStays, "a confirmation and an own view go with their proposal, whenever they came"),
    (Fault::LaterReadingStays, "a confirmation and an own view go with their proposal, whenever they came"),
    (Fault::ReplacedIsNotRead, "a proposal is replaced once, and neither confirmed nor viewed after that"),
    (Fault::TwoSteps, "many that append at once make one chain"),
    (Fault::KeyLookedUpBefore, "many at once with one key write one entry"),
    (Fault::OpenAfterDrop, "appends that nobody waits for do not stand in the way"),
    (Fault::ErasedKeepsItsBody, "what is erased is gone, and an entry says so"),
    (Fault::ErasedKeepsItsKey, "what is erased is gone, and an entry says so"),
    (Fault::ErasedKeepsItsCase, "what is erased is gone, and an entry says so"),
    (Fault::ErasedKeepsItsSalt, "what is erased is gone, and an entry says so"),
    (Fault::ErasedLosesItsLeaf, "what is erased is gone, and an entry says so"),
    (Fault::ErasedWithoutAnEntry, "what is erased is gone, and an entry says so"),
    (Fault::ErasedTwice, "an erasure that is refused changes nothing"),
    (Fault::ErasedBeforeRefused, "an erasure that is refused changes nothing"),
    (
        Fault::LaterConfirmationStays,
        "a confirmation and an own view go with their proposal, whenever they came",
    ),
    (Fault::ErasedIsConfirmed, "a confirmation and an own view go with their proposal, whenever they came"),
    (Fault::WritableWrites, "asking whether the log is writable writes nothing"),
    (Fault::CloseForgotten, "a closed store takes nothing"),
    (Fault::ClosedSaysWritable, "a closed store takes nothing"),
    (Fault::LastLost, "what was written is there after reopening"),
    (Fault::ReopenedTwice, "what was written is there after reopening"),
];

#[derive(Debug, Default, Clone)]
struct State {
    entries: Vec<Entry>,
    /// Salts of the entries, in order.
    salts: Vec<Salt>,
    /// Keys that a refused record has taken.
    taken: Vec<String>,
    /// Sequences that were used up.
    skipped: i64,
    /// A transaction was begun and not ended.
    begun: bool,
}

type Shared = Arc<Mutex<State>>;

/// What outlives a store, by its place.
static KEPT: LazyLock<Mutex<HashMap<String, Shared>>> = LazyLock::new(Mutex::default);

#[derive(Debug)]
pub struct FaultyStore {
    pub(super) fault: Fault,
    place: String,
    state: Shared,
    closed: Mutex<bool>,
}

impl FaultyStore {
    pub fn new(fault: Fault) -> Self {
        let mut kept = KEPT.lock().unwrap();
        let place = format!("place {}", kept.len());
        let state = Shared::default();
        kept.insert(place.clone(), Arc::clone(&state));
        Self { fault, place, state, closed: Mutex::new(false) }
    }

    pub fn reopened(fault: Fault, place: &str) -> Self {
        let mut state = Arc::clone(&KEPT.lock().unwrap()[place]);
        match fault {
            Fault::LastLost => drop(state.lock().unwrap().entries.pop()),
            // Each has a copy of its own from now on, and so an end of the chain of its own.
            Fault::ReopenedTwice => {
                let copy = state.lock().unwrap().clone();
                state = Arc::new(Mutex::new(copy));
            }
            _ => {}
        }
        Self { fault, place: place.to_owned(), state, closed: Mutex::new(false) }
    }

    fn open(&self) -> Result<(), Error> {
        if *self.closed.lock().unwrap() && self.fault != Fault::CloseForgotten {
            return Err(Error::store("use", &self.place, "closed"));
        }
        Ok(())
    }

    fn held(&self, record: &Record) -> Option<Appended> {
        let mut state = self.state.lock().unwrap();
        let key = record.idempotency_key.as_ref().filter(|_| self.fault != Fault::KeyIgnored);
        let same_id =
            state.entries.iter().any(|entry| entry.id == record.id) && self.fault != Fault::IdIgnored;
        if self.fault == Fault::IdBeforeKey && same_id {
            return Some(Appended::IdTaken);
        }
        if let Some(key) = key {
            if state.taken.contains(key) {
                return Some(Appended::KeyTaken);
            }
            if let Some(held) = state.entries.iter().find(|entry| entry.idempotency_key.as_ref() == Some(key))
            {
                let held = held.clone();
                return Some(match self.fault {
                    Fault::DigestIgnored => Appended::Repeated(held),
                    _ => record.with_key_of(held),
                });
            }
        }
        if !same_id {
            let summary = Summary::of(record.kind, &record.body);
            let proposal = record.about(summary.as_ref().and_then(|summary| summary.replaces.as_deref()));
            let of_erased = |entry: &Entry| entry.is_erased() && Some(entry.id.as_str()) == proposal;
            if state.entries.iter().any(of_erased) && self.fault != Fault::ErasedIsConfirmed {
                return Some(Appended::ProposalErased);
            }
            let is_replaced = self.is_replaced(&state.entries, proposal)
                && (!record.takes_replaced() || self.fault == Fault::ReplacedIsNotRead);
            return is_replaced.then_some(Appended::ProposalReplaced);
        }
        match self.fault {
            Fault::RefusedTakesItsKey => state.taken.extend(key.cloned()),
            Fault::RefusedTakesASequence => state.skipped += 1,
            _ => {}
        }
        Some(Appended::IdTaken)
    }

    fn following(&self, record: Record) -> Entry {
        let state = self.state.lock().unwrap();
        let last = state.entries.last().map(|entry| (entry.sequence + state.skipped, entry.hash.clone()));
        let answered = record.body.contains(r#""case_id":"c1"}}"#);
        let mut entry = Entry::after(last, record);
        match self.fault {
            Fault::NotChained => {
                entry.previous = crate::GENESIS.to_owned();
                entry.hash = crate::hash(&entry).unwrap();
            }
            Fault::HashOfAnotherEntry => entry.hash = crate::GENESIS.to_owned(),
            Fault::CaseOfTheAnswer if answered => entry.case_id = Some("c1".to_owned()),
            _ => {}
        }
        entry
    }

    fn select(&self, from: i64, limit: u32, which: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>, Error> {
        self.open()?;
        let state = self.state.lock().unwrap();
        let found = state.entries.iter().filter(|entry| entry.sequence >= from && which(entry));
        Ok(found.take(limit as usize).cloned().collect())
    }
}

impl FaultyStore {
    /// The tree of the entries, made anew each time.
    fn tree(&self) -> Vec<Leaf> {
        let mut state = self.state.lock().unwrap();
        while state.salts.len() < state.entries.len() {
            let salt = match (self.fault, state.salts.last()) {
                (Fault::SaltUsedAgain, Some(last)) => *last,
                _ => Salt::draw().unwrap(),
            };
            state.salts.push(salt);
        }
        let mut tree = Frontier::default();
        let mut leaves: Vec<Leaf> = Vec::new();
        for (entry, salt) in state.entries.iter().zip(&state.salts) {
            let hash = if self.fault == Fault::LeafOfAnotherEntry { &entry.previous } else { &entry.hash };
            let lost = self.fault == Fault::ErasedLosesItsLeaf && entry.is_erased();
            let data = if lost { Hash([0; 32]) } else { salt.data(hash) };
            let mut nodes = tree.add(&data);
            if self.fault == Fault::NodesForgotten {
                nodes.clear();
            }
            if self.fault != Fault::NoLeaf || entry.sequence % 2 == 1 {
                let gone = entry.is_erased() && self.fault != Fault::ErasedKeepsItsSalt;
                let salt = (!gone).then_some(*salt);
                leaves.push(Leaf { sequence: entry.sequence, salt, data, nodes });
            }
        }
        leaves
    }
}

impl Store for FaultyStore {
    fn place(&self) -> &str {
        &self.place
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        Box::pin(async move {
            self.open()?;
            if self.fault == Fault::OpenAfterDrop {
                if std::mem::replace(&mut self.state.lock().unwrap().begun, true) {
                    return Err(Error::store("append to", &self.place, "a transaction is open"));
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
                self.state.lock().unwrap().begun = false;
            }
            static ONE_STEP: Mutex<()> = Mutex::new(());
            let entry = match self.fault {
                Fault::KeyLookedUpBefore => {
                    if let Some(held) = self.held(&record) {
                        return Ok(held);
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    self.following(record)
                }
                Fault::TwoSteps => {
                    if let Some(held) = self.held(&record) {
                        return Ok(held);
                    }
                    let entry = self.following(record);
                    // Not `yield_now`: where one thread does all the work, nobody might come between.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    entry
                }
                _ => {
                    let _step = ONE_STEP.lock().unwrap();
                    if let Some(held) = self.held(&record) {
                        return Ok(held);
                    }
                    let entry = self.following(record);
                    self.state.lock().unwrap().entries.push(entry.clone());
                    return Ok(Appended::Written(entry));
                }
            };
            self.state.lock().unwrap().entries.push(entry.clone());
            Ok(Appended::Written(entry))
        })
    }

    fn erase(&self, erasure: Erasure) -> Pending<'_, Entry> {
        Box::pin(async move {
            self.open()?;
            let entries = self.state.lock().unwrap().entries.clone();
            let all: Vec<Left> =
                entries.iter().zip(self.tree()).map(|(entry, leaf)| Left::of(entry, &leaf)).collect();
            let (before, later) = all.into_iter().partition(|left| left.sequence <= erasure.seen);
            let before: Vec<Left> = before;
            let named = before.into_iter().filter(|left| erasure.entries.contains(left.sequence)).collect();
            let mut later: Vec<Left> = later;
            later.retain(|left| match left.kind.as_str() {
                crate::CONFIRMATION => self.fault != Fault::LaterConfirmationStays,
                crate::READ => self.fault != Fault::LaterReadingStays,
                _ => self.fault != Fault::LaterViewStays,
            });
            let mut of = erasure.with_later(named, later);
            if self.fault == Fault::ErasedBeforeRefused {
                self.state.lock().unwrap().entries.truncate(1);
            }
            if self.fault == Fault::ErasedTwice {
                of.iter_mut().for_each(|left| left.erased = false);
            }
            let entry = self.following(erasure.record(&of)?);
            let mut state = self.state.lock().unwrap();
            if self.fault != Fault::ErasedWithoutAnEntry {
                state.entries.push(entry.clone());
            }
            for entry in
                state.entries.iter_mut().filter(|entry| of.iter().any(|left| left.sequence == entry.sequence))
            {
                entry.request_digest = None;
                if self.fault != Fault::ErasedKeepsItsBody {
                    entry.body = None;
                }
                if self.fault != Fault::ErasedKeepsItsKey {
                    entry.idempotency_key = None;
                }
                if self.fault != Fault::ErasedKeepsItsCase {
                    entry.case_id = None;
                }
            }
            Ok(entry)
        })
    }

    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(async move { self.open() })
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        let beginning = self.fault == Fault::IdByItsBeginning;
        let is = move |entry: &Entry| entry.id == id || beginning && entry.id.starts_with(id);
        Box::pin(async move { Ok(self.select(i64::MIN, 1, is)?.pop()) })
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        let is = move |entry: &Entry| {
            entry.idempotency_key.as_deref() == Some(key) && self.fault != Fault::KeyForgotten
        };
        Box::pin(async move { Ok(self.select(i64::MIN, 1, is)?.pop()) })
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        Box::pin(async move {
            let limit = if self.fault == Fault::CasePageTooLong { limit + 1 } else { limit };
            let mut found = self.select(from, limit, |entry| entry.case_id.as_deref() == Some(case_id))?;
            if self.fault == Fault::CaseNewestFirst {
                found.reverse();
            }
            Ok(found)
        })
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        Box::pin(async move {
            let mut found = self.select(from, limit, |entry| {
                self.fault != Fault::PageAfterFrom || from <= 1 || entry.sequence > from
            })?;
            if self.fault == Fault::PageCutShort && limit > 1 && found.len() < limit as usize {
                found.truncate(1);
            }
            if self.fault == Fault::PageTooLong && found.len() == limit as usize {
                found.extend(self.select(from + i64::from(limit), 1, |_| true)?);
            }
            Ok(found)
        })
    }

    fn leaves(&self, from: i64, limit: u32) -> Pending<'_, Vec<Leaf>> {
        Box::pin(async move {
            self.open()?;
            let leaves = self.tree();
            let after = i64::from(self.fault == Fault::LeavesAfterFrom && from > 1);
            let limit = limit as usize + usize::from(self.fault == Fault::LeavesTooLong);
            Ok(leaves.into_iter().filter(|leaf| leaf.sequence >= from + after).take(limit).collect())
        })
    }

    fn list<'a>(&'a self, search: &'a Search, page: Page) -> Pending<'a, Vec<Listed>> {
        Box::pin(async move {
            self.open()?;
            Ok(self.listed(&self.state.lock().unwrap().entries, search, page))
        })
    }

    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            if self.fault == Fault::ClosedSaysWritable {
                return Ok(());
            }
            if self.fault == Fault::WritableWrites {
                let entry = self.following(proposal("probe", None, "c"));
                self.state.lock().unwrap().entries.push(entry);
            }
            self.open()
        })
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            *self.closed.lock().unwrap() = true;
            Ok(())
        })
    }
}
