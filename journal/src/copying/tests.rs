#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::{Appended, PROPOSAL, Record};

fn record(id: &str, length: usize) -> Record {
    Record {
        kind: PROPOSAL,
        id: id.to_owned(),
        idempotency_key: Some(format!("key of {id}")),
        request_digest: crate::canonical::sha256(id),
        body: format!(
            r#"{{"request":{{"case_id":"c"}},"answer":"{}"}}"#,
            format!("{id} is a word, ").repeat(length)
        ),
    }
}

/// A log of entries `p0`, `p1` and so on in a folder of its own, and addresses in that folder.
async fn filled(n: usize) -> (tempfile::TempDir, Log) {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::open(&at(&dir, "log.sqlite")).await.unwrap();
    for k in 0..n {
        log.append(record(&format!("p{k}"), 200)).await.unwrap();
    }
    (dir, log)
}

fn at(dir: &tempfile::TempDir, name: &str) -> String {
    dir.path().join(name).display().to_string()
}

#[tokio::test]
async fn a_copy_is_the_log() {
    // More than a page, of which a dictionary is learned; and nothing.
    for n in [1102, 0] {
        let (dir, log) = filled(n).await;
        let (from, to) = (at(&dir, "log.sqlite"), at(&dir, "copy.sqlite"));
        let verified = log.verify().await.unwrap();
        assert_eq!(Log::copy(&from, &to).await.unwrap(), verified);
        let copy = Log::open(&to).await.unwrap();
        assert_eq!(copy.verify().await.unwrap(), verified);
        assert_eq!(copy.entries(1, 9999).await.unwrap(), log.entries(1, 9999).await.unwrap());
        assert_eq!(copy.leaves(1, 9999).await.unwrap(), log.leaves(1, 9999).await.unwrap());
        assert!(matches!(copy.append(record("next", 1)).await.unwrap(), Appended::Written(_)));
        copy.verify().await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_replaced_and_what_does_not_hold_is_not_copied() {
    let (dir, log) = filled(3).await;
    let from = at(&dir, "log.sqlite");
    let error = Log::copy(&from, &from).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot make log `") && error.contains("a copy replaces no file"), "{error}");
    let error = Log::copy(&at(&dir, "none"), &at(&dir, "copy")).await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    log.close().await.unwrap();
    let forger = rusqlite::Connection::open(&from).unwrap();
    let made: String = forger
        .query_row("SELECT sql FROM sqlite_master WHERE name = 'entries_are_not_changed'", [], |row| {
            row.get(0)
        })
        .unwrap();
    forger
        .execute_batch(&format!(
            "DROP TRIGGER entries_are_not_changed; UPDATE entries SET id = 'x' WHERE sequence = 2; {made}"
        ))
        .unwrap();
    drop(forger);
    let error = Log::copy(&from, &at(&dir, "copy")).await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence: 2, .. }), "{error}");
    let mut left: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.retain(|name| name.to_string_lossy().contains("copy"));
    assert_eq!(left, Vec::<std::ffi::OsString>::new());
}

#[tokio::test]
async fn a_copy_that_is_not_finished_has_no_name() {
    let (dir, log) = filled(3).await;
    let to = at(&dir, "copy.sqlite");
    let mut filling = stores::fill(&to).await.unwrap();
    let (entries, leaves) = (log.entries(1, 9).await.unwrap(), log.leaves(1, 9).await.unwrap());
    filling.write(entries.into_iter().zip(leaves).collect()).await.unwrap();
    let written = Log::on(filling.written().await.unwrap());
    assert_eq!(written.verify().await.unwrap(), log.verify().await.unwrap());
    assert!(matches!(Log::read(&to).await, Err(Error::Missing { .. })));
    drop((written, filling));
    assert!(!std::path::Path::new(&format!("{to}.part")).exists());
    assert!(matches!(Log::read(&to).await, Err(Error::Missing { .. })));
}
