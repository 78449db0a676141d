//! A whole log from one store to the other.

use super::*;
use crate::Verified;

/// What two logs have in common if one is the copy of the other.
async fn all(log: &Log) -> (Verified, Vec<Entry>, Vec<Leaf>) {
    let verified = log.verify().await.unwrap();
    (verified, log.entries(1, 9999).await.unwrap(), log.leaves(1, 9999).await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_goes_to_a_file_and_back_and_is_the_same() {
    let (place, log) = filled(1205).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("log.sqlite").display().to_string();
    let before = all(&log).await;
    assert_eq!(Log::copy(&place.address, &file).await.unwrap(), before.0);
    let of_file = Log::read(&file).await.unwrap();
    assert_eq!(all(&of_file).await, before);
    let back = Place::fresh().await;
    assert_eq!(Log::copy(&file, &back.address).await.unwrap(), before.0);
    let returned = Log::open(&back.address).await.unwrap();
    assert_eq!(all(&returned).await, before);
    // All of them go on, each in its way.
    for address in [&file, &back.address] {
        let log = Log::open(address).await.unwrap();
        assert!(
            matches!(log.append(record("next")).await.unwrap(), Appended::Written(entry) if entry.sequence == 1206)
        );
        assert_eq!(log.append(record("p7")).await.unwrap(), Appended::IdTaken);
        log.verify().await.unwrap();
    }
}

#[tokio::test]
async fn what_cannot_be_copied_leaves_nothing() {
    let (place, log) = filled(3).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("log.sqlite").display().to_string();
    // Onto another log, or itself.
    let (other, _other) = filled(0).await;
    for to in [&place.address, &other.address] {
        let error = Log::copy(&place.address, to).await.unwrap_err().to_string();
        assert!(error.ends_with("there is a log already, and none is replaced"), "{error}");
    }
    assert_eq!(log.verify().await.unwrap().entries, 3);
    // A log that does not hold.
    place.execute("ALTER TABLE amparo_log_entries DISABLE TRIGGER USER; UPDATE amparo_log_entries SET id = 'x' WHERE sequence = 2").await;
    place
        .execute(
            "ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_changed;
             ALTER TABLE amparo_log_entries ENABLE ALWAYS TRIGGER amparo_log_entries_are_not_emptied",
        )
        .await;
    let target = Place::fresh().await;
    for to in [&file, &target.address] {
        let error = Log::copy(&place.address, to).await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: 2, .. }), "{error}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(matches!(Log::read(&target.address).await, Err(Error::Missing { .. })));
}

#[tokio::test]
async fn a_copy_that_is_not_finished_is_no_log() {
    let (_place, log) = filled(3).await;
    let entries = log.entries(1, 9).await.unwrap();
    let leaves = log.leaves(1, 9).await.unwrap();
    let target = Place::fresh().await;
    let mut filling = crate::stores::fill(&target.address).await.unwrap();
    filling.write(entries.into_iter().zip(leaves).collect()).await.unwrap();
    let written = Log::on(filling.written().await.unwrap());
    assert_eq!(written.verify().await.unwrap(), log.verify().await.unwrap());
    // Nobody else sees it.
    assert!(matches!(Log::read(&target.address).await, Err(Error::Missing { .. })));
    drop((written, filling));
    // The connection ends, and with it all of it.
    let made = Log::open(&target.address).await.unwrap();
    assert_eq!(made.verify().await.unwrap().entries, 0);
}
