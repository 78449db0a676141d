//! What entries add to the tree.

use std::collections::BTreeSet;

use super::{Harness, Outcome, filled, proposal, same, written};
use crate::tree::{Frontier, Leaf};

pub(super) async fn in_the_tree(harness: &dyn Harness) -> Outcome {
    let (store, _) = filled(harness, 0).await?;
    same("leaves of an empty log", &store.leaves(1, 9).await?, &Vec::new())?;
    let (store, mut entries) = filled(harness, 1).await?;
    for k in 2..=20 {
        // One that is refused adds nothing.
        store.append(proposal("p1", None, "c")).await?;
        entries.push(written(&*store, proposal(&format!("q{k}"), None, "c")).await?);
    }
    let leaves = store.leaves(i64::MIN, 100).await?;
    same("number of leaves", &leaves.len(), &entries.len())?;
    let mut tree = Frontier::default();
    for (leaf, entry) in leaves.iter().zip(&entries) {
        same("sequence of a leaf", &leaf.sequence, &entry.sequence)?;
        let data = leaf.salt.map(|salt| salt.data(&entry.hash));
        same("data of a leaf", &Some(leaf.data), &data)?;
        same("nodes that a leaf completes", &leaf.nodes, &tree.add(&leaf.data))?;
    }
    let salts: BTreeSet<_> = leaves.iter().filter_map(|leaf| leaf.salt).map(|salt| salt.0.0).collect();
    same("number of salts", &salts.len(), &leaves.len())
}

pub(super) async fn pages(harness: &dyn Harness) -> Outcome {
    let (store, _) = filled(harness, 7).await?;
    let leaves = store.leaves(i64::MIN, 100).await?;
    for from in [i64::MIN, -1, 0, 1, 2, 6, 7, 8, i64::MAX] {
        for limit in [1, 2, 7, 1000] {
            let of_page = |leaf: &&Leaf| leaf.sequence >= from;
            let expected: Vec<Leaf> = leaves.iter().filter(of_page).take(limit as usize).cloned().collect();
            same("page of leaves", &store.leaves(from, limit).await?, &expected)?;
        }
    }
    same("number of leaves", &leaves.len(), &7)
}
