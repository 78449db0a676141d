//! Several that append at once, in one service and in several.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn services_that_append_at_once_make_one_chain() {
    const SERVICES: usize = 3;
    const TASKS: usize = 8;
    const EACH: usize = 25;
    let place = Place::fresh().await;
    // Opened at once too: one of them makes the tables.
    let opened: Vec<_> = (0..SERVICES)
        .map(|_| {
            let address = place.address.clone();
            tokio::spawn(async move { Log::open(&address).await })
        })
        .collect();
    let mut tasks = Vec::new();
    for (service, opened) in opened.into_iter().enumerate() {
        let log = opened.await.unwrap().unwrap();
        for task in 0..TASKS {
            let log = log.clone();
            tasks.push(tokio::spawn(async move {
                let mut shared = 0;
                for k in 0..EACH {
                    let own = record(&format!("s{service}-t{task}-{k}"));
                    assert!(matches!(log.append(own).await.unwrap(), Appended::Written(_)));
                    // The same request reaches every service.
                    let id = format!("s{service}-shared-{task}-{k}");
                    let key = Some(format!("key-{task}-{k}"));
                    let same = Record { idempotency_key: key, ..record(&id) };
                    shared += usize::from(matches!(log.append(same).await.unwrap(), Appended::Written(_)));
                }
                shared
            }));
        }
    }
    let mut shared = 0;
    for task in tasks {
        shared += task.await.unwrap();
    }
    assert_eq!(shared, TASKS * EACH);
    let log = Log::read(&place.address).await.unwrap();
    assert_eq!(log.verify().await.unwrap().entries, ((SERVICES + 1) * TASKS * EACH) as i64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn entries_that_wait_share_one_commit() {
    let (place, log) = filled(1).await;
    // Somebody else has the lock for a while.
    let other = place.client().await;
    other.batch_execute(schema::BEGIN).await.unwrap();
    let first = tokio::spawn({
        let log = log.clone();
        async move { log.append(record("first")).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let mut waiting = Vec::new();
    for k in 0..40 {
        let log = log.clone();
        waiting.push(tokio::spawn(async move { log.append(record(&format!("g{k}"))).await }));
    }
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    // Nobody who reads waits meanwhile.
    assert_eq!(log.entries(1, 9).await.unwrap().len(), 1);
    other.batch_execute("ROLLBACK").await.unwrap();
    assert!(matches!(first.await.unwrap().unwrap(), Appended::Written(_)));
    for one in waiting {
        assert!(matches!(one.await.unwrap().unwrap(), Appended::Written(_)));
    }
    let commits = "SELECT count(DISTINCT xmin::text) FROM amparo_log_entries";
    assert_eq!(place.number(commits).await, 3);
    assert_eq!(log.verify().await.unwrap().entries, 42);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_entry_that_cannot_be_kept_harms_no_other() {
    let (place, log) = filled(1).await;
    let other = place.client().await;
    other.batch_execute(schema::BEGIN).await.unwrap();
    let key =
        |key: String| Record { idempotency_key: Some(key.clone()), ..record(&key[..key.len().min(40)]) };
    let mut waiting = Vec::new();
    // A text that PostgreSQL keeps none of, and one that fits into no index, between others.
    let long: String = (0..150).map(|k| crate::canonical::sha256(&k.to_string())).collect();
    for id in ["a", "b", "nul\0", "c", &long, "d"] {
        let (log, record) = (log.clone(), key(id.to_owned()));
        waiting.push(tokio::spawn(async move { log.append(record).await }));
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    }
    other.batch_execute("ROLLBACK").await.unwrap();
    let mut outcomes = Vec::new();
    for one in waiting {
        outcomes.push(one.await.unwrap());
    }
    for (k, outcome) in outcomes.iter().enumerate() {
        assert_eq!(matches!(outcome, Ok(Appended::Written(_))), k != 2 && k != 4, "{k}");
    }
    let told = |k: usize| outcomes[k].as_ref().unwrap_err().to_string();
    assert!(told(2).contains("invalid byte sequence"), "{}", told(2));
    assert!(told(4).contains("index row"), "{}", told(4));
    assert_eq!(log.verify().await.unwrap().entries, 5);
}
