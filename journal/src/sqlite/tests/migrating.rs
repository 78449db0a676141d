//! Files of the editions before, as those editions wrote them.

use std::path::PathBuf;

use rusqlite::{Connection, TransactionBehavior, params};

use super::digest::Digest;
use super::*;
use crate::packing::codec::Packed;
use crate::recorder::LogRecorder;
use crate::tree::{Frontier, Salt};
use crate::{CONFIRMATION, PROPOSAL};

const FIRST: &str = "
CREATE TABLE entries (
    sequence        INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    request_digest  TEXT NOT NULL,
    body            TEXT NOT NULL,
    previous        TEXT NOT NULL,
    hash            TEXT NOT NULL
) STRICT;
CREATE TRIGGER entries_are_not_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is changed'); END;
CREATE TRIGGER entries_are_not_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is removed'); END;
PRAGMA user_version = 1;
";

/// What the second edition added.
const SECOND: &str = "
ALTER TABLE entries ADD COLUMN case_id TEXT;
CREATE INDEX entries_by_case ON entries (case_id) WHERE case_id IS NOT NULL;
CREATE TRIGGER entries_are_not_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries
    WHERE sequence = NEW.sequence OR id = NEW.id OR idempotency_key = NEW.idempotency_key)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: no entry is replaced'); END;
PRAGMA user_version = 2;
";

pub(super) fn file(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("log.sqlite")
}

fn connected(dir: &tempfile::TempDir) -> Connection {
    let opening = Opening::of(&file(dir));
    opening.own().unwrap();
    opening.connect().unwrap()
}

/// The third edition: bodies are packed, with a dictionary or without.
const THIRD: &str = "
CREATE TABLE entries (
    sequence        INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    id              TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    request_digest  ANY NOT NULL,
    body            ANY NOT NULL,
    dictionary      INTEGER,
    previous        ANY NOT NULL,
    hash            ANY NOT NULL,
    case_id         TEXT
) STRICT;
CREATE TABLE dictionaries (
    number INTEGER PRIMARY KEY,
    digest ANY NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_case ON entries (case_id) WHERE case_id IS NOT NULL;
PRAGMA user_version = 3";

/// The fourth edition: beside each entry stands what it adds to the tree.
fn fourth() -> String {
    let tree = "request_digest  ANY NOT NULL,\n    salt BLOB,\n    tree BLOB NOT NULL,";
    THIRD.replace("request_digest  ANY NOT NULL,", tree).replace("user_version = 3", "user_version = 4")
}

/// The fifth edition: entries can be erased.
fn fifth() -> String {
    let frames = "dictionary      INTEGER CHECK (dictionary > 1000000),";
    fourth()
        .replace("request_digest  ANY NOT NULL,", "request_digest  ANY,")
        .replace("body            ANY NOT NULL,", "body            ANY,")
        .replace("dictionary      INTEGER,", frames)
        .replace("    salt BLOB,", "    salt            BLOB,")
        .replace("    tree BLOB NOT NULL,", "    tree            BLOB NOT NULL,")
        .replace("user_version = 4", "user_version = 5")
}

/// Cases `case-0`, `case-1` and `case-2` in turn, and of many each its own, each proposal followed by its confirmation; the bodies fill several pages.
pub(super) fn old(edition: i64, proposals: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let connection = connected(&dir);
    match edition {
        3 => connection.execute_batch(THIRD).unwrap(),
        4 => connection.execute_batch(&fourth()).unwrap(),
        5 => connection.execute_batch(&fifth()).unwrap(),
        _ => connection.execute_batch(FIRST).unwrap(),
    }
    if edition == 2 {
        connection.execute_batch(SECOND).unwrap();
    }
    let codec = Codec::default();
    let mut last = None;
    let filling = noise(20_000);
    let mut entries = Vec::new();
    for k in 0..proposals {
        let proposal = Record {
            idempotency_key: (k % 2 == 0).then(|| format!("k{k}")),
            request_digest: crate::canonical::sha256(&k.to_string()),
            body: format!(
                r#"{{"request":{{"case_id":"case-{}"}},"answer":"{}"}}"#,
                if proposals < 64 { k % 3 } else { k },
                &filling[k..]
            ),
            ..record(&format!("p{k}"))
        };
        let confirmation = Record {
            kind: CONFIRMATION,
            body: format!(r#"{{"request":{{"level":"high"}},"answer":{{"proposal_id":"p{k}"}}}}"#),
            ..record(&format!("p{k}/confirmation"))
        };
        for record in [proposal, confirmation] {
            let entry = Entry::after(last, record);
            last = Some((entry.sequence, entry.hash.clone()));
            entries.push(entry);
        }
    }
    if edition > 2 && proposals >= 64 {
        // Trained on bodies as they are.
        let bodies: Vec<&str> = entries.iter().filter_map(|entry| entry.body.as_deref()).collect();
        let dictionary = zstd::dict::from_samples(&bodies, 65_536).unwrap();
        let sql = "INSERT INTO dictionaries VALUES (?, ?, ?)";
        let digest = Digest(crate::canonical::sha256_of(&dictionary));
        let number = if edition > 4 { 1_000_001 } else { 1 };
        connection.execute(sql, params![number, digest, dictionary]).unwrap();
        codec.learn(number, &dictionary);
    }
    let mut tree = Frontier::default();
    for entry in &entries {
        write(&connection, edition, &codec, entry);
        if edition > 3 {
            let salt = Salt::draw().unwrap();
            let data = salt.data(&entry.hash);
            let leaf = Leaf { sequence: entry.sequence, salt: Some(salt), data, nodes: tree.add(&data) };
            let sql = "UPDATE entries SET salt = ?, tree = ? WHERE sequence = ?";
            connection.execute(sql, params![salt.0.0, leaf.bytes(), entry.sequence]).unwrap();
        }
    }
    let triggers = schema::triggers(edition);
    match edition {
        2 => connection.execute_batch(triggers[0].1).unwrap(),
        3..=5 => triggers.iter().for_each(|(_, sql)| connection.execute_batch(sql).unwrap()),
        _ => {}
    }
    dir
}

/// Writes an entry as an edition did.
fn write(connection: &Connection, edition: i64, codec: &Codec, entry: &Entry) {
    let Entry { sequence, kind, id, idempotency_key, request_digest, body, previous, hash, case_id } = entry;
    if edition < 3 {
        let sql =
            "INSERT INTO entries (sequence, kind, id, idempotency_key, request_digest, body, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        let values = params![sequence, kind, id, idempotency_key, request_digest, body, previous, hash];
        connection.execute(sql, values).unwrap();
        if edition == 2 {
            connection.execute_batch("DROP TRIGGER IF EXISTS entries_are_not_changed").unwrap();
            let sql = "UPDATE entries SET case_id = ? WHERE sequence = ?";
            connection.execute(sql, params![case_id, sequence]).unwrap();
        }
        return;
    }
    let sql = "INSERT INTO entries
        (sequence, kind, id, idempotency_key, request_digest, body, dictionary, previous, hash, case_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let sql = if edition > 3 {
        &sql.replace("hash, case_id)", "hash, case_id, tree)").replace("?)", "?, x'')")
    } else {
        sql
    };
    let (body, dictionary): (rusqlite::types::Value, _) = match codec.pack(body.as_ref().unwrap()).unwrap() {
        Packed::Plain(text) => (text.into(), None),
        Packed::Frame(frame, dictionary) => (frame.into(), dictionary),
    };
    let digest = |text: &str| Digest(text.to_owned());
    let values = params![
        sequence,
        kind,
        id,
        idempotency_key,
        digest(request_digest.as_ref().unwrap()),
        body,
        dictionary,
        digest(previous),
        digest(hash),
        case_id
    ];
    connection.execute(sql, values).unwrap();
}

/// Everything that a file of any edition says of its entries, and its edition.
async fn contents(dir: &tempfile::TempDir) -> (Vec<Entry>, i64) {
    let log = Log::read(&address(dir)).await.unwrap();
    let entries = log.entries(i64::MIN, 1000).await.unwrap();
    log.close().await.unwrap();
    let edition = connected(dir).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    (entries, edition)
}

#[tokio::test]
async fn entries_are_packed_and_filed_under_their_cases_and_the_chain_stays() {
    for edition in [1, 2, 3, 4, 5] {
        let dir = old(edition, 7);
        let (before, found) = contents(&dir).await;
        assert_eq!((before.len(), found), (14, edition));
        let log = Log::open(&address(&dir)).await.unwrap();
        let verified = log.verify().await.unwrap();
        assert_eq!((verified.entries, &verified.head), (14, &before[13].hash));
        assert!(verified.root.is_some());
        let salts: std::collections::BTreeSet<_> =
            log.leaves(1, 99).await.unwrap().iter().map(|leaf| leaf.salt.unwrap().0.0).collect();
        assert_eq!(salts.len(), 14, "each entry has a salt of its own");
        for (case_id, sequences) in
            [("case-0", vec![1, 7, 13]), ("case-1", vec![3, 9]), ("case-2", vec![5, 11])]
        {
            let found = log.find_case(case_id).await.unwrap();
            assert!(found.iter().all(|entry| entry.kind == PROPOSAL));
            assert_eq!(found.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), sequences);
        }
        let every = Page { after: None, newest_first: true, limit: 99 };
        let listed = log.list(&Search::default(), every).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|listed| (listed.sequence, listed.confirmation)).collect();
        let expected: Vec<_> = (0..7).rev().map(|k| (1 + 2 * k, Some(2 + 2 * k))).collect();
        assert_eq!(listed, expected, "each proposal is listed with its confirmation");
        let next = Record { body: r#"{"request":{"case_id":"case-1"}}"#.to_owned(), ..record("next") };
        assert!(matches!(log.append(next).await.unwrap(), Appended::Written(entry) if entry.sequence == 15));
        assert_eq!(log.find_case("case-1").await.unwrap().len(), 3);
        assert_eq!(log.verify().await.unwrap().entries, 15);
        log.close().await.unwrap();
        let (after, found) = contents(&dir).await;
        assert!(after[..14] == before, "an entry was changed");
        assert_eq!(found, 6);
        // The second time there is nothing to migrate.
        assert_eq!(Log::open(&address(&dir)).await.unwrap().verify().await.unwrap().entries, 15);
    }
}

#[tokio::test]
async fn a_migrated_file_is_as_a_new_one() {
    let shape = |dir: &tempfile::TempDir| -> Vec<(String, String)> {
        let connection = connected(dir);
        let sql = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name";
        let mut select = connection.prepare(sql).unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let (new, _, log) = filled(0).await;
    log.close().await.unwrap();
    assert_eq!(shape(&new).len(), 3 + 3 + 6);
    for edition in [1, 2, 3, 4, 5] {
        let migrated = old(edition, 1);
        Log::open(&address(&migrated)).await.unwrap().close().await.unwrap();
        assert_eq!(shape(&migrated), shape(&new));
    }
}

#[tokio::test]
async fn many_entries_are_packed_with_a_dictionary_of_their_own() {
    for edition in [2, 3, 4, 5] {
        let dir = old(edition, 100);
        let before = contents(&dir).await.0;
        let log = Log::open(&address(&dir)).await.unwrap();
        assert!(log.entries(i64::MIN, 1000).await.unwrap() == before);
        assert_eq!(log.verify().await.unwrap().entries, 200);
        let sql = "SELECT count(*) FROM entries WHERE dictionary = 1000001 AND length(body) < 2000";
        let short: i64 = connected(&dir).query_row(sql, [], |row| row.get(0)).unwrap();
        // Each is the end of the same noise.
        assert!(short > 90, "{short}");
    }
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_the_edition_before() {
    for edition in [1, 2, 3, 4] {
        let dir = old(edition, 80);
        let before = contents(&dir).await;
        let mut connection = connected(&dir);
        // So little is kept in memory that changed pages reach the disk long before the commit.
        connection.execute_batch("PRAGMA cache_size = 10").unwrap();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        assert_eq!(migration::migrate(&transaction, edition, &file(&dir)).unwrap(), 160);
        let killed = copied(&dir);
        let ahead = std::fs::metadata(killed.path().join("log.sqlite-wal")).unwrap().len();
        assert!(ahead > 100_000, "{ahead} bytes of the migration are on the disk");
        drop(transaction);
        drop(connection);
        assert!(contents(&killed).await == before);
        assert_eq!(before.1, edition);
        let log = Log::open(&address(&killed)).await.unwrap();
        assert_eq!(log.verify().await.unwrap().entries, 160);
        assert_eq!(log.find_case("case-0").await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_broken_chain_is_migrated_as_it_is_and_still_found_broken() {
    for (edition, change) in [
        (1, "body = 'x'"),
        (2, "body = 'x'"),
        (2, "hash = 'x'"),
        (2, "case_id = 'x'"),
        (3, "hash = 'x'"),
        (3, "sequence = 30"),
        (4, "hash = 'x'"),
        (4, "tree = zeroblob(32)"),
        (5, "hash = 'x'"),
        (5, "case_id = 'x'"),
    ] {
        let dir = old(edition, 2);
        let connection = connected(&dir);
        let (_, trigger) = schema::triggers(edition)[0];
        let sql = format!(
            "DROP TRIGGER entries_are_not_changed; UPDATE entries SET {change} WHERE sequence = 3; {trigger}"
        );
        connection.execute_batch(&sql).unwrap();
        drop(connection);
        let log = Log::open(&address(&dir)).await.unwrap();
        let error = log.verify().await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: 3, .. }), "{change}: {error}");
    }
}

#[tokio::test]
async fn an_old_log_that_lost_its_triggers_is_refused_as_it_is() {
    for (edition, trigger) in [
        (1, "entries_are_not_changed"),
        (2, "entries_are_not_replaced"),
        (3, "dictionaries_are_not_removed"),
        (4, "entries_are_not_changed"),
        (5, "entries_are_not_changed"),
    ] {
        let dir = old(edition, 1);
        connected(&dir).execute_batch(&format!("DROP TRIGGER {trigger}")).unwrap();
        let before = std::fs::read(file(&dir)).unwrap();
        match Log::open(&address(&dir)).await.unwrap_err() {
            Error::Unprotected { triggers, .. } => assert_eq!(triggers, [trigger]),
            other => panic!("{other}"),
        }
        assert!(std::fs::read(file(&dir)).unwrap() == before);
    }
}

#[tokio::test]
async fn a_migration_is_told_once_and_names_no_case() {
    let told = || {
        let dir = old(1, 2);
        let recorder = LogRecorder::default();
        let writer = recorder.clone();
        let told = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .json();
        tracing::subscriber::with_default(told.finish(), || {
            for _ in 0..2 {
                schema::prepare(&mut connected(&dir), &file(&dir)).unwrap();
            }
        });
        recorder.text()
    };
    // What another test tells for the first time at the same moment, nobody hears here until somebody begins to listen again.
    let mut times = std::iter::repeat_with(told).take(3);
    let heard = times.find(|heard| heard.contains("log migrated")).unwrap_or_default();
    let lines: Vec<&str> = heard.lines().filter(|line| line.contains("log migrated")).collect();
    assert_eq!(lines.len(), 1, "{heard}");
    assert!(lines[0].contains(r#""from":1,"to":6,"entries":4"#), "{}", lines[0]);
    assert!(!heard.contains("case-"), "{heard}");
}
