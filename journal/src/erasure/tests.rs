#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use super::*;
use crate::memory::MemoryStore;
use crate::{Criterion, GENESIS, Log, Selection, Store, Verified};

fn record(kind: &'static str, id: &str, body: String) -> Record {
    Record {
        kind,
        id: id.to_owned(),
        idempotency_key: Some(format!("key of {id}")),
        request_digest: "d".to_owned(),
        body,
    }
}

/// A log of proposals `p0` to `p5`, in turn for the cases `c0` and `c1`, one a day from 1 March on; `p0` and `p3` are confirmed at the end.
async fn log() -> (Arc<MemoryStore>, Log) {
    let store = Arc::new(MemoryStore::default());
    let log = Log::on(Arc::clone(&store) as Arc<dyn Store>);
    for k in 0..6 {
        let body = format!(
            r#"{{"request":{{"case_id":"c{}"}},"answer":{{"created_at":"2026-03-0{}T10:00:00Z"}}}}"#,
            k % 2,
            k + 1
        );
        log.append(record(PROPOSAL, &format!("p{k}"), body)).await.unwrap();
    }
    for id in ["p0", "p3"] {
        let body = format!(r#"{{"request":{{"level":"high"}},"answer":{{"proposal_id":"{id}"}}}}"#);
        log.append(record(CONFIRMATION, &crate::confirmation_of(id), body)).await.unwrap();
    }
    (store, log)
}

fn ground() -> Ground {
    Ground {
        reason: "the case was closed".to_owned(),
        by: "dpo".to_owned(),
        at: "2026-11-29T10:00:00Z".parse().unwrap(),
    }
}

async fn erase(log: &Log, criterion: Criterion) -> Result<Vec<Entry>, Error> {
    let selection = log.select(&criterion).await?;
    let mut entries = Vec::new();
    for erasure in selection.erasures(&ground()) {
        entries.push(log.erase(erasure).await?);
    }
    Ok(entries)
}

fn of(case: &str) -> Criterion {
    Criterion::Case(case.to_owned())
}

fn ids(ids: &[&str]) -> Criterion {
    Criterion::Proposals(ids.iter().map(|id| (*id).to_owned()).collect())
}

#[tokio::test]
async fn a_case_goes_with_its_confirmations_and_the_entry_says_so() {
    let (_, log) = log().await;
    let before = log.entries(1, 99).await.unwrap();
    let leaves = log.leaves(1, 99).await.unwrap();
    let entries = erase(&log, of("c0")).await.unwrap();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.sequence, entry.kind.as_str(), &entry.case_id), (9, ERASURE, &None));
    let said = Statement::read(entry).unwrap().unwrap();
    assert_eq!((said.erased.to_string().as_str(), said.proposals, said.confirmations), ("1, 3, 5, 7", 3, 1));
    // Not by chance either, as among the digits of a hash of random leaves.
    let body = entry.body().unwrap().replace(&said.left.to_string(), "");
    assert!(!body.contains("c0") && !body.contains("key of"), "{body}");
    for (then, now) in before.iter().zip(log.entries(1, 99).await.unwrap()) {
        match said.erased.contains(then.sequence) {
            false => assert_eq!(*then, now),
            true => {
                let left = Entry {
                    idempotency_key: None,
                    request_digest: None,
                    body: None,
                    case_id: None,
                    ..then.clone()
                };
                assert_eq!(left, now);
            }
        }
    }
    for (then, now) in leaves.iter().zip(log.leaves(1, 99).await.unwrap()) {
        let salt = if said.erased.contains(then.sequence) { None } else { then.salt };
        assert_eq!(now, Leaf { salt, ..then.clone() });
    }
    let verified = log.verify().await.unwrap();
    assert_eq!((verified.entries, verified.erased), (9, 4));
    assert_eq!(log.root_at(8).await.unwrap(), {
        let mut tree = crate::tree::Frontier::default();
        leaves.iter().for_each(|leaf| drop(tree.add(&leaf.data)));
        tree.root()
    });
    // The formula, as the documentation has it.
    let one = |sequence: usize| {
        let (entry, leaf) = (&before[sequence - 1], &leaves[sequence - 1]);
        let text = format!("{sequence}\n{}\n{}\n{}\n{}", entry.kind, entry.id, entry.hash, leaf.data);
        Sha256::digest(text).to_vec()
    };
    assert_eq!(said.left.0.to_vec(), Sha256::digest([1, 3, 5, 7].map(one).concat()).to_vec());
}

#[tokio::test]
async fn what_is_named_is_there_and_not_erased_or_nothing_is_done() {
    let (_, log) = log().await;
    erase(&log, ids(&["p0"])).await.unwrap();
    let head = log.verify().await.unwrap();
    for (criterion, told) in [
        (of("c9"), "the log holds no proposal of this case: it is unknown, or was erased already"),
        (ids(&["p1", "p9"]), "the log holds no proposal `p9`"),
        (ids(&["p0"]), "proposal `p0` was erased already, as entry 9 says"),
        (ids(&["p3/confirmation"]), "entry `p3/confirmation` is a confirmation, expected a proposal"),
    ] {
        let error = erase(&log, criterion).await.unwrap_err();
        assert_eq!(error.to_string(), format!("nothing was erased: {told}"));
        assert_eq!(log.verify().await.unwrap(), head);
    }
    // What was selected twice is erased once.
    let selection = log.select(&of("c1")).await.unwrap();
    let [first, second] = [0, 1].map(|_| selection.erasures(&ground()).remove(0));
    log.erase(first).await.unwrap();
    let error = log.erase(second).await.unwrap_err().to_string();
    assert_eq!(error, "nothing was erased: entry 2, `p1`, was erased already");
}

#[tokio::test]
async fn what_is_older_than_a_day_goes_and_the_rest_stays() {
    let (_, log) = log().await;
    let before = |text: &str| Criterion::Before(text.parse().unwrap());
    let none = log.select(&before("2026-03-01T10:00:00Z")).await.unwrap();
    assert_eq!((none.proposals(), none.erasures(&ground()).len()), (0, 0));
    let selection = log.select(&before("2026-03-04T10:00:00.001Z")).await.unwrap();
    assert_eq!((selection.proposals(), selection.confirmations()), (4, 2));
    let entries = erase(&log, before("2026-03-04T10:00:00.001Z")).await.unwrap();
    let said = Statement::read(&entries[0]).unwrap().unwrap();
    assert_eq!((said.erased.to_string().as_str(), said.before.is_some()), ("1 to 4, 7 to 8", true));
    // Neither an erasure nor what it erased is selected again.
    let rest = log.select(&before("2027-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(rest.entries().to_string(), "5 to 6");
    erase(&log, before("2027-01-01T00:00:00Z")).await.unwrap();
    assert_eq!(log.verify().await.unwrap().erased, 8);
}

#[tokio::test]
async fn a_proposal_that_does_not_say_when_it_was_made_is_named() {
    let (_, log) = log().await;
    log.append(record(PROPOSAL, "p6", "{}".to_owned())).await.unwrap();
    let error = log.select(&Criterion::Before("2027-01-01T00:00:00Z".parse().unwrap())).await.unwrap_err();
    assert!(
        error.to_string().starts_with("cannot read entry `p6` of the log: it does not say when it was made"),
        "{error}"
    );
}

#[test]
fn many_are_erased_in_several_steps_and_none_is_apart_from_its_confirmation() {
    let made = crate::selection::tests::selected(12_001);
    let erasures = made.erasures(&ground());
    assert_eq!(erasures.len(), 3);
    let all: Vec<i64> = erasures.iter().flat_map(|erasure| erasure.entries.iter()).collect();
    assert_eq!(Ranges::of(all.iter().copied()), Selection::entries(&made));
    for erasure in &erasures {
        // Proposal `n` is confirmed by entry `100,000 + n`.
        for sequence in erasure.entries.iter().filter(|sequence| *sequence < 100_000) {
            assert!(erasure.entries.contains(100_000 + sequence));
        }
    }
}

/// What somebody does who has the entries in hand.
type Change = Box<dyn FnOnce(&mut Vec<Entry>, &mut Vec<Leaf>)>;

/// A log of which something was erased, and then something done to it that no erasure does.
async fn done(change: impl FnOnce(&mut Vec<Entry>, &mut Vec<Leaf>)) -> Result<Verified, Error> {
    let (store, log) = log().await;
    erase(&log, of("c0")).await.unwrap();
    store.change(change);
    log.verify().await
}

#[tokio::test]
async fn an_erasure_by_half_or_without_an_entry_is_found_where_it_is() {
    let erased = |entry: &mut Entry| {
        (entry.body, entry.request_digest, entry.idempotency_key, entry.case_id) = (None, None, None, None);
    };
    let told = async |sequence: i64, told: &str, change: Change| {
        let error = done(change).await.unwrap_err();
        assert!(matches!(&error, Error::Chain { sequence: at, .. } if *at == sequence), "{told}: {error}");
        assert!(error.to_string().contains(told), "{told}: {error}");
    };
    done(|_, _| {}).await.unwrap();
    let nobody = "what it held is gone, and no later entry says that it was erased";
    told(
        2,
        nobody,
        Box::new(move |entries, leaves| {
            erased(&mut entries[1]);
            leaves[1].salt = None;
        }),
    )
    .await;
    told(4, "its body is not", Box::new(|_, leaves| leaves[3].salt = None)).await;
    told(4, "the salt of its leaf is not", Box::new(move |entries, _| erased(&mut entries[3]))).await;
    told(3, "its key is not", Box::new(|entries, _| entries[2].idempotency_key = Some("k".to_owned()))).await;
    told(
        3,
        "the digest of its request is not",
        Box::new(|entries, _| entries[2].request_digest = Some("d".to_owned())),
    )
    .await;
    told(
        3,
        "the case that it is filed under is not",
        Box::new(|entries, _| entries[2].case_id = Some("c".to_owned())),
    )
    .await;
    told(2, "the digest of its request is gone", Box::new(|entries, _| entries[1].request_digest = None))
        .await;
    // Nobody erases the entry that says what was erased.
    told(
        9,
        "no erasure is ever erased",
        Box::new(move |entries, leaves| {
            erased(&mut entries[8]);
            leaves[8].salt = None;
        }),
    )
    .await;
    // What is left of an erased entry.
    let changed = "what is left of the entries that it erased was changed";
    told(9, changed, Box::new(|entries, _| entries[2].id = "other".to_owned())).await;
    told(9, changed, Box::new(|entries, _| entries[2].kind = CONFIRMATION.to_owned())).await;
    told(4, "previous hash is", Box::new(|entries, _| entries[2].hash = GENESIS.to_owned())).await;
}

#[tokio::test]
async fn an_entry_that_says_what_is_not_so_is_found() {
    let statement = |erased: &[i64]| Statement {
        erased: Ranges::of(erased.iter().copied()),
        proposals: 1,
        confirmations: 0,
        own_views: 0,
        reads: 0,
        left: joined([]),
        reason: String::new(),
        by: String::new(),
        at: ground().at,
        before: None,
    };
    for (erased, sequence, told) in [
        (vec![2], 2, "entry 9 says that it was erased, and it was not"),
        (vec![9], 9, "it says that entry 9 was erased, which is not before it"),
        (vec![77], 9, "it says that entry 77 was erased"),
    ] {
        let (_, log) = log().await;
        log.append(record(ERASURE, "e", canonical::json(&statement(&erased)).unwrap())).await.unwrap();
        let error = log.verify().await.unwrap_err();
        assert!(matches!(&error, Error::Chain { sequence: at, .. } if *at == sequence), "{error}");
        assert!(error.to_string().contains(told), "{error}");
    }
    let (_, log) = log().await;
    log.append(record(ERASURE, "e", "{}".to_owned())).await.unwrap();
    let error = log.verify().await.unwrap_err();
    assert!(matches!(&error, Error::Chain { sequence: 9, .. }), "{error}");
}

#[tokio::test]
async fn a_receipt_from_before_holds_and_none_is_made_after() {
    use crate::{Checkpoint, Evidence, Receipt};
    let (_, log) = log().await;
    let key = crate::draw_key("example.org/log").unwrap();
    let checkpoint = Checkpoint::signed(8, log.root_at(8).await.unwrap(), &key);
    let entry = log.find("p2").await.unwrap().unwrap();
    let receipt = Receipt::of(&log, &entry, &checkpoint).await.unwrap();
    erase(&log, of("c0")).await.unwrap();
    let mut evidence = Evidence {
        keys: vec![key.verifier()],
        receipts: vec![(receipt.clone(), checkpoint.clone())],
        ..Evidence::default()
    };
    evidence.check_alone().unwrap();
    assert_eq!(evidence.check_against(&log).await.unwrap().erased, 4);
    let entry = log.find("p2").await.unwrap().unwrap();
    let error = Receipt::of(&log, &entry, &checkpoint).await.unwrap_err();
    assert!(matches!(error, Error::Erased { sequence: 3, .. }), "{error}");
    // Of another entry with the same salt it is not.
    evidence.receipts[0].0.proposal_id = "p4".to_owned();
    let error = evidence.check_against(&log).await.unwrap_err().to_string();
    assert_eq!(error, "the receipt of `p4` is not of this log: entry 3 is another");
}
