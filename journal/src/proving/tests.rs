#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use crate::memory::MemoryStore;
use crate::tree::{Frontier, check_consistency, check_inclusion};
use crate::{Log, Record};

#[tokio::test]
async fn proofs_of_a_log_hold_against_its_recomputed_tree() {
    let log = Log::on(Arc::new(MemoryStore::default()));
    assert_eq!(log.size().await.unwrap(), 0);
    let mut tree = Frontier::default();
    let mut roots = vec![tree.root()];
    assert_eq!(log.root_at(0).await.unwrap(), roots[0]);
    for n in 1..=40_u64 {
        let record = Record {
            kind: "proposal",
            id: format!("p{n}"),
            idempotency_key: None,
            request_digest: "d".to_owned(),
            body: "{}".to_owned(),
        };
        log.append(record).await.unwrap();
        tree.add(&log.leaves(n as i64, 1).await.unwrap()[0].data);
        roots.push(tree.root());
        assert_eq!(log.size().await.unwrap(), n as i64);
    }
    let leaves = log.leaves(1, 100).await.unwrap();
    for size in [1, 2, 3, 7, 8, 31, 40_u64] {
        let root = roots[size as usize];
        assert_eq!(log.root_at(size).await.unwrap(), root);
        for index in 0..size {
            let proof = log.prove_inclusion(index, size).await.unwrap();
            check_inclusion(&leaves[index as usize].data, index, (size, root), &proof).unwrap();
        }
        for old in 0..=size {
            let proof = log.prove_consistency(old, size).await.unwrap();
            check_consistency((old, roots[old as usize]), (size, root), &proof).unwrap();
        }
    }
    let error = log.root_at(41).await.unwrap_err().to_string();
    assert_eq!(error, "the log has 40 entries, expected at least 41");
}
