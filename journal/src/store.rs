//! Where a log is kept.

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use crate::tree::Leaf;
use crate::{Appended, Entry, Erasure, Error, Listed, Page, Progress, Record, Search};

/// What a store answers, sooner or later.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A place that keeps entries. [`Log`](crate::Log) stands on one and does everything that is the same for all of them.
///
/// What a store promises, and the module `conformance` (feature `testing`) checks:
///
/// - **Atomic.** Looking for the key, looking for the id, taking the next sequence and the hash before it, and writing
///   are one step: however many append at the same time, in however many processes, there is one chain, without a gap and
///   without a fork.
/// - **Durable.** What [`append`](Store::append) calls written outlives the process and the machine's power.
/// - **All or nothing.** An append that fails or is refused leaves nothing behind. One whose future is dropped has either
///   written its entry or nothing, and does not stand in the way of the next.
/// - **In the tree.** With each entry, in the same step, its leaf is written: [`Leaf::grown`] with a salt of its own, drawn for it.
/// - **Listed.** With each proposal, in the same step, what it is listed by is kept; with what confirms, views or replaces it, that it does. A proposal is
///   replaced once, and not confirmed or viewed after that.
/// - **Unchanged.** What was written is given back as it was written, in order, for ever, unless it was erased.
/// - **Erased whole.** [`erase`](Store::erase) destroys all that it has to and writes the entry that says so in one step, or does nothing. What is left of an
///   entry is as it was.
pub trait Store: Debug + Send + Sync {
    /// Where it is, as errors name it: the path of a file, without secrets.
    fn place(&self) -> &str;

    /// Appends a record as the entry [`Entry::after`] the last one. In this order: a key that is held already decides
    /// what becomes of the record ([`Record::with_key_of`]); an id that is held refuses it, and so does, of what confirms, views or replaces a
    /// proposal, that this one was erased, and then that it was replaced; else it is written.
    ///
    /// # Errors
    /// [`Error::Store`]; then nothing was written.
    fn append(&self, record: Record) -> Pending<'_, Appended>;

    /// The entry of an id.
    ///
    /// # Errors
    /// [`Error::Store`].
    fn find<'a>(&'a self, id: &'a str) -> Pending<'a, Option<Entry>>;

    /// The entry that an idempotency key belongs to.
    ///
    /// # Errors
    /// [`Error::Store`].
    fn find_key<'a>(&'a self, key: &'a str) -> Pending<'a, Option<Entry>>;

    /// Up to `limit` entries of a case in order, from sequence `from` on.
    ///
    /// # Errors
    /// [`Error::Store`].
    fn find_case<'a>(&'a self, case_id: &'a str, from: i64, limit: u32) -> Pending<'a, Vec<Entry>>;

    /// Up to `limit` entries in order, from sequence `from` on, which may lie below the first or beyond the last.
    ///
    /// # Errors
    /// [`Error::Store`].
    fn entries(&self, from: i64, limit: u32) -> Pending<'_, Vec<Entry>>;

    /// What up to `limit` entries add to the tree, in order, from sequence `from` on. No body is looked at.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::WithoutTree`] of a log of an edition before it, which can only be read.
    fn leaves(&self, from: i64, limit: u32) -> Pending<'_, Vec<Leaf>>;

    /// One page of the proposals that a search finds, in the order of the log or against it.
    ///
    /// # Errors
    /// [`Error::Store`]; [`Error::WithoutListing`] of a log of an edition before, which can only be read.
    fn list<'a>(&'a self, search: &'a Search, page: Page) -> Pending<'a, Vec<Listed>>;

    /// Erases entries: their bodies, the digests of their requests, their keys, the cases that they are filed under, what they are listed by, and the salts of
    /// their leaves. With them go confirmations and own views of theirs that came since they were selected. In the same step the entry is written that says so.
    ///
    /// # Errors
    /// [`Error::NotErased`] if one of them is not there, is no case's or was erased before; [`Error::Store`]. Then nothing was erased.
    fn erase(&self, erasure: Erasure) -> Pending<'_, Entry>;

    /// Rewrites whatever the entries are kept in, so that nothing is left there of what was erased: no free space, no older copy of a row. It may take
    /// its time, and appends may have to wait.
    ///
    /// # Errors
    /// [`Error::Store`]; then something may be left.
    fn scrub(&self) -> Pending<'_, ()>;

    /// Whether an entry could be written now. Nothing is.
    ///
    /// # Errors
    /// [`Error::Store`] if not.
    fn writable(&self) -> Pending<'_, ()>;

    /// How far the writing has come; none of a store that has nobody who writes apart from those who ask.
    fn progress(&self) -> Option<Progress>;

    /// Puts everything in its final place and lets go of it. Whatever is asked afterwards is an error.
    ///
    /// # Errors
    /// [`Error::Store`]. What was acknowledged is durable all the same.
    fn close(&self) -> Pending<'_, ()>;
}

/// A store that is filled with another log, and that is none until all of it is there. Dropped before [`finish`](Filling::finish),
/// nothing is left of it.
pub(crate) trait Filling: Send {
    /// Keeps a dictionary for the entries to come.
    fn keep(&mut self, dictionary: Vec<u8>) -> Pending<'_, ()>;

    /// Writes entries as they are, in order, each with its leaf.
    fn write(&mut self, entries: Vec<(Entry, Leaf)>) -> Pending<'_, ()>;

    /// All that was written, to be read. Nothing is written any more.
    fn written(&mut self) -> Pending<'_, Arc<dyn Store>>;

    /// Makes it a log, durably.
    fn finish(self: Box<Self>) -> Pending<'static, ()>;
}

/// All up to the first that cannot be given back. That is an error only if it is the first of all, so that whoever reads on is handed
/// all that is sound before it.
pub(crate) fn sound<T>(found: impl IntoIterator<Item = Result<T, Error>>) -> Result<Vec<T>, Error> {
    let mut sound = Vec::new();
    for one in found {
        match one {
            Ok(one) => sound.push(one),
            Err(Error::Chain { .. }) if !sound.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(sound)
}
