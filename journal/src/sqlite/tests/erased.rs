//! Erasing in the file: what the database lets through, what a kill leaves, and what is left in the bytes of the files.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::migrating::{file, old};
use super::packed::{learned, proposal};
use super::*;
use crate::{CONFIRMATION, Criterion, Ground, READ, Statement, read_of};

fn ground() -> Ground {
    Ground { reason: "asked for".to_owned(), by: "dpo".to_owned(), at: jiff::Timestamp::UNIX_EPOCH }
}

async fn erase(log: &Log, criterion: &Criterion) -> Entry {
    let selection = log.select(criterion).await.unwrap();
    let mut erasures = selection.erasures(&ground());
    assert_eq!(erasures.len(), 1);
    log.erase(erasures.remove(0)).await.unwrap()
}

fn of(case: &str) -> Criterion {
    Criterion::Case(case.to_owned())
}

/// Which of some words stand in the files of a folder.
fn found(dir: &tempfile::TempDir, words: &[&str]) -> Vec<String> {
    let files = std::fs::read_dir(dir.path()).unwrap();
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let stands = |word: &&&str| bytes.windows(word.len()).any(|part| part == word.as_bytes());
    words.iter().filter(stands).map(|word| (*word).to_owned()).collect()
}

/// A proposal for a case, under a key, its body plain or packed.
fn of_case(case: &str, k: usize, is_packed: bool) -> Record {
    // A body that is not to be packed is as short as it may be.
    let words = "the same words again, ".repeat(100);
    let answer = if is_packed { format!(r#"{{"level":"{words}"}}"#) } else { "{}".to_owned() };
    // In a frame it is not found; in the list it is.
    let officer =
        if is_packed { format!(r#","officer":{{"unit":"unit-of-{case}"}}"#) } else { String::new() };
    Record {
        id: format!("{k:06}"),
        idempotency_key: Some(format!("key-{:06}-of-{case}", k * 7919 % 1_000_003)),
        body: format!(
            r#"{{"request":{{"case_id":"{case}","told":"told-{k}-by-{case}"{officer}}},"answer":{answer}}}"#
        ),
        ..record("")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_case_is_left_in_the_bytes_of_the_files() {
    let (dir, store, log) = filled(0).await;
    // In no order, so that pages of the indexes are split and rows are moved between them.
    for k in 0..400 {
        let case =
            if k % 40 / 2 == 3 { "case-erased".to_owned() } else { format!("case-{:04}", k * 31 % 401) };
        log.append(of_case(&case, k * 307 % 401, k % 2 == 1)).await.unwrap();
        if k % 40 == 7 {
            let id = format!("{:06}/confirmation", k * 307 % 401);
            let body = format!(r#"{{"request":{{"reason":"seen-at-her-door-{k}"}},"answer":{{}}}}"#);
            log.append(Record { kind: CONFIRMATION, body, ..record(&id) }).await.unwrap();
            let proposal = format!("{:06}", k * 307 % 401);
            let body = format!(
                r#"{{"request":{{"case_id":"{case}"}},"answer":{{}},"caller":{{"id":"shown-to-{k}"}}}}"#
            );
            let reading = record(&read_of(Some(&proposal), "1"));
            log.append(Record { kind: READ, body, ..reading }).await.unwrap();
        }
    }
    let words = [
        "case-erased",
        "of-case-erased",
        "by-case-erased",
        "unit-of-case-erased",
        "seen-at-her-door",
        "shown-to-",
    ];
    assert_eq!(found(&dir, &words), words);
    let kept: Vec<Entry> = log.entries(1, 999).await.unwrap();
    let said = Statement::read(&erase(&log, &of("case-erased")).await).unwrap().unwrap();
    assert_eq!((said.proposals, said.confirmations, said.reads), (20, 10, 10));
    log.scrub().await.unwrap();
    assert_eq!(found(&dir, &words), Vec::<String>::new());
    assert_eq!(found(&dir, &["case-0031"]), ["case-0031"], "another case is there as before");
    for then in kept {
        let now = log.find(&then.id).await.unwrap().unwrap();
        assert!(now == then || said.erased.contains(then.sequence));
    }
    assert_eq!(log.verify().await.unwrap().erased, 40);
    // What was rewritten is the log that was opened: it goes on, and is opened again.
    log.append(record("next")).await.unwrap();
    let second = Log::open(&address(&dir)).await.unwrap();
    assert_eq!(second.verify().await.unwrap(), log.verify().await.unwrap());
    drop(store);
}

/// Dictionaries stay, so that they may hold nothing of a case.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_case_is_left_in_a_dictionary() {
    let (dir, store, log, n) = learned().await;
    let dictionary: Vec<u8> = store
        .reading
        .with(|connection| connection.query_row("SELECT bytes FROM dictionaries", [], |row| row.get(0)))
        .unwrap();
    let holds = |word: &str| dictionary.windows(word.len()).any(|part| part == word.as_bytes());
    // Something of what all have in common; what exactly is left to chance.
    let shared = |k: usize| holds(&format!(r#"{{"indicator":"I{k:02}","words":"#));
    assert!((0..20).any(shared));
    const LENGTH: usize = 14;
    let stretches: std::collections::HashSet<&[u8]> = dictionary.windows(LENGTH).collect();
    for k in 0..n {
        assert!(!holds(&format!("\"c{k}\"")), "{k}");
        // The values are those of one case each.
        let body = proposal(k).body;
        for value in body.split("\"value\":").skip(1).map(|rest| rest.split('}').next().unwrap()) {
            let own = value.as_bytes().get(..LENGTH);
            assert!(own.is_none_or(|own| !stretches.contains(own)), "{value} of {k}");
        }
    }
    // All that it was learned from goes, and it goes on packing.
    let ids = (0..n).map(|k| format!("p{k}")).collect();
    erase(&log, &Criterion::Proposals(ids)).await;
    log.append(proposal(n)).await.unwrap();
    assert_eq!(log.find(&format!("p{n}")).await.unwrap().unwrap().body, Some(proposal(n).body));
    let copy = Log::read(&address(&dir)).await.unwrap();
    assert_eq!(copy.verify().await.unwrap().erased, n as i64);
}

#[tokio::test]
async fn a_dictionary_of_the_edition_before_is_gone_after_migration() {
    let dir = old(4, 100);
    let held = |dir: &tempfile::TempDir| -> Vec<(i64, Vec<u8>)> {
        let connection = Connection::open(file(dir)).unwrap();
        let mut select = connection.prepare("SELECT number, bytes FROM dictionaries").unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let before = held(&dir);
    assert_eq!(before[0].0, 1);
    let holds = |dictionary: &[u8], word: &[u8]| dictionary.windows(word.len()).any(|part| part == word);
    assert!(holds(&before[0].1, br#""case_id":"case-"#), "the old dictionary holds cases");
    let log = Log::open(&address(&dir)).await.unwrap();
    log.close().await.unwrap();
    let after = held(&dir);
    assert_eq!((after.len(), after[0].0), (1, 1_000_001));
    assert!(!holds(&after[0].1, b"case-"));
    let bytes = std::fs::read(file(&dir)).unwrap();
    // What is shared by many may be in both: the one that holds a case is looked for.
    let at = before[0].1.windows(16).position(|part| part.starts_with(br#""case_id":"case-"#)).unwrap();
    let own = &before[0].1[at..at + 32];
    assert!(!holds(&bytes, own), "the old dictionary is still in the file");
    // A program of that edition may not write what is packed with its dictionary.
    let connection = Connection::open(file(&dir)).unwrap();
    let sql =
        "INSERT INTO entries (sequence, kind, id, request_digest, tree, body, dictionary, previous, hash)
        VALUES (9999, 'proposal', 'x', '', x'', x'00', 1, '', '')";
    let error = connection.execute(sql, []).unwrap_err().to_string();
    assert!(error.contains("CHECK constraint failed"), "{error}");
}

#[tokio::test]
async fn the_database_lets_an_erasure_through_and_nothing_else() {
    let (dir, store, log) = filled(0).await;
    for k in 0..6 {
        log.append(of_case(&format!("case-{}", k % 2), k, k == 3)).await.unwrap();
    }
    const GONE: &str = "idempotency_key = NULL, request_digest = NULL, salt = NULL, body = NULL, dictionary = NULL, case_id = NULL";
    let refused = async |sql: String| {
        let error = try_to(&store, sql.clone()).await.unwrap_err().to_string();
        assert!(error.contains("the log is append-only: no entry is changed"), "{sql}: {error}");
    };
    // Without an entry that says so.
    refused(format!("UPDATE entries SET {GONE} WHERE sequence = 1")).await;
    let said = Statement::read(&erase(&log, &of("case-0")).await).unwrap().unwrap();
    assert_eq!(said.erased.to_string(), "1, 3, 5");
    // Of an entry that it does not name, of the entry itself, once more.
    for sequence in [2, 7, 1] {
        refused(format!("UPDATE entries SET {GONE} WHERE sequence = {sequence}")).await;
    }
    // With one that names entry 2, as the last entry: by half, or with something else.
    let body = serde_json::to_string(&Statement { erased: crate::Ranges::of([2]), ..said }).unwrap();
    let packed = crate::packing::codec::Packed::Plain(body.clone());
    let statement = Record { kind: crate::ERASURE, body, ..record("erasure/2") };
    let mut connection = Opening::of(&file(&dir)).connect().unwrap();
    let transaction = connection.transaction().unwrap();
    let last = table::last(&transaction).unwrap();
    table::add(&transaction, last, statement, (&packed, None), &mut Vec::new()).unwrap();
    transaction.commit().unwrap();
    for (part, whole) in [
        ("body = NULL", "body = body"),
        ("salt = NULL", "salt = salt"),
        ("idempotency_key = NULL", "idempotency_key = 'k'"),
        ("case_id = NULL", "case_id = case_id"),
        ("request_digest = NULL", "request_digest = 'd'"),
        ("case_id = NULL", "case_id = NULL, id = 'x'"),
        ("case_id = NULL", "case_id = NULL, hash = x'00'"),
        ("case_id = NULL", "case_id = NULL, tree = x''"),
        ("case_id = NULL", "case_id = NULL, kind = 'confirmation'"),
        ("case_id = NULL", "case_id = NULL, previous = x'00'"),
        ("case_id = NULL", "case_id = NULL, sequence = 99"),
    ] {
        refused(format!("UPDATE entries SET {} WHERE sequence = 2", GONE.replace(part, whole))).await;
    }
    // What is said and not done is found, and so is what is done and not said.
    let error = log.verify().await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence: 2, .. }), "{error}");
    try_to(&store, format!("UPDATE entries SET {GONE} WHERE sequence = 2")).await.unwrap();
    let error = log.verify().await.unwrap_err().to_string();
    assert!(error.ends_with("sequence 2: it was erased, and is still listed"), "{error}");
    try_to(&store, "DELETE FROM proposals WHERE sequence = 2").await.unwrap();
    let error = log.verify().await.unwrap_err().to_string();
    assert!(error.ends_with("what is left of the entries that it erased was changed"), "{error}");
    log.append(record("last")).await.unwrap();
    refused(format!("UPDATE entries SET {GONE} WHERE sequence = 4")).await;
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_all_or_nothing() {
    let (dir, _store, log) = filled(0).await;
    for k in 0..300 {
        log.append(of_case(&format!("case-{}", k % 2), k, k % 3 == 0)).await.unwrap();
    }
    let before = log.verify().await.unwrap();
    let erasure = log.select(&of("case-1")).await.unwrap().erasures(&ground()).remove(0);
    let mut connection = Opening::of(&file(&dir)).connect().unwrap();
    // So little is kept in memory that changed pages reach the disk long before the commit.
    connection.execute_batch("PRAGMA cache_size = 10").unwrap();
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    super::super::erasing::erase(&transaction, &erasure).unwrap();
    let killed = copied(&dir);
    transaction.commit().unwrap();
    let committed = copied(&dir);
    let after = Log::open(&address(&killed)).await.unwrap();
    assert_eq!(after.verify().await.unwrap(), before);
    let after = Log::open(&address(&committed)).await.unwrap();
    assert_eq!(after.verify().await.unwrap().erased, 150);
    assert_eq!(log.verify().await.unwrap().erased, 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_goes_on_while_something_is_erased_and_scrubbed() {
    let (dir, _store, service) = filled(0).await;
    for k in 0..200 {
        service.append(of_case(&format!("case-{}", k % 20), k, true)).await.unwrap();
    }
    let appending: Vec<_> = (0..4)
        .map(|writer| {
            let log = service.clone();
            tokio::spawn(async move {
                for k in 0..60 {
                    let record = of_case("case-later", 1000 * (writer + 1) + k, true);
                    let key = record.idempotency_key.clone().unwrap();
                    log.append(record).await.unwrap();
                    assert!(log.find_key(&key).await.unwrap().is_some());
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
            })
        })
        .collect();
    // By another process, as it were.
    let operator = Log::open(&address(&dir)).await.unwrap();
    for case in 0..5 {
        erase(&operator, &of(&format!("case-{case}"))).await;
        // Whoever reads at that moment may keep the write-ahead file as it is.
        let _later = operator.scrub().await;
    }
    for appending in appending {
        appending.await.unwrap();
    }
    operator.scrub().await.unwrap();
    let verified = service.verify().await.unwrap();
    assert_eq!((verified.entries, verified.erased), (200 + 240 + 5, 50));
    assert_eq!(found(&dir, &["by-case-3\""]), Vec::<String>::new());
}

#[tokio::test]
async fn a_copy_of_any_kind_holds_what_is_left() {
    let (dir, _store, log) = filled(0).await;
    for k in 0..6 {
        log.append(of_case(&format!("case-{}", k % 2), k, k % 3 == 0)).await.unwrap();
    }
    erase(&log, &of("case-1")).await;
    let verified = log.verify().await.unwrap();
    let at = |name: &str| dir.path().join(name);
    assert_eq!(Log::back_up(&address(&dir), &at("backup")).await.unwrap(), verified);
    assert_eq!(Log::copy(&address(&dir), at("copy").to_str().unwrap()).await.unwrap(), verified);
    for name in ["backup", "copy"] {
        let copy = Log::open(at(name).to_str().unwrap()).await.unwrap();
        assert_eq!(copy.entries(1, 99).await.unwrap(), log.entries(1, 99).await.unwrap());
        assert_eq!(copy.leaves(1, 99).await.unwrap(), log.leaves(1, 99).await.unwrap());
        // Both go on: something else may be erased.
        erase(&copy, &of("case-0")).await;
        assert_eq!(copy.verify().await.unwrap().erased, 6);
    }
    // What was published before is what is published now.
    let mut tiles = Vec::new();
    let write = |path: &str, bytes: &[u8]| {
        tiles.push((path.to_owned(), bytes.to_vec()));
        Ok::<_, Error>(())
    };
    crate::tiles::tiles(&log, 7, write).await.unwrap();
    assert!(!tiles.is_empty());
}
