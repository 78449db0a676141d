//! What is handed out, so that others can check a log without having it: that an entry is in it, and that it only grew.

use serde::{Deserialize, Serialize};

use crate::checkpoint::Checkpoint;
use crate::tree::{self, Hash, Salt};
use crate::{Entry, Error, Log};

/// Format of both files.
const FORMAT: u32 = 1;

/// Proof that an entry is in a log: a file of JSON.
///
/// It holds no case data. Whoever has the entry, a line of `amparo log export`, finds that `entry_hash` is its hash; whoever has the answer of the
/// service finds the same hash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Format of the file: 1.
    pub format: u32,
    /// The id of the entry. The proof does not cover it but by way of the entry's hash.
    pub proposal_id: String,
    /// Its leaf: one less than its sequence.
    pub leaf_index: u64,
    /// Number of leaves of the tree that it is in.
    pub tree_size: u64,
    /// Its hash.
    pub entry_hash: Hash,
    /// The salt of its leaf. Whoever holds it can prove the entry also after it was erased.
    pub salt: Salt,
    /// From the leaf to the root, as RFC 6962 has it.
    pub inclusion: Vec<Hash>,
    /// The signed text.
    pub checkpoint: String,
}

/// Proof that the log of one checkpoint is the beginning of that of another: a file of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// Format of the file: 1.
    pub format: u32,
    /// The signed text of the older one.
    pub from: String,
    /// The signed text of the newer one.
    pub to: String,
    /// The hashes, as RFC 6962 has it.
    pub consistency: Vec<Hash>,
}

impl Receipt {
    /// The receipt of an entry in the log of a checkpoint, which the log must be.
    ///
    /// # Errors
    /// [`Error::Refuted`] if the log is not that of the checkpoint or if the entry is younger; [`Error::Erased`] if the entry was erased, its salt with it;
    /// [`Error::Store`], [`Error::WithoutTree`], [`Error::Chain`].
    pub async fn of(log: &Log, entry: &Entry, checkpoint: &Checkpoint) -> Result<Self, Error> {
        log.is_of(checkpoint).await?;
        entry.body()?;
        let refuted = |problem: String| Error::Refuted { problem: format!("entry `{}` {problem}", entry.id) };
        let (index, size) = (u64::try_from(entry.sequence - 1).unwrap_or(u64::MAX), checkpoint.size());
        if index >= size {
            let problem =
                format!("has the sequence {}, the checkpoint covers {size} entries", entry.sequence);
            return Err(refuted(problem));
        }
        let leaf = log.leaves(entry.sequence, 1).await?.pop().filter(|leaf| leaf.sequence == entry.sequence);
        let salt =
            leaf.and_then(|leaf| leaf.salt).ok_or_else(|| refuted("has no salt any more".to_owned()))?;
        let entry_hash =
            Hash::parse(&entry.hash).ok_or_else(|| refuted(format!("has the hash `{}`", entry.hash)))?;
        let inclusion = log.prove_inclusion(index, size).await?;
        // What does not hold is not handed out.
        tree::check_inclusion(&salt.data(&entry.hash), index, checkpoint.tree(), &inclusion)?;
        Ok(Self {
            format: FORMAT,
            proposal_id: entry.id.clone(),
            leaf_index: index,
            tree_size: size,
            entry_hash,
            salt,
            inclusion,
            checkpoint: checkpoint.to_string(),
        })
    }

    /// Reads a receipt and its checkpoint; `what` it is and where it is from, for errors.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(what: &str, text: &str) -> Result<(Self, Checkpoint), Error> {
        let receipt: Self = parsed(what, text, |receipt: &Self| receipt.format)?;
        let checkpoint = Checkpoint::parse(&format!("the checkpoint of {what}"), &receipt.checkpoint)?;
        Ok((receipt, checkpoint))
    }

    /// Whether the entry is in the log of the checkpoint, whose signature is for others to check.
    ///
    /// # Errors
    /// [`Error::Refuted`].
    pub fn check(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let refuted = |problem: String| {
            let id = &self.proposal_id;
            Error::Refuted { problem: format!("the receipt of `{id}` does not hold: {problem}") }
        };
        if self.tree_size != checkpoint.size() {
            let (found, expected) = (self.tree_size, checkpoint.size());
            return Err(refuted(format!("its tree has {found} leaves, that of its checkpoint {expected}")));
        }
        let data = self.salt.data(&self.entry_hash.to_string());
        tree::check_inclusion(&data, self.leaf_index, checkpoint.tree(), &self.inclusion)
            .map_err(|error| refuted(error.to_string()))
    }
}

impl Consistency {
    /// The proof that a log, which must be that of both checkpoints, grew from one to the other.
    ///
    /// # Errors
    /// As [`Receipt::of`].
    pub async fn of(log: &Log, from: &Checkpoint, to: &Checkpoint) -> Result<Self, Error> {
        let consistency = log.prove_consistency(from.size(), to.size()).await;
        log.is_of(from).await?;
        log.is_of(to).await?;
        let consistency = consistency?;
        tree::check_consistency(from.tree(), to.tree(), &consistency)?;
        Ok(Self { format: FORMAT, from: from.to_string(), to: to.to_string(), consistency })
    }

    /// Reads a proof and its checkpoints, the older one first.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn parse(what: &str, text: &str) -> Result<(Self, Checkpoint, Checkpoint), Error> {
        let proof: Self = parsed(what, text, |proof: &Self| proof.format)?;
        let from = Checkpoint::parse(&format!("the older checkpoint of {what}"), &proof.from)?;
        let to = Checkpoint::parse(&format!("the newer checkpoint of {what}"), &proof.to)?;
        Ok((proof, from, to))
    }
}

impl Log {
    /// Whether the tree that this log keeps is that of a checkpoint, at its size.
    ///
    /// # Errors
    /// [`Error::Refuted`] if not; [`Error::Store`], [`Error::WithoutTree`], [`Error::Chain`].
    pub async fn is_of(&self, checkpoint: &Checkpoint) -> Result<(), Error> {
        let what = checkpoint.what();
        let root = self.root_at(checkpoint.size()).await.map_err(|error| match error {
            Error::Refuted { problem } => {
                Error::Refuted { problem: format!("{what} is not of this log: {problem}") }
            }
            other => other,
        })?;
        if root == checkpoint.root() {
            return Ok(());
        }
        let (size, found) = checkpoint.tree();
        let problem = format!(
            "{what} is not of this log: it has the root {found} at {size} entries, the log has {root}"
        );
        Err(Error::Refuted { problem })
    }
}

fn parsed<T: for<'a> Deserialize<'a>>(
    what: &str,
    text: &str,
    format: impl FnOnce(&T) -> u32,
) -> Result<T, Error> {
    let malformed = |problem: String| Error::Malformed { what: what.to_owned(), problem };
    let read: T = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    match format(&read) {
        FORMAT => Ok(read),
        found => Err(malformed(format!("it is of format {found}, expected {FORMAT}"))),
    }
}
