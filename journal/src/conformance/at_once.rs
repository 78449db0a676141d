//! Appends that run at the same time, and appends that nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use super::{Harness, Outcome, Problem, filled, holds, proposal, same, written};
use crate::{Appended, Entry, Log};

pub(super) async fn one_chain(harness: &dyn Harness) -> Outcome {
    const TASKS: usize = 8;
    const EACH: usize = 50;
    let store = harness.fresh().await?;
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut entries = Vec::new();
                for k in 0..EACH {
                    let id = format!("t{task}-{k}");
                    entries.push(written(&*store, proposal(&id, Some(&id), "c")).await?);
                }
                Ok::<Vec<Entry>, Problem>(entries)
            })
        })
        .collect();
    let mut entries = Vec::new();
    for task in tasks {
        let own = task.await??;
        same("whether a task's entries follow each other", &own.is_sorted_by_key(|e| e.sequence), &true)?;
        entries.extend(own);
    }
    entries.sort_by_key(|entry| entry.sequence);
    let sequences: Vec<i64> = entries.iter().map(|entry| entry.sequence).collect();
    same("sequences", &sequences, &(1..=(TASKS * EACH) as i64).collect())?;
    holds(&store, &entries).await
}

pub(super) async fn one_key(harness: &dyn Harness) -> Outcome {
    let store = harness.fresh().await?;
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.append(proposal(&format!("t{task}"), Some("k"), "c")).await })
        })
        .collect();
    let (mut once, mut all) = (0, Vec::new());
    for task in tasks {
        match task.await?? {
            Appended::Written(entry) => {
                once += 1;
                all.push(entry);
            }
            Appended::Repeated(entry) => all.push(entry),
            other => return Err(Problem(format!("found {other:?}, expected the entry of the key"))),
        }
    }
    same("entries written", &once, &1)?;
    same("whether all are given the same entry", &all.iter().all(|entry| *entry == all[0]), &true)?;
    holds(&store, &all[..1]).await
}

pub(super) async fn dropped(harness: &dyn Harness) -> Outcome {
    let (store, before) = filled(harness, 2).await?;
    // Asked for and never waited for: nothing has begun.
    drop(store.append(proposal("unasked", None, "c")));
    for k in 0..60 {
        let waiting = store.append(proposal(&format!("g{k}"), None, "c"));
        // Long enough to begin, mostly too short to end. Whether it has ended is for the store to say, below.
        let _ = tokio::time::timeout(Duration::from_micros(50 * k), waiting).await;
    }
    store.writable().await?;
    let next = written(&*store, proposal("next", None, "c")).await?;
    let mut found = Vec::new();
    let log = Log::on(Arc::clone(&store));
    let walked = log.walk(|entry, _| {
        found.push(entry.clone());
        Ok::<_, Problem>(())
    });
    walked.await?;
    same("first entries", &found.get(..2), &Some(before.as_slice()))?;
    same("the next entry", &found.get(next.sequence as usize - 1), &Some(&next))?;
    same("an append that never began", &store.find("unasked").await?, &None)
}
