//! How bodies lie in the database: short, and given back as they were.

use std::time::{Duration, Instant};

use super::*;

/// A body like a proposal's: words that are those of every other one, and numbers of its own.
pub(super) fn body(k: usize) -> String {
    let values: Vec<String> = (0..60)
        .map(|n| {
            let value = ((k * 7919 + n * 104_729) % 1_000_003) as f64 / 1_000_003.0;
            let word = (n * 7_368_787) % 1_000_000_007;
            format!(
                r#"{{"indicator":"I{n:02}","words":"the words of {word} are these {}","value":{value}}}"#,
                word * 31
            )
        })
        .collect();
    format!(r#"{{"request":{{"case_id":"c{k}"}},"answer":{{"values":[{}]}}}}"#, values.join(","))
}

fn proposal(k: usize) -> Record {
    Record { body: body(k), ..record(&format!("p{k}")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dictionary_is_learned_and_used_by_every_service() {
    let (place, log) = filled(0).await;
    let with = "SELECT count(*) FROM amparo_log_entries WHERE dictionary > 0";
    let (began, mut k) = (Instant::now(), 0);
    while place.number(with).await < 20 {
        assert!(began.elapsed() < Duration::from_secs(240), "no dictionary after {k} entries");
        log.append(proposal(k)).await.unwrap();
        k += 1;
        if k > 100 {
            // The thread that trains has the processor meanwhile.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let mean = async |which: &str| {
        let sql =
            format!("SELECT avg(length(body))::bigint FROM amparo_log_entries WHERE dictionary {which}");
        place.number(&sql).await
    };
    let (packed, alone) = (mean("> 0").await, mean("= 0").await);
    assert!(packed * 10 < alone * 9, "{packed} {alone}");
    let second = Log::open(&place.address).await.unwrap();
    second.append(proposal(k)).await.unwrap();
    let newest = "SELECT dictionary FROM amparo_log_entries ORDER BY sequence DESC LIMIT 1";
    assert_eq!(place.number(newest).await, 1_000_001);
    let reader = Log::read(&place.address).await.unwrap();
    for log in [&log, &second, &reader] {
        assert_eq!(log.verify().await.unwrap().entries, k as i64 + 1);
        for n in [0, k] {
            assert_eq!(log.find(&format!("p{n}")).await.unwrap().unwrap().body, Some(body(n)));
        }
    }
    place
        .execute(
            "ALTER TABLE amparo_log_dictionaries DISABLE TRIGGER USER; UPDATE amparo_log_dictionaries SET bytes = 'x'",
        )
        .await;
    let error = Log::open(&place.address).await.unwrap_err();
    assert!(matches!(error, Error::Unprotected { .. }), "{error}");
    place
        .execute(
            "ALTER TABLE amparo_log_dictionaries ENABLE ALWAYS TRIGGER amparo_log_dictionaries_are_not_changed;
             ALTER TABLE amparo_log_dictionaries ENABLE ALWAYS TRIGGER amparo_log_dictionaries_are_not_emptied",
        )
        .await;
    let error = Log::read(&place.address).await.unwrap().verify().await.unwrap_err();
    assert!(error.to_string().ends_with("dictionary 1000001 of its body was changed"), "{error}");
}

#[tokio::test]
async fn a_body_that_is_no_shorter_packed_is_kept_as_it_is() {
    let (place, log) = filled(1).await;
    log.append(proposal(1)).await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM amparo_log_entries WHERE dictionary IS NULL").await, 1);
    assert_eq!(log.verify().await.unwrap().entries, 2);
}

/// Texts and numbers as no service writes them, given back all the same.
#[tokio::test]
async fn bodies_are_any_text() {
    let (_place, log) = filled(0).await;
    let bodies = [String::new(), "\0\n\u{1f1ea}\u{1f1f8}".repeat(50), "x".repeat(3_000_000)];
    for (k, body) in bodies.iter().enumerate() {
        log.append(Record { body: body.clone(), ..record(&format!("p{k}")) }).await.unwrap();
    }
    let found: Vec<_> = log.entries(1, 9).await.unwrap().into_iter().filter_map(|entry| entry.body).collect();
    assert_eq!(found, bodies);
}
