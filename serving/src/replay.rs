//! A logged proposal, answered again: the same version and form must give the same numbers, to the last bit.

use amparo_journal::{Entry, PROPOSAL};
use amparo_models::{ModelRef, Registry};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Error;
use crate::api::assessments::proposal::Receipt;
use crate::api::assessments::request::AssessmentRequest;

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
    /// Where then and now differ, in what the log holds; empty if the proposal stands.
    pub differences: Vec<Difference>,
    /// What only the present edition says (`recidivism.if_unknowns.certificate`); no difference.
    pub additions: Vec<String>,
}

/// A field of the proposal that came out differently.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// `recidivism.probability`, `explanation.values.3.value`, `receipt.version_digest`.
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

/// Fields that every edition leaves out where they have nothing to say: one that the log lacks is no new field.
const LEFT_OUT: [&str; 6] = [
    "lethality",
    "ask_first",
    "next_level.up",
    "next_level.down",
    "next_level.held_by",
    "explanation.interactions",
];

/// Answers the request of a logged proposal again and compares all that follows from form, version and protocol.
///
/// What the log holds has to come out again, at every depth and to the last bit; what a later edition says besides is
/// listed apart. Lists are compared item by item, or as a whole if one is longer.
///
/// The times, the ids and the code's version are then and now by nature and are not compared. The text is: after a
/// correction of the glossary it differs, and nothing else does.
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
    let row = amparo_datasets::encode_form(version.instrument(), &request.form(version.instrument()))
        .map_err(amparo_models::Error::from)?;
    let assessment = if request.pairs { version.assess_with_pairs(&row)? } else { version.assess(&row)? };
    let receipt = Receipt::of(&request, &version).map_err(|error| failed(error.to_string()))?;
    let mut now = object(&assessment).ok_or_else(|| failed("the answer cannot be written".to_owned()))?;
    let text = object(&amparo_models::wording::text(&version, &assessment)?)
        .ok_or_else(|| failed("the text cannot be written".to_owned()))?;
    now.insert("text".to_owned(), Value::Object(text));
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
    let ignored = ["proposal_id", "created_at", "assessed_at", "reassess_by"];
    let mut compared = Compared::default();
    compared.fields("", without(answer.rest, &ignored), without(now, &ignored));
    let ignored = ["code_version"];
    compared.fields("receipt", without(answer.receipt, &ignored), without(receipt_now, &ignored));
    let Compared { differences, additions } = compared;
    Ok(Replay {
        proposal_id: entry.id.clone(),
        model: answer.model,
        version: answer.version,
        logged_code_version,
        code_version: crate::CODE_VERSION.to_owned(),
        differences,
        additions,
    })
}

fn object(value: &impl Serialize) -> Option<Map<String, Value>> {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// What came out of a comparison so far.
#[derive(Default)]
struct Compared {
    differences: Vec<Difference>,
    additions: Vec<String>,
}

impl Compared {
    fn fields(&mut self, at: &str, logged: Map<String, Value>, mut now: Map<String, Value>) {
        let path = |field: &str| if at.is_empty() { field.to_owned() } else { format!("{at}.{field}") };
        for (field, logged) in logged {
            match now.remove(&field) {
                Some(replayed) => self.values(path(&field), logged, replayed),
                None => self.differ(path(&field), logged, Value::Null),
            }
        }
        for (field, replayed) in now {
            let field = path(&field);
            if LEFT_OUT.contains(&field.as_str()) {
                self.differ(field, Value::Null, replayed);
            } else {
                self.additions.push(field);
            }
        }
    }

    fn values(&mut self, at: String, logged: Value, replayed: Value) {
        match (logged, replayed) {
            (Value::Object(logged), Value::Object(replayed)) => self.fields(&at, logged, replayed),
            (Value::Array(logged), Value::Array(replayed)) if logged.len() == replayed.len() => {
                for (n, (logged, replayed)) in logged.into_iter().zip(replayed).enumerate() {
                    self.values(format!("{at}.{n}"), logged, replayed);
                }
            }
            // As they are written: compared as numbers, -0 and 0 would be the same.
            (Value::Number(logged), Value::Number(replayed))
                if logged.to_string() == replayed.to_string() => {}
            (logged @ Value::Number(_), replayed) => self.differ(at, logged, replayed),
            (logged, replayed) if logged == replayed => {}
            (logged, replayed) => self.differ(at, logged, replayed),
        }
    }

    fn differ(&mut self, field: String, logged: Value, replayed: Value) {
        self.differences.push(Difference { field, logged, replayed });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compared(logged: Value, replayed: Value) -> (Vec<Difference>, Vec<String>) {
        let mut compared = Compared::default();
        compared.values("p".to_owned(), logged, replayed);
        (compared.differences, compared.additions)
    }

    #[test]
    fn what_only_the_present_edition_says_is_an_addition_at_any_depth() {
        let logged = json!({"a": {"low": 0.1}, "list": [{"x": 1}, {"x": 2}]});
        let now = json!({"a": {"low": 0.1, "gap": 0.0}, "list": [{"x": 1, "y": 3}, {"x": 2}], "b": null});
        let (differences, additions) = compared(logged, now);
        assert_eq!(
            (differences, additions),
            (vec![], ["p.a.gap", "p.list.0.y", "p.b"].map(String::from).into())
        );
    }

    #[test]
    fn what_the_log_holds_must_come_out_again() {
        let differs = |logged: Value, replayed: Value, field: &str, values: (Value, Value)| {
            let expected = Difference { field: field.to_owned(), logged: values.0, replayed: values.1 };
            assert_eq!(compared(logged, replayed), (vec![expected], vec![]));
        };
        let next = f64::from_bits(0.3_f64.to_bits() + 1);
        differs(json!({"a": {"b": 0.3}}), json!({"a": {"b": next}}), "p.a.b", (json!(0.3), json!(next)));
        differs(json!({"a": {"b": 1}}), json!({"a": {}}), "p.a.b", (json!(1), json!(null)));
        differs(json!({"a": null}), json!({}), "p.a", (json!(null), json!(null)));
        differs(json!({"a": {"b": 1}}), json!({"a": 1}), "p.a", (json!({"b": 1}), json!(1)));
        differs(json!([1, 2]), json!([1, 2, 3]), "p", (json!([1, 2]), json!([1, 2, 3])));
        differs(json!([1, 2]), json!([1, 3]), "p.1", (json!(2), json!(3)));
        let (differences, _) = compared(json!(0.0), json!(-0.0));
        assert_eq!(differences.len(), 1, "zero and minus zero are different bits");
    }

    #[test]
    fn a_field_that_every_edition_may_leave_out_is_no_new_one() {
        let mut compared = Compared::default();
        let field = |name: &str| Map::from_iter([(name.to_owned(), json!({"level": "high"}))]);
        compared.fields("next_level", Map::new(), field("up"));
        compared.fields("", Map::new(), field("lethality"));
        let fields: Vec<&str> = compared.differences.iter().map(|d| d.field.as_str()).collect();
        assert_eq!((fields, compared.additions), (vec!["next_level.up", "lethality"], vec![]));
    }
}
