//! What is wrong with the fields of a body, all at once: missing, unknown, given twice, or of another kind.
//!
//! A derived reader stops at the first of these. So a body is looked through before it is read into a type.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::api_error::Detail;

/// A type that is read from an object.
pub(crate) trait Shaped {
    /// Its fields.
    const FIELDS: &'static [Field];
}

/// A field of an object.
pub(crate) struct Field {
    pub name: &'static str,
    pub needed: bool,
    pub kind: Kind,
}

/// What a field may be.
pub(crate) enum Kind {
    Text,
    Number,
    /// One that must be given, and may be null.
    NumberOrNull,
    Flag,
    Texts,
    /// From indicator to answer.
    Answers,
    Object(&'static [Field]),
}

impl Field {
    /// A field that must be there.
    pub const fn needed(name: &'static str, kind: Kind) -> Self {
        Self { name, needed: true, kind }
    }

    /// A field that may be left out.
    pub const fn optional(name: &'static str, kind: Kind) -> Self {
        Self { name, needed: false, kind }
    }

    /// Whether `null` says the same as leaving it out.
    fn may_be_null(&self) -> bool {
        !self.needed && !matches!(self.kind, Kind::Flag)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::NumberOrNull => "a number or null",
            Self::Flag => "true or false",
            Self::Texts => "a list of texts",
            Self::Answers => "an object from indicator to answer",
            Self::Object(_) => "an object",
        })
    }
}

/// The fields of an object as they are written, one that is given twice among them.
struct Written<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Written<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Written<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Written(fields))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// Everything that is wrong with the fields of a body that is to be a `T`.
///
/// # Errors
/// If the body is no JSON, or no object.
pub(crate) fn problems<T: Shaped>(body: &[u8]) -> Result<Vec<Detail>, serde_json::Error> {
    let mut details = Vec::new();
    object("", T::FIELDS, serde_json::from_slice(body)?, &mut details)?;
    Ok(details)
}

/// Goes through an object that stands at `place`: nothing, or a path that ends in a dot.
fn object(
    place: &str,
    fields: &[Field],
    Written(written): Written<'_>,
    details: &mut Vec<Detail>,
) -> Result<(), serde_json::Error> {
    let mut given = BTreeSet::new();
    for (name, value) in &written {
        let at = format!("{place}{name}");
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            let known = fields.iter().map(|field| format!("`{}`", field.name)).collect::<Vec<_>>().join(", ");
            details.push(Detail::new(&at, format!("field `{at}` is unknown, expected one of {known}")));
            continue;
        };
        if !given.insert(field.name) {
            details.push(Detail::new(&at, format!("field `{at}` is given twice")));
        }
        let found = kind(value);
        match (&field.kind, found) {
            (_, "null") if field.may_be_null() => {}
            (Kind::Text, "a text") | (Kind::Flag, "a boolean") => {}
            (Kind::Number | Kind::NumberOrNull, "a number") | (Kind::NumberOrNull, "null") => {}
            (Kind::Texts, "a list") => texts(&at, serde_json::from_str(value.get())?, details),
            (Kind::Answers, "an object") => answers(serde_json::from_str(value.get())?, details),
            (Kind::Object(fields), "an object") => {
                object(&format!("{at}."), fields, serde_json::from_str(value.get())?, details)?;
            }
            (expected, found) => {
                details.push(Detail::new(&at, format!("field `{at}` is {found}, expected {expected}")));
            }
        }
    }
    for field in fields.iter().filter(|field| field.needed && !given.contains(field.name)) {
        let at = format!("{place}{}", field.name);
        details.push(Detail::new(&at, format!("field `{at}` is missing, expected {}", field.kind)));
    }
    Ok(())
}

/// What is no text in a list of texts.
fn texts(at: &str, written: Vec<&RawValue>, details: &mut Vec<Detail>) {
    for (n, found) in written.into_iter().map(kind).enumerate().filter(|(_, found)| *found != "a text") {
        details
            .push(Detail::new(format!("{at}.{n}"), format!("field `{at}.{n}` is {found}, expected a text")));
    }
}

/// Which of two answers counts would be anybody's guess.
fn answers(Written(written): Written<'_>, details: &mut Vec<Detail>) {
    let mut given = BTreeSet::new();
    for (indicator, _) in &written {
        if !given.insert(indicator) {
            let message = format!("indicator `{indicator}` is answered twice");
            details.push(Detail::new(format!("answers.{indicator}"), message));
        }
    }
}

/// What a value is, by how it begins.
fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::api::aliases::{MoveRequest, RollbackRequest};
    use crate::api::assessments::confirm::ConfirmationRequest;
    use crate::api::assessments::request::AssessmentRequest;

    fn said<T: Shaped>(body: &str) -> Vec<(String, String)> {
        problems::<T>(body.as_bytes()).unwrap().into_iter().map(|d| (d.field, d.message)).collect()
    }

    #[test]
    fn everything_is_said_at_once() {
        let body = r#"{"pairs":null,"officer":{"name":"x","unit":1},"case_id":"c","case_id":2,
            "answers":{"A":"a","B":"b","A":"a"},"x":{}}"#;
        let expected = [
            ("pairs", "field `pairs` is null, expected true or false"),
            ("officer.name", "field `officer.name` is unknown, expected one of `id`, `unit`, `own_level`"),
            ("officer.unit", "field `officer.unit` is a number, expected a text"),
            ("officer.id", "field `officer.id` is missing, expected a text"),
            ("case_id", "field `case_id` is given twice"),
            ("case_id", "field `case_id` is a number, expected a text"),
            ("answers.A", "indicator `A` is answered twice"),
            (
                "x",
                "field `x` is unknown, expected one of `case_id`, `instrument`, `answers`, `model`, `assessed_at`, `officer`, `replaces`, `own_view_first`, `pairs`, `fields`",
            ),
            ("instrument", "field `instrument` is missing, expected a text"),
        ];
        let found = said::<AssessmentRequest>(body);
        let found: Vec<(&str, &str)> = found.iter().map(|(f, m)| (f.as_str(), m.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn nothing_is_said_of_what_is_whole() {
        for body in [
            r#"{"case_id":"c","instrument":"i","answers":{}}"#,
            r#"{"case_id":"c","instrument":"i","answers":{"A":1},"model":null,"assessed_at":null,"officer":null,"pairs":false}"#,
            r#"{"case_\u0069d":"c","instrument":"i","answers":{},"officer":{"id":"o","unit":null}}"#,
        ] {
            assert_eq!(said::<AssessmentRequest>(body), []);
            serde_json::from_str::<AssessmentRequest>(body).unwrap();
        }
        for expected in ["3", "null"] {
            let body = format!(r#"{{"version":4,"expected":{expected},"reason":"r"}}"#);
            assert_eq!(said::<MoveRequest>(&body), []);
        }
        assert_eq!(said::<MoveRequest>(r#"{"version":4,"reason":"r"}"#).len(), 1);
        assert_eq!(said::<MoveRequest>(r#"{"version":null,"expected":"3","reason":"r"}"#).len(), 2);
        assert_eq!(said::<ConfirmationRequest>(r#"{"officer":{"id":"o"},"level":"high"}"#), []);
    }

    /// The fields of a schema of the document: name, whether it is needed, and the fields of an object.
    fn documented(document: &serde_json::Value, name: &str) -> BTreeSet<(String, bool)> {
        let schema = &document["components"]["schemas"][name];
        let needed = |field: &str| schema["required"].as_array().unwrap().iter().any(|r| r == field);
        schema["properties"].as_object().unwrap().keys().map(|f| (f.clone(), needed(f))).collect()
    }

    #[test]
    fn what_is_looked_for_is_what_is_documented() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let shape = |fields: &[Field]| -> BTreeSet<(String, bool)> {
            fields.iter().map(|field| (field.name.to_owned(), field.needed)).collect()
        };
        let inner = |fields: &'static [Field]| {
            let inner = fields.iter().find_map(|field| match field.kind {
                Kind::Object(fields) => Some(fields),
                Kind::Text | Kind::Number | Kind::NumberOrNull | Kind::Texts | Kind::Flag | Kind::Answers => {
                    None
                }
            });
            shape(inner.unwrap())
        };
        assert_eq!(shape(AssessmentRequest::FIELDS), documented(&document, "AssessmentRequest"));
        assert_eq!(inner(AssessmentRequest::FIELDS), documented(&document, "Officer"));
        assert_eq!(shape(ConfirmationRequest::FIELDS), documented(&document, "ConfirmationRequest"));
        assert_eq!(shape(MoveRequest::FIELDS), documented(&document, "MoveRequest"));
        assert_eq!(shape(RollbackRequest::FIELDS), documented(&document, "RollbackRequest"));
        assert_eq!(inner(ConfirmationRequest::FIELDS), documented(&document, "ConfirmingOfficer"));
    }
}
