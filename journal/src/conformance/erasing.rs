//! Entries of which nothing but their place is left.

use super::{Harness, Outcome, Problem, filled, proposal, same, written};
use crate::{
    Appended, CONFIRMATION, Criterion, Entry, Erasure, Error, Ground, Log, OWN_VIEW, Page, READ, Record,
    Search, Statement, confirmation_of, own_view_of, read_of,
};

fn confirmation(proposal_id: &str) -> Record {
    Record {
        kind: CONFIRMATION,
        id: confirmation_of(proposal_id),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: format!(r#"{{"request":{{"level":"high"}},"answer":{{"proposal_id":"{proposal_id}"}}}}"#),
    }
}

/// An entry that says who was shown a proposal of the case `c1`.
fn reading(proposal_id: &str, drawn: &str) -> Record {
    Record {
        kind: READ,
        id: read_of(Some(proposal_id), drawn),
        idempotency_key: None,
        request_digest: "d".to_owned(),
        body: format!(r#"{{"request":{{"case_id":"c1","proposal_id":"{proposal_id}"}},"answer":{{}}}}"#),
    }
}

/// What erases a case, one step of it.
async fn of_case(log: &Log, case_id: &str) -> Result<Erasure, Problem> {
    let ground =
        Ground { reason: "asked for".to_owned(), by: "dpo".to_owned(), at: jiff::Timestamp::UNIX_EPOCH };
    let selection = log.select(&Criterion::Case(case_id.to_owned())).await?;
    selection.erasures(&ground).pop().ok_or_else(|| Problem("nothing is selected".to_owned()))
}

pub(super) async fn erased(harness: &dyn Harness) -> Outcome {
    let (store, mut before) = filled(harness, 8).await?;
    before.push(written(&*store, confirmation("p4")).await?);
    before.push(written(&*store, reading("p4", "1")).await?);
    let of_c1 = store.find_case("c1", 1, 99).await?.iter().map(|entry| entry.sequence).collect::<Vec<_>>();
    same("entries of the case", &of_c1, &vec![1, 4, 7, 10])?;
    let leaves = store.leaves(1, 99).await?;
    let log = Log::on(store.clone());
    let entry = store.erase(of_case(&log, "c1").await?).await?;
    same("the entry that says so", &store.find(&entry.id).await?.as_ref(), &Some(&entry))?;
    let said = Statement::read(&entry)?;
    let said = said.map(|said| (said.erased.to_string(), said.proposals, said.confirmations, said.reads));
    same("what it says", &said, &Some(("1, 4, 7, 9 to 10".to_owned(), 3, 1, 1)))?;
    for then in &before {
        let now = store.find(&then.id).await?;
        let left =
            Entry { idempotency_key: None, request_digest: None, body: None, case_id: None, ..then.clone() };
        let expected = if [1, 4, 7, 9, 10].contains(&then.sequence) { &left } else { then };
        same("what is left of an entry", &now.as_ref(), &Some(expected))?;
    }
    for (mut then, now) in leaves.into_iter().zip(store.leaves(1, 99).await?) {
        if [1, 4, 7, 9, 10].contains(&then.sequence) {
            then.salt = None;
        }
        same("what is left of a leaf", &now, &then)?;
    }
    let page = Page { after: None, newest_first: false, limit: 99 };
    let listed: Vec<i64> = store.list(&Search::default(), page).await?.iter().map(|l| l.sequence).collect();
    same("what is listed", &listed, &vec![2, 3, 5, 6, 8])?;
    same("entries of the case", &log.find_case("c1").await?, &Vec::new())?;
    same("the entry of a key that is gone", &store.find_key("k4").await?, &None)?;
    let verified = log.verify().await?;
    same("number of entries", &(verified.entries, verified.erased), &(11, 5))?;
    // The key may be used again, and the log goes on.
    let again = written(&*store, proposal("p9", Some("k4"), "c1")).await?;
    same("sequence", &again.sequence, &12)?;
    same("number of entries", &log.verify().await?.entries, &12)?;
    Ok(store.close().await?)
}

pub(super) async fn refused(harness: &dyn Harness) -> Outcome {
    let (store, _) = filled(harness, 5).await?;
    let log = Log::on(store.clone());
    let [first, second] = [of_case(&log, "c1").await?, of_case(&log, "c1").await?];
    store.erase(first).await?;
    let (verified, before) = (log.verify().await?, store.entries(1, 99).await?);
    match store.erase(second).await {
        Err(Error::NotErased { .. }) => {}
        other => return Err(Problem(format!("erased twice, it gave {other:?}"))),
    }
    same("entries after a refusal", &store.entries(1, 99).await?, &before)?;
    same("the log after a refusal", &log.verify().await?, &verified)?;
    Ok(store.close().await?)
}

pub(super) async fn meanwhile(harness: &dyn Harness) -> Outcome {
    let (store, _) = filled(harness, 5).await?;
    let log = Log::on(store.clone());
    let erasure = of_case(&log, "c1").await?;
    // After the selection: of a proposal that goes, and of one that stays.
    for id in ["p4", "p2"] {
        written(&*store, confirmation(id)).await?;
        written(&*store, Record { kind: OWN_VIEW, id: own_view_of(id), ..confirmation(id) }).await?;
        written(&*store, reading(id, "2")).await?;
    }
    store.erase(erasure).await?;
    for (id, expected) in [("p4", true), ("p2", false)] {
        for (what, id) in [
            ("confirmation", confirmation_of(id)),
            ("own view", own_view_of(id)),
            ("reading", read_of(Some(id), "2")),
        ] {
            let erased = store.find(&id).await?.map(|entry| entry.is_erased());
            same(&format!("whether the {what} went with its proposal"), &erased, &Some(expected))?;
        }
    }
    same(
        "a confirmation of what was erased",
        &store.append(confirmation("p1")).await?,
        &Appended::ProposalErased,
    )?;
    same(
        "a reading of what was erased",
        &store.append(reading("p1", "3")).await?,
        &Appended::ProposalErased,
    )?;
    log.verify().await?;
    store.scrub().await?;
    same("number of entries", &log.verify().await?.entries, &12)?;
    Ok(store.close().await?)
}
