//! What is given back.

use super::{Harness, Outcome, filled, same, written};
use crate::{CONFIRMATION, Entry, Log, Record};

pub(super) async fn by_id_and_key(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 3).await?;
    for entry in &entries {
        same("entry of an id", &store.find(&entry.id).await?.as_ref(), &Some(entry))?;
        let key = entry.idempotency_key.as_deref().unwrap_or_default();
        same("entry of a key", &store.find_key(key).await?.as_ref(), &Some(entry))?;
    }
    // Whole and case by case: neither a beginning nor a pattern finds anything.
    for other in ["p", "P1", "p%", "k1", ""] {
        same("entry of an id that none has", &store.find(other).await?, &None)?;
    }
    for other in ["k", "K1", "k_", "p1", ""] {
        same("entry of a key that none has", &store.find_key(other).await?, &None)?;
    }
    Ok(())
}

pub(super) async fn by_case(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 10).await?;
    let confirmation = Record {
        kind: CONFIRMATION,
        id: "p1/confirmation".to_owned(),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: r#"{"request":{"level":"high"},"answer":{"proposal_id":"p1","case_id":"c1"}}"#.to_owned(),
    };
    written(&*store, confirmation).await?;
    for case_id in ["c0", "c1", "c2", "c", "C1", ""] {
        let of = |entry: &&Entry| entry.case_id.as_deref() == Some(case_id);
        let expected: Vec<Entry> = entries.iter().filter(of).cloned().collect();
        let wanted = ["c0", "c1", "c2"].contains(&case_id);
        same("whether there are entries of the case", &!expected.is_empty(), &wanted)?;
        same("entries of a case", &Log::on(store.clone()).find_case(case_id).await?, &expected)?;
        for (from, limit) in [(i64::MIN, 1), (2, 2), (4, 2), (5, 9), (11, 1), (i64::MAX, 1)] {
            let page = store.find_case(case_id, from, limit).await?;
            same("page of a case", &page, &cut(&expected, from, limit))?;
        }
    }
    Ok(())
}

pub(super) async fn pages(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 7).await?;
    for limit in 1..=8 {
        let mut found = Vec::new();
        // One page more than can hold anything, so that a store which repeats itself is found out.
        for _ in 0..=8 {
            let from = found.last().map_or(i64::MIN, |entry: &Entry| entry.sequence + 1);
            found.extend(store.entries(from, limit).await?);
        }
        same("pages put together", &found, &entries)?;
    }
    for from in [i64::MIN, -1, 0, 1, 2, 6, 7, 8, i64::MAX] {
        for limit in [1, 2, 7, 1000] {
            same("page", &store.entries(from, limit).await?, &cut(&entries, from, limit))?;
        }
    }
    Ok(())
}

fn cut(entries: &[Entry], from: i64, limit: u32) -> Vec<Entry> {
    entries.iter().filter(|entry| entry.sequence >= from).take(limit as usize).cloned().collect()
}
