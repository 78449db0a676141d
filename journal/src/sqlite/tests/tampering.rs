//! What verification finds in a file that somebody changed.

use super::*;

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
            "INSERT INTO entries SELECT -7, kind, 'x', NULL, '', '', NULL, previous, hash, NULL FROM entries LIMIT 1"
        )
        .await,
        1
    );
    // A changed entry with its own hash made right still breaks the next one.
    let (_dir, store, log) = filled(5).await;
    let mut entry = log.find("p1").await.unwrap().unwrap();
    entry.body = "{}".to_owned();
    let forged = crate::hash(&entry);
    tamper(&store, "UPDATE entries SET body = '{}' WHERE sequence = 2").await;
    let forge = format!("UPDATE entries SET hash = '{forged}' WHERE sequence = 2");
    try_to(&store, forge).await.unwrap();
    assert!(matches!(log.verify().await, Err(Error::Chain { sequence: 3, .. })));
}

#[tokio::test]
async fn a_walk_hands_on_what_is_sound_and_nothing_after() {
    let (_dir, store, log) = filled(5).await;
    let walked = async |log: &Log| {
        let mut seen = Vec::new();
        let end = log.walk(|entry| -> Result<(), Error> {
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
