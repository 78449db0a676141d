//! The log read as decisions: what was proposed, by which version, and what an officer made of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::entry::proposal_of;
use crate::{CONFIRMATION, ERASURE, Entry, Error, KEY_ROTATION, Log, OWN_VIEW, PROPOSAL, READ, Summary};

/// What a log holds of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Decisions {
    /// Every proposal, in order, but those that were replaced: a form that was corrected counts once, as it was corrected.
    pub all: Vec<Decision>,
    /// Proposals that were replaced by another, confirmed or not.
    pub replaced: usize,
    /// Proposals that were erased, of which nothing is known any more.
    pub erased: usize,
}

/// A proposal and what became of it; no answer and no reason is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The proposal.
    pub proposal_id: String,
    /// The case.
    pub case_id: String,
    /// The model that answered.
    pub model: String,
    /// The version of it.
    pub version: u32,
    /// When the form was filled in.
    pub assessed_at: Timestamp,
    /// Pseudonym of the officer's unit, if the platform said it.
    pub unit: Option<String>,
    /// The level the officer noted before seeing the proposal: with the form, or while the proposal was withheld.
    pub own_level: Option<String>,
    /// The level that was proposed.
    pub level: String,
    /// Probability of a new assault.
    pub probability: f64,
    /// The level that was confirmed; `None` while nobody has.
    pub confirmed: Option<String>,
}

#[derive(Deserialize)]
struct Proposal {
    request: Request,
    answer: Answer,
}

#[derive(Deserialize)]
struct Asked {
    request: Form,
}

#[derive(Deserialize)]
struct Form {
    answers: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Request {
    case_id: String,
    #[serde(default)]
    officer: Option<Officer>,
}

#[derive(Deserialize)]
struct Officer {
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    own_level: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    model: String,
    version: u32,
    assessed_at: Timestamp,
    level: String,
    recidivism: Reading,
}

#[derive(Deserialize)]
struct Reading {
    probability: f64,
}

#[derive(Deserialize)]
struct Confirmation {
    answer: Confirmed,
}

#[derive(Deserialize)]
struct OwnView {
    request: Viewed,
}

#[derive(Deserialize)]
struct Viewed {
    level: String,
}

#[derive(Deserialize)]
struct Confirmed {
    proposal_id: String,
    level: String,
}

/// Every proposal of a log in order, with its confirmation and the officer's own view; the chain is recomputed on the way. Those that were erased and those
/// that were replaced are counted. If what replaced a proposal was erased, the proposal counts again: nothing says any more that it was replaced.
///
/// # Errors
/// [`Error::Chain`] if the chain does not hold; [`Error::Entry`] for an entry that is not as this edition logs; [`Error::Store`].
pub async fn decisions(log: &Log) -> Result<Decisions, Error> {
    let mut erased = 0;
    let mut replaced = HashSet::new();
    let mut decisions: Vec<Decision> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    log.walk(|entry, _| {
        match entry.kind.as_str() {
            PROPOSAL if entry.is_erased() => erased += 1,
            // With its proposal.
            CONFIRMATION | OWN_VIEW if entry.is_erased() => {}
            PROPOSAL => {
                replaced.extend(Summary::of_entry(entry).and_then(|summary| summary.replaces));
                at.insert(entry.id.clone(), decisions.len());
                decisions.push(decision(entry)?);
            }
            CONFIRMATION => {
                let Confirmation { answer } = entry.parsed()?;
                let of = at.get(&answer.proposal_id).and_then(|at| decisions.get_mut(*at));
                let decision = of.ok_or_else(|| {
                    unreadable(
                        entry,
                        format!("it confirms `{}`, which is not in the log before it", answer.proposal_id),
                    )
                })?;
                decision.confirmed = Some(answer.level);
            }
            OWN_VIEW => {
                let of = proposal_of(OWN_VIEW, &entry.id).unwrap_or_default();
                let decision = at.get(of).and_then(|at| decisions.get_mut(*at));
                let decision = decision.ok_or_else(|| {
                    unreadable(entry, format!("it is a view of `{of}`, which is not in the log before it"))
                })?;
                decision.own_level = Some(entry.parsed::<OwnView>()?.request.level);
            }
            // Says nothing about what was decided.
            KEY_ROTATION | ERASURE | READ => {}
            other => return Err(unreadable(entry, format!("its kind is `{other}`"))),
        }
        Ok::<_, Error>(())
    })
    .await?;
    let before = decisions.len();
    decisions.retain(|decision| !replaced.contains(&decision.proposal_id));
    Ok(Decisions { replaced: before - decisions.len(), all: decisions, erased })
}

/// A proposal as a decision that nobody has confirmed.
///
/// # Errors
/// [`Error::Entry`] for an entry that is no proposal of this edition.
pub fn decision(entry: &Entry) -> Result<Decision, Error> {
    let Proposal { request, answer } = entry.parsed()?;
    let (unit, own_level) =
        request.officer.map(|officer| (officer.unit, officer.own_level)).unwrap_or_default();
    Ok(Decision {
        proposal_id: entry.id.clone(),
        case_id: request.case_id,
        model: answer.model,
        version: answer.version,
        assessed_at: answer.assessed_at,
        unit,
        own_level,
        level: answer.level,
        probability: answer.recidivism.probability,
        confirmed: None,
    })
}

/// The answers of the form that a proposal was asked with, by indicator, as they came.
///
/// # Errors
/// [`Error::Entry`] for an entry that is no proposal of this edition.
pub fn answers(entry: &Entry) -> Result<BTreeMap<String, Value>, Error> {
    let Asked { request } = entry.parsed()?;
    Ok(request.answers)
}

fn unreadable(entry: &Entry, problem: String) -> Error {
    Error::Entry { id: entry.id.clone(), problem }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use super::*;
    use crate::Record;
    use crate::memory::MemoryStore;

    async fn log(records: &[(&'static str, &str, &str)]) -> Log {
        let log = Log::on(Arc::new(MemoryStore::default()));
        for (kind, id, body) in records {
            let (id, body) = ((*id).to_owned(), (*body).to_owned());
            let record = Record { kind, id, idempotency_key: None, request_digest: "d".to_owned(), body };
            log.append(record).await.unwrap();
        }
        log
    }

    const FIRST: &str = r#"{
        "request": {"case_id": "c-1", "officer": {"id": "o", "unit": "u-7", "own_level": "low"}, "answers": {"A": "x"}},
        "answer": {"model": "vpr", "version": 3, "assessed_at": "2026-03-05T09:00:00Z", "level": "medium",
            "recidivism": {"probability": 0.25, "log_odds": -1.0}}}"#;
    const SECOND: &str = r#"{
        "request": {"case_id": "c-2"},
        "answer": {"model": "vpr", "version": 4, "assessed_at": "2026-03-06T09:00:00Z", "level": "high",
            "recidivism": {"probability": 0.5}}}"#;
    const CONFIRMED: &str =
        r#"{"request": {"level": "high"}, "answer": {"proposal_id": "p1", "level": "high"}}"#;

    #[tokio::test]
    async fn proposals_come_in_order_with_the_level_that_was_confirmed() {
        let log = log(&[
            (PROPOSAL, "p1", FIRST),
            (PROPOSAL, "p2", SECOND),
            (KEY_ROTATION, "key_rotation/a", "{}"),
            (CONFIRMATION, "p1/confirmation", CONFIRMED),
        ]);
        let first = Decision {
            proposal_id: "p1".to_owned(),
            case_id: "c-1".to_owned(),
            model: "vpr".to_owned(),
            version: 3,
            assessed_at: "2026-03-05T09:00:00Z".parse().unwrap(),
            unit: Some("u-7".to_owned()),
            own_level: Some("low".to_owned()),
            level: "medium".to_owned(),
            probability: 0.25,
            confirmed: Some("high".to_owned()),
        };
        let second = Decision {
            proposal_id: "p2".to_owned(),
            case_id: "c-2".to_owned(),
            version: 4,
            assessed_at: "2026-03-06T09:00:00Z".parse().unwrap(),
            unit: None,
            own_level: None,
            level: "high".to_owned(),
            probability: 0.5,
            confirmed: None,
            ..first.clone()
        };
        assert_eq!(
            decisions(&log.await).await.unwrap(),
            Decisions { all: vec![first, second], replaced: 0, erased: 0 }
        );
    }

    #[tokio::test]
    async fn entries_of_another_edition_are_named() {
        for (records, problem) in [
            ([(PROPOSAL, "p1", FIRST), ("note", "n1", "{}")], "`n1` of the log: its kind is `note`"),
            (
                [(PROPOSAL, "p1", FIRST), (PROPOSAL, "p2", "{}")],
                "`p2` of the log: it is not as this edition logs: ",
            ),
            (
                [(PROPOSAL, "p2", SECOND), (CONFIRMATION, "p1/confirmation", CONFIRMED)],
                "`p1/confirmation` of the log: it confirms `p1`, which is not in the log before it",
            ),
        ] {
            let error = decisions(&log(&records).await).await.unwrap_err();
            assert!(matches!(error, Error::Entry { .. }));
            assert!(error.to_string().starts_with(&format!("cannot read entry {problem}")), "{error}");
        }
    }
}
