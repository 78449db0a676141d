//! What a case platform asks, and all that can be wrong with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::{FormAnswer, Instrument, expected_answers};
use amparo_models::artefact::Version;
use amparo_models::assess::{Assessment, Part, Parts};
use amparo_models::registry::ModelRef;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api_error::{ApiError, Detail};
use crate::in_force::InForce;
use crate::motion::Assignment;
use crate::motion::shadow::Shadow;
use crate::shape::{Field, Kind, Shaped};
use crate::{identity, rfc3339};

/// How far a client's clock may run ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// 2000-01-01T00:00:00Z in seconds since 1970: no form of this service was filled in before.
const EARLIEST: i64 = 946_684_800;

/// One filled-in form to be assessed.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessmentRequest {
    /// Pseudonym of the case: 1 to 128 letters, digits and `.` `_` `:` `-`.
    ///
    /// Refused is what can be recognised: DNI and NIE with their letter, also behind a word (`DNI12345678Z`) or
    /// written apart (`12.345.678-Z`); Spanish telephone numbers; e-mail addresses. UUIDs, hexadecimal digests and
    /// case numbers as the service was told that the authority writes them are pseudonyms. Nothing recognises a name,
    /// an address, a passport or a DNI without its letter: that the id is a pseudonym is for the platform to see to.
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    pub case_id: String,
    /// Id of the form that was filled in; must be the one the version was made for.
    pub instrument: String,
    /// One answer for every indicator of the form, `unknown` where nobody knows. Nothing is filled in. Only a question that the version
    /// was fitted without (`left_out` of the answer), and that no rule of its protocol reads, may be missing. An indicator for
    /// which the form states bins may be answered with a number, in their unit; it counts as the answer of the bin it is in.
    #[schema(value_type = BTreeMap<String, FormAnswer>)]
    pub answers: BTreeMap<String, Value>,
    /// The version that is to answer, by number or alias: `vpr@3`, `vpr@champion`. Default: the service's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// When the form was filled in, RFC 3339, in or after 2000. It may have any number of decimals; those beyond a
    /// nanosecond are cut off. Default: now. The next assessment is due counting from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub assessed_at: Option<String>,
    /// Who filled it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<Officer>,
    /// The proposal that this one replaces, because its form was filled in wrongly: of the same case and form, and not replaced yet. It may have been
    /// confirmed; if not, it cannot be any more. It is shown as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// Whether the officer's own level has to be recorded before the proposal is shown. Unless `officer.own_level` is given here, the answer
    /// is then a ticket without level or score, and the proposal is the answer to `POST /v1/assessments/{id}/own-view`. Default: what the service is told to demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool)]
    pub own_view_first: Option<bool>,
    /// Whether the answer also says what pairs of answers add together, in `explanation.interactions`. Default: no.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pairs: bool,
    /// Which parts come besides those that always do: results, level with all that raised or could raise it, marks, unanswered
    /// and unlearned questions, the value of each answer, and the receipt. What is not listed is not worked out. Default: all parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Part>>)]
    pub fields: Option<Vec<String>>,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub parts: Parts,
    pub pairs: bool,
}

impl Asked {
    /// An assessment with what was asked for.
    pub fn of(self, version: &Version, row: &[u8]) -> Result<Assessment, amparo_models::Error> {
        let assessment = version.assess_parts(row, self.parts)?;
        if self.pairs {
            assessment.with_pairs(version.instrument(), version.recidivism(), row)
        } else {
            Ok(assessment)
        }
    }
}

/// The officer, before having seen the proposal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Pseudonym, under the same rules as `case_id`.
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    pub id: String,
    /// Pseudonym of the unit, under the same rules; overrides are counted by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._:-]+$")]
    pub unit: Option<String>,
    /// The level the officer would give, noted before the proposal is shown; it does not change the proposal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_level: Option<String>,
}

/// The proposal that is replaced, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// Its `proposal_id`.
    pub proposal_id: String,
    /// What was wrong with its form: 1 to 2000 characters, without names or documents of identity.
    #[schema(min_length = 1, max_length = 2000)]
    pub reason: String,
}

impl Shaped for Replaces {
    const FIELDS: &'static [Field] =
        &[Field::needed("proposal_id", Kind::Text), Field::needed("reason", Kind::Text)];
}

impl Shaped for AssessmentRequest {
    const FIELDS: &'static [Field] = &[
        Field::needed("case_id", Kind::Text),
        Field::needed("instrument", Kind::Text),
        Field::needed("answers", Kind::Answers),
        Field::optional("model", Kind::Text),
        Field::optional("assessed_at", Kind::Text),
        Field::optional("officer", Kind::Object(Officer::FIELDS)),
        Field::optional("replaces", Kind::Object(Replaces::FIELDS)),
        Field::optional("own_view_first", Kind::Flag),
        Field::optional("pairs", Kind::Flag),
        Field::optional("fields", Kind::Texts),
    ];
}

impl Shaped for Officer {
    const FIELDS: &'static [Field] = &[
        Field::needed("id", Kind::Text),
        Field::optional("unit", Kind::Text),
        Field::optional("own_level", Kind::Text),
    ];
}

/// What holds about a request before a version is looked at.
pub(crate) struct Checked {
    /// When the form was filled in.
    pub assessed_at: Timestamp,
    /// The version that is to answer.
    pub model: ModelRef,
    /// What it is asked for.
    pub asked: Asked,
    /// Whether the proposal is withheld until the officer's own level is recorded.
    pub withheld: bool,
    /// What decided which version answers, where two may.
    pub assignment: Option<Assignment>,
    /// What stands beside the answer, if the default version gives it.
    pub shadow: Option<Arc<Shadow>>,
    /// What is wrong so far; told together with what is wrong about the answers.
    details: Vec<Detail>,
}

impl AssessmentRequest {
    /// Checks all that can be checked without the version.
    pub(crate) fn check(&self, now: Timestamp, in_force: &InForce) -> Result<Checked, ApiError> {
        let mut details = Vec::new();
        let mut say = |field: &str, message: String| details.push(Detail::new(field, message));
        if let Some(problem) = identity::case_problem(&self.case_id, &in_force.case_numbers) {
            say("case_id", format!("case id is refused: {problem}"));
        }
        if let Some(problem) = self.officer.as_ref().and_then(|officer| identity::problem(&officer.id)) {
            say("officer.id", format!("officer id is refused: {problem}"));
        }
        let unit = self.officer.as_ref().and_then(|officer| officer.unit.as_deref());
        if let Some(problem) = unit.and_then(identity::problem) {
            say("officer.unit", format!("unit is refused: {problem}"));
        }
        let assessed_at = match self.assessed_at.as_deref().map(rfc3339::timestamp) {
            None => now,
            Some(Some(at)) if at.duration_since(now) > CLOCK_SKEW => {
                say("assessed_at", format!("assessed_at is {at}, which is in the future: it is {now}"));
                now
            }
            Some(Some(at)) if at.as_second() < EARLIEST => {
                say("assessed_at", format!("assessed_at is {at}, expected 2000-01-01T00:00:00Z or later"));
                now
            }
            Some(Some(at)) => at,
            Some(None) => {
                say(
                    "assessed_at",
                    "assessed_at is no RFC 3339 time, expected one like `2025-03-01T09:30:00Z`".to_owned(),
                );
                now
            }
        };
        let (model, assignment) = match &self.model {
            Some(text) => {
                (text.parse::<ModelRef>().map_err(|error| say("model", error.to_string())).ok(), None)
            }
            None => in_force.for_case(&self.case_id),
        };
        if let Some(replaces) = &self.replaces {
            details.extend(identity::reason_problems("replaces.reason", &replaces.reason));
        }
        let withheld = self.own_view_first == Some(true) && self.own_level().is_none();
        let asked = self.asked(|field, message| details.push(Detail::new(field, message)));
        match model {
            Some(model) => {
                let shadow =
                    in_force.shadow.clone().filter(|_| in_force.default_model.as_ref() == Some(&model));
                Ok(Checked { assessed_at, model, asked, withheld, assignment, shadow, details })
            }
            None if self.model.is_none() => Err(ApiError::ModelRequired { details }),
            None => Err(ApiError::Invalid { details }),
        }
    }

    /// The level that the officer gives with the form.
    fn own_level(&self) -> Option<&str> {
        self.officer.as_ref().and_then(|officer| officer.own_level.as_deref())
    }

    /// What it asks for; what is no part of an assessment, or listed twice, is told.
    pub(crate) fn asked(&self, mut say: impl FnMut(String, String)) -> Asked {
        let Some(fields) = &self.fields else { return Asked { parts: Parts::ALL, pairs: self.pairs } };
        for (at, name) in fields.iter().enumerate() {
            if Part::named(name).is_none() {
                let known = Part::ALL.map(|part| format!("`{}`", part.name())).join(", ");
                say(format!("fields.{at}"), format!("field `{name}` is unknown, expected one of {known}"));
            } else if fields[..at].contains(name) {
                say(format!("fields.{at}"), format!("field `{name}` is listed twice"));
            }
        }
        Asked { parts: fields.iter().filter_map(|name| Part::named(name)).collect(), pairs: self.pairs }
    }

    /// The answers that are texts or numbers, as a form is read. One that is something else is left out, so that its
    /// indicator counts as not answered; off the form it stands for its indicator, which is wrong whatever the answer.
    pub(crate) fn form(&self, instrument: &Instrument) -> BTreeMap<String, FormAnswer> {
        let read = |(indicator, answer): (&String, &Value)| {
            let read = match answer {
                Value::String(text) => Some(FormAnswer::Id(text.clone())),
                Value::Number(number) => number.as_f64().map(FormAnswer::Number),
                other => instrument.position(indicator).is_none().then(|| FormAnswer::Id(other.to_string())),
            };
            read.map(|read| (indicator.clone(), read))
        };
        self.answers.iter().filter_map(read).collect()
    }
}

impl Checked {
    /// What else is wrong, found out elsewhere.
    pub fn say(&mut self, field: &str, message: String) {
        self.details.push(Detail::new(field, message));
    }

    /// The same in a service that may demand the officer's own level before a proposal is shown.
    pub fn demanding(mut self, request: &AssessmentRequest, own_view_first: bool) -> Self {
        if own_view_first {
            if request.own_view_first == Some(false) {
                let message = "own_view_first is false, and the service demands the officer's own level before a proposal is shown";
                self.say("own_view_first", message.to_owned());
            }
            self.withheld = request.own_level().is_none();
        }
        self
    }

    /// The same for an answer that has no form for a ticket: what would be withheld is told as a problem.
    pub fn shown_at_once(mut self) -> Self {
        if self.withheld {
            let message =
                "the officer's own level is missing, and the service demands it before a proposal is shown";
            self.say("officer.own_level", message.to_owned());
        }
        self
    }

    /// Checks the form against the version, and gives it with its row of answer codes.
    pub fn row(
        self,
        request: &AssessmentRequest,
        version: &Version,
    ) -> Result<(Vec<u8>, BTreeMap<String, FormAnswer>), ApiError> {
        let Self { mut details, .. } = self;
        let levels = version.protocol().levels();
        if let Some(level) = request.own_level().filter(|level| version.protocol().position(level).is_none())
        {
            let known = levels.iter().map(|l| l.id.as_str()).collect::<Vec<_>>().join(", ");
            details.push(Detail::new("officer.own_level", format!("level `{level}` is none of {known}")));
        }
        let expected = version.instrument().id();
        if request.instrument != expected {
            return Err(ApiError::InstrumentMismatch {
                found: request.instrument.clone(),
                expected: expected.to_owned(),
                version: format!("{}@{}", version.manifest().name, version.manifest().version),
                details,
            });
        }
        let form = request.form(version.instrument());
        let row = match version.encode(&form) {
            Ok(row) => row,
            Err(amparo_datasets::Error::Invalid { problems, .. }) => {
                let of = |p: amparo_datasets::Problem| {
                    let message = no_answer(request, version.instrument(), &p.field).unwrap_or(p.message);
                    Detail::new(format!("answers.{}", p.field), message)
                };
                details.extend(problems.0.into_iter().map(of));
                Vec::new()
            }
            Err(_) => return Err(ApiError::internal("a form cannot be read")),
        };
        if details.is_empty() { Ok((row, form)) } else { Err(ApiError::Invalid { details }) }
    }
}

/// What is wrong with the answer to an indicator of the form, if it is neither a text nor a number.
fn no_answer(request: &AssessmentRequest, instrument: &Instrument, indicator: &str) -> Option<String> {
    let found = match request.answers.get(indicator)? {
        Value::String(_) | Value::Number(_) => return None,
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let expected = expected_answers(&instrument.indicators()[instrument.position(indicator)?]);
    Some(format!("answer to indicator `{indicator}` is {found}, expected one of {expected}"))
}
