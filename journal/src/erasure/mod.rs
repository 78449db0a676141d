//! Entries of which nothing but their place is left, and the entry that says so.
//!
//! What is destroyed of a proposal, a confirmation, an own view or a reading is its body, the digest of its request, its idempotency key, the case that it is filed
//! under, what it is listed by, and the salt of its leaf. What is left is its sequence, kind and id, its hash and its leaf, so that chain, tree, checkpoints and receipts hold as
//! before. The entry that is appended in the same step has the kind [`ERASURE`](crate::ERASURE), and its body says, without anything of a case:
//!
//! ```text
//! {"erased": [[first, last], ...],   the sequences, in ranges
//!  "proposals": n, "confirmations": n,
//!  "own_views": n, "reads": n,       each left out if there are none
//!  "left": "...",                    what is left of them; see below
//!  "reason": "...", "by": "...", "at": "...",
//!  "before": "..."}                  null, or the day of a retention period
//! ```
//! The hash of an erased entry cannot be made again from what is left. That what is left is not changed either shows by
//!
//! ```text
//! left           = SHA-256(left of one || left of the next || ...)
//! left of one    = SHA-256(sequence \n kind \n id \n hash \n data of its leaf)
//! ```
//! with hashes in lower-case hexadecimal where they are hashed, and 32 bytes where they are joined.

mod gone;
mod ranges;

use std::collections::HashSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::canonical::{self, hexadecimal};
use crate::entry::{belongs_to, is_of_a_case};
use crate::tree::{Hash, Leaf};
use crate::{CONFIRMATION, ERASURE, Entry, Error, OWN_VIEW, PROPOSAL, READ, Record};

pub(crate) use gone::Gone;
pub use ranges::Ranges;

/// Who has entries erased, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Why, in words that name no case.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What is to be erased in one step; [`Selection::erasures`](crate::Selection::erasures) makes it.
#[derive(Debug, Clone)]
pub struct Erasure {
    /// The entries: proposals, each with its confirmation, its own view and what says who read it.
    pub(crate) entries: Ranges,
    /// The entry up to which these were looked for.
    pub(crate) seen: i64,
    pub(crate) ground: Ground,
    pub(crate) before: Option<Timestamp>,
}

/// What the entry says of itself, once it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The sequences that were erased.
    pub erased: Ranges,
    /// How many of them are proposals.
    pub proposals: u64,
    /// How many are confirmations.
    pub confirmations: u64,
    /// How many are own views.
    #[serde(default, skip_serializing_if = "none")]
    pub own_views: u64,
    /// How many say who was shown one of them.
    #[serde(default, skip_serializing_if = "none")]
    pub reads: u64,
    /// What is left of them, in one hash.
    pub left: Hash,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The day of a retention period: all that is older was to be erased.
    pub before: Option<Timestamp>,
}

/// What is left of an entry when it is erased, and was there before.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    pub sequence: i64,
    pub kind: String,
    pub id: String,
    pub hash: String,
    /// Of its leaf.
    pub data: Hash,
    pub erased: bool,
}

impl Left {
    pub fn of(entry: &Entry, leaf: &Leaf) -> Self {
        let Entry { sequence, kind, id, hash, .. } = entry.clone();
        Self { sequence, kind, id, hash, data: leaf.data, erased: entry.is_erased() }
    }

    fn digest(&self) -> [u8; 32] {
        let Self { sequence, kind, id, hash, data, erased: _ } = self;
        Sha256::digest(format!("{sequence}\n{kind}\n{id}\n{hash}\n{data}")).into()
    }
}

/// Statements of logs without own views or readings say nothing of them.
fn none(n: &u64) -> bool {
    *n == 0
}

/// What is left of several entries, in one hash.
fn joined(digests: impl IntoIterator<Item = [u8; 32]>) -> Hash {
    let all = digests.into_iter().fold(Sha256::new(), |all, one| all.chain_update(one));
    Hash(all.finalize().into())
}

impl Erasure {
    /// Of what came after the entries were selected, what has to go with them: confirmations, own views and readings of proposals among them.
    pub(crate) fn with_later(&self, mut named: Vec<Left>, later: Vec<Left>) -> Vec<Left> {
        let proposals: HashSet<&str> = named.iter().map(|left| left.id.as_str()).collect();
        let belongs = |left: &Left| belongs_to(&left.kind, &left.id).is_some_and(|of| proposals.contains(of));
        let belonging: Vec<Left> = later.into_iter().filter(belongs).collect();
        named.extend(belonging);
        named
    }

    /// What is to be appended once these entries, which are in order, are erased.
    ///
    /// # Errors
    /// [`Error::NotErased`] if one of them is not what it was when it was selected.
    pub(crate) fn record(&self, of: &[Left]) -> Result<Record, Error> {
        let refused = |problem: String| Error::NotErased { problem };
        for left in of {
            let (id, sequence, kind) = (&left.id, left.sequence, &left.kind);
            if left.erased {
                return Err(refused(format!("entry {sequence}, `{id}`, was erased already")));
            }
            if !is_of_a_case(kind) {
                return Err(refused(format!(
                    "entry {sequence} is a {kind}, expected a {PROPOSAL}, a {CONFIRMATION}, an {OWN_VIEW} or a {READ}"
                )));
            }
        }
        let erased = Ranges::of(of.iter().map(|left| left.sequence));
        if let Some(sequence) = self.entries.iter().find(|sequence| !erased.contains(*sequence)) {
            return Err(refused(format!("entry {sequence} is not in the log")));
        }
        let count = |kind: &str| of.iter().filter(|left| left.kind == kind).count() as u64;
        let Ground { reason, by, at } = self.ground.clone();
        let statement = Statement {
            erased,
            proposals: count(PROPOSAL),
            confirmations: count(CONFIRMATION),
            own_views: count(OWN_VIEW),
            reads: count(READ),
            left: joined(of.iter().map(Left::digest)),
            reason,
            by,
            at,
            before: self.before,
        };
        let body = canonical::json(&statement).map_err(|error| refused(error.to_string()))?;
        let request_digest = canonical::sha256(&body);
        // What is left of an entry is erased once, so that no two statements are the same.
        let id = format!("{ERASURE}/{}", hexadecimal(&statement.left.0[..8]));
        Ok(Record { kind: ERASURE, id, idempotency_key: None, request_digest, body })
    }
}

impl Statement {
    /// Reads an entry; `None` if it is of another kind.
    ///
    /// # Errors
    /// [`Error::Entry`] if it is not as this edition writes it.
    pub fn read(entry: &Entry) -> Result<Option<Self>, Error> {
        if entry.kind != ERASURE {
            return Ok(None);
        }
        entry.parsed().map(Some)
    }
}

#[cfg(test)]
mod tests;
