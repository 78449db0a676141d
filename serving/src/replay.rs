//! A logged proposal, answered again: the same version and form must give the same numbers, to the last bit.

use amparo_models::{ModelRef, Registry};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::api::assessments::proposal::Receipt;
use crate::api::assessments::request::AssessmentRequest;
use crate::api::assessments::stored::PROPOSAL;
use crate::log::Entry;

/// What came of answering again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replay {
    /// The proposal.
    pub proposal_id: String,
    /// The model that answered.
    pub model: String,
    /// The version of it.
    pub version: u32,
    /// The code that answered then.
    pub logged_code_version: String,
    /// The code that answered now.
    pub code_version: String,
    /// Where then and now differ; empty if the proposal stands.
    pub differences: Vec<Difference>,
}

/// A field of the proposal that came out differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// `recidivism`, `receipt.version_digest`.
    pub field: String,
    /// What the log says; null if it says nothing.
    pub logged: Value,
    /// What came out now; null if nothing did.
    pub replayed: Value,
}

#[derive(Deserialize)]
struct Body {
    request: AssessmentRequest,
    answer: Answer,
}

#[derive(Deserialize)]
struct Answer {
    model: String,
    version: u32,
    receipt: Map<String, Value>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Answers the request of a logged proposal again and compares all that follows from form, version and protocol.
///
/// The times, the ids and the code's version are then and now by nature and are not compared.
///
/// # Errors
/// [`Error::Replay`] if the entry is no proposal of this edition; [`Error::Model`] if the version cannot be loaded or
/// does not take the form.
pub fn replay(registry: &Registry, entry: &Entry) -> Result<Replay, Error> {
    let failed = |problem: String| Error::Replay { id: entry.id.clone(), problem };
    if entry.kind != PROPOSAL {
        return Err(failed(format!("it is a {}, expected a {PROPOSAL}", entry.kind)));
    }
    let Body { request, answer } = serde_json::from_str(&entry.body)
        .map_err(|error| failed(format!("it is not as this edition logs: {error}")))?;
    let version = registry.load(&ModelRef::version(&answer.model, answer.version)?)?;
    let row = amparo_datasets::encode_form(version.instrument(), &request.answers)
        .map_err(amparo_models::Error::from)?;
    let assessment = amparo_models::assess(
        version.protocol(),
        version.instrument(),
        version.recidivism(),
        version.lethality(),
        &row,
    )?;
    let receipt = Receipt::of(&request, &version).map_err(|error| failed(error.to_string()))?;
    let mut now = object(&assessment).ok_or_else(|| failed("the answer cannot be written".to_owned()))?;
    now.insert("case_id".to_owned(), request.case_id.into());
    now.insert("instrument".to_owned(), version.instrument().id().into());
    now.insert("protocol".to_owned(), version.protocol().id().into());
    let receipt_now = object(&receipt).ok_or_else(|| failed("the receipt cannot be written".to_owned()))?;
    let mut differences =
        differences("", answer.rest, now, &["proposal_id", "created_at", "assessed_at", "reassess_by"]);
    let logged_code_version =
        answer.receipt.get("code_version").and_then(Value::as_str).unwrap_or_default().to_owned();
    differences.extend(self::differences("receipt.", answer.receipt, receipt_now, &["code_version"]));
    Ok(Replay {
        proposal_id: entry.id.clone(),
        model: answer.model,
        version: answer.version,
        logged_code_version,
        code_version: crate::CODE_VERSION.to_owned(),
        differences,
    })
}

fn object(value: &impl Serialize) -> Option<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

fn differences(
    prefix: &str,
    logged: Map<String, Value>,
    mut now: Map<String, Value>,
    ignored: &[&str],
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (field, logged) in logged {
        let replayed = now.remove(&field);
        if !ignored.contains(&field.as_str()) && replayed.as_ref() != Some(&logged) {
            let replayed = replayed.unwrap_or_default();
            found.push(Difference { field: format!("{prefix}{field}"), logged, replayed });
        }
    }
    now.retain(|field, _| !ignored.contains(&field.as_str()));
    let of =
        |(field, replayed)| Difference { field: format!("{prefix}{field}"), logged: Value::Null, replayed };
    found.extend(now.into_iter().map(of));
    found
}
