//! A copy of the log is the log as it was at one moment, or there is none.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

use super::migrating::{file, old};
use super::packed::{learned, proposal};
use super::*;

async fn back_up(dir: &tempfile::TempDir, out: &Path) -> Result<Verified, Error> {
    Log::back_up(&address(dir), out).await
}

/// What a folder holds.
fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Everything that a database holds: what it is made of, its edition, and every row of every table.
fn content(path: &Path) -> Vec<Vec<Value>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let rows = |sql: &str| -> Vec<Vec<Value>> {
        let mut select = connection.prepare(sql).unwrap();
        let n = select.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..n).map(|k| row.get(k)).collect();
        select.query_map([], row).unwrap().map(Result::unwrap).collect()
    };
    let made = "SELECT type, name, sql FROM sqlite_master ORDER BY name";
    let tables = ["PRAGMA user_version", "PRAGMA page_size", made, "SELECT * FROM entries"];
    let mut all: Vec<Vec<Value>> = tables.into_iter().flat_map(rows).collect();
    if rows(made).iter().any(|row| row[1] == Value::Text("dictionaries".to_owned())) {
        all.extend(rows("SELECT * FROM dictionaries"));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_all_that_the_log_holds_and_goes_on_as_one() {
    let (dir, _store, log, n) = learned().await;
    let away = tempfile::tempdir().unwrap();
    let out = away.path().join("copy.sqlite");
    let verified = back_up(&dir, &out).await.unwrap();
    assert_eq!(verified, log.verify().await.unwrap());
    assert_eq!(verified.entries as usize, n);
    assert_eq!(names(away.path()), ["copy.sqlite"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let held = content(&out);
    assert!(held == content(&file(&dir)), "the copy holds something else than the log");
    log.append(proposal(n)).await.unwrap();
    assert!(held != content(&file(&dir)), "one entry more would have been seen");

    let copy = Log::open(out.to_str().unwrap()).await.unwrap();
    copy.append(proposal(n)).await.unwrap();
    let entries = async |log: &Log| log.entries(1, 10_000).await.unwrap();
    assert!(entries(&copy).await == entries(&log).await);
    copy.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_during_appends_is_the_log_after_one_of_them() {
    let (dir, _store, log) = filled(3).await;
    let away = tempfile::tempdir().unwrap();
    let appending: Vec<_> = (0..4)
        .map(|writer| {
            let log = log.clone();
            tokio::spawn(async move {
                for k in 0..150 {
                    let body = format!(r#"{{"id":"{}"}}"#, noise(3_000));
                    log.append(Record { body, ..record(&format!("w{writer}-{k}")) }).await.unwrap();
                }
            })
        })
        .collect();
    let mut copies = Vec::new();
    while copies.len() < 3 || !appending.iter().all(tokio::task::JoinHandle::is_finished) {
        let out = away.path().join(format!("{}.sqlite", copies.len()));
        copies.push(back_up(&dir, &out).await.unwrap());
    }
    for appending in appending {
        appending.await.unwrap();
    }
    let entries = log.entries(1, 10_000).await.unwrap();
    assert_eq!(entries.len(), 603);
    for (k, verified) in copies.iter().enumerate() {
        let n = verified.entries as usize;
        assert!(n >= 3 && verified.head == entries[n - 1].hash);
        let copy = Log::read(away.path().join(format!("{k}.sqlite")).to_str().unwrap()).await.unwrap();
        assert!(copy.entries(1, 10_000).await.unwrap() == entries[..n]);
    }
    let sizes: std::collections::BTreeSet<i64> = copies.iter().map(|copy| copy.entries).collect();
    assert!(sizes.len() > 1, "nothing was appended between copies: {sizes:?}");
    assert_eq!(names(away.path()).len(), copies.len());
}

#[tokio::test]
async fn a_log_that_was_killed_or_is_of_an_edition_before_is_copied_as_it_is() {
    let (running, _store, log) = filled(3).await;
    let killed = copied(&running);
    let without_shared = copied(&running);
    std::fs::remove_file(without_shared.path().join("log.sqlite-shm")).unwrap();
    let away = tempfile::tempdir().unwrap();
    for (k, dir) in [&running, &killed, &without_shared].into_iter().enumerate() {
        let out = away.path().join(format!("{k}.sqlite"));
        let before = names(dir.path());
        assert_eq!(back_up(dir, &out).await.unwrap(), log.verify().await.unwrap());
        assert_eq!(names(dir.path()), before);
    }
    for edition in [1, 2, 3] {
        let dir = old(edition, 7);
        let out = away.path().join(format!("old-{edition}.sqlite"));
        let verified = back_up(&dir, &out).await.unwrap();
        assert_eq!((verified.entries, verified.root), (14, None));
        assert!(content(&out) == content(&file(&dir)), "edition {edition}");
    }
}

#[tokio::test]
async fn what_is_there_is_not_replaced() {
    let (dir, _store, log) = filled(2).await;
    log.close().await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let at = |name: &str| away.path().join(name);
    let refused = async |out: PathBuf, told: &str| {
        let (here, there) = (names(dir.path()), names(away.path()));
        let error = back_up(&dir, &out).await.unwrap_err().to_string();
        assert!(error.starts_with("cannot back up log `") && error.contains(told), "{told}: {error}");
        assert_eq!((names(dir.path()), names(away.path())), (here, there), "{told}");
    };
    for taken in ["taken", "copy-wal", "copy-shm", "copy-journal", "copy.part-wal"] {
        std::fs::write(at(taken), "somebody's").unwrap();
        let out = taken.split(['-', '.']).next().unwrap();
        refused(at(out), &format!("{taken}` exists, and a copy replaces no file")).await;
        assert_eq!(std::fs::read(at(taken)).unwrap(), b"somebody's");
        std::fs::remove_file(at(taken)).unwrap();
    }
    std::fs::write(at("copy.part"), "of one that was stopped").unwrap();
    refused(at("copy"), "copy.part`: File exists (os error 17) (another copy is being made, or one").await;
    std::fs::remove_file(at("copy.part")).unwrap();
    refused(file(&dir), "log.sqlite` exists").await;
    for part in ["log.sqlite-wal", "log.sqlite-shm"] {
        refused(dir.path().join(part), &format!("{part}` would be taken for a part of the log")).await;
    }
    refused(at("nowhere").join("copy"), "copy.part`: No such file or directory").await;
    std::fs::write(at("file"), "").unwrap();
    refused(at("file").join("copy"), "copy.part`: Not a directory").await;
    back_up(&dir, &at("copy")).await.unwrap();
}

#[tokio::test]
async fn a_log_that_does_not_hold_gives_no_copy() {
    let (dir, store, log) = filled(3).await;
    let drop = "DROP TRIGGER entries_are_not_changed";
    let made = schema::TRIGGERS[0].1;
    try_to(&store, format!("{drop}; UPDATE entries SET id = 'x' WHERE sequence = 2; {made}")).await.unwrap();
    log.close().await.unwrap();
    let away = tempfile::tempdir().unwrap();
    let error = back_up(&dir, &away.path().join("copy")).await.unwrap_err();
    let Error::Chain { log, sequence: 2, .. } = &error else { panic!("{error}") };
    assert_eq!(log, &file(&dir).display().to_string());
    assert_eq!(names(away.path()), Vec::<String>::new());
}
