//! How the tree grows: a leaf at a time, each completing the nodes whose last leaf it is. Nodes are written once and never changed.

use super::hash::Hash;

/// A node over `2^level` leaves, all of them there: the `index`-th of its level, from 0 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// 0 for a leaf.
    pub level: u32,
    /// Its place among those of its level.
    pub index: u64,
}

impl Node {
    /// The sequence of the entry that completes it, whose leaf keeps it.
    pub fn sequence(self) -> i64 {
        i64::try_from((self.index + 1) << self.level).unwrap_or(i64::MAX)
    }
}

/// The hashes above a leaf, each joined to the one on its left.
pub(super) fn completed(leaf: Hash, left: impl Iterator<Item = Hash>) -> Vec<Hash> {
    let mut last = leaf;
    let join = |left| {
        last = Hash::node(&left, &last);
        last
    };
    left.map(join).collect()
}

/// The right edge of a tree: all that is needed to go on, and to know its root.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of complete trees side by side, from the largest on.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its data, and gives the nodes that it completes, from the lowest on.
    pub fn add(&mut self, data: &Hash) -> Vec<Hash> {
        let leaf = Hash::leaf(data);
        let stay = self.peaks.len() - self.size.trailing_ones() as usize;
        let nodes = completed(leaf, self.peaks.drain(stay..).rev());
        self.peaks.push(nodes.last().copied().unwrap_or(leaf));
        self.size += 1;
        nodes
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Hash::of_nothing() };
        peaks.fold(*last, |right, left| Hash::node(left, &right))
    }
}
