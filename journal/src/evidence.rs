//! What somebody holds of a log, checked: with the log at hand, or without it.

use crate::checkpoint::Checkpoint;
use crate::receipt::{Consistency, Receipt};
use crate::rotation::Keys;
use crate::tree::{self, Hash};
use crate::{Error, Log, Verified};
use amparo_signing::VerifierKey;

/// Checkpoints, receipts and proofs, and the keys that are trusted.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Keys of the log that are trusted.
    pub keys: Vec<VerifierKey>,
    /// Witnesses, each of which must have cosigned every checkpoint that was given by itself.
    pub witnesses: Vec<VerifierKey>,
    /// Checkpoints.
    pub checkpoints: Vec<Checkpoint>,
    /// Receipts, each with its checkpoint.
    pub receipts: Vec<(Receipt, Checkpoint)>,
    /// Proofs that the log grew, each with its two checkpoints.
    pub consistencies: Vec<(Consistency, Checkpoint, Checkpoint)>,
}

impl Evidence {
    /// Every checkpoint there is.
    fn all(&self) -> impl Iterator<Item = &Checkpoint> {
        let receipts = self.receipts.iter().map(|(_, checkpoint)| checkpoint);
        let proofs = self.consistencies.iter().flat_map(|(_, from, to)| [from, to]);
        self.checkpoints.iter().chain(receipts).chain(proofs)
    }

    /// Checks all that can be checked without the log: signatures with the trusted keys, cosignatures, receipts, and that no two checkpoints
    /// are two views of one log.
    ///
    /// # Errors
    /// [`Error::Refuted`] with the first thing that does not hold; for two checkpoints of different sizes, also if no proof of consistency connects
    /// them.
    pub fn check_alone(&self) -> Result<(), Error> {
        self.check(|_| self.keys.clone())?;
        let mut views: Vec<&Checkpoint> = self.all().collect();
        views.sort_by_key(|checkpoint| checkpoint.size());
        for pair in views.windows(2) {
            let [older, newer] = pair else { continue };
            let proved = |(_, from, to): &&(Consistency, Checkpoint, Checkpoint)| {
                from.tree() == older.tree() && to.tree() == newer.tree()
            };
            if older.size() != newer.size()
                && older.size() > 0
                && !self.consistencies.iter().any(|proof| proved(&proof))
            {
                let (a, b) = (older.what(), newer.what());
                let problem = format!(
                    "nothing shows that {a} and {b} are of one log: expected the log, or a proof of consistency from {} to {} entries",
                    older.size(),
                    newer.size()
                );
                return Err(Error::Refuted { problem });
            }
        }
        Ok(())
    }

    /// Checks all of it against the log: recomputes its chain and its tree from its entries, and compares the tree at the size of every checkpoint.
    /// Which key must have signed a checkpoint is what the log's own entries say, if it ever replaced its key; one of the trusted keys must
    /// be among them.
    ///
    /// # Errors
    /// [`Error::Refuted`], [`Error::Chain`] with the first thing that does not hold; [`Error::Store`].
    pub async fn check_against(&self, log: &Log) -> Result<Verified, Error> {
        let mut keys = Keys::default();
        let mut roots = Vec::from([(0, Hash::of_nothing())]);
        let wanted: Vec<u64> = self.all().map(Checkpoint::size).collect();
        let walked = log.walk(|entry, added| {
            keys.note(entry)?;
            if let Some((leaf, tree)) = added {
                if wanted.contains(&tree.size()) {
                    roots.push((tree.size(), tree.root()));
                }
                for (receipt, _) in
                    self.receipts.iter().filter(|(receipt, _)| receipt.leaf_index + 1 == tree.size())
                {
                    // Of an entry that was erased, the salt in the receipt is the last one: it has to give the leaf.
                    if receipt.entry_hash.to_string() != entry.hash
                        || receipt.salt.data(&entry.hash) != leaf.data
                        || receipt.proposal_id != entry.id
                    {
                        let (id, sequence) = (&receipt.proposal_id, entry.sequence);
                        let problem =
                            format!("the receipt of `{id}` is not of this log: entry {sequence} is another");
                        return Err(Error::Refuted { problem });
                    }
                }
            }
            Ok::<_, Error>(())
        });
        let verified = walked.await?;
        if verified.root.is_none() {
            // Says of which edition it is.
            log.leaves(1, 1).await?;
        }
        if let Some(first) = keys.at(0)
            && !self.keys.is_empty()
            && !self.keys.iter().any(|key| keys.all().any(|named| named == key))
        {
            let given: Vec<String> = self.keys.iter().map(|key| format!("`{}`", key.short())).collect();
            let problem = format!(
                "the log names its keys, from `{}` on; none of them is {}",
                first.short(),
                given.join(", ")
            );
            return Err(Error::Refuted { problem });
        }
        let in_force = |checkpoint: &Checkpoint| {
            keys.at(checkpoint.size()).map_or_else(|| self.keys.clone(), |in_force| vec![in_force.clone()])
        };
        let beyond =
            |checkpoint: &&Checkpoint| i64::try_from(checkpoint.size()).is_ok_and(|n| n > verified.entries);
        if let Some(checkpoint) = self.all().find(beyond) {
            let (what, size, n) = (checkpoint.what(), checkpoint.size(), verified.entries);
            // An entry that names its key may be among those that are gone.
            let problem = match checkpoint.verify(&in_force(checkpoint)) {
                Ok(_) => format!("{what} covers {size} entries, the log has {n}: its end was cut off"),
                Err(error) => format!(
                    "{error}; it covers {size} entries, the log has {n}: its end may have been cut off"
                ),
            };
            return Err(Error::Refuted { problem });
        }
        self.check(in_force)?;
        for checkpoint in self.all() {
            let (size, found) = checkpoint.tree();
            let what = checkpoint.what();
            let root = roots.iter().find(|(at, _)| *at == size).map(|(_, root)| *root);
            if root != Some(found) {
                let root = root.map_or_else(|| "none".to_owned(), |root| root.to_string());
                let problem = format!(
                    "{what} has the root {found} at {size} entries, the entries of the log give {root}"
                );
                return Err(Error::Refuted { problem });
            }
        }
        Ok(verified)
    }

    /// Signatures, cosignatures and proofs.
    fn check(&self, keys: impl Fn(&Checkpoint) -> Vec<VerifierKey>) -> Result<(), Error> {
        for checkpoint in self.all() {
            checkpoint.verify(&keys(checkpoint))?;
        }
        for witness in &self.witnesses {
            self.checkpoints.iter().try_for_each(|checkpoint| checkpoint.witnessed(witness).map(|_| ()))?;
        }
        for (receipt, checkpoint) in &self.receipts {
            receipt.check(checkpoint)?;
        }
        for (proof, from, to) in &self.consistencies {
            tree::check_consistency(from.tree(), to.tree(), &proof.consistency)?;
        }
        let mut views: Vec<&Checkpoint> = self.all().collect();
        views.sort_by_key(|checkpoint| checkpoint.size());
        for pair in views.windows(2) {
            let [one, other] = pair else { continue };
            if one.size() == other.size() && one.root() != other.root() {
                let (a, b, size) = (one.what(), other.what(), one.size());
                let problem = format!(
                    "{a} and {b} are two views of one log: both have {size} entries and other roots, {} and {}",
                    one.root(),
                    other.root()
                );
                return Err(Error::Refuted { problem });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
