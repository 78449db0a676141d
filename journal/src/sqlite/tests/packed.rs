//! How bodies lie in the file: short, and given back as they were.

use std::time::{Duration, Instant};

use super::*;

/// A body like a proposal's, and its case: long words that are those of every other one, and numbers of its own.
fn body(k: usize) -> String {
    let words = noise(120 * 60);
    let values: Vec<String> = (0..120)
        .map(|n| {
            let value = ((k * 7919 + n * 104_729) % 1_000_003) as f64 / 1_000_003.0;
            let words = &words[60 * n..][..60];
            format!(r#"{{"indicator":"I{n:02}","words":"{words}","value":{value}}}"#)
        })
        .collect();
    format!(r#"{{"request":{{"case_id":"c{k}"}},"answer":{{"values":[{}]}}}}"#, values.join(","))
}

pub(super) fn proposal(k: usize) -> Record {
    Record { body: body(k), idempotency_key: Some(format!("k{k}")), ..record(&format!("p{k}")) }
}

/// Sizes of bodies in the file, those with a dictionary and those without.
fn sizes(store: &SqliteStore) -> [Vec<usize>; 2] {
    store.reading.with(|connection| {
        ["IS NOT NULL", "IS NULL"].map(|which| {
            let sql = format!("SELECT length(body) FROM entries WHERE dictionary {which}");
            let mut select = connection.prepare(&sql).unwrap();
            select
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(|size: Result<i64, _>| size.unwrap() as usize)
                .collect()
        })
    })
}

/// A log that has learned a dictionary from its first entries and used it.
pub(super) async fn learned() -> (tempfile::TempDir, Arc<SqliteStore>, Log, usize) {
    let (dir, store, log) = filled(0).await;
    let began = Instant::now();
    let mut k = 0;
    while sizes(&store)[0].len() < 20 {
        assert!(began.elapsed() < Duration::from_secs(240), "no dictionary after {k} entries");
        log.append(proposal(k)).await.unwrap();
        k += 1;
        if k > 100 {
            // The thread that trains has the processor meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    (dir, store, log, k)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dictionary_of_the_first_bodies_packs_the_next_ones() {
    let (dir, store, log, n) = learned().await;
    let [with, without] = sizes(&store);
    assert!(without.len() >= 80, "{}", without.len());
    let mean = |sizes: &[usize]| sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    assert!(mean(&with) < 0.9 * mean(&without), "{} {}", mean(&with), mean(&without));
    // Everybody gets back what was written: this store, another process, a reader, a copy without the service.
    let second = Log::open(&address(&dir)).await.unwrap();
    let reader = Log::read(&address(&dir)).await.unwrap();
    for log in [&log, &second, &reader] {
        assert_eq!(log.verify().await.unwrap().entries, n as i64);
        for k in [0, n - 1] {
            assert_eq!(log.find(&format!("p{k}")).await.unwrap().unwrap().body, Some(body(k)));
            let repeated = log.find_key(&format!("k{k}")).await.unwrap().unwrap();
            assert_eq!((repeated.body, repeated.case_id), (Some(body(k)), Some(format!("c{k}"))));
        }
    }
    assert_eq!(
        log.append(proposal(n - 1)).await.unwrap(),
        Appended::Repeated(log.find(&format!("p{}", n - 1)).await.unwrap().unwrap())
    );
    // Another process uses what this one has learned.
    second.append(proposal(n)).await.unwrap();
    assert_eq!(sizes(&store)[0].len(), with.len() + 1);
}

#[tokio::test]
async fn a_body_that_is_no_shorter_packed_is_kept_as_it_is() {
    let (_dir, store, log) = filled(1).await;
    let kind = |k: i64| {
        let sql = "SELECT typeof(body) FROM entries WHERE sequence = ?";
        store
            .reading
            .with(|connection| connection.query_row(sql, [k], |row| row.get::<_, String>(0)).unwrap())
    };
    log.append(proposal(1)).await.unwrap();
    assert_eq!((kind(1).as_str(), kind(2).as_str()), ("text", "blob"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_packed_and_changed_is_found_where_it_is() {
    for (sql, told) in [
        (
            "UPDATE entries SET body = substr(body, 1, length(body) - 1) WHERE sequence = 3",
            "cannot be unpacked",
        ),
        ("UPDATE entries SET body = x'' WHERE sequence = 3", "is no frame of a known length"),
        (
            "UPDATE entries SET body = (SELECT body FROM entries WHERE sequence = 4) WHERE sequence = 3",
            "hash",
        ),
        (
            "UPDATE entries SET dictionary = 1000009 WHERE sequence = 3",
            "dictionary 1000009 of its body is not in the log",
        ),
        ("UPDATE entries SET hash = x'00' WHERE sequence = 3", "hash"),
    ] {
        let (_dir, store, log) = filled(0).await;
        for k in 0..5 {
            log.append(proposal(k)).await.unwrap();
        }
        execute(&store, "DROP TRIGGER entries_are_not_changed").await;
        execute(&store, sql).await;
        let mut sound = 0;
        let walked = log.walk(|_, _| {
            sound += 1;
            Ok::<_, Error>(())
        });
        let error = walked.await.unwrap_err();
        assert!(matches!(error, Error::Chain { sequence: 3, .. }), "{sql}: {error}");
        assert!(error.to_string().contains(told), "{sql}: {error}");
        assert_eq!(sound, 2, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dictionary_that_was_changed_is_not_believed() {
    let (dir, store, log, _) = learned().await;
    let first = store.reading.with(|connection| {
        let sql = "SELECT min(sequence) FROM entries WHERE dictionary IS NOT NULL";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    });
    execute(&store, "DROP TRIGGER dictionaries_are_not_changed").await;
    execute(&store, "UPDATE dictionaries SET bytes = x'00'").await;
    let (_, trigger) = schema::TRIGGERS[3];
    execute(&store, trigger).await;
    // This process has it in memory as it was.
    log.verify().await.unwrap();
    let error = Log::read(&address(&dir)).await.unwrap().verify().await.unwrap_err();
    assert!(matches!(error, Error::Chain { sequence, .. } if sequence == first), "{error}");
    assert!(error.to_string().ends_with("dictionary 1000001 of its body was changed"), "{error}");
    let error = Log::open(&address(&dir)).await.unwrap_err().to_string();
    assert!(error.ends_with("dictionary 1000001 of its body was changed"), "{error}");
}
