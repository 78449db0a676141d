//! What a log proves from the tree that it keeps: a few of its hashes, whatever its length.

use std::collections::HashMap;
use std::ops::Range;

use crate::tree::{self, Hash, Leaf};
use crate::{Error, Log};

impl Log {
    /// The root of the tree over the first `size` entries.
    ///
    /// # Errors
    /// [`Error::Refuted`] if the log is shorter; [`Error::Store`], [`Error::WithoutTree`], [`Error::Chain`].
    pub async fn root_at(&self, size: u64) -> Result<Hash, Error> {
        let last = i64::try_from(size).unwrap_or(i64::MAX);
        if size > 0 && self.leaves(last, 1).await?.is_empty() {
            let found = self.size().await?;
            return Err(Error::Refuted {
                problem: format!("the log has {found} entries, expected at least {size}"),
            });
        }
        let [root] = self.over(std::slice::from_ref(&(0..size))).await?[..] else {
            return Ok(Hash::of_nothing());
        };
        Ok(root)
    }

    /// Number of entries, from the tree.
    ///
    /// # Errors
    /// As [`Log::root_at`].
    pub async fn size(&self) -> Result<i64, Error> {
        // Doubled until there is none, and then halved.
        let (mut there, mut beyond) = (0_i64, 1_i64);
        while !self.leaves(beyond, 1).await?.is_empty() {
            there = beyond;
            beyond = beyond.saturating_mul(2);
        }
        while beyond - there > 1 {
            let middle = there + (beyond - there) / 2;
            if self.leaves(middle, 1).await?.is_empty() { beyond = middle } else { there = middle }
        }
        Ok(there)
    }

    /// The hashes that prove that leaf `index` is in the tree over the first `size` entries.
    ///
    /// # Errors
    /// As [`Log::root_at`]; [`Error::Refuted`] if there is no such leaf.
    pub async fn prove_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, Error> {
        self.over(&tree::inclusion(index, size)?).await
    }

    /// The hashes that prove that the tree over the first `old` entries is the beginning of that over the first `new`.
    ///
    /// # Errors
    /// As [`Log::root_at`]; [`Error::Refuted`] if the first is larger.
    pub async fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, Error> {
        self.over(&tree::consistency(old, new)?).await
    }

    /// The hashes over ranges of leaves.
    async fn over(&self, ranges: &[Range<u64>]) -> Result<Vec<Hash>, Error> {
        let mut known: HashMap<i64, Leaf> = HashMap::new();
        let mut hashes = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut nodes = Vec::new();
            for node in tree::covering(range.clone()) {
                let sequence = node.sequence();
                if !known.contains_key(&sequence) {
                    let found = self.leaves(sequence, 1).await?.pop();
                    known.extend(found.map(|leaf| (sequence, leaf)));
                }
                let kept = known.get(&sequence).filter(|leaf| leaf.sequence == sequence);
                nodes.push(kept.and_then(|leaf| leaf.hash(node.level)).ok_or_else(|| Error::Chain {
                    log: self.place().to_owned(),
                    sequence,
                    problem: "its part of the tree is missing".to_owned(),
                })?);
            }
            hashes.push(tree::joined(&nodes));
        }
        Ok(hashes)
    }
}

#[cfg(test)]
mod tests;
