//! A logged proposal, answered again: the same version and form must give the same numbers, to the last bit.
//!
//! Data and words are compared apart. After a correction of the glossary the words differ, and nothing else does.

mod compared;

use amparo_journal::{Entry, PROPOSAL};
use amparo_models::wording::Glossary;
use amparo_models::{ModelRef, Registry};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::api::assessments::proposal::Receipt;
use crate::api::assessments::request::AssessmentRequest;
use compared::Compared;

pub use compared::Difference;

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
    /// Where the data differ then and now, in what the log holds; empty if the proposal stands.
    pub differences: Vec<Difference>,
    /// Where the words differ. Without a difference of the data this is a correction of the glossary, and the proposal stands.
    pub text_differences: Vec<Difference>,
    /// What only the present edition says (`recidivism.if_unknowns.certificate`); no difference.
    pub additions: Vec<String>,
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
/// What the log holds has to come out again, at every depth and to the last bit; what a later edition says besides is
/// listed apart. Lists are compared item by item, or as a whole if one is longer.
///
/// The times, the ids and the code's version are then and now by nature and are not compared. What is said in words (`text`
/// and `reasons`) is compared apart from the data, as `glossary` says it now.
///
/// # Errors
/// [`Error::Replay`] if the entry is no proposal of this edition; [`Error::Model`] if the version cannot be loaded or
/// does not take the form.
pub fn replay(registry: &Registry, glossary: &Glossary, entry: &Entry) -> Result<Replay, Error> {
    let failed = |problem: String| Error::Replay { id: entry.id.clone(), problem };
    if entry.kind != PROPOSAL {
        return Err(failed(format!("it is a {}, expected a {PROPOSAL}", entry.kind)));
    }
    let Body { request, answer } = serde_json::from_str(&entry.body)
        .map_err(|error| failed(format!("it is not as this edition logs: {error}")))?;
    let version = registry.load(&ModelRef::version(&answer.model, answer.version)?)?;
    let form = request.form(version.instrument());
    let row = version.encode(&form).map_err(amparo_models::Error::from)?;
    let assessment = if request.pairs { version.assess_with_pairs(&row)? } else { version.assess(&row)? };
    let assessment = assessment.with_numbers(&form);
    let receipt = Receipt::of(&request, &version).map_err(|error| failed(error.to_string()))?;
    let words = glossary.words(&version, &assessment)?;
    let mut now = object(&assessment).ok_or_else(|| failed("the answer cannot be written".to_owned()))?;
    let words_now = object(&words).ok_or_else(|| failed("the words cannot be written".to_owned()))?;
    now.insert("case_id".to_owned(), request.case_id.into());
    now.insert("instrument".to_owned(), version.instrument().id().into());
    now.insert("protocol".to_owned(), version.protocol().id().into());
    let receipt_now = object(&receipt).ok_or_else(|| failed("the receipt cannot be written".to_owned()))?;
    let logged_code_version = answer
        .receipt
        .get("code_version")
        .and_then(Value::as_str)
        .ok_or_else(|| failed("its receipt has no `code_version`".to_owned()))?
        .to_owned();
    let without = |mut fields: Map<String, Value>, ignored: &[&str]| {
        fields.retain(|field, _| !ignored.contains(&field.as_str()));
        fields
    };
    let (words_then, answer_then) =
        answer.rest.into_iter().partition(|(field, _)| words_now.contains_key(field));
    let ignored = ["proposal_id", "created_at", "assessed_at", "reassess_by"];
    let mut data = Compared::of_edition(&words.reasons);
    data.fields("", without(answer_then, &ignored), without(now, &ignored));
    let ignored = ["code_version"];
    data.fields("receipt", without(answer.receipt, &ignored), without(receipt_now, &ignored));
    let mut said = Compared::default();
    said.fields("", words_then, words_now);
    Ok(Replay {
        proposal_id: entry.id.clone(),
        model: answer.model,
        version: answer.version,
        logged_code_version,
        code_version: crate::CODE_VERSION.to_owned(),
        differences: data.differences,
        text_differences: [data.text_differences, said.differences].concat(),
        additions: [data.additions, said.additions].concat(),
    })
}

fn object(value: &impl Serialize) -> Option<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}
