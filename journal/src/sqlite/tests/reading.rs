//! A log that is only read: nothing is changed, nothing is left behind, nobody has to wait.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::migrating::{file, old};
use super::*;

/// Every file of a folder with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    files.map(|file| (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())).collect()
}

/// Reads everything there is, in every way, and gives the number of entries.
async fn read(dir: &tempfile::TempDir) -> i64 {
    let log = Log::read(&address(dir)).await.unwrap();
    let entries = log.entries(1, 1000).await.unwrap();
    for entry in &entries {
        assert_eq!(log.find(&entry.id).await.unwrap().as_ref(), Some(entry));
        assert!(entry.case_id.is_none());
    }
    assert_eq!(log.find("nobody's").await.unwrap(), None);
    let verified = log.verify().await.unwrap();
    assert_eq!(verified.entries as usize, entries.len());
    log.close().await.unwrap();
    verified.entries
}

#[tokio::test]
async fn whatever_lies_beside_the_log_a_reader_finds_all_and_leaves_all_as_it_was() {
    let (running, _, log) = filled(3).await;
    let killed = copied(&running);
    let without_shared = copied(&running);
    std::fs::remove_file(without_shared.path().join("log.sqlite-shm")).unwrap();
    let (stopped, _, other) = filled(3).await;
    other.close().await.unwrap();
    for (dir, beside) in [(&killed, 2), (&without_shared, 1), (&stopped, 0), (&running, 2)] {
        let mut before = files(dir.path());
        assert_eq!(before.len(), 1 + beside);
        assert_eq!(read(dir).await, 3, "{beside} beside the log");
        let mut after = files(dir.path());
        assert_eq!(after.len(), before.len());
        if dir.path() == running.path() {
            // Within one process, SQLite shares it between whoever reads and whoever writes.
            before.remove("log.sqlite-shm");
            after.remove("log.sqlite-shm");
        }
        let changed: Vec<_> = before.keys().filter(|name| before.get(*name) != after.get(*name)).collect();
        assert!(changed.is_empty(), "{beside} beside the log: {changed:?} was written");
    }
    // What is not yet in the log itself is read: the entries were in the file beside it.
    let alone = tempfile::tempdir().unwrap();
    std::fs::copy(running.path().join("log.sqlite"), alone.path().join("log.sqlite")).unwrap();
    let without = Log::read(&address(&alone)).await;
    assert!(without.is_err(), "the log without what lies beside it is not the log: {without:?}");
    assert_eq!(log.verify().await.unwrap().entries, 3);
}

/// Why a reader does not open the file as SQLite does by itself. If this fails, less may be needed.
#[tokio::test]
async fn sqlite_leaves_files_behind_where_it_only_reads() {
    let (dir, _, log) = filled(1).await;
    log.close().await.unwrap();
    assert_eq!(files(dir.path()).len(), 1);
    let only_reads = Connection::open_with_flags(file(&dir), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    only_reads.query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0)).unwrap();
    drop(only_reads);
    assert_eq!(files(dir.path()).len(), 3);
}

#[tokio::test]
async fn a_reader_waits_for_no_writer_and_no_writer_for_a_reader() {
    let (dir, store, log) = filled(2).await;
    let (go_on, waits) = std::sync::mpsc::channel::<()>();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let writing = tokio::spawn(async move {
        let held = writer::transact(&store.writer, move |_| {
            begun.send(()).unwrap();
            waits.recv().unwrap();
            Ok(())
        });
        held.await
    });
    begins.await.unwrap();
    // The log is locked for writing, and stays so for longer than anybody waits.
    let asked = Instant::now();
    assert_eq!(read(&dir).await, 2);
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    go_on.send(()).unwrap();
    writing.await.unwrap().unwrap();

    let reading = Log::read(&address(&dir)).await.unwrap();
    assert_eq!(reading.verify().await.unwrap().entries, 2);
    let asked = Instant::now();
    log.append(record("next")).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    assert_eq!(reading.verify().await.unwrap().entries, 3, "what is written meanwhile is seen");
}

#[tokio::test]
async fn a_reader_writes_nothing_even_if_asked() {
    let (dir, _store, _log) = filled(1).await;
    let reading = Log::read(&address(&dir)).await.unwrap();
    for refused in [reading.append(record("x")).await.map(|_| ()), reading.writable().await] {
        let error = refused.unwrap_err().to_string();
        assert!(error.starts_with("cannot append to log `"), "{error}");
        assert!(error.ends_with("log.sqlite`: it was opened to be read only"), "{error}");
    }
    assert_eq!(reading.verify().await.unwrap().entries, 1);
}

#[tokio::test]
async fn a_log_that_a_service_changes_meanwhile_is_not_half_read() {
    let (dir, _, log) = filled(2).await;
    log.close().await.unwrap();
    let reading = Log::read(&address(&dir)).await.unwrap();
    assert_eq!(reading.verify().await.unwrap().entries, 2);
    let service = Log::open(&address(&dir)).await.unwrap();
    service.append(record("next")).await.unwrap();
    service.close().await.unwrap();
    let error = reading.verify().await.unwrap_err().to_string();
    assert!(error.ends_with("it was changed while it was read; read it again"), "{error}");
    assert_eq!(read(&dir).await, 3);
}

#[tokio::test]
async fn a_log_of_an_edition_before_is_read_as_it_is() {
    for edition in [1, 2, 3] {
        let dir = old(edition, 7);
        let before = files(dir.path());
        assert_eq!(before.len(), 1);
        let log = Log::read(&address(&dir)).await.unwrap();
        let verified = log.verify().await.unwrap();
        assert_eq!((verified.entries, verified.root), (14, None));
        let error = log.leaves(1, 1).await.unwrap_err();
        assert!(matches!(error, Error::WithoutTree { edition: found, .. } if found == edition), "{error}");
        for (case_id, sequences) in [("case-0", vec![1, 7, 13]), ("case-1", vec![3, 9]), ("none", vec![])] {
            let found = log.find_case(case_id).await.unwrap();
            assert_eq!(found.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), sequences, "{case_id}");
            assert!(found.iter().all(|entry| entry.case_id.as_deref() == Some(case_id)));
        }
        let page = log.entries(2, 2).await.unwrap();
        assert_eq!(page.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(log.find("p3").await.unwrap().map(|entry| entry.sequence), Some(7));
        log.close().await.unwrap();
        assert!(files(dir.path()) == before, "the file was migrated by somebody who only reads");
        // Whoever writes migrates it, and then the entries are the same.
        let entries = Log::read(&address(&dir)).await.unwrap().entries(1, 100).await.unwrap();
        Log::open(&address(&dir)).await.unwrap().close().await.unwrap();
        assert!(files(dir.path()) != before);
        assert!(Log::read(&address(&dir)).await.unwrap().entries(1, 100).await.unwrap() == entries);
    }
}

#[tokio::test]
async fn what_is_no_log_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Log::read(&address(&dir)).await, Err(Error::Missing { .. })));
    std::fs::write(file(&dir), "").unwrap();
    let error = Log::read(&address(&dir)).await.unwrap_err().to_string();
    assert!(error.ends_with("is empty, expected a log of edition 6"), "{error}");
    assert_eq!(files(dir.path()).len(), 1);
    std::fs::write(file(&dir), "not a database, but long enough to be looked at as one".repeat(30)).unwrap();
    assert!(matches!(Log::read(&address(&dir)).await, Err(Error::Store { action: "open", .. })));

    let (dir, store, log) = filled(1).await;
    execute(&store, "DROP TRIGGER entries_are_not_removed").await;
    log.close().await.unwrap();
    assert!(matches!(Log::read(&address(&dir)).await, Err(Error::Unprotected { .. })));
}

#[tokio::test]
async fn a_path_is_read_as_it_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("100% añ#1 &x=y");
    std::fs::create_dir(&odd).unwrap();
    let path = odd.join("log.sqlite");
    let log = Log::open(path.to_str().unwrap()).await.unwrap();
    log.append(record("p")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(Log::read(path.to_str().unwrap()).await.unwrap().verify().await.unwrap().entries, 1);
        // Closed, the second time.
        log.clone().close().await.ok();
    }
}
