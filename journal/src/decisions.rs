//! The log read as decisions: what was proposed, by which version, and what an officer made of it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::{CONFIRMATION, Entry, Error, Log, PROPOSAL};

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
    /// The level the officer noted before seeing the proposal.
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
struct Confirmed {
    proposal_id: String,
    level: String,
}

/// Every proposal of a log in order, with its confirmation; the chain is recomputed on the way.
///
/// # Errors
/// [`Error::Chain`] if the chain does not hold; [`Error::Entry`] for an entry that is not as this edition logs; [`Error::Store`].
pub async fn decisions(log: &Log) -> Result<Vec<Decision>, Error> {
    let mut decisions: Vec<Decision> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    log.walk(|entry| {
        match entry.kind.as_str() {
            PROPOSAL => {
                at.insert(entry.id.clone(), decisions.len());
                decisions.push(proposal(entry)?);
            }
            CONFIRMATION => {
                let Confirmation { answer } = parsed(entry)?;
                let of = at.get(&answer.proposal_id).and_then(|at| decisions.get_mut(*at));
                let decision = of.ok_or_else(|| {
                    unreadable(
                        entry,
                        format!("it confirms `{}`, which is not in the log before it", answer.proposal_id),
                    )
                })?;
                decision.confirmed = Some(answer.level);
            }
            other => return Err(unreadable(entry, format!("its kind is `{other}`"))),
        }
        Ok::<_, Error>(())
    })
    .await?;
    Ok(decisions)
}

fn proposal(entry: &Entry) -> Result<Decision, Error> {
    let Proposal { request, answer } = parsed(entry)?;
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

fn parsed<'a, T: Deserialize<'a>>(entry: &'a Entry) -> Result<T, Error> {
    serde_json::from_str(&entry.body)
        .map_err(|error| unreadable(entry, format!("it is not as this edition logs: {error}")))
}

fn unreadable(entry: &Entry, problem: String) -> Error {
    Error::Entry { id: entry.id.clone(), problem }
}
