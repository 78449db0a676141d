//! Entries that wait are written together.

use std::sync::mpsc;

use super::*;

/// Holds the thread that writes until told to go on; what is asked meanwhile waits.
async fn hold(store: &Arc<SqliteStore>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), Error>>) {
    let (go_on, waits) = mpsc::channel();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    let held = tokio::spawn(async move {
        let work = move |_: &rusqlite::Connection| {
            begun.send(()).unwrap();
            waits.recv().unwrap();
            Ok(())
        };
        writer::transact(&store.writer, work).await
    });
    begins.await.unwrap();
    (go_on, held)
}

/// Commits since the log was opened, each of which puts one frame at the end of the write-ahead file that says so.
fn commits(dir: &tempfile::TempDir) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    let ahead = std::fs::read(dir.path().join("log.sqlite-wal")).unwrap();
    // https://www.sqlite.org/fileformat2.html#walformat: bytes 4 to 8 of a frame's header are zero if no commit ends with it.
    ahead[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
}

async fn waiting<T: Send + 'static>(
    asked: impl Future<Output = T> + Send + 'static,
) -> tokio::task::JoinHandle<T> {
    let asked = tokio::spawn(asked);
    // Long enough to be in the queue.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_wait_share_one_commit_in_the_order_in_which_they_came() {
    let (dir, store, log) = filled(1).await;
    let before = commits(&dir);
    let (go_on, held) = hold(&store).await;
    let mut asked = Vec::new();
    for k in 0..40 {
        let log = log.clone();
        asked.push(waiting(async move { log.append(record(&format!("g{k}"))).await }).await);
    }
    // One that is refused harms nobody.
    let taken = waiting({
        let log = log.clone();
        async move { log.append(record("p0")).await }
    })
    .await;
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    for (k, asked) in asked.into_iter().enumerate() {
        let Appended::Written(entry) = asked.await.unwrap().unwrap() else { panic!() };
        assert_eq!((entry.sequence, entry.id), (k as i64 + 2, format!("g{k}")));
    }
    assert_eq!(taken.await.unwrap().unwrap(), Appended::IdTaken);
    assert_eq!(commits(&dir) - before, 1);
    assert_eq!(log.verify().await.unwrap().entries, 41);
    // One after the other, each has a commit of its own.
    for k in 0..3 {
        log.append(record(&format!("s{k}"))).await.unwrap();
    }
    assert_eq!(commits(&dir) - before, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_are_written_together_fail_together_and_leave_nothing() {
    let (_dir, store, log) = filled(1).await;
    execute(&store, "CREATE TRIGGER fails BEFORE INSERT ON entries WHEN NEW.id = 'g3' BEGIN SELECT RAISE(ABORT, 'as a disk may'); END").await;
    let (go_on, held) = hold(&store).await;
    let mut asked = Vec::new();
    for k in 0..6 {
        let log = log.clone();
        asked.push(waiting(async move { log.append(record(&format!("g{k}"))).await }).await);
    }
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    for asked in asked {
        let error = asked.await.unwrap().unwrap_err().to_string();
        assert!(error.ends_with("as a disk may"), "{error}");
    }
    assert_eq!(log.verify().await.unwrap().entries, 1);
    execute(&store, "DROP TRIGGER fails").await;
    assert!(matches!(log.append(record("g3")).await.unwrap(), Appended::Written(e) if e.sequence == 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_caller_went_away_before_its_turn_is_not_written() {
    let (_dir, store, log) = filled(1).await;
    let (go_on, held) = hold(&store).await;
    let gone = waiting({
        let log = log.clone();
        async move { log.append(record("gone")).await }
    })
    .await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let stays = waiting({
        let log = log.clone();
        async move { log.append(record("stays")).await }
    })
    .await;
    go_on.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert!(matches!(stays.await.unwrap().unwrap(), Appended::Written(entry) if entry.sequence == 2));
    assert_eq!(log.find("gone").await.unwrap(), None);
}
