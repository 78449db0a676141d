#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use super::*;
use crate::memory::MemoryStore;
use crate::{Entry, Record, Rotation, SigningKey};

fn record(id: &str) -> Record {
    Record {
        kind: "proposal",
        id: id.to_owned(),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: "{}".to_owned(),
    }
}

/// A log of entries `<name>1` and so on.
async fn log(name: &str, n: usize) -> Log {
    let log = Log::on(Arc::new(MemoryStore::default()));
    for k in 1..=n {
        log.append(record(&format!("{name}{k}"))).await.unwrap();
    }
    log
}

async fn signed(log: &Log, size: u64, key: &SigningKey) -> Checkpoint {
    let made = Checkpoint::signed(size, log.root_at(size).await.unwrap(), key);
    Checkpoint::parse(&format!("checkpoint `{size}`"), &made.to_string()).unwrap()
}

async fn receipt(log: &Log, id: &str, checkpoint: &Checkpoint) -> (Receipt, Checkpoint) {
    let entry: Entry = log.find(id).await.unwrap().unwrap();
    let made = Receipt::of(log, &entry, checkpoint).await.unwrap();
    Receipt::parse(&format!("receipt `{id}`"), &serde_json::to_string(&made).unwrap()).unwrap()
}

async fn proof(log: &Log, from: &Checkpoint, to: &Checkpoint) -> (Consistency, Checkpoint, Checkpoint) {
    let made = Consistency::of(log, from, to).await.unwrap();
    Consistency::parse("proof `x`", &serde_json::to_string(&made).unwrap()).unwrap()
}

fn key() -> SigningKey {
    crate::draw_key("example.org/log").unwrap()
}

#[tokio::test]
async fn what_holds_is_found_to_hold_with_the_log_and_without() {
    let (log, key) = (log("p", 11).await, key());
    let (old, new) = (signed(&log, 5, &key).await, signed(&log, 11, &key).await);
    let evidence = Evidence {
        keys: vec![key.verifier()],
        receipts: vec![receipt(&log, "p3", &old).await, receipt(&log, "p11", &new).await],
        consistencies: vec![proof(&log, &old, &new).await],
        checkpoints: vec![old, new],
        ..Evidence::default()
    };
    evidence.check_alone().unwrap();
    let verified = evidence.check_against(&log).await.unwrap();
    assert_eq!(verified.entries, 11);
    assert_eq!(verified.root, Some(log.root_at(11).await.unwrap()));
}

#[tokio::test]
async fn a_log_whose_end_was_cut_off_or_that_is_another_is_found() {
    let (ours, key) = (log("p", 6).await, key());
    let checkpoint = signed(&ours, 6, &key).await;
    let evidence = Evidence {
        keys: vec![key.verifier()],
        receipts: vec![receipt(&ours, "p2", &checkpoint).await],
        checkpoints: vec![checkpoint],
        ..Evidence::default()
    };
    let refused = async |log: &Log, evidence: &Evidence| {
        let error = evidence.check_against(log).await.unwrap_err();
        assert!(matches!(error, Error::Refuted { .. }), "{error}");
        error.to_string()
    };
    let other = log("q", 6).await;
    assert_eq!(
        refused(&other, &evidence).await,
        "the receipt of `p2` is not of this log: entry 2 is another"
    );
    let checkpoints = Evidence { receipts: vec![], ..evidence.clone() };
    let told = refused(&other, &checkpoints).await;
    assert!(
        told.starts_with("checkpoint `6` has the root ")
            && told.contains("at 6 entries, the entries of the log give"),
        "{told}"
    );
    let short = log("p", 5).await;
    let told = refused(&short, &checkpoints).await;
    assert_eq!(told, "checkpoint `6` covers 6 entries, the log has 5: its end was cut off");
    // It went on growing: nothing is wrong.
    ours.append(record("p7")).await.unwrap();
    evidence.check_against(&ours).await.unwrap();
}

#[tokio::test]
async fn two_views_of_one_log_are_found_without_it() {
    let (ours, other, key) = (log("p", 8).await, log("q", 8).await, key());
    let with = |checkpoints: Vec<Checkpoint>, consistencies| Evidence {
        keys: vec![key.verifier()],
        checkpoints,
        consistencies,
        ..Evidence::default()
    };
    let told = |evidence: Evidence| evidence.check_alone().unwrap_err().to_string();
    let (five, eight) = (signed(&ours, 5, &key).await, signed(&ours, 8, &key).await);
    let forked = signed(&other, 8, &key).await;
    assert!(
        told(with(vec![eight.clone(), forked.clone()], vec![]))
            .contains("are two views of one log: both have 8 entries")
    );
    let unproved = told(with(vec![five.clone(), forked.clone()], vec![]));
    assert!(
        unproved.ends_with("expected the log, or a proof of consistency from 5 to 8 entries"),
        "{unproved}"
    );
    let honest = proof(&ours, &five, &eight).await;
    with(vec![five.clone(), eight.clone()], vec![honest.clone()]).check_alone().unwrap();
    // The proof of one view does not do for the other.
    let (hashes, ..) = honest.clone();
    let pasted = (Consistency { to: forked.to_string(), ..hashes }, five.clone(), forked.clone());
    assert!(
        told(with(vec![five.clone(), forked], vec![pasted]))
            .contains("the tree of 5 leaves is not the beginning of the tree of 8")
    );
    let error = Consistency::of(&other, &five, &eight).await.unwrap_err().to_string();
    assert!(error.contains("checkpoint `5` is not of this log"), "{error}");
    let error = Consistency::of(&ours, &eight, &five).await.unwrap_err().to_string();
    assert!(error.contains("a tree of 8 leaves is not the beginning of one of 5"), "{error}");
}

#[tokio::test]
async fn a_receipt_holds_for_its_own_entry_only() {
    let (log, key) = (log("p", 9).await, key());
    let checkpoint = signed(&log, 7, &key).await;
    let (receipt, of) = receipt(&log, "p3", &checkpoint).await;
    receipt.check(&of).unwrap();
    let mut changed =
        vec![Receipt { leaf_index: 3, ..receipt.clone() }, Receipt { tree_size: 8, ..receipt.clone() }];
    changed.push(Receipt { entry_hash: Hash([1; 32]), ..receipt.clone() });
    changed.push(Receipt { salt: crate::tree::Salt(Hash([1; 32])), ..receipt.clone() });
    changed.push(Receipt { inclusion: receipt.inclusion[1..].to_vec(), ..receipt.clone() });
    for wrong in changed {
        let error = wrong.check(&of).unwrap_err();
        assert!(matches!(error, Error::Refuted { .. }));
        assert!(error.to_string().starts_with("the receipt of `p3` does not hold: "), "{error}");
    }
    let error = Receipt::of(&log, &log.find("p8").await.unwrap().unwrap(), &checkpoint)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(error, "entry `p8` has the sequence 8, the checkpoint covers 7 entries");
    let text = serde_json::to_string(&receipt).unwrap();
    for (from, to, told) in [
        ("\"format\":1", "\"format\":2", "it is of format 2, expected 1"),
        ("\"format\":1", "\"form\":1", "unknown field `form`"),
        ("\"salt\":\"", "\"salt\":\"x", "expected 64 characters of lower-case hexadecimal"),
        ("\\n7\\n", "\\n07\\n", "cannot read the checkpoint of receipt `r`: found the size `07`"),
    ] {
        let error = Receipt::parse("receipt `r`", &text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn a_replaced_key_signs_nothing_that_is_younger() {
    let log = log("p", 4).await;
    let (first, second) = (key(), key());
    log.append(Rotation::record(&first, &second).unwrap()).await.unwrap();
    log.append(record("p6")).await.unwrap();
    let with = |key: &SigningKey, checkpoint| Evidence {
        keys: vec![key.verifier()],
        checkpoints: vec![checkpoint],
        ..Evidence::default()
    };
    // Either key is enough to trust the log's own account of both.
    for trusted in [&first, &second] {
        with(trusted, signed(&log, 4, &first).await).check_against(&log).await.unwrap();
        with(trusted, signed(&log, 6, &second).await).check_against(&log).await.unwrap();
        for (size, wrong) in [(6, &first), (4, &second), (5, &first)] {
            let error = with(trusted, signed(&log, size, wrong).await).check_against(&log).await.unwrap_err();
            assert!(error.to_string().contains("is signed by"), "{error}");
        }
    }
    let stranger = key();
    let error =
        with(&stranger, signed(&log, 6, &stranger).await).check_against(&log).await.unwrap_err().to_string();
    assert!(error.starts_with("the log names its keys, from `example.org/log+"), "{error}");
}

#[tokio::test]
async fn a_receipt_a_proof_or_a_checkpoint_with_a_changed_byte_is_refused() {
    let (log, key) = (log("p", 6).await, key());
    let (old, new) = (signed(&log, 3, &key).await, signed(&log, 6, &key).await);
    let entry = log.find("p2").await.unwrap().unwrap();
    let receipt = serde_json::to_string(&Receipt::of(&log, &entry, &new).await.unwrap()).unwrap();
    let proof = serde_json::to_string(&Consistency::of(&log, &old, &new).await.unwrap()).unwrap();
    let checkpoint = new.to_string();
    let keys = vec![key.verifier()];
    let read = |kind: usize, text: &str| -> Result<Evidence, Error> {
        let mut evidence = Evidence { keys: keys.clone(), ..Evidence::default() };
        match kind {
            0 => evidence.receipts.push(Receipt::parse("it", text)?),
            1 => evidence.consistencies.push(Consistency::parse("it", text)?),
            _ => evidence.checkpoints.push(Checkpoint::parse("it", text)?),
        }
        Ok(evidence)
    };
    for (kind, text) in [receipt, proof, checkpoint].iter().enumerate() {
        read(kind, text).unwrap().check_against(&log).await.unwrap();
        // Every fourth: signatures take their time where nothing is optimised.
        for at in (kind..text.len()).step_by(4) {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << (at % 7);
            let Ok(changed) = String::from_utf8(bytes) else { continue };
            let found = match read(kind, &changed) {
                Ok(evidence) => evidence.check_against(&log).await.map(|_| ()),
                Err(error) => Err(error),
            };
            assert!(found.is_err(), "byte {at} of {text}: {changed}");
        }
    }
}
