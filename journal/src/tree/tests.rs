#![expect(clippy::unwrap_used, reason = "tests")]

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::{Digest, Sha256};

use super::*;
use crate::Error;

/// The eight leaves of the reference implementation's tests
/// (github.com/google/certificate-transparency, `merkle_tree_test.cc`), and the roots of their trees.
const INPUTS: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const A: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const B: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const C: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const D: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const E: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const F: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

fn bytes(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The hash over some leaves, by the definition of RFC 6962.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash(Sha256::digest(b"").into()),
        [leaf] => *leaf,
        _ => {
            let k = 1 << (leaves.len() - 1).ilog2();
            let (left, right) = leaves.split_at(k);
            let mut all = vec![1];
            all.extend(defined(left).0);
            all.extend(defined(right).0);
            Hash(Sha256::digest(&all).into())
        }
    }
}

/// The published leaves.
fn published() -> Vec<Hash> {
    INPUTS.iter().map(|input| Hash(Sha256::digest([vec![0], bytes(input)].concat()).into())).collect()
}

/// The hash over leaves as proofs find it: from complete nodes.
fn over(leaves: &[Hash], range: std::ops::Range<u64>) -> Hash {
    let node = |node: &Node| {
        let start = (node.index << node.level) as usize;
        defined(&leaves[start..start + (1 << node.level)])
    };
    joined(&covering(range).iter().map(node).collect::<Vec<_>>())
}

fn proof(leaves: &[Hash], ranges: Vec<std::ops::Range<u64>>) -> Vec<Hash> {
    ranges.into_iter().map(|range| over(leaves, range)).collect()
}

/// Data of leaf `n`.
fn data(n: u64) -> Hash {
    Hash(Sha256::digest(n.to_be_bytes()).into())
}

/// The first `n` leaves, as a log keeps them.
fn grown(n: u64) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = Vec::new();
    for n in 1..=n as i64 {
        let salt = Salt(data(n as u64 + 1_000_000));
        let left = |node: Node| leaves[node.sequence() as usize - 1].hash(node.level).ok_or(());
        let leaf = Leaf::grown(n, &format!("hash {n}"), salt, left).unwrap();
        leaves.push(leaf);
    }
    leaves
}

#[test]
fn trees_and_proofs_are_the_published_ones() {
    let leaves = published();
    for (n, root) in ROOTS.iter().enumerate() {
        assert_eq!(over(&leaves, 0..n as u64).to_string(), *root, "root of {n}");
    }
    let texts = |hashes: Vec<Hash>| hashes.iter().map(Hash::to_string).collect::<Vec<_>>();
    for (index, size, expected) in [
        (0, 1, vec![]),
        (0, 8, vec![A, B, C]),
        (5, 8, vec![D, E, ROOTS[4]]),
        (2, 3, vec![ROOTS[2]]),
        (1, 5, vec![ROOTS[1], B, D]),
    ] {
        assert_eq!(texts(proof(&leaves, inclusion(index, size).unwrap())), expected, "{index} in {size}");
    }
    for (old, new, expected) in [
        (1, 1, vec![]),
        (1, 8, vec![A, B, C]),
        (6, 8, vec![F, E, ROOTS[4]]),
        (2, 5, vec![B, D]),
        (0, 5, vec![]),
    ] {
        assert_eq!(texts(proof(&leaves, consistency(old, new).unwrap())), expected, "{old} of {new}");
    }
}

#[test]
fn the_data_of_a_leaf_is_the_one_written_down() {
    // printf 'amparo-log-leaf/v1\n%032d%s' 0 abc | sha256sum
    let salt = Salt(Hash([b'0'; 32]));
    assert_eq!(
        salt.data("abc").to_string(),
        "a3f87f18ec5181201fdbf22c2a5eecb83093fae0b0d7ba2e2a12c44a6ddf7ab3"
    );
    assert_ne!(salt.data("abd"), salt.data("abc"));
    assert_ne!(Salt::draw().unwrap(), Salt::draw().unwrap());
}

#[test]
fn what_is_kept_and_what_is_recomputed_are_the_tree_of_another_implementation() {
    let leaves = grown(200);
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf.hash(0).unwrap()).collect();
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 32]>::new();
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root().to_string(), ROOTS[0]);
    for (leaf, n) in leaves.iter().zip(1_u64..) {
        assert_eq!(frontier.add(&leaf.data), leaf.nodes);
        theirs.push(leaf.data.0);
        assert_eq!(frontier.size(), n);
        let root = frontier.root();
        assert_eq!(root.0.as_slice(), theirs.root().as_bytes().as_slice(), "root of {n}");
        let kept = |node: &Node| leaves[node.sequence() as usize - 1].hash(node.level).unwrap();
        let of = |range| joined(&covering(range).iter().map(kept).collect::<Vec<_>>());
        assert_eq!(of(0..n), root);
        assert_eq!(root, defined(&hashes[..n as usize]));
        for index in [0, n / 3, n / 2, n - 1] {
            let ours: Vec<Hash> = inclusion(index, n).unwrap().into_iter().map(of).collect();
            let proved = theirs.prove_inclusion(index as usize);
            assert_eq!(ours.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>(), proved.as_bytes());
        }
        for old in [1, n / 3, n / 2, n].into_iter().filter(|old| *old > 0) {
            let ours: Vec<Hash> = consistency(old, n).unwrap().into_iter().map(of).collect();
            let proved = theirs.prove_consistency((n - old) as usize);
            assert_eq!(ours.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>(), proved.as_bytes());
        }
    }
}

#[test]
fn a_proof_of_inclusion_holds_for_its_own_leaf_place_tree_and_root_only() {
    const N: u64 = 37;
    let all: Vec<Hash> = (0..N).map(data).collect();
    let leaves: Vec<Hash> = all.iter().map(Hash::leaf).collect();
    for size in 1..=N {
        let root = defined(&leaves[..size as usize]);
        for index in 0..size {
            let found = proof(&leaves, inclusion(index, size).unwrap());
            check_inclusion(&data(index), index, (size, root), &found).unwrap();
            let refused = |data: &Hash, index, tree, proof: &[Hash]| {
                assert!(matches!(check_inclusion(data, index, tree, proof), Err(Error::Refuted { .. })));
            };
            refused(&data(index + 1), index, (size, root), &found);
            refused(&data(index), index, (size, data(0)), &found);
            refused(&data(index), size, (size, root), &found);
            refused(&data(index), index, (0, root), &found);
            if size > 1 {
                refused(&data(index), (index + 1) % size, (size, root), &found);
                refused(&data(index), index, (size, root), &found[1..]);
                let mut changed = found.clone();
                changed[size as usize % found.len()].0[31] ^= 1;
                refused(&data(index), index, (size, root), &changed);
            }
            refused(&data(index), index, (size, root), &[found, vec![data(1)]].concat());
        }
    }
    let error = check_inclusion(&data(0), 3, (3, data(0)), &[]).unwrap_err().to_string();
    assert_eq!(error, "leaf 3 is not in a tree of 3 leaves");
    assert!(check_inclusion(&data(0), u64::MAX - 1, (u64::MAX, data(0)), &[]).is_err());
}

#[test]
fn a_proof_of_consistency_holds_for_its_own_two_trees_only() {
    const N: u64 = 37;
    let all: Vec<Hash> = (0..N).map(data).collect();
    let leaves: Vec<Hash> = all.iter().map(Hash::leaf).collect();
    let root = |n: u64| defined(&leaves[..n as usize]);
    for new in 0..=N {
        for old in 0..=new {
            let found = proof(&leaves, consistency(old, new).unwrap());
            check_consistency((old, root(old)), (new, root(new)), &found).unwrap();
            let refused = |old: (u64, Hash), new: (u64, Hash), proof: &[Hash]| {
                assert!(matches!(check_consistency(old, new, proof), Err(Error::Refuted { .. })));
            };
            refused((old, data(0)), (new, root(new)), &found);
            if old > 0 {
                // Nothing is claimed of a tree that begins with nothing.
                refused((old, root(old)), (new, data(0)), &found);
            }
            if !found.is_empty() {
                let mut changed = found.clone();
                changed[new as usize % found.len()].0[0] ^= 1;
                refused((old, root(old)), (new, root(new)), &changed);
                refused((old, root(old)), (new, root(new)), &found[1..]);
            }
            if old < new {
                refused((new, root(new)), (old, root(old)), &found);
            }
        }
    }
    assert!(check_consistency((1, data(0)), (u64::MAX, data(0)), &[]).is_err());
}

#[test]
fn a_leaf_is_given_back_as_it_was_kept() {
    for leaf in grown(9) {
        let salt = leaf.salt.map(|salt| salt.0.0);
        let back = Leaf::of_bytes(leaf.sequence, salt.as_ref().map(<[u8; 32]>::as_slice), &leaf.bytes());
        assert_eq!(back.as_ref(), Some(&leaf));
        assert_eq!(Leaf::of_bytes(leaf.sequence, None, &leaf.bytes()), Some(Leaf { salt: None, ..leaf }));
    }
    for (salt, bytes) in [(None, vec![]), (None, vec![0; 33]), (Some(vec![0; 31]), vec![0; 32])] {
        assert_eq!(Leaf::of_bytes(1, salt.as_deref(), &bytes), None);
    }
}

/// Whoever destroys a salt takes nothing from the tree but the link between that leaf and its entry.
#[test]
fn a_leaf_whose_salt_was_destroyed_stands_as_before() {
    let whole = grown(11);
    let mut erased = whole.clone();
    erased[4].salt = None;
    for leaves in [&whole, &erased] {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| drop(frontier.add(&leaf.data)));
        let kept = |node: &Node| leaves[node.sequence() as usize - 1].hash(node.level).unwrap();
        let of = |range| joined(&covering(range).iter().map(kept).collect::<Vec<_>>());
        let found: Vec<Hash> = inclusion(5, 11).unwrap().into_iter().map(of).collect();
        let sixth = whole[5].salt.unwrap().data("hash 6");
        check_inclusion(&sixth, 5, (11, frontier.root()), &found).unwrap();
    }
}
