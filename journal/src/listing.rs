//! What a store keeps beside each proposal, so that proposals are listed and searched without reading a body.
//!
//! All of it is derived: from the proposal's own body ([`Summary::of`]), and from the later entries that belong to it. [`Log::verify`](crate::Log::verify)
//! compares the two, as it does with the case that an entry is filed under.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{Entry, PROPOSAL};

/// What the body of a proposal says about it; nothing where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// When it was made: `answer.created_at`, in milliseconds since 1970.
    pub created_at: Option<i64>,
    /// The proposed level: `answer.level`.
    pub level: Option<String>,
    /// The model that answered: `answer.model`.
    pub model: Option<String>,
    /// Its version: `answer.version`.
    pub version: Option<u32>,
    /// The officer's unit: `request.officer.unit`.
    pub unit: Option<String>,
    /// The institution of the caller: `caller.institution`.
    pub institution: Option<String>,
    /// Whether it is withheld until the officer's own level is recorded: `answer.own_view_first`.
    pub own_view_first: bool,
    /// The proposal that it replaces: `request.replaces.proposal_id`.
    pub replaces: Option<String>,
}

/// A proposal as it is listed; one that was erased is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its place in the log.
    pub sequence: i64,
    /// Its id.
    pub proposal_id: String,
    /// Its case.
    pub case_id: Option<String>,
    /// What its body says.
    pub summary: Summary,
    /// The entry that confirms it.
    pub confirmation: Option<i64>,
    /// The entry with the officer's own level.
    pub own_view: Option<i64>,
    /// The entry that replaces it.
    pub replacement: Option<i64>,
    /// The id of that entry.
    pub replaced_by: Option<String>,
}

/// Which proposals are looked for: those of which all that is given here is true.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Of this case.
    pub case_id: Option<String>,
    /// Made at this time or later, in milliseconds since 1970.
    pub from: Option<i64>,
    /// Made before this time, in milliseconds since 1970.
    pub to: Option<i64>,
    /// Of this level.
    pub level: Option<String>,
    /// Of this model.
    pub model: Option<String>,
    /// Of this version.
    pub version: Option<u32>,
    /// Of this unit.
    pub unit: Option<String>,
    /// Of a caller of this institution; `Some(None)` is of a caller of none.
    pub institution: Option<Option<String>>,
    /// Confirmed, or not.
    pub confirmed: Option<bool>,
    /// Whether a level is not found by while its proposal is withheld; see [`Listed::is_withheld`].
    pub without_withheld_levels: bool,
}

/// Which part of what is found is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Where the page before ended, which is left out; `None` for the first page.
    pub after: Option<i64>,
    /// Whether the newest come first.
    pub newest_first: bool,
    /// Most proposals on it.
    pub limit: u32,
}

impl Summary {
    /// What a body of a kind says; `None` of what is no proposal.
    pub fn of(kind: &str, body: &str) -> Option<Self> {
        if kind != PROPOSAL {
            return None;
        }
        // A body in another form is listed by nothing that it says.
        let Body { request, answer, caller } = serde_json::from_str(body).unwrap_or_default();
        Some(Self {
            created_at: answer.created_at.map(Timestamp::as_millisecond),
            level: answer.level,
            model: answer.model,
            version: answer.version,
            unit: request.officer.and_then(|officer| officer.unit),
            institution: caller.and_then(|caller| caller.institution),
            own_view_first: answer.own_view_first,
            replaces: request.replaces.map(|replaces| replaces.proposal_id),
        })
    }

    /// What an entry is listed by; `None` of one that is no proposal, or was erased.
    pub(crate) fn of_entry(entry: &Entry) -> Option<Self> {
        Self::of(&entry.kind, entry.body.as_deref()?)
    }
}

impl Listed {
    /// Whether its level is not to be shown yet: the officer's own level is recorded first.
    pub fn is_withheld(&self) -> bool {
        self.summary.own_view_first && self.own_view.is_none()
    }
}

impl Search {
    /// Whether a proposal is one of those that are looked for.
    pub fn finds(&self, listed: &Listed) -> bool {
        let Summary { created_at, level, model, version, unit, institution, .. } = &listed.summary;
        let is = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        is(&self.case_id, &listed.case_id)
            && is(&self.level, level)
            && is(&self.model, model)
            && is(&self.unit, unit)
            && self.institution.as_ref().is_none_or(|wanted| wanted == institution)
            && (self.version.is_none() || self.version == *version)
            && self.from.is_none_or(|from| created_at.is_some_and(|at| at >= from))
            && self.to.is_none_or(|to| created_at.is_some_and(|at| at < to))
            && self.confirmed.is_none_or(|confirmed| confirmed == listed.confirmation.is_some())
            && !(self.level.is_some() && self.without_withheld_levels && listed.is_withheld())
    }
}

impl Page {
    /// So many from the oldest on, from a sequence on.
    pub(crate) fn from(sequence: i64, limit: u32) -> Self {
        Self { after: sequence.checked_sub(1), newest_first: false, limit }
    }
}

#[derive(Default, Deserialize)]
struct Body {
    #[serde(default)]
    request: Request,
    #[serde(default)]
    answer: Answer,
    #[serde(default)]
    caller: Option<Caller>,
}

#[derive(Default, Deserialize)]
struct Request {
    #[serde(default)]
    officer: Option<Officer>,
    #[serde(default)]
    replaces: Option<Replaces>,
}

#[derive(Deserialize)]
struct Officer {
    #[serde(default)]
    unit: Option<String>,
}

#[derive(Deserialize)]
struct Replaces {
    proposal_id: String,
}

#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    created_at: Option<Timestamp>,
    #[serde(default)]
    level: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    version: Option<u32>,
    #[serde(default)]
    own_view_first: bool,
}

#[derive(Deserialize)]
struct Caller {
    #[serde(default)]
    institution: Option<String>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const BODY: &str = r#"{"request": {"case_id": "c", "level": "no", "officer": {"id": "o", "unit": "u-7"}, "replaces": {"proposal_id": "p0", "reason": "r"}},
        "answer": {"created_at": "2026-03-05T09:00:00.25Z", "level": "high", "model": "vpr", "version": 3, "own_view_first": true, "x": [{"level": "no"}]},
        "caller": {"id": "k", "roles": ["platform"], "institution": "north"}}"#;

    #[test]
    fn a_body_says_what_it_is_listed_by() {
        let expected = Summary {
            created_at: Some(1_772_701_200_250),
            level: Some("high".to_owned()),
            model: Some("vpr".to_owned()),
            version: Some(3),
            unit: Some("u-7".to_owned()),
            institution: Some("north".to_owned()),
            own_view_first: true,
            replaces: Some("p0".to_owned()),
        };
        assert_eq!(Summary::of(PROPOSAL, BODY), Some(expected));
        assert_eq!(Summary::of(crate::CONFIRMATION, BODY), None);
        for other in [
            "",
            "{}",
            "[]",
            r#"{"answer": {"level": 3}}"#,
            r#"{"answer": []}"#,
            r#"{"request": 1, "answer": {"level": "high"}}"#,
        ] {
            assert_eq!(Summary::of(PROPOSAL, other), Some(Summary::default()), "{other}");
        }
    }

    #[test]
    fn what_is_withheld_is_not_found_by_its_level() {
        let mut listed = Listed {
            sequence: 1,
            proposal_id: "p".to_owned(),
            case_id: Some("c".to_owned()),
            summary: Summary::of(PROPOSAL, BODY).unwrap(),
            confirmation: None,
            own_view: None,
            replacement: None,
            replaced_by: None,
        };
        let by_level = Search { level: Some("high".to_owned()), ..Search::default() };
        let as_shown = Search { without_withheld_levels: true, ..by_level.clone() };
        let any = Search { without_withheld_levels: true, ..Search::default() };
        assert!(by_level.finds(&listed) && any.finds(&listed) && !as_shown.finds(&listed));
        listed.own_view = Some(2);
        assert!(as_shown.finds(&listed));
    }
}
