#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::*;
use crate::Record;
use crate::memory::MemoryStore;

fn record(k: usize) -> Record {
    let body = format!(r#"{{"request":{{"case_id":"case-{k}"}}}}"#);
    let (id, request_digest) = (format!("p{k}"), "d".to_owned());
    Record { kind: "proposal", id, idempotency_key: None, request_digest, body }
}

async fn log(n: usize) -> Log {
    let log = Log::on(Arc::new(MemoryStore::default()));
    for k in 0..n {
        log.append(record(k)).await.unwrap();
    }
    log
}

async fn written(log: &Log, size: u64) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let write = |path: &str, bytes: &[u8]| {
        assert!(files.insert(path.to_owned(), bytes.to_vec()).is_none(), "{path} is written twice");
        Ok::<_, Error>(())
    };
    tiles(log, size, write).await.unwrap();
    files
}

#[test]
fn paths_are_those_of_the_specification() {
    // The examples of C2SP's tlog-tiles.
    assert_eq!(path("0", 1_234_067, None), "tile/0/x001/x234/067");
    assert_eq!(path("entries", 273, Some(112)), "tile/entries/273.p/112");
    assert_eq!(path("1", 0, None), "tile/1/000");
    assert_eq!(path("0", 1000, Some(1)), "tile/0/x001/000.p/1");
}

#[tokio::test]
async fn the_root_is_made_again_from_the_tiles_alone() {
    let log = log(600).await;
    for (size, expected) in [
        (0, vec![]),
        (1, vec!["tile/0/000.p/1", "tile/entries/000.p/1"]),
        // As the specification says of a tree of 256.
        (256, vec!["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]),
        (
            600,
            vec![
                "tile/0/000",
                "tile/0/001",
                "tile/0/002.p/88",
                "tile/1/000.p/2",
                "tile/entries/000",
                "tile/entries/001",
                "tile/entries/002.p/88",
            ],
        ),
    ] {
        let files = written(&log, size).await;
        assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), expected);
        let hash = |prefix: u8, bytes: &[u8]| Sha256::digest([&[prefix], bytes].concat()).to_vec();
        let of = |level: &str| -> Vec<u8> {
            let prefix = format!("tile/{level}/");
            files
                .iter()
                .filter(|(path, _)| path.starts_with(&prefix))
                .flat_map(|(_, bytes)| bytes.clone())
                .collect()
        };
        let leaves: Vec<Vec<u8>> = of("0").chunks(32).map(<[u8]>::to_vec).collect();
        let data: Vec<Vec<u8>> = of("entries")
            .chunks(34)
            .map(|entry| {
                assert_eq!(entry[..2], [0, 32]);
                hash(0, &entry[2..])
            })
            .collect();
        assert_eq!(leaves, data);
        assert_eq!(leaves.len() as u64, size);
        // Full subtrees are joined pairwise; what is left over at the right is joined from the right.
        let mut level = leaves.clone();
        if size == 600 {
            for _ in 0..8 {
                let pairs = level.as_chunks::<2>().0;
                level = pairs.iter().map(|[a, b]| hash(1, &[a.as_slice(), b].concat())).collect();
            }
            assert_eq!(level.concat(), of("1"));
        }
        let root = joined(&leaves);
        assert_eq!(log.root_at(size).await.unwrap().0.to_vec(), root);
    }
    let error = tiles(&log, 601, |_, _| Ok::<_, Error>(())).await.unwrap_err().to_string();
    assert_eq!(error, "the log has 600 entries, expected at least 601");
}

/// The root by the definition of RFC 6962.
fn joined(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [] => Sha256::digest(b"").to_vec(),
        [leaf] => leaf.clone(),
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            Sha256::digest([&[1], joined(left).as_slice(), &joined(right)].concat()).to_vec()
        }
    }
}

#[tokio::test]
async fn a_tree_that_was_changed_is_not_published() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.sqlite");
    let log = Log::open(path.to_str().unwrap()).await.unwrap();
    for k in 0..5 {
        log.append(record(k)).await.unwrap();
    }
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch("DROP TRIGGER entries_are_not_changed; UPDATE entries SET tree = CAST(substr(tree, 1, 32) || zeroblob(32) AS BLOB) WHERE sequence = 2")
        .unwrap();
    let mut n_written = 0;
    let written = tiles(&log, 5, |_, _| {
        n_written += 1;
        Ok::<_, Error>(())
    });
    let error = written.await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence: 2, .. }), "{error}");
    assert_eq!(n_written, 0);
}

#[tokio::test]
async fn no_file_holds_anything_of_a_case_or_of_an_entry() {
    let log = log(20).await;
    let all: Vec<u8> = written(&log, 20).await.into_values().flatten().collect();
    let holds = |bytes: &[u8]| all.windows(bytes.len()).any(|window| window == bytes);
    for (entry, leaf) in log.entries(1, 20).await.unwrap().iter().zip(log.leaves(1, 20).await.unwrap()) {
        let hash = crate::tree::Hash::parse(&entry.hash).unwrap();
        assert!(
            !holds(entry.case_id.as_ref().unwrap().as_bytes())
                && !holds(&hash.0)
                && !holds(&leaf.salt.unwrap().0.0)
        );
        // The search finds what is there.
        assert!(holds(&leaf.data.0));
    }
}
