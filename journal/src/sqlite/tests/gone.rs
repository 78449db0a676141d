//! A log whose file is taken away while it is open.

use std::path::PathBuf;

use super::migrating::file;
use super::*;

/// What is said of a file that is not there any more, and that it is said of an append and of readiness alike.
async fn refused(log: &Log) -> String {
    let error = log.append(record("late")).await.unwrap_err().to_string();
    assert_eq!(log.writable().await.unwrap_err().to_string(), error);
    error
}

fn ahead(dir: &tempfile::TempDir) -> PathBuf {
    dir.path().join("log.sqlite-wal")
}

#[tokio::test]
async fn entries_are_not_acknowledged_into_a_file_that_nobody_finds_again() {
    for which in [file, ahead] {
        let (dir, _, log) = filled(2).await;
        let away = dir.path().join("away");
        std::fs::rename(which(&dir), &away).unwrap();
        let error = refused(&log).await;
        assert!(error.ends_with("` was deleted or moved while the log was open"), "{error}");
        // It is still read, and goes on where it was when the file is back.
        assert_eq!(log.verify().await.unwrap().entries, 2);
        std::fs::rename(&away, which(&dir)).unwrap();
        log.writable().await.unwrap();
        assert!(matches!(log.append(record("next")).await.unwrap(), Appended::Written(e) if e.sequence == 3));
        assert_eq!(Log::read(&address(&dir)).await.unwrap().verify().await.unwrap().entries, 3);
    }
}

#[tokio::test]
async fn a_backup_that_is_put_in_place_stays_as_it_is() {
    let (dir, _, log) = filled(3).await;
    let (backup, _, other) = filled(5).await;
    other.close().await.unwrap();
    let bytes = std::fs::read(file(&backup)).unwrap();
    for name in ["log.sqlite", "log.sqlite-wal", "log.sqlite-shm"] {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    std::fs::copy(file(&backup), file(&dir)).unwrap();
    let error = refused(&log).await;
    assert!(error.contains("log.sqlite` was replaced by another file while the log was open"), "{error}");
    log.close().await.unwrap_err();
    assert!(std::fs::read(file(&dir)).unwrap() == bytes, "the backup was changed");
    let restored = Log::open(&address(&dir)).await.unwrap();
    assert_eq!(restored.verify().await.unwrap().entries, 5);
    assert!(
        matches!(restored.append(record("next")).await.unwrap(), Appended::Written(e) if e.sequence == 6)
    );
}
