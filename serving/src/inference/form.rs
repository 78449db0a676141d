//! Requests made of tensors, one a row.
//!
//! A form comes as one input `answers` of shape `[n, indicators]`, in the order of the form, or as one input an indicator, of shape `[n]` or
//! `[n, 1]`. An answer is its id or its code; `null` and NaN stand for `unknown`, and nothing stands for an indicator that is not there.

use std::collections::BTreeMap;

use amparo_datasets::{FormAnswer, Indicator, Instrument, UNKNOWN};
use amparo_models::{ModelRef, Version};
use serde_json::Value;

use super::MOST_ROWS;
use super::wire::{Datatype, Element, Input, Request};
use crate::api_error::Detail;
use crate::{AssessmentRequest, Officer};

/// The input that holds the whole form.
pub(super) const ANSWERS: &str = "answers";

/// What the name of an input ends with that holds a number in the unit of an indicator's bins.
pub(super) const NUMBER: &str = ".number";

/// Inputs that hold texts beside the form; each is the field of a request.
pub(super) const TEXTS: [&str; 5] =
    ["case_id", "assessed_at", "officer.id", "officer.unit", "officer.own_level"];

/// What forms are read for.
pub(super) struct Reading<'a> {
    /// The version that is to answer.
    pub version: &'a Version,
    /// How it was named.
    pub reference: &'a ModelRef,
    /// The parts that are wanted of each answer; none for all.
    pub fields: Option<Vec<String>>,
    /// Whether each row has to say which case it is of.
    pub of_cases: bool,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// One of [`TEXTS`].
    Text(usize),
    /// All answers.
    Answers,
    /// The answer to the indicator at this place.
    Answer(usize),
    /// The number that it asks for.
    Number(usize),
}

impl Reading<'_> {
    /// The requests of all rows.
    ///
    /// # Errors
    /// Everything that is wrong with names, shapes and columns; if nothing is, with elements.
    pub fn requests(&self, request: &Request<'_>) -> Result<Vec<AssessmentRequest>, Vec<Detail>> {
        let mut details = Vec::new();
        let roles: Vec<_> = request.inputs.iter().map(|input| self.role(input, &mut details)).collect();
        let inputs: Vec<(&Input<'_>, Role)> =
            request.inputs.iter().zip(roles).filter_map(|(input, role)| Some((input, role?))).collect();
        let n_rows = inputs.first().and_then(|(input, _)| input.shape.first()).copied().unwrap_or(0);
        if !(1..=MOST_ROWS).contains(&n_rows) && !inputs.is_empty() {
            let message = format!("{n_rows} rows found, expected 1 to {MOST_ROWS} in one request");
            details.push(Detail::new("inputs", message));
        }
        for (input, role) in &inputs {
            self.check_shape(input, *role, n_rows, &mut details);
        }
        self.check_columns(&inputs, n_rows, &mut details);
        if !details.is_empty() {
            return Err(details);
        }
        let mut rows: Vec<AssessmentRequest> = (0..n_rows).map(|_| self.empty()).collect();
        for (input, role) in inputs {
            match input.elements() {
                Ok(elements) => self.put(input, role, elements, &mut rows, &mut details),
                Err(problem) => details.push(Detail::new(problem.field, problem.message)),
            }
        }
        if details.is_empty() { Ok(rows) } else { Err(details) }
    }

    fn instrument(&self) -> &Instrument {
        self.version.instrument()
    }

    fn empty(&self) -> AssessmentRequest {
        AssessmentRequest {
            case_id: if self.of_cases { String::new() } else { "not-logged".to_owned() },
            instrument: self.instrument().id().to_owned(),
            answers: BTreeMap::new(),
            model: Some(self.reference.to_string()),
            assessed_at: None,
            officer: None,
            replaces: None,
            own_view_first: None,
            pairs: false,
            fields: self.fields.clone(),
        }
    }

    fn role(&self, input: &Input<'_>, details: &mut Vec<Detail>) -> Option<Role> {
        let (name, instrument) = (input.name.as_str(), self.instrument());
        let text = || TEXTS.iter().position(|text| *text == name).map(Role::Text);
        let answers = || (name == ANSWERS).then_some(Role::Answers);
        let answer = || instrument.position(name).map(Role::Answer);
        let number = || {
            let at = instrument.position(name.strip_suffix(NUMBER)?)?;
            instrument.indicators()[at].bins().map(|_| Role::Number(at))
        };
        let role = text().or_else(answers).or_else(answer).or_else(number);
        if role.is_none() {
            let message = format!(
                "input `{name}` is neither `{ANSWERS}`, nor an indicator of the form `{}`, nor one of {}",
                instrument.id(),
                TEXTS.map(|name| format!("`{name}`")).join(", ")
            );
            details.push(Detail::new(format!("inputs.{name}"), message));
        }
        role
    }

    fn check_shape(&self, input: &Input<'_>, role: Role, n_rows: usize, details: &mut Vec<Detail>) {
        let Input { name, shape, datatype, .. } = input;
        let mut say = |message: String| details.push(Detail::new(format!("inputs.{name}"), message));
        let n = self.instrument().indicators().len();
        let (fits, expected) = match role {
            Role::Answers => (shape[..] == [n_rows, n], format!("[{n_rows}, {n}]")),
            _ => (shape[..] == [n_rows] || shape[..] == [n_rows, 1], format!("[{n_rows}] or [{n_rows}, 1]")),
        };
        if !fits {
            say(format!("shape of input `{name}` is {shape:?}, expected {expected}"));
        }
        let datatype = *datatype;
        if matches!(role, Role::Text(_)) && datatype != Datatype::Bytes {
            say(format!("datatype of input `{name}` is {}, expected BYTES", datatype.name()));
        }
        if matches!(role, Role::Number(_)) && datatype == Datatype::Bytes {
            say(format!("datatype of input `{name}` is BYTES, expected one of numbers"));
        }
    }

    /// What is given twice, and what is missing.
    fn check_columns(&self, inputs: &[(&Input<'_>, Role)], n_rows: usize, details: &mut Vec<Detail>) {
        let indicators = self.instrument().indicators();
        let given = |role: Role| inputs.iter().filter(|(_, of)| *of == role).count();
        for (k, name) in TEXTS.iter().enumerate().filter(|(k, _)| given(Role::Text(*k)) > 1) {
            let _ = k;
            details.push(Detail::new(format!("inputs.{name}"), format!("input `{name}` is given twice")));
        }
        if self.of_cases && given(Role::Text(0)) == 0 {
            let message = "input `case_id` is missing, expected BYTES of shape [n]: every proposal is logged by its case".to_owned();
            details.push(Detail::new("inputs.case_id", message));
        }
        let mut answered = BTreeMap::new();
        for (j, indicator) in indicators.iter().enumerate() {
            let id = &indicator.id;
            match given(Role::Answers) + given(Role::Answer(j)) + given(Role::Number(j)) {
                0 => continue,
                1 => {}
                n => details.push(Detail::new(
                    format!("inputs.{id}"),
                    format!("indicator `{id}` is answered by {n} inputs, expected one"),
                )),
            }
            answered.insert(id.clone(), FormAnswer::Id(UNKNOWN.to_owned()));
        }
        if let Err(amparo_datasets::Error::Invalid { problems, .. }) = self.version.encode(&answered) {
            let n = indicators.len();
            details.extend(problems.0.into_iter().map(|problem| {
                let id = problem.field;
                let message = format!(
                    "indicator `{id}` is not answered, expected an input `{id}` of shape [{n_rows}], or all in `{ANSWERS}` of shape [{n_rows}, {n}]"
                );
                Detail::new(format!("inputs.{id}"), message)
            }));
        }
    }

    /// Puts the elements of an input where they belong.
    fn put(
        &self,
        input: &Input<'_>,
        role: Role,
        elements: Vec<Element<'_>>,
        rows: &mut [AssessmentRequest],
        details: &mut Vec<Detail>,
    ) {
        let indicators = self.instrument().indicators();
        let width = if role == Role::Answers { indicators.len() } else { 1 };
        for (k, element) in elements.into_iter().enumerate() {
            let (row, at) = (k / width, k % width);
            let Some(request) = rows.get_mut(row) else { return };
            let said = match role {
                Role::Text(text) => put_text(request, text, element),
                Role::Number(j) => put_number(request, &indicators[j], element),
                Role::Answer(j) => put_answer(request, &indicators[j], element),
                Role::Answers => put_answer(request, &indicators[at], element),
            };
            if let Err(message) = said {
                details.push(Detail::new(
                    format!("inputs.{}[{k}]", input.name),
                    format!("{message} (row {row})"),
                ));
            }
        }
    }
}

fn put_text(request: &mut AssessmentRequest, text: usize, element: Element<'_>) -> Result<(), String> {
    let found = match element {
        Element::Text(text) => Some(text.into_owned()),
        Element::Missing => None,
        Element::Whole(_) | Element::Number(_) => return Err("a number found, expected a text".to_owned()),
    };
    let no_id = || Officer { id: String::new(), unit: None, own_level: None };
    let officer = &mut request.officer;
    match TEXTS[text] {
        "case_id" => request.case_id = found.ok_or("`case_id` is null, expected the pseudonym of a case")?,
        "assessed_at" => request.assessed_at = found,
        "officer.id" => {
            if let Some(id) = found {
                officer.get_or_insert_with(no_id).id = id;
            }
        }
        "officer.unit" if found.is_some() => officer.get_or_insert_with(no_id).unit = found,
        "officer.own_level" if found.is_some() => officer.get_or_insert_with(no_id).own_level = found,
        _ => {}
    }
    Ok(())
}

fn put_number(
    request: &mut AssessmentRequest,
    indicator: &Indicator,
    element: Element<'_>,
) -> Result<(), String> {
    let answer = match element {
        Element::Missing => UNKNOWN.into(),
        // Every number that a form could ask for is one of these exactly.
        Element::Whole(number) => {
            serde_json::Number::from_f64(number as f64).map_or(Value::Null, Value::from)
        }
        Element::Number(number) => serde_json::Number::from_f64(number).map_or(Value::Null, Value::from),
        Element::Text(_) => Value::Null,
    };
    if answer.is_null() {
        let id = &indicator.id;
        return Err(format!(
            "number of indicator `{id}` is none, expected a finite one, or NaN for `{UNKNOWN}`"
        ));
    }
    request.answers.insert(indicator.id.clone(), answer);
    Ok(())
}

fn put_answer(
    request: &mut AssessmentRequest,
    indicator: &Indicator,
    element: Element<'_>,
) -> Result<(), String> {
    let of_code = |code: i128| {
        usize::try_from(code)
            .ok()
            .and_then(|code| indicator.answers().get(code))
            .map(|answer| answer.id.clone())
    };
    let (answer, found) = match element {
        Element::Missing => (Some(UNKNOWN.to_owned()), String::new()),
        // Whether it is an answer is found out where every other form is checked.
        Element::Text(text) => (Some(text.into_owned()), String::new()),
        Element::Whole(code) => (of_code(code), code.to_string()),
        // A whole number that is too large for a code stays too large.
        Element::Number(code) if code.fract() == 0.0 => (of_code(code as i128), code.to_string()),
        Element::Number(code) => (None, code.to_string()),
    };
    let Some(answer) = answer else {
        return Err(format!(
            "answer to indicator `{}` is the code {found}, expected {}",
            indicator.id,
            codes(indicator)
        ));
    };
    request.answers.insert(indicator.id.clone(), Value::String(answer));
    Ok(())
}

/// The codes of an indicator, for messages.
fn codes(indicator: &Indicator) -> String {
    let listed = |(code, answer): (usize, &amparo_datasets::Answer)| format!("{code} ({})", answer.id);
    let answers = indicator.answers();
    if answers.len() <= 8 {
        let all: Vec<_> = answers.iter().enumerate().map(listed).collect();
        format!("one of {}", all.join(", "))
    } else {
        format!("a whole number from 0 to {}, where {0} is `{UNKNOWN}`", answers.len() - 1)
    }
}
