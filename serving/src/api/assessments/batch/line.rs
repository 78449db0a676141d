//! A line of a batch: a form with a key of its own, or what it is refused with.

use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::api::assessments::language;
use crate::api::assessments::request::AssessmentRequest;
use crate::api_error::{ApiError, Detail, ErrorBody};
use crate::body;
use crate::extract::key_problem;

/// A line that was refused: an error as every other, with its line and its status.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedLine {
    /// The line: 1, 2, 3, ...
    line: u64,
    /// The status that `POST /v1/assessments` would have answered with.
    status: u16,
    /// One sentence for a person.
    error: String,
    /// The kind of error, for a machine.
    code: String,
    /// What is wrong, field by field; empty where no field is concerned.
    details: Vec<Detail>,
}

impl RefusedLine {
    pub fn of(line: u64, error: ApiError) -> Self {
        let status = error.kind().0.as_u16();
        let ErrorBody { error, code, details } = error.body();
        Self { line, status, error, code, details }
    }
}

/// The key that a line has of its own, and the line without it.
pub(super) fn parsed(
    line: &[u8],
    headers: &HeaderMap,
) -> Result<(AssessmentRequest, Option<String>), ApiError> {
    let (key, form) = taken_apart(line);
    let problem = match &key {
        Some(Err(problem)) => Some(problem.clone()),
        Some(Ok(key)) => key_problem(key),
        None => None,
    };
    let detail = problem
        .map(|problem| Detail::new("idempotency_key", format!("idempotency_key is refused: {problem}")));
    match (body::parse::<AssessmentRequest>(form.as_deref().unwrap_or(line)), detail) {
        (Ok(mut request), None) => {
            language::ask(headers, &mut request);
            Ok((request, key.and_then(Result::ok)))
        }
        (Err(ApiError::Invalid { mut details }), Some(detail)) => {
            details.push(detail);
            Err(ApiError::Invalid { details })
        }
        (Err(error), _) => Err(error),
        (Ok(_), Some(detail)) => Err(ApiError::Invalid { details: vec![detail] }),
    }
}

type Key = Option<Result<String, String>>;

/// The key, if the line is an object that has one once, and the object without it. Of any other line, nothing: what is wrong with it is told when it is read.
fn taken_apart(line: &[u8]) -> (Key, Option<Vec<u8>>) {
    const NAME: &str = "idempotency_key";
    // Most lines have none, and need not be looked at twice.
    let is_object = line.trim_ascii_start().starts_with(b"{");
    if !is_object || !line.windows(NAME.len()).any(|part| part == NAME.as_bytes()) {
        return (None, None);
    }
    #[derive(Deserialize)]
    struct Keyed<'a> {
        #[serde(borrow)]
        idempotency_key: &'a RawValue,
    }
    // Twice the same field is an error here.
    let Ok(Keyed { idempotency_key }) = serde_json::from_slice::<Keyed<'_>>(line) else {
        return (None, None);
    };
    let text = idempotency_key.get();
    let key = match serde_json::from_str::<Option<String>>(text) {
        Ok(Some(key)) => Some(Ok(key)),
        Ok(None) => None,
        Err(_) => Some(Err("it is no text, expected 1 to 200 visible ASCII characters".to_owned())),
    };
    (key, without(line, text))
}

/// An object without the field of a value that stands in it.
fn without(line: &[u8], value: &str) -> Option<Vec<u8>> {
    let from = value.as_ptr().addr().checked_sub(line.as_ptr().addr())?;
    let to = from + value.len();
    let before = line.get(..from)?;
    // Back over the colon and the name, whose first quote is the last but one before the colon.
    let colon = before.iter().rposition(|byte| *byte == b':')?;
    let last_quote = before[..colon].iter().rposition(|byte| *byte == b'"')?;
    let name = before[..last_quote].iter().rposition(|byte| *byte == b'"')?;
    let next = |at: usize| line[at..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|n| at + n);
    let mut kept = Vec::with_capacity(line.len());
    match next(to) {
        Some(at) if line[at] == b',' => {
            kept.extend_from_slice(&line[..name]);
            kept.extend_from_slice(&line[at + 1..]);
        }
        _ => {
            let comma = line[..name].iter().rposition(|byte| !byte.is_ascii_whitespace())?;
            let end = if line[comma] == b',' { comma } else { name };
            kept.extend_from_slice(&line[..end]);
            kept.extend_from_slice(&line[to..]);
        }
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_key_is_taken_out_wherever_it_stands() {
        for (line, key, rest) in [
            (r#"{"idempotency_key":"k","case_id":"c"}"#, Some("k"), r#"{"case_id":"c"}"#),
            (
                r#"{"case_id":"c", "idempotency_key" : "k\"," , "x": 1}"#,
                Some("k\","),
                r#"{"case_id":"c",  "x": 1}"#,
            ),
            (r#"{"case_id":"c","idempotency_key":"k" }"#, Some("k"), r#"{"case_id":"c" }"#),
            (r#"{"idempotency_key":null}"#, None, "{}"),
        ] {
            let (found, form) = taken_apart(line.as_bytes());
            assert_eq!(found.map(Result::unwrap).as_deref(), key, "{line}");
            assert_eq!(String::from_utf8(form.unwrap()).unwrap(), rest);
        }
        for line in [r#"{"case_id":"idempotency_key"}"#, r#"["idempotency_key"]"#, r#"{"idempotency_key":"#] {
            assert_eq!(taken_apart(line.as_bytes()), (None, None), "{line}");
        }
        assert!(taken_apart(br#"{"idempotency_key":7}"#).0.unwrap().is_err());
    }
}
