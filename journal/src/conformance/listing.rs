//! Proposals as they are listed.

use std::sync::Arc;

use super::{Harness, Outcome, Problem, filled, same, written};
use crate::{
    Appended, CONFIRMATION, Listed, Log, OWN_VIEW, PROPOSAL, Page, READ, Record, Search, Store, Summary,
    confirmation_of, own_view_of, read_of,
};

/// A proposal that says everything that proposals are found by: the `k`-th of many.
fn told(k: u32) -> Record {
    let (level, withheld) = (["low", "high"][k as usize % 2], k.is_multiple_of(5));
    let body = format!(
        r#"{{"request":{{"case_id":"c{}","officer":{{"id":"o","unit":"u{}"}}}},"answer":{{"created_at":"2026-03-05T09:00:{:02}Z","level":"{level}","model":"m{}","version":{},"own_view_first":{withheld}}},"caller":{{"institution":{}}}}}"#,
        k % 7,
        k % 3,
        k % 60,
        k % 2,
        1 + k % 4,
        if k % 6 == 1 { "null".to_owned() } else { format!("\"i{}\"", k % 6) },
    );
    Record {
        kind: PROPOSAL,
        id: format!("p{k}"),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body,
    }
}

fn about(kind: &'static str, proposal_id: &str) -> Record {
    let id = if kind == CONFIRMATION { confirmation_of(proposal_id) } else { own_view_of(proposal_id) };
    let body = format!(
        r#"{{"request":{{"level":"high"}},"answer":{{"proposal_id":"{proposal_id}","level":"high"}}}}"#
    );
    Record { kind, id, idempotency_key: None, request_digest: "d".to_owned(), body }
}

fn replacing(id: &str, replaced: &str) -> Record {
    let body = format!(
        r#"{{"request":{{"case_id":"c","replaces":{{"proposal_id":"{replaced}","reason":"r"}}}},"answer":{{"level":"low"}}}}"#
    );
    Record { id: id.to_owned(), body, ..told(0) }
}

/// Forty proposals: each third one confirmed, and each tenth one viewed.
async fn many(harness: &dyn Harness) -> Result<(Arc<dyn Store>, Vec<Listed>), Problem> {
    let store = harness.fresh().await?;
    let mut all = Vec::new();
    for k in 1..=40 {
        let entry = written(&*store, told(k)).await?;
        let (body, case_id) = (entry.body.unwrap_or_default(), entry.case_id);
        let summary = Summary::of(PROPOSAL, &body).unwrap_or_default();
        let mut listed = Listed {
            sequence: entry.sequence,
            proposal_id: entry.id,
            case_id,
            summary,
            confirmation: None,
            own_view: None,
            replacement: None,
            replaced_by: None,
        };
        if k % 10 == 0 {
            listed.own_view = Some(written(&*store, about(OWN_VIEW, &listed.proposal_id)).await?.sequence);
        }
        if k % 3 == 0 {
            let confirmed = written(&*store, about(CONFIRMATION, &listed.proposal_id)).await?;
            listed.confirmation = Some(confirmed.sequence);
        }
        all.push(listed);
    }
    Ok((store, all))
}

pub(super) async fn found(harness: &dyn Harness) -> Outcome {
    let (store, all) = many(harness).await?;
    let text = |text: &str| Some(text.to_owned());
    // 09:00:10 and 09:00:30, in milliseconds: the first is in, the second is not.
    let (from, to) = (Some(1_772_701_210_000), Some(1_772_701_230_000));
    let any = Search::default();
    let high = Search { level: text("high"), ..any.clone() };
    let searches = [
        any.clone(),
        Search { case_id: text("c3"), ..any.clone() },
        Search { from, ..any.clone() },
        Search { to, ..any.clone() },
        Search { from, to, ..any.clone() },
        high.clone(),
        Search { without_withheld_levels: true, ..high.clone() },
        Search { without_withheld_levels: true, ..any.clone() },
        Search { model: text("m1"), version: Some(4), ..any.clone() },
        Search { unit: text("u2"), ..any.clone() },
        Search { institution: Some(text("i5")), ..any.clone() },
        Search { institution: Some(None), ..any.clone() },
        Search { confirmed: Some(true), ..any.clone() },
        Search { confirmed: Some(false), case_id: text("c1"), ..any.clone() },
        Search { unit: text("u0"), level: text("low"), confirmed: Some(true), from, ..any.clone() },
    ];
    for search in searches {
        let expected: Vec<Listed> = all.iter().filter(|listed| search.finds(listed)).cloned().collect();
        same("whether something is found", &expected.is_empty(), &false)?;
        let page = Page { after: None, newest_first: false, limit: 100 };
        same("what a search finds", &store.list(&search, page).await?, &expected)?;
    }
    for nothing in ["c", "C3", "c%", ""] {
        let search = Search { case_id: text(nothing), ..any.clone() };
        let page = Page { after: None, newest_first: true, limit: 100 };
        same("what another case finds", &store.list(&search, page).await?, &Vec::new())?;
    }
    Ok(store.close().await?)
}

pub(super) async fn pages(harness: &dyn Harness) -> Outcome {
    let (store, all) = many(harness).await?;
    let search = Search { model: Some("m1".to_owned()), ..Search::default() };
    for (newest_first, limit) in [(false, 1), (false, 7), (false, 100), (true, 1), (true, 7)] {
        let mut expected: Vec<Listed> = all.iter().filter(|listed| search.finds(listed)).cloned().collect();
        if newest_first {
            expected.reverse();
        }
        let mut found: Vec<Listed> = Vec::new();
        // One page more than can hold anything.
        for k in 0..=expected.len() {
            let after = found.last().map(|last| last.sequence);
            let page = store.list(&search, Page { after, newest_first, limit }).await?;
            same("whether a page is no longer than asked", &(page.len() <= limit as usize), &true)?;
            found.extend(page);
            // Against the order of the log, what somebody writes meanwhile is behind everybody who reads on.
            if newest_first && limit > 1 {
                written(&*store, Record { id: format!("later{k}"), ..told(41) }).await?;
            }
        }
        same("pages of the list put together", &found, &expected)?;
    }
    newest(&*store, &search).await?;
    Ok(store.close().await?)
}

/// What was written meanwhile stands before all others.
async fn newest(store: &dyn Store, search: &Search) -> Outcome {
    let page = store.list(search, Page { after: None, newest_first: true, limit: 1 }).await?;
    let is_later = page.first().is_some_and(|listed| listed.proposal_id.starts_with("later"));
    same("whether the newest comes first", &is_later, &true)
}

pub(super) async fn replaced_once(harness: &dyn Harness) -> Outcome {
    let (store, entries) = filled(harness, 3).await?;
    written(&*store, about(CONFIRMATION, "p2")).await?;
    let replacement = written(&*store, replacing("q1", "p1")).await?;
    // A confirmed one can be replaced, and one that replaced another.
    written(&*store, replacing("q2", "p2")).await?;
    written(&*store, replacing("r1", "q1")).await?;
    for record in
        [replacing("q9", "p1"), about(CONFIRMATION, "p1"), about(OWN_VIEW, "p1"), replacing("q9", "q1")]
    {
        let what = format!("a {} of what was replaced", record.kind);
        same(&what, &store.append(record).await?, &Appended::ProposalReplaced)?;
    }
    let body = r#"{"request":{"case_id":"c1"},"answer":{}}"#.to_owned();
    let reading = Record { kind: READ, id: read_of(Some("p1"), "1"), body, ..about(CONFIRMATION, "p1") };
    written(&*store, reading).await?;
    let log = Log::on(Arc::clone(&store));
    let listed = log.listed(&entries[0]).await?;
    let said = listed.map(|listed| (listed.replacement, listed.replaced_by));
    same("what replaced a proposal", &said, &Some((Some(replacement.sequence), Some("q1".to_owned()))))?;
    let of = log.listed(&replacement).await?.and_then(|listed| listed.summary.replaces);
    same("what a proposal replaced", &of, &Some("p1".to_owned()))?;
    same("number of entries", &log.verify().await?.entries, &8)?;
    // Of many that replace one at once, one does.
    let at_once: Vec<_> = (0..8)
        .map(|k| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.append(replacing(&format!("s{k}"), "p3")).await })
        })
        .collect();
    let mut once = 0;
    for appended in at_once {
        match appended.await?? {
            Appended::Written(_) => once += 1,
            other => same("another that replaces it", &other, &Appended::ProposalReplaced)?,
        }
    }
    same("how often a proposal was replaced", &once, &1)?;
    log.verify().await?;
    Ok(store.close().await?)
}
