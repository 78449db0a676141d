//! A logged proposal, answered again: the same version and form must give the same numbers, to the last bit.
//!
//! Data and words are compared apart. After a correction of the glossary the words differ, and nothing else does.

mod compared;
mod tally;
mod versions;

use amparo_journal::{Entry, PROPOSAL};
use amparo_models::Registry;
use amparo_models::wording::Glossary;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::api::assessments::proposal::Receipt;
use crate::api::assessments::request::AssessmentRequest;
use crate::motion::Assignment;
use crate::rfc3339;
use compared::Compared;
use versions::Versions;

pub use compared::Difference;
pub use tally::{Named, Outcome, Tally};

/// Why there is nothing to answer again.
const ERASED: &str = "it was erased, so that nobody can compute it again";

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
    #[serde(default)]
    assignment: Option<Assignment>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Replays proposals with the versions of a registry, each of which is loaded once; shared by threads.
#[derive(Debug)]
pub struct Replayer<'a> {
    registry: &'a Registry,
    glossary: &'a Glossary,
    versions: Versions,
}

impl<'a> Replayer<'a> {
    /// With the versions of this registry, and the words of this glossary.
    pub fn new(registry: &'a Registry, glossary: &'a Glossary) -> Self {
        Self { registry, glossary, versions: Versions::default() }
    }

    /// Answers the request of a logged proposal again and compares all that follows from form, version and protocol.
    ///
    /// What the log holds has to come out again, at every depth and to the last bit; what a later edition says besides is
    /// listed apart. Lists are compared item by item, or as a whole if one is longer.
    ///
    /// The times, the ids and the code's version are then and now by nature and are not compared. What is said in words (`text`
    /// and `reasons`) is compared apart from the data, as the glossary says it now.
    ///
    /// # Errors
    /// [`Error::Replay`] if the entry is no proposal of this edition, or was erased; [`Error::Unloadable`] if the version cannot be loaded;
    /// [`Error::Model`] if it does not take the form.
    pub fn replay(&self, entry: &Entry) -> Result<Replay, Error> {
        let failed = |problem: String| Error::Replay { id: entry.id.clone(), problem };
        if entry.kind != PROPOSAL {
            return Err(failed(format!("it is a {}, expected a {PROPOSAL}", entry.kind)));
        }
        let body = entry.body().map_err(|_| failed(ERASED.to_owned()))?;
        let Body { request, answer } = serde_json::from_str(body)
            .map_err(|error| failed(format!("it is not as this edition logs: {error}")))?;
        let version = self.versions.get(self.registry, &answer.model, answer.version)?;
        let form = request.form(version.instrument());
        let row = version.encode(&form).map_err(amparo_models::Error::from)?;
        let mut unknown = None;
        let asked = request.asked(|_, problem| unknown = unknown.take().or(Some(problem)));
        if let Some(problem) = unknown {
            return Err(failed(problem));
        }
        let assessment = asked.of(&version, &row)?.with_numbers(&form);
        let receipt = Receipt::of(&request, &version).map_err(|error| failed(error.to_string()))?;
        let words = self.glossary.words(&*version, &assessment)?;
        let reasons = words.reasons.clone();
        let words = words.asked(asked.parts);
        let mut now = object(&assessment).ok_or_else(|| failed("the answer cannot be written".to_owned()))?;
        let words_now = object(&words).ok_or_else(|| failed("the words cannot be written".to_owned()))?;
        let mut rest = answer.rest;
        if let Some(then) = answer.assignment {
            // Decided again from the case, by the share and the salt that held then.
            let decided = then.again(&request.case_id);
            for (fields, assignment) in [(&mut rest, Some(&then)), (&mut now, decided.as_ref())] {
                let written = serde_json::to_value(assignment);
                let written = written.map_err(|_| failed("the assignment cannot be written".to_owned()))?;
                fields.insert("assignment".to_owned(), written);
            }
        }
        now.insert("case_id".to_owned(), request.case_id.into());
        now.insert("instrument".to_owned(), version.instrument().id().into());
        now.insert("protocol".to_owned(), version.protocol().id().into());
        let receipt_now =
            object(&receipt).ok_or_else(|| failed("the receipt cannot be written".to_owned()))?;
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
            rest.into_iter().partition(|(field, _)| words_now.contains_key(field));
        let ignored = ["proposal_id", "created_at", "assessed_at", "reassess_by", "own_view_first"];
        let mut data = Compared::of_edition(&reasons);
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

    /// Replays a proposal, unless it was erased or made before a time; whatever hinders that is an outcome, too.
    pub fn outcome(&self, entry: &Entry, since: Option<Timestamp>) -> Outcome {
        if entry.is_erased() {
            return Outcome::Erased;
        }
        let earlier = since.map_or(Ok(false), |since| Ok::<_, Error>(created_at(entry)? < since));
        let replayed = match earlier {
            Ok(true) => return Outcome::Earlier,
            Ok(false) => self.replay(entry),
            Err(error) => Err(error),
        };
        match replayed {
            Ok(replay) => Outcome::Replayed(Box::new(replay)),
            Err(Error::Replay { id, problem }) => Outcome::NotReplayed { proposal_id: id, problem },
            Err(other) => Outcome::NotReplayed { proposal_id: entry.id.clone(), problem: other.to_string() },
        }
    }
}

/// When a proposal was made, by what the log says.
fn created_at(entry: &Entry) -> Result<Timestamp, Error> {
    #[derive(Deserialize)]
    struct Body {
        answer: Answer,
    }
    #[derive(Deserialize)]
    struct Answer {
        created_at: String,
    }
    let failed = |problem: String| Error::Replay { id: entry.id.clone(), problem };
    let body = entry.body().map_err(|_| failed(ERASED.to_owned()))?;
    let Body { answer } = serde_json::from_str(body)
        .map_err(|error| failed(format!("it does not say when it was made: {error}")))?;
    rfc3339::timestamp(&answer.created_at)
        .ok_or_else(|| failed("its `created_at` is no RFC 3339 time".to_owned()))
}

fn object(value: &impl Serialize) -> Option<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}
