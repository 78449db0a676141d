//! Errors, as the protocol's clients show them: of a body they show the field `error` and nothing else.

use axum::response::{IntoResponse, Response};

use crate::api_error::{ApiError, ErrorBody};

/// Problems that the sentence itself names.
const NAMED: usize = 5;

/// Characters of each.
const LENGTH: usize = 300;

/// An error whose sentence holds what is wrong.
#[derive(Debug)]
pub(crate) struct Told(ApiError);

impl From<ApiError> for Told {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        self.0.respond(spoken)
    }
}

/// The body with the first problems in its sentence, and how many more there are.
fn spoken(mut body: ErrorBody) -> ErrorBody {
    // Some errors say in their sentence already what is the first of their details.
    let details = body.details.iter().filter(|detail| !body.error.contains(&detail.message));
    let messages: Vec<&str> = details.map(|detail| detail.message.as_str()).collect();
    if messages.is_empty() {
        return body;
    }
    let named: Vec<String> = messages.iter().take(NAMED).map(|message| cut(message)).collect();
    body.error = format!("{}: {}", body.error, named.join("; "));
    if messages.len() > NAMED {
        body.error = format!("{}; and {} more", body.error, messages.len() - NAMED);
    }
    body
}

fn cut(message: &str) -> String {
    match message.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{} ...", &message[..at]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::Detail;

    fn said(details: &[&str]) -> String {
        let details = details.iter().map(|message| Detail::new("x", *message)).collect();
        spoken(ErrorBody { error: "refused".to_owned(), code: "c".to_owned(), details }).error
    }

    #[test]
    fn the_sentence_names_the_first_problems_and_counts_the_others() {
        assert_eq!(said(&[]), "refused");
        assert_eq!(said(&["a", "b"]), "refused: a; b");
        assert_eq!(said(&["1", "2", "3", "4", "5", "6", "7"]), "refused: 1; 2; 3; 4; 5; and 2 more");
        assert_eq!(said(&["refused"]), "refused");
        assert_eq!(said(&["é".repeat(400).as_str()]).chars().count(), "refused: ".len() + LENGTH + 4);
    }
}
