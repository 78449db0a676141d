//! A store that keeps nothing beyond the process: for tests, and to show that the seam holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::entry::proposal_of;
use crate::erasure::Left;
use crate::tree::{Leaf, Node, Salt};
use crate::{
    Appended, CONFIRMATION, Entry, Erasure, Error, Listed, OWN_VIEW, Page, Pending, Record, Search, Store,
    Summary,
};

/// Entries in memory. It keeps every promise of a [`Store`] but to be durable.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: Vec<Entry>,
    leaves: Vec<Leaf>,
    closed: bool,
}

impl MemoryStore {
    /// The entries, unless the store was closed.
    fn open(&self, action: &'static str) -> Result<MutexGuard<'_, State>, Error> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(Error::store(action, self.place(), "it is closed"));
        }
        Ok(state)
    }

    /// Changes what is kept, as somebody does who has it in hand.
    #[cfg(test)]
    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<Entry>, &mut Vec<Leaf>)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let State { entries, leaves, .. } = &mut *state;
        change(entries, leaves);
    }

    fn add(&self, state: &mut State, record: Record) -> Result<Entry, Error> {
        let last = state.entries.last().map(|entry| (entry.sequence, entry.hash.clone()));
        let entry = Entry::after(last, record);
        let salt = Salt::draw().map_err(|source| Error::store("append to", self.place(), source))?;
        let left = |node: Node| {
            let kept = usize::try_from(node.sequence() - 1).ok().and_then(|at| state.leaves.get(at));
            kept.and_then(|leaf| leaf.hash(node.level))
                .ok_or_else(|| Error::store("append to", self.place(), "a leaf is missing"))
        };
        let leaf = Leaf::grown(entry.sequence, &entry.hash, salt, left)?;
        state.leaves.push(leaf);
        state.entries.push(entry.clone());
        Ok(entry)
    }

    fn select(&self, from: i64, limit: u32, which: impl Fn(&Entry) -> bool) -> Result<Vec<Entry>, Error> {
        let state = self.open("read")?;
        let found = state.entries.iter().filter(|entry| entry.sequence >= from && which(entry));
        Ok(found.take(limit as usize).cloned().collect())
    }
}

impl Store for MemoryStore {
    fn place(&self) -> &str {
        "memory"
    }

    fn append(&self, record: Record) -> Pending<'_, Appended> {
        Box::pin(async move {
            // Held to the end: all of it is one step.
            let mut state = self.open("append to")?;
            let same_key = |entry: &&Entry| {
                record.idempotency_key.is_some() && entry.idempotency_key == record.idempotency_key
            };
            if let Some(held) = state.entries.iter().find(same_key) {
                return Ok(record.with_key_of(held.clone()));
            }
            if state.entries.iter().any(|entry| entry.id == record.id) {
                return Ok(Appended::IdTaken);
            }
            let summary = Summary::of(record.kind, &record.body);
            let proposal = record.about(summary.as_ref().and_then(|summary| summary.replaces.as_deref()));
            if state.entries.iter().any(|entry| entry.is_erased() && Some(entry.id.as_str()) == proposal) {
                return Ok(Appended::ProposalErased);
            }
            let replaced = |listed: &Listed| {
                listed.replacement.is_some() && Some(listed.proposal_id.as_str()) == proposal
            };
            if !record.takes_replaced() && listed(&state.entries).iter().any(replaced) {
                return Ok(Appended::ProposalReplaced);
            }
            let entry = self.add(&mut state, record)?;
            Ok(Appended::Written(entry))
        })
    }

    fn erase(&self, erasure: Erasure) -> Pending<'_, Entry> {
        Box::pin(async move {
            let mut state = self.open("erase from")?;
            let all = state.entries.iter().zip(&state.leaves).map(|(entry, leaf)| Left::of(entry, leaf));
            let (before, later): (Vec<Left>, Vec<Left>) = all.partition(|left| left.sequence <= erasure.seen);
            let named = before.into_iter().filter(|left| erasure.entries.contains(left.sequence)).collect();
            let of = erasure.with_later(named, later);
            let entry = self.add(&mut state, erasure.record(&of)?)?;
            for left in of {
                let at = usize::try_from(left.sequence - 1).unwrap_or(usize::MAX);
                let State { entries, leaves, .. } = &mut *state;
                if let (Some(entry), Some(leaf)) = (entries.get_mut(at), leaves.get_mut(at)) {
                    (entry.body, entry.request_digest, entry.idempotency_key, entry.case_id) =
                        (None, None, None, None);
                    leaf.salt = None;
                }
            }
            Ok(entry)
        })
    }

    /// There is nothing but the entries.
    fn scrub(&self) -> Pending<'_, ()> {
        Box::pin(async move { self.open("scrub").map(|_| ()) })
    }

    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(async move { Ok(self.select(i64::MIN, 1, |entry| entry.id == id)?.pop()) })
    }

    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>> {
        Box::pin(async move {
            Ok(self.select(i64::MIN, 1, |entry| entry.idempotency_key.as_deref() == Some(key))?.pop())
        })
    }

    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>> {
        Box::pin(async move { self.select(from, limit, |entry| entry.case_id.as_deref() == Some(case_id)) })
    }

    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>> {
        Box::pin(async move { self.select(from, limit, |_| true) })
    }

    fn leaves(&self, from: i64, limit: u32) -> Pending<'_, Vec<Leaf>> {
        Box::pin(async move {
            let state = self.open("read")?;
            let found = state.leaves.iter().filter(|leaf| leaf.sequence >= from);
            Ok(found.take(limit as usize).cloned().collect())
        })
    }

    fn list<'a>(&'a self, search: &'a Search, page: Page) -> Pending<'a, Vec<Listed>> {
        Box::pin(async move {
            let mut found = listed(&self.open("read")?.entries);
            found.retain(|listed| search.finds(listed));
            if page.newest_first {
                found.reverse();
            }
            let follows = |listed: &Listed| match page.after {
                None => true,
                Some(after) if page.newest_first => listed.sequence < after,
                Some(after) => listed.sequence > after,
            };
            Ok(found.into_iter().filter(follows).take(page.limit as usize).collect())
        })
    }

    fn writable(&self) -> Pending<'_, ()> {
        Box::pin(async move { self.open("append to").map(|_| ()) })
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.open("close")?.closed = true;
            Ok(())
        })
    }
}

/// Every proposal that was not erased, in order, as entries say it.
pub(crate) fn listed(entries: &[Entry]) -> Vec<Listed> {
    let mut all: Vec<Listed> = Vec::new();
    let mut at = HashMap::new();
    for entry in entries.iter().filter(|entry| !entry.is_erased()) {
        let summary = Summary::of_entry(entry);
        let about =
            proposal_of(&entry.kind, &entry.id).or(summary.as_ref().and_then(|s| s.replaces.as_deref()));
        if let Some(of) = about.and_then(|id| at.get(id)).and_then(|at: &usize| all.get_mut(*at)) {
            let part = match entry.kind.as_str() {
                CONFIRMATION => &mut of.confirmation,
                OWN_VIEW => &mut of.own_view,
                _ => &mut of.replacement,
            };
            if part.is_none() {
                *part = Some(entry.sequence);
                if summary.is_some() {
                    of.replaced_by = Some(entry.id.clone());
                }
            }
        }
        if let Some(summary) = summary {
            at.insert(entry.id.clone(), all.len());
            all.push(Listed {
                sequence: entry.sequence,
                proposal_id: entry.id.clone(),
                case_id: entry.case_id.clone(),
                summary,
                confirmation: None,
                own_view: None,
                replacement: None,
                replaced_by: None,
            });
        }
    }
    all
}
