//! What an entry adds to the tree.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::growing::{self, Node};
use super::hash::Hash;
use crate::Entry;

/// What keeps data of leaves apart from everything else that is hashed.
const DOMAIN: &[u8] = b"amparo-log-leaf/v1\n";

/// 32 random bytes that hide which entry a leaf stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Salt(pub Hash);

impl Salt {
    /// Drawn from the operating system.
    ///
    /// # Errors
    /// If it has none to give.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Hash(bytes)))
    }

    /// The data of the leaf of an entry, which is given by its hash; see the [module](crate::tree).
    pub fn data(&self, entry_hash: &str) -> Hash {
        let salted = Sha256::new_with_prefix(DOMAIN).chain_update(self.0.0);
        Hash(salted.chain_update(entry_hash).finalize().into())
    }
}

/// What an entry adds to the tree, kept with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// That of the entry.
    pub sequence: i64,
    /// `None` once its entry was erased.
    pub salt: Option<Salt>,
    /// [`Salt::data`] of the entry.
    pub data: Hash,
    /// The nodes that the leaf completes, from the lowest on: as many as its sequence can be halved.
    pub nodes: Vec<Hash>,
}

impl Leaf {
    /// What an entry adds to a tree in which the nodes of [`Leaf::needs`] are looked up by `left`.
    ///
    /// # Errors
    /// Those of `left`.
    pub fn grown<E>(
        sequence: i64,
        entry_hash: &str,
        salt: Salt,
        left: impl FnMut(Node) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let data = salt.data(entry_hash);
        let left: Vec<Hash> = Self::needs(sequence).into_iter().map(left).collect::<Result<_, E>>()?;
        let nodes = growing::completed(Hash::leaf(&data), left.into_iter());
        Ok(Self { sequence, salt: Some(salt), data, nodes })
    }

    /// The nodes that stand to the left of those that the entry with a sequence completes, from the lowest on; one on average.
    pub fn needs(sequence: i64) -> Vec<Node> {
        let before = u64::try_from(sequence - 1).unwrap_or(0);
        (0..before.trailing_ones()).map(|level| Node { level, index: (before >> level) - 1 }).collect()
    }

    /// Data and nodes, one after the other, as a store may keep them.
    pub fn bytes(&self) -> Vec<u8> {
        std::iter::once(&self.data).chain(&self.nodes).flat_map(|hash| hash.0).collect()
    }

    /// A leaf as a store kept it; `None` if these are not [`Leaf::bytes`] or no salt.
    pub fn of_bytes(sequence: i64, salt: Option<&[u8]>, bytes: &[u8]) -> Option<Self> {
        let salt = salt.map(|salt| salt.try_into().map(|salt| Salt(Hash(salt)))).transpose().ok()?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        let (data, nodes) = hashes.split_first()?;
        let nodes = nodes.iter().copied().map(Hash).collect();
        rest.is_empty().then_some(Self { sequence, salt, data: Hash(*data), nodes })
    }

    /// What does not hold about the leaf of an entry, which completes these nodes; `None` if all does. Of an erased entry, nothing links the leaf to its hash.
    pub(crate) fn fault(&self, entry: &Entry, nodes: &[Hash]) -> Option<String> {
        match (&self.salt, entry.is_erased()) {
            (None, false) => {
                return Some(
                    "it was erased by half: the salt of its leaf is gone, and its body is not".to_owned(),
                );
            }
            (Some(_), true) => {
                return Some(
                    "it was erased by half: its body is gone, and the salt of its leaf is not".to_owned(),
                );
            }
            (Some(salt), false) => {
                let expected = salt.data(&entry.hash);
                if self.data != expected {
                    let found = self.data;
                    return Some(format!(
                        "its leaf in the tree is {found}, its salt and hash give {expected}"
                    ));
                }
            }
            (None, true) => {}
        }
        (self.nodes != nodes).then(|| "the tree above it is not the one that its leaves give".to_owned())
    }

    /// A hash that the leaf keeps: its own at level 0, or that of a node that it completes.
    pub fn hash(&self, level: u32) -> Option<Hash> {
        match level.checked_sub(1) {
            None => Some(Hash::leaf(&self.data)),
            Some(above) => self.nodes.get(above as usize).copied(),
        }
    }
}
