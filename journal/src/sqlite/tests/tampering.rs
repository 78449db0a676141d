//! What verification finds in a file that somebody changed.

use super::*;
use crate::tree::{Leaf, Node, Salt};

async fn tamper(store: &SqliteStore, sql: &'static str) {
    execute(store, "DROP TRIGGER entries_are_not_changed; DROP TRIGGER entries_are_not_removed").await;
    execute(store, sql).await;
}

async fn broken_at(sql: &'static str) -> i64 {
    let (_dir, store, log) = filled(5).await;
    tamper(&store, sql).await;
    match log.verify().await.unwrap_err() {
        Error::Chain { sequence, .. } => sequence,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn each_kind_of_tampering_is_found_where_it_is() {
    assert_eq!(broken_at("UPDATE entries SET body = replace(body, 'p2', 'p9') WHERE sequence = 3").await, 3);
    assert_eq!(broken_at("UPDATE entries SET id = 'other' WHERE sequence = 4").await, 4);
    assert_eq!(broken_at("UPDATE entries SET idempotency_key = 'k' WHERE sequence = 2").await, 2);
    assert_eq!(broken_at("UPDATE entries SET request_digest = 'e' WHERE sequence = 1").await, 1);
    assert_eq!(broken_at("UPDATE entries SET kind = 'confirmation' WHERE sequence = 5").await, 5);
    assert_eq!(broken_at("DELETE FROM entries WHERE sequence = 2").await, 2);
    assert_eq!(broken_at("DELETE FROM entries WHERE sequence = 1").await, 1);
    assert_eq!(
        broken_at(
            "INSERT INTO entries SELECT -7, kind, 'x', NULL, '', NULL, x'', '', NULL, previous, hash, NULL FROM entries LIMIT 1"
        )
        .await,
        1
    );
    // A changed entry with its own hash made right does not fit its leaf; with that made right as well, it still breaks the next one.
    let (_dir, store, log) = filled(5).await;
    let mut entry = log.find("p1").await.unwrap().unwrap();
    entry.body = Some("{}".to_owned());
    let forged = crate::hash(&entry).unwrap();
    tamper(&store, "UPDATE entries SET body = '{}' WHERE sequence = 2").await;
    let forge = format!("UPDATE entries SET hash = '{forged}' WHERE sequence = 2");
    try_to(&store, forge).await.unwrap();
    assert!(matches!(log.verify().await, Err(Error::Chain { sequence: 2, .. })));
    let first = log.leaves(1, 1).await.unwrap().remove(0);
    let left = |node: Node| first.hash(node.level).ok_or(());
    let leaf = Leaf::grown(2, &forged, Salt(Hash([7; 32])), left).unwrap();
    let hex: String = leaf.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let forge =
        format!("UPDATE entries SET tree = x'{hex}', salt = x'{}' WHERE sequence = 2", "07".repeat(32));
    try_to(&store, forge).await.unwrap();
    assert!(matches!(log.verify().await, Err(Error::Chain { sequence: 3, .. })));
}

#[tokio::test]
async fn a_leaf_that_is_changed_or_moved_is_found_where_it_is() {
    for (sql, sequence, told) in [
        (
            "UPDATE entries SET salt = NULL WHERE sequence = 3",
            3,
            "the salt of its leaf is gone, and its body is not",
        ),
        ("UPDATE entries SET salt = zeroblob(32) WHERE sequence = 2", 2, "its salt and hash give "),
        ("UPDATE entries SET salt = x'00' WHERE sequence = 4", 4, "it has no leaf in the tree"),
        ("UPDATE entries SET salt = x'00' WHERE sequence = 1", 1, "is not as it was written"),
        ("UPDATE entries SET tree = x'' WHERE sequence = 5", 5, "it has no leaf in the tree"),
        ("UPDATE entries SET tree = zeroblob(32) WHERE sequence = 5", 5, "its leaf in the tree is 0000"),
        (
            "UPDATE entries SET tree = CAST(substr(tree, 1, 32) || zeroblob(32) || substr(tree, 65) AS BLOB) WHERE sequence = 4",
            4,
            "the tree above it is not the one that its leaves give",
        ),
        ("UPDATE entries SET tree = substr(tree, 1, 32) WHERE sequence = 2", 2, "the tree above it is not"),
        (
            "UPDATE entries SET tree = CAST(tree || zeroblob(32) AS BLOB) WHERE sequence = 5",
            5,
            "the tree above it is not",
        ),
    ] {
        let (_dir, store, log) = filled(5).await;
        tamper(&store, sql).await;
        let error = log.verify().await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: at, .. } if at == sequence), "{sql}: {error}");
        assert!(error.to_string().contains(told), "{sql}: {error}");
    }
}

#[tokio::test]
async fn nothing_is_added_to_a_tree_that_lost_a_part() {
    let (_dir, store, log) = filled(3).await;
    tamper(&store, "UPDATE entries SET tree = x'' WHERE sequence = 2").await;
    let error = log.append(record("p3")).await.unwrap_err().to_string();
    assert!(
        error.ends_with("the next entry cannot be put into the tree: entry 2 lacks its part of it"),
        "{error}"
    );
    assert_eq!(log.entries(1, 9).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_walk_hands_on_what_is_sound_and_nothing_after() {
    let (_dir, store, log) = filled(5).await;
    let walked = async |log: &Log| {
        let mut seen = Vec::new();
        let end = log.walk(|entry, _| -> Result<(), Error> {
            seen.push(entry.sequence);
            Ok(())
        });
        let end = end.await;
        (seen, end)
    };
    let (seen, end) = walked(&log).await;
    assert_eq!((seen, end.unwrap()), (vec![1, 2, 3, 4, 5], log.verify().await.unwrap()));
    tamper(&store, "UPDATE entries SET body = '{}' WHERE sequence = 4").await;
    let (seen, end) = walked(&log).await;
    assert_eq!(seen, [1, 2, 3]);
    assert!(matches!(end, Err(Error::Chain { sequence: 4, .. })), "{end:?}");
}

#[tokio::test]
async fn an_entry_filed_under_another_case_is_found_where_it_is() {
    let named = |sequence: i64| Record {
        body: format!(r#"{{"request":{{"case_id":"case-{sequence}"}}}}"#),
        ..record(&format!("q{sequence}"))
    };
    for (sql, sequence) in [
        ("UPDATE entries SET case_id = 'case-2' WHERE sequence = 3", 3),
        ("UPDATE entries SET case_id = NULL WHERE sequence = 2", 2),
        ("UPDATE entries SET case_id = 'case-1' WHERE sequence = 4", 4),
    ] {
        let (_dir, store, log) = filled(0).await;
        for sequence in 1..=3 {
            log.append(named(sequence)).await.unwrap();
        }
        // Names no case.
        log.append(record("p")).await.unwrap();
        assert_eq!(log.verify().await.unwrap().entries, 4);
        tamper(&store, sql).await;
        let error = log.verify().await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: at, .. } if at == sequence), "{sql}: {error}");
        let error = error.to_string();
        let told =
            format!("is broken at sequence {sequence}: it is filed under a case that its body does not name");
        assert!(error.ends_with(&told), "{error}");
        assert!(!error.contains("case-"), "no case is named: {error}");
    }
}

#[tokio::test]
async fn a_proposal_that_is_listed_by_what_its_body_does_not_say_is_found_where_it_is() {
    let proposal = |k: i64, replaces: &str| Record {
        body: format!(
            r#"{{"request":{{"case_id":"c","officer":{{"unit":"u-{k}"}},"replaces":{replaces}}},"answer":{{"created_at":"2026-03-05T09:00:00Z","level":"high","model":"m","version":1}}}}"#
        ),
        ..record(&format!("p{k}"))
    };
    let confirmation =
        |of: &str| Record { kind: crate::CONFIRMATION, ..record(&format!("{of}/confirmation")) };
    let other = "it is listed by something that its body does not say";
    let no_such = "the list says that it is the proposal of a proposal, which it is not";
    for (sql, sequence, told) in [
        ("UPDATE proposals SET level = 'low' WHERE sequence = 1", 1, other),
        ("UPDATE proposals SET unit = NULL WHERE sequence = 2", 2, other),
        ("UPDATE proposals SET created_at = created_at - 1 WHERE sequence = 2", 2, other),
        ("UPDATE proposals SET institution = 'i' WHERE sequence = 2", 2, other),
        ("UPDATE proposals SET own_view_first = 1 WHERE sequence = 1", 1, other),
        ("UPDATE proposals SET replaces = NULL WHERE sequence = 4", 4, other),
        ("DELETE FROM proposals WHERE sequence = 1", 1, "it is a proposal, and is not listed"),
        (
            "INSERT INTO proposals (sequence, own_view_first) VALUES (3, 0)",
            3,
            "it is listed, and is no proposal",
        ),
        (
            "UPDATE proposals SET confirmation = NULL WHERE sequence = 1",
            3,
            "the list does not say of its proposal what it is: a confirmation",
        ),
        (
            "UPDATE proposals SET replacement = NULL WHERE sequence = 2",
            4,
            "the list does not say of its proposal what it is: a proposal",
        ),
        (
            "UPDATE proposals SET confirmation = 3 WHERE sequence = 2",
            3,
            "the list says that it is the confirmation of a proposal, which it is not",
        ),
        ("UPDATE proposals SET replacement = 2 WHERE sequence = 1", 2, no_such),
        (
            "UPDATE proposals SET own_view = 9 WHERE sequence = 4",
            9,
            "the list says that it is the own_view of a proposal, and there is no such entry after it",
        ),
    ] {
        let (_dir, store, log) = filled(0).await;
        for record in [
            proposal(1, "null"),
            proposal(2, "null"),
            confirmation("p1"),
            proposal(4, r#"{"proposal_id":"p2","reason":"r"}"#),
        ] {
            assert!(matches!(log.append(record).await.unwrap(), Appended::Written(_)));
        }
        assert_eq!(log.verify().await.unwrap().entries, 4);
        execute(&store, sql).await;
        let error = log.verify().await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: at, .. } if at == sequence), "{sql}: {error}");
        assert!(error.to_string().ends_with(told), "{sql}: {error}");
    }
}
