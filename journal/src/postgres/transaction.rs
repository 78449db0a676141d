//! Entries that are appended together: one transaction, in two rounds to the server.
//!
//! The first takes the lock and looks at everything that decides what becomes of the entries; the second writes them and commits.

use std::collections::{HashMap, HashSet};

use tokio_postgres::types::ToSql;

use super::session::{Fault, Session};
use super::statements::Ask;
use super::{schema, table};
use crate::packing::codec::{Codec, Damaged};
use crate::queue::Append;
use crate::tree::{Hash, Leaf, Node, Salt};
use crate::{Appended, Entry, PROPOSAL, Record};

/// Where a log ends: sequence and hash of its last entry; nothing if it is empty.
pub(super) type End = Option<(i64, String)>;

/// What is known once the lock is held.
#[derive(Default)]
pub(super) struct Begun {
    pub end: End,
    /// The leaves that keep what the next ones need.
    leaves: HashMap<i64, Leaf>,
    /// Entries in the log that have an id or a key of those to be appended.
    ids: HashMap<String, Entry>,
    keys: HashMap<String, Entry>,
    /// Proposals that were replaced, of those that entries to be appended are about.
    replaced: HashSet<String>,
}

/// What becomes of entries, once they are committed.
#[derive(Default)]
pub(super) struct Plan {
    pub appended: Vec<Appended>,
    /// Those of them that are to be written, by their place, each with its leaf.
    written: Vec<(usize, Leaf)>,
    pub end: End,
}

/// How a transaction ended that did not commit.
pub(super) enum Ended {
    /// Nothing of it is in the log.
    Refused(Fault),
    /// Whether it is in the log, nobody said.
    Unknown(Fault),
}

/// Takes the lock, and looks at what is there. `known` is an entry that is in the log, if any.
///
/// # Errors
/// Then nothing was written, and the session is of no use any more.
pub(super) async fn begin(
    session: &Session,
    codec: &Codec,
    known: &End,
    appends: &[Append],
) -> Result<Begun, Fault> {
    let ids = appends.iter().map(|append| append.record.id.as_str());
    let about: Vec<&str> = appends.iter().filter_map(Append::about).collect();
    let ids: Vec<&str> = ids.chain(about.iter().copied()).collect();
    let keys: Vec<&str> =
        appends.iter().filter_map(|append| append.record.idempotency_key.as_deref()).collect();
    let sequence = known.as_ref().map(|(sequence, _)| *sequence);
    let (of_end, of_ids, of_keys): ([&(dyn ToSql + Sync); 1], [_; 1], [_; 1]) =
        ([&sequence], [&ids as &(dyn ToSql + Sync)], [&keys as &(dyn ToSql + Sync)]);
    let of_replaced = [&about as &(dyn ToSql + Sync)];
    let replaced = async {
        match about.is_empty() {
            true => Ok(Vec::new()),
            false => session.ask(Ask::AreReplaced, &of_replaced).await,
        }
    };
    let (begun, end, ids, keys, replaced) = tokio::join!(
        biased;
        session.batch(schema::BEGIN),
        session.ask(Ask::End, &of_end),
        session.ask(Ask::Ids, &of_ids),
        session.ask(Ask::Keys, &of_keys),
        replaced,
    );
    begun?;
    let mut begun = Begun::default();
    let mut is_known = known.is_none();
    for row in end? {
        let (sequence, hash): (i64, String) = (row.try_get("sequence")?, row.try_get("hash")?);
        let leaf = Leaf::of_bytes(sequence, None, row.try_get("tree")?);
        begun.leaves.extend(leaf.map(|leaf| (sequence, leaf)));
        is_known |= known.as_ref().is_some_and(|(of, before)| (*of, before) == (sequence, &hash));
        begun.end = Some((sequence, hash));
    }
    if !is_known {
        return Err(Fault::Unexpected(
            "the last entry that was seen in it is not there any more: the log was replaced while it was open".to_owned(),
        ));
    }
    begun.ids = table::by(&ids?, codec, session, |entry| Some(entry.id.clone())).await?;
    begun.replaced = replaced?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    begun.keys = table::by(&keys?, codec, session, |entry| entry.idempotency_key.clone()).await?;
    Ok(begun)
}

impl Begun {
    /// Decides what becomes of entries, one after the other. The first ones were tried before, and may be in the log already.
    ///
    /// # Errors
    /// If the tree lacks a part that the next entry needs, or there is no salt.
    pub fn plan(&self, appends: &[Append], tried: usize) -> Result<Plan, Fault> {
        let mut plan = Plan { end: self.end.clone(), ..Plan::default() };
        let mut leaves = HashMap::new();
        let (mut ids, mut keys, mut replaced) = (HashSet::new(), HashMap::new(), HashSet::new());
        for (place, append) in appends.iter().enumerate() {
            let (record, about) = (&append.record, append.about());
            let key = record.idempotency_key.as_deref();
            let added = |at: &usize| match &plan.appended[*at] {
                Appended::Written(entry) => Some(entry),
                _ => None,
            };
            let of_key = |key: &str| self.keys.get(key).or_else(|| keys.get(key).and_then(added));
            let is_own = |held: &Entry| place < tried && is_of(held, record);
            let what = match (key.and_then(of_key), self.ids.get(&record.id)) {
                (Some(held), _) | (None, Some(held)) if is_own(held) => Appended::Written(held.clone()),
                (Some(held), _) => record.with_key_of(held.clone()),
                (None, Some(_)) => Appended::IdTaken,
                (None, None) if ids.contains(record.id.as_str()) => Appended::IdTaken,
                (None, None) if about.is_some_and(|about| self.is_erased(about)) => Appended::ProposalErased,
                (None, None)
                    if !record.takes_replaced()
                        && about.is_some_and(|about| {
                            self.replaced.contains(about) || replaced.contains(about)
                        }) =>
                {
                    Appended::ProposalReplaced
                }
                (None, None) => {
                    let (entry, leaf) = self.grown(plan.end.take(), record.clone(), &leaves)?;
                    leaves.insert(entry.sequence, leaf.clone());
                    plan.written.push((place, leaf));
                    plan.end = Some((entry.sequence, entry.hash.clone()));
                    ids.insert(record.id.as_str());
                    replaced.extend(about.filter(|_| record.kind == PROPOSAL));
                    keys.extend(key.map(|key| (key, place)));
                    Appended::Written(entry)
                }
            };
            plan.appended.push(what);
        }
        Ok(plan)
    }

    /// The entry that a record becomes after the last one, with its leaf.
    pub fn grown(
        &self,
        last: End,
        record: Record,
        added: &HashMap<i64, Leaf>,
    ) -> Result<(Entry, Leaf), Fault> {
        let entry = Entry::after(last, record);
        let left = |node: Node| self.hash(added, node);
        let leaf = Leaf::grown(entry.sequence, &entry.hash, Salt::draw()?, left)?;
        Ok((entry, leaf))
    }

    /// Whether a proposal was erased.
    fn is_erased(&self, proposal: &str) -> bool {
        self.ids.get(proposal).is_some_and(Entry::is_erased)
    }

    /// The hash of a node, where the entry that completes it keeps it.
    fn hash(&self, added: &HashMap<i64, Leaf>, node: Node) -> Result<Hash, Fault> {
        let sequence = node.sequence();
        let leaf = added.get(&sequence).or_else(|| self.leaves.get(&sequence));
        let hash = leaf.and_then(|leaf| leaf.hash(node.level));
        hash.ok_or_else(|| {
            Fault::Damaged(Damaged(format!(
                "the next entry cannot be put into the tree: entry {sequence} lacks its part of it"
            )))
        })
    }
}

/// Whether an entry is what a record became.
fn is_of(entry: &Entry, record: &Record) -> bool {
    let Record { kind, id, idempotency_key, request_digest, body } = record;
    entry.kind == *kind
        && entry.id == *id
        && entry.idempotency_key == *idempotency_key
        && entry.request_digest.as_ref() == Some(request_digest)
        && entry.body.as_ref() == Some(body)
}

impl Plan {
    /// Whether the log would be as it was.
    pub fn writes_nothing(&self) -> bool {
        self.written.is_empty()
    }

    /// Writes what is to be written, and commits.
    pub async fn commit(&self, session: &Session, appends: &[Append]) -> Result<(), Ended> {
        let rows: Vec<_> = self
            .written
            .iter()
            .filter_map(|(place, leaf)| match &self.appended[*place] {
                Appended::Written(entry) => {
                    let Append { packed, summary, .. } = &appends[*place];
                    Some((entry, Some(packed), leaf, summary.as_deref()))
                }
                _ => None,
            })
            .collect();
        let (written, committed) =
            tokio::join!(biased; table::insert(session, &rows), session.batch("COMMIT"));
        match (written, committed) {
            (Ok(()), Ok(())) => Ok(()),
            // What the server does not write it does not commit.
            (Err(fault), _) if fault.is_refusal() => Err(Ended::Refused(fault)),
            (Err(fault @ Fault::Unexpected(_)), _) => Err(Ended::Refused(fault)),
            (Err(fault), _) | (Ok(()), Err(fault)) => Err(Ended::Unknown(fault)),
        }
    }
}
