//! What is told of a request that failed: what happened, and nothing that was sent.
//!
//! A store's answer to a wrong signature repeats the key and what was signed, so answers are never shown, only their status and code.

use std::error::Error;
use std::io::{self, ErrorKind};

/// What a failed request is as an error of the system.
pub(super) fn told(error: &object_store::Error) -> io::Error {
    use object_store::Error as E;
    let kind = match error {
        E::NotFound { .. } => ErrorKind::NotFound,
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        E::NotSupported { .. } | E::NotImplemented { .. } => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, words(error))
}

/// Whether the same request may be answered otherwise a moment later: the connection broke, or the store was busy.
pub(super) fn is_passing(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::Generic { .. } | object_store::Error::JoinError { .. })
        || is_conflict(error)
}

/// Whether a conditional put met another one of the same object: 409, after which S3 wants it to be repeated, and not 412.
pub(super) fn is_conflict(error: &object_store::Error) -> bool {
    match error {
        object_store::Error::AlreadyExists { source, .. } => source.to_string().contains("status code: 409"),
        _ => false,
    }
}

/// Whether the store refused a conditional put because its condition does not hold.
pub(super) fn is_refusal(error: &object_store::Error) -> bool {
    use object_store::Error as E;
    matches!(error, E::AlreadyExists { .. } | E::Precondition { .. } | E::NotModified { .. })
        && !is_conflict(error)
}

/// What the first cause says; of an answer, its status and code.
fn words(error: &object_store::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    let Some((_, answer)) = text.split_once("status code: ") else {
        // Words of the client or the system; where an answer is part of them, it begins with a tag or a brace.
        return text.split(['<', '{']).next().unwrap_or_default().trim_end_matches([':', ' ']).to_owned();
    };
    let status = answer.split(':').next().unwrap_or_default().trim();
    let code = answer.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    match code {
        Some((code, _)) if code.chars().all(|c| c.is_ascii_alphanumeric()) => format!("{status} ({code})"),
        _ => status.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> object_store::Error {
        object_store::Error::Generic { store: "S3", source: text.into() }
    }

    #[test]
    fn an_answer_is_told_by_its_status_and_code_alone() {
        let answer = "Server returned non-2xx status code: 403 Forbidden: <?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code>\
                      <AWSAccessKeyId>AKIA</AWSAccessKeyId><StringToSign>secret</StringToSign></Error>";
        assert_eq!(told(&of(answer)).to_string(), "403 Forbidden (SignatureDoesNotMatch)");
        let odd = "Server returned non-2xx status code: 500 Internal Server Error: <html>secret</html>";
        assert_eq!(told(&of(odd)).to_string(), "500 Internal Server Error");
        assert_eq!(
            told(&of("Server returned error response: <Error>secret</Error>")).to_string(),
            "Server returned error response"
        );
        assert_eq!(
            told(&of("Connection refused (os error 111)")).to_string(),
            "Connection refused (os error 111)"
        );
    }

    #[test]
    fn what_may_pass_is_told_from_what_is_refused() {
        let exists =
            |text: &str| object_store::Error::AlreadyExists { path: "a/409".to_owned(), source: text.into() };
        let (conflict, refusal) =
            (exists("Server returned non-2xx status code: 409 Conflict: "), exists("it is there"));
        assert!(is_passing(&conflict) && !is_refusal(&conflict));
        assert!(is_refusal(&refusal) && !is_passing(&refusal));
        assert!(is_passing(&of("operation timed out")) && !is_refusal(&of("operation timed out")));
    }
}
