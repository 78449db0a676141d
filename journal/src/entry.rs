//! What is to be appended, and what stands in the log once it is.

use serde::{Deserialize, Serialize};

use crate::Error;

/// The kind of an entry that holds a proposal.
pub const PROPOSAL: &str = "proposal";
/// The kind of an entry that holds a confirmation.
pub const CONFIRMATION: &str = "confirmation";
/// The kind of an entry that holds the level an officer gave before a withheld proposal was shown.
pub const OWN_VIEW: &str = "own_view";
/// The kind of an entry that says who was shown something of cases.
pub const READ: &str = "read";
/// The kind of an entry by which the log's key hands over to the next; see [`Rotation`](crate::Rotation).
pub const KEY_ROTATION: &str = "key_rotation";

/// The kind of an entry that says which others were erased; see [`Erasure`](crate::Erasure).
pub const ERASURE: &str = "erasure";

/// What the id of a confirmation adds to that of its proposal.
const CONFIRMS: &str = "/confirmation";
/// What the id of an officer's own view adds to that of its proposal.
const VIEWS: &str = "/own-view";
/// What stands between a proposal's id and what is drawn, in the id of a reading of it.
const READS: &str = "/read/";

/// What is to be appended.
#[derive(Debug, Clone)]
pub struct Record {
    /// [`PROPOSAL`], [`CONFIRMATION`], [`OWN_VIEW`], [`READ`], [`KEY_ROTATION`] or [`ERASURE`].
    pub kind: &'static str,
    /// Unique in the log.
    pub id: String,
    /// The client's own key for this request, unique in the log.
    pub idempotency_key: Option<String>,
    /// SHA-256 of what was asked.
    pub request_digest: String,
    /// What was asked and what was answered, as JSON.
    pub body: String,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// 1, 2, 3, ... without gaps.
    pub sequence: i64,
    /// [`PROPOSAL`], [`CONFIRMATION`], [`OWN_VIEW`], [`READ`], [`KEY_ROTATION`] or [`ERASURE`].
    pub kind: String,
    /// Unique in the log.
    pub id: String,
    /// The client's own key for this request.
    pub idempotency_key: Option<String>,
    /// SHA-256 of what was asked; `None` once the entry was erased.
    pub request_digest: Option<String>,
    /// What was asked and what was answered, as JSON; `None` once the entry was erased.
    pub body: Option<String>,
    /// Hash of the entry before, or [`GENESIS`](crate::GENESIS).
    pub previous: String,
    /// See [`hash`](fn@crate::hash).
    pub hash: String,
    /// What the store finds the entry by: [`case_of`] its body. The hash does not cover it, because the body says it
    /// already; verification compares the two. For the same reason it is not part of an exported entry.
    #[serde(skip)]
    pub case_id: Option<String>,
}

/// What became of a [`Record`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log, durably.
    Written(Entry),
    /// The same request with the same key was in the log already; nothing was written.
    Repeated(Entry),
    /// The key belongs to another request; nothing was written.
    KeyTaken,
    /// The id is in the log already; nothing was written.
    IdTaken,
    /// It confirms, views, replaces or reads a proposal that was erased; nothing was written.
    ProposalErased,
    /// It confirms, views or replaces a proposal that was replaced by another; nothing was written.
    ProposalReplaced,
}

impl Entry {
    /// Whether what it held of a case is gone; see [`Erasure`](crate::Erasure).
    pub fn is_erased(&self) -> bool {
        self.body.is_none()
    }

    /// What was asked and answered.
    ///
    /// # Errors
    /// [`Error::Erased`].
    pub fn body(&self) -> Result<&str, Error> {
        self.body.as_deref().ok_or_else(|| Error::Erased { id: self.id.clone(), sequence: self.sequence })
    }

    /// What its body says, in the form that this edition writes.
    ///
    /// # Errors
    /// [`Error::Erased`]; [`Error::Entry`] if the body has another form.
    pub(crate) fn parsed<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Error> {
        serde_json::from_str(self.body()?).map_err(|error| Error::Entry {
            id: self.id.clone(),
            problem: format!("it is not as this edition logs: {error}"),
        })
    }
}

impl Record {
    /// The id of the proposal before it that it is about: that it confirms, views, reads or, as its body says, replaces.
    pub(crate) fn about<'a>(&'a self, replaces: Option<&'a str>) -> Option<&'a str> {
        belongs_to(self.kind, &self.id).or(replaces)
    }

    /// Whether it may be about a proposal that was replaced: that may be read.
    pub(crate) fn takes_replaced(&self) -> bool {
        self.kind == READ
    }

    /// What becomes of this record if `held` has its idempotency key already.
    pub fn with_key_of(&self, held: Entry) -> Appended {
        if held.request_digest.as_ref() == Some(&self.request_digest) {
            Appended::Repeated(held)
        } else {
            Appended::KeyTaken
        }
    }
}

/// The id of the confirmation of a proposal.
pub fn confirmation_of(proposal_id: &str) -> String {
    format!("{proposal_id}{CONFIRMS}")
}

/// The id of the officer's own view of a proposal.
pub fn own_view_of(proposal_id: &str) -> String {
    format!("{proposal_id}{VIEWS}")
}

/// The id of a reading of a proposal, with something that is drawn for it; without a proposal, of a reading that tells no case of anything.
pub fn read_of(proposal_id: Option<&str>, drawn: &str) -> String {
    format!("{}{READS}{drawn}", proposal_id.unwrap_or_default())
}

/// Whether entries of a kind hold something of a case, and may be erased.
pub(crate) fn is_of_a_case(kind: &str) -> bool {
    [PROPOSAL, CONFIRMATION, OWN_VIEW, READ].contains(&kind)
}

/// The id of the proposal that an entry of this kind and id belongs to, if it is the confirmation or the own view of one.
pub(crate) fn proposal_of<'a>(kind: &str, id: &'a str) -> Option<&'a str> {
    match kind {
        CONFIRMATION => id.strip_suffix(CONFIRMS),
        OWN_VIEW => id.strip_suffix(VIEWS),
        _ => None,
    }
}

/// The id of the proposal that an entry of this kind and id goes with when that is erased: its confirmation, its own view or a reading of it.
pub(crate) fn belongs_to<'a>(kind: &str, id: &'a str) -> Option<&'a str> {
    match kind {
        READ => id.split_once(READS).map(|(proposal, _)| proposal).filter(|proposal| !proposal.is_empty()),
        _ => proposal_of(kind, id),
    }
}

/// The case that a body is about: the text at `request.case_id`, or `None` if there is none.
///
/// Of a body that begins with `{"request":{"case_id":"`, nothing behind that text is looked at. A confirmation names no case of its own. It is found by its id, which begins with that of the proposal.
pub fn case_of(body: &str) -> Option<String> {
    // As services write it, the case stands at the beginning. The rest, a thousand times as long, need not be read.
    if let Some((case, _)) =
        body.strip_prefix(r#"{"request":{"case_id":""#).and_then(|rest| rest.split_once('"'))
        && !case.contains('\\')
    {
        return Some(case.to_owned());
    }
    #[derive(Deserialize)]
    struct Body {
        request: Request,
    }
    #[derive(Deserialize)]
    struct Request {
        case_id: String,
    }
    serde_json::from_str(body).ok().map(|Body { request }| request.case_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_names_its_case_in_the_request_only() {
        let named = r#"{"answer": {"case_id": "other"}, "request": {"x": [1], "case_id": "c-\u0031"}}"#;
        assert_eq!(case_of(named).as_deref(), Some("c-1"));
        // As a service writes it, and with an escape, for which the whole has to be read.
        let body =
            serde_json::json!({"request": {"case_id": "c-1", "answers": {"case_id": "no"}}, "answer": 1});
        for (case, written) in [("c-1", "c-1"), ("", ""), ("c\"1", r#"c\"1"#)] {
            let body = body.to_string().replace("c-1", written);
            let of_the_request =
                format!(r#"{{"request":{{"case_id":"{written}","instrument":"i"}},"answer":{body}}}"#);
            assert_eq!(case_of(&of_the_request).as_deref(), Some(case), "{of_the_request}");
            assert!(serde_json::from_str::<serde_json::Value>(&of_the_request).is_ok());
        }
        for body in [
            r#"{"request": {"officer": {"id": "o"}}, "answer": {"proposal_id": "p"}}"#,
            r#"{"answer": {"case_id": "c-1"}}"#,
            r#"{"request": {"case_id": 1}}"#,
            r#"{"request": {"case_id": "c-1"}"#,
            "",
        ] {
            assert_eq!(case_of(body), None, "{body}");
        }
    }
}
