//! What an error says: small, whatever was sent. A client that is wrong a thousand times is told so in at most 64 kB.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of every error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// One sentence for a person.
    #[schema(example = "request is refused: 1 problem")]
    pub error: String,
    /// The kind of error, for a machine.
    #[schema(example = "invalid_request")]
    pub code: String,
    /// What is wrong, field by field; empty where no field is concerned.
    pub details: Vec<Detail>,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Detail {
    /// The field: `case_id`, `answers.I05`.
    #[schema(example = "answers.I05")]
    pub field: String,
    /// Found and expected, in words.
    #[schema(
        example = "answer `maybe` to indicator `I05` is none of absent, mild, severe, very_severe, unknown"
    )]
    pub message: String,
}

impl Detail {
    /// A problem with a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

/// Most bytes of the details as JSON. With the sentence, the code and what is said of the rest, a body has at most 64,000.
const MOST_BYTES: usize = 48_000;

/// Characters kept of the beginning and of the end of a text. What was found stands in the middle of a sentence, and what was
/// expected at its end.
const BEGINNING: usize = 700;
const END: usize = 300;

/// The same with long texts shortened and with as many details as there is room for. How many are left out is said in a last one.
pub(crate) fn bounded(body: ErrorBody) -> ErrorBody {
    let ErrorBody { error, code, details } = body;
    let n_details = details.len();
    let mut room = MOST_BYTES;
    let mut kept: Vec<Detail> = Vec::new();
    for Detail { field, message } in details {
        let detail = Detail { field: shortened(field), message: shortened(message) };
        // As it will be written: what has to be escaped takes up to six times its length. The rest is names, signs and a comma.
        let Some(left) = room.checked_sub(written(&detail.field) + written(&detail.message) + 24) else {
            break;
        };
        room = left;
        kept.push(detail);
    }
    let n_left_out = n_details - kept.len();
    if n_left_out > 0 {
        kept.push(Detail::new("", format!("{n_left_out} more of {n_details} problems are not listed")));
    }
    ErrorBody { error: shortened(error), code, details: kept }
}

/// Bytes of a text as JSON, without its quotes; six for whatever may have to be escaped.
fn written(text: &str) -> usize {
    text.chars().map(|c| if c < ' ' || matches!(c, '"' | '\\') { 6 } else { c.len_utf8() }).sum()
}

fn shortened(text: String) -> String {
    let n = text.chars().count();
    if n <= BEGINNING + END + 50 {
        return text;
    }
    let at = |k: usize| text.char_indices().nth(k).map_or(text.len(), |(at, _)| at);
    let (beginning, end) = (&text[..at(BEGINNING)], &text[at(n - END)..]);
    format!("{beginning} ... [{} characters left out] ... {end}", n - BEGINNING - END)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn body(details: Vec<Detail>) -> ErrorBody {
        ErrorBody { error: "é".repeat(5_000), code: "invalid_request".to_owned(), details }
    }

    #[test]
    fn no_error_is_larger_than_64_kb() {
        for text in ["x", "é", "\u{1}", "\"", "🙂"] {
            for (length, n) in [(1, 100_000), (900, 100), (1_000_000, 3), (0, 100_000)] {
                let text = text.repeat(length);
                let all = vec![Detail::new(text.clone(), text); n];
                let small = bounded(body(all));
                let bytes = serde_json::to_vec(&small).unwrap().len();
                assert!(bytes <= 64_000, "{bytes} bytes of {n} details of {length} characters");
                let more = &small.details.last().unwrap().message;
                let listed = small.details.len();
                if listed < n {
                    let expected = format!("{} more of {n} problems are not listed", n + 1 - listed);
                    assert_eq!(more, &expected);
                }
            }
        }
    }

    #[test]
    fn what_is_small_stays_as_it_is() {
        let small = ErrorBody {
            error: "request is refused: 2 problems".to_owned(),
            code: "invalid_request".to_owned(),
            details: vec![Detail::new("a", "b"), Detail::new("c", "é".repeat(1_050))],
        };
        assert_eq!(bounded(small.clone()), small);
    }

    #[test]
    fn of_a_long_text_both_ends_are_kept() {
        let text = format!("answer `{}` to indicator `I05` is none of absent, unknown", "ñ".repeat(100_000));
        let found = shortened(text);
        assert!(
            found.starts_with("answer `ñ")
                && found.ends_with("to indicator `I05` is none of absent, unknown")
        );
        assert!(found.contains("[99055 characters left out]"), "{found}");
    }
}
