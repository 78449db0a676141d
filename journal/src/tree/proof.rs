//! Proofs that a leaf is in a tree, and that a tree is the beginning of another. Which hashes a proof consists of, and whether one holds,
//! is `ct-merkle`'s to say; where they are found is ours.

use std::ops::Range;

use ct_merkle::{
    ConsistencyProof, InclusionProof, RootHash, indices_for_consistency_proof, indices_for_inclusion_proof,
};
use sha2::Sha256;

use super::growing::Node;
use super::hash::Hash;
use crate::Error;

/// Most leaves of a tree: as many as a log can have entries.
const MOST: u64 = i64::MAX as u64;

/// The hashes that prove that leaf `index` is in a tree of `size` leaves, each as the leaves that it stands over, from the lowest on.
///
/// # Errors
/// [`Error::Refuted`] if there is no such leaf.
pub fn inclusion(index: u64, size: u64) -> Result<Vec<Range<u64>>, Error> {
    if index >= size || size > MOST {
        return Err(refuted(format!("leaf {index} is not in a tree of {size} leaves")));
    }
    Ok(over(indices_for_inclusion_proof(size, index), size))
}

/// The hashes that prove that the first `old` leaves of a tree of `new` leaves are those of the smaller tree.
///
/// # Errors
/// [`Error::Refuted`] if the tree that is said to be older is larger.
pub fn consistency(old: u64, new: u64) -> Result<Vec<Range<u64>>, Error> {
    if old > new || new > MOST {
        return Err(refuted(format!("a tree of {old} leaves is not the beginning of one of {new}")));
    }
    // Every tree begins with nothing.
    Ok(if old == 0 { Vec::new() } else { over(indices_for_consistency_proof(old, new - old), new) })
}

/// Which leaves nodes stand over that are numbered as RFC 9420, appendix C, has it: level `k` ends with `k` ones.
fn over(nodes: Vec<u64>, size: u64) -> Vec<Range<u64>> {
    let range = |node: u64| {
        let level = node.trailing_ones();
        let start = (node >> (level + 1)) << level;
        start..(start + (1 << level)).min(size)
    };
    nodes.into_iter().map(range).collect()
}

/// The complete nodes that stand over leaves side by side, from the left.
pub fn covering(leaves: Range<u64>) -> Vec<Node> {
    let (mut start, mut nodes) = (leaves.start, Vec::new());
    while start < leaves.end {
        let level = start.trailing_zeros().min((leaves.end - start).ilog2());
        nodes.push(Node { level, index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// The hash over leaves, from those of the nodes that [`covering`] names.
pub fn joined(nodes: &[Hash]) -> Hash {
    let Some((last, before)) = nodes.split_last() else { return Hash::of_nothing() };
    before.iter().rfold(*last, |right, left| Hash::node(left, &right))
}

/// Whether a proof shows that the leaf of `data` is leaf `index` of the tree with `size` leaves and a root.
///
/// # Errors
/// [`Error::Refuted`] if it does not.
pub fn check_inclusion(
    data: &Hash,
    index: u64,
    (size, root): (u64, Hash),
    proof: &[Hash],
) -> Result<(), Error> {
    let expected = inclusion(index, size)?.len();
    of_length(proof, expected, "proof of inclusion")?;
    let proof = InclusionProof::<Sha256>::from_digests(&digests(proof));
    RootHash::<Sha256>::new(root.0.into(), size).verify_inclusion(&data.0, index, &proof).map_err(|_| {
        refuted(format!("the proof does not lead from leaf {index} to the root of the tree of {size} leaves"))
    })
}

/// Whether a proof shows that the tree with `old` leaves and its root is the beginning of the one with `new` leaves and its root.
///
/// # Errors
/// [`Error::Refuted`] if it does not.
pub fn check_consistency(
    (old, old_root): (u64, Hash),
    (new, new_root): (u64, Hash),
    proof: &[Hash],
) -> Result<(), Error> {
    let expected = consistency(old, new)?.len();
    of_length(proof, expected, "proof of consistency")?;
    let differ = || {
        refuted(format!(
            "the tree of {old} leaves is not the beginning of the tree of {new} leaves: two views of one log, or an entry that was changed"
        ))
    };
    if old == 0 {
        return if old_root == Hash::of_nothing() { Ok(()) } else { Err(differ()) };
    }
    let proof = ConsistencyProof::<Sha256>::from_digests(&digests(proof));
    let old = RootHash::<Sha256>::new(old_root.0.into(), old);
    RootHash::<Sha256>::new(new_root.0.into(), new).verify_consistency(&old, &proof).map_err(|_| differ())
}

fn digests(proof: &[Hash]) -> Vec<ct_merkle::digest::Output<Sha256>> {
    proof.iter().map(|hash| hash.0.into()).collect()
}

fn of_length(proof: &[Hash], expected: usize, what: &str) -> Result<(), Error> {
    match proof.len() {
        found if found == expected => Ok(()),
        found => Err(refuted(format!("the {what} has {found} hashes, expected {expected}"))),
    }
}

fn refuted(problem: String) -> Error {
    Error::Refuted { problem }
}
