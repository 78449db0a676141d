//! Reading JSON documents by hand: a value and the place where it stands, so that every error can say where.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde::de::IgnoredAny;
use serde_json::Value;

use crate::Error;

/// A value in a document.
#[derive(Debug, Clone)]
pub(crate) struct At<'a> {
    format: &'static str,
    path: String,
    value: &'a Value,
}

/// More objects than any model has. One of a few bytes takes more than half a kilobyte in memory.
pub(crate) const MAX_OBJECTS: usize = 1 << 20;

/// Reads a document. Python writes `NaN` and `Infinity`, which JSON has no numbers for: they are read as `null`.
pub(crate) fn document(format: &'static str, bytes: &[u8]) -> Result<Value, Error> {
    let (bytes, n_objects) = without_non_finite(bytes);
    if n_objects > MAX_OBJECTS {
        let found = format!("{n_objects} objects");
        return Err(Error::malformed(format, "the document", found, format!("at most {MAX_OBJECTS}")));
    }
    serde_json::from_slice(&bytes).map_err(|error| no_document(format, &error))
}

/// The names at the top of a document.
pub(crate) fn names(bytes: &[u8]) -> Result<HashSet<String>, Error> {
    let names: HashMap<String, IgnoredAny> = serde_json::from_slice(&without_non_finite(bytes).0)
        .map_err(|error| no_document("model file", &error))?;
    Ok(names.into_keys().collect())
}

fn no_document(format: &'static str, error: &serde_json::Error) -> Error {
    let place = format!("line {}, column {}", error.line(), error.column());
    let what = error.to_string();
    let what = what.split(" at line").next().unwrap_or_default();
    Error::malformed(format, place, what, "a JSON document")
}

impl<'a> At<'a> {
    pub(crate) fn root(format: &'static str, value: &'a Value) -> Self {
        Self { format, path: String::new(), value }
    }

    /// Where this is: `learner.objective.name`.
    pub(crate) fn place(&self) -> &str {
        if self.path.is_empty() { "the document" } else { &self.path }
    }

    /// A field that has to be there.
    pub(crate) fn field(&self, name: &str) -> Result<Self, Error> {
        if !self.value.is_object() {
            return Err(self.malformed("an object"));
        }
        self.maybe(name).ok_or_else(|| {
            Error::malformed(self.format, self.place(), format!("no field `{name}`"), format!("`{name}`"))
        })
    }

    /// A field that may be absent or null.
    pub(crate) fn maybe(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Some(Self { format: self.format, path, value })
    }

    fn list(&self) -> Result<&'a Vec<Value>, Error> {
        self.value.as_array().ok_or_else(|| self.malformed("a list"))
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Result<Vec<Self>, Error> {
        let items = self.list()?.iter().enumerate();
        Ok(items.map(|(i, value)| self.item(i, value)).collect())
    }

    fn item(&self, i: usize, value: &'a Value) -> Self {
        Self { format: self.format, path: format!("{}[{i}]", self.path), value }
    }

    fn each<T>(&self, expected: &str, of: impl Fn(&'a Value) -> Option<T>) -> Result<Vec<T>, Error> {
        let items = self.list()?.iter().enumerate();
        items.map(|(i, value)| of(value).ok_or_else(|| self.item(i, value).malformed(expected))).collect()
    }

    pub(crate) fn text(&self) -> Result<&'a str, Error> {
        self.value.as_str().ok_or_else(|| self.malformed("a text"))
    }

    pub(crate) fn texts(&self) -> Result<Vec<String>, Error> {
        self.each("a text", |value| value.as_str().map(str::to_owned))
    }

    /// Finite numbers.
    pub(crate) fn numbers(&self) -> Result<Vec<f64>, Error> {
        self.each("a finite number", |value| value.as_f64().filter(|x| x.is_finite()))
    }

    /// Numbers, NaN where the document has none or one that is not finite.
    pub(crate) fn numbers_or_nan(&self) -> Result<Vec<f64>, Error> {
        self.each("a number", |value| if value.is_null() { Some(f64::NAN) } else { value.as_f64() })
    }

    /// Whole numbers; `true` is 1.
    pub(crate) fn whole_numbers(&self) -> Result<Vec<i64>, Error> {
        self.each("a whole number", |value| value.as_bool().map(i64::from).or_else(|| value.as_i64()))
    }

    /// A count, which may stand in a text: `"3"`.
    pub(crate) fn count(&self) -> Result<usize, Error> {
        let number = match self.value {
            Value::String(text) => text.parse().ok(),
            value => value.as_u64().and_then(|n| usize::try_from(n).ok()),
        };
        number.ok_or_else(|| self.malformed("a count"))
    }

    /// A text as it is, anything else as JSON writes it; the beginning, if it is long.
    pub(crate) fn shown(&self) -> String {
        match self.value {
            Value::String(text) => shortened(text),
            Value::Array(_) | Value::Object(_) => described(self.value),
            value => value.to_string(),
        }
    }

    /// That this is not what was expected.
    pub(crate) fn malformed(&self, expected: impl Into<String>) -> Error {
        Error::malformed(self.format, self.place(), described(self.value), expected)
    }

    /// That something was found here.
    pub(crate) fn found(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        Error::malformed(self.format, self.place(), found, expected)
    }

    /// That this has no meaning here.
    pub(crate) fn unsupported(&self, what: impl Into<String>, instead: impl Into<String>) -> Error {
        Error::unsupported(self.format, self.place(), what, instead)
    }

    /// That a list has not the length it should have.
    pub(crate) fn length(&self, found: usize, expected: usize) -> Result<(), Error> {
        if found == expected {
            return Ok(());
        }
        Err(Error::malformed(self.format, self.place(), format!("{found} items"), format!("{expected}")))
    }
}

fn described(value: &Value) -> String {
    match value {
        Value::Null => "null, or a number that is not finite".to_owned(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("the text `{}`", shortened(text)),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
    }
}

/// The beginning of a text that may be long.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(120).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The document with `null` for numbers that are not finite, and how many objects it has.
fn without_non_finite(bytes: &[u8]) -> (Cow<'_, [u8]>, usize) {
    const NAMES: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];
    let mut changed: Vec<u8> = Vec::new();
    let (mut copied, mut place, mut in_text, mut n_objects) = (0, 0, false, 0);
    while let Some(&byte) = bytes.get(place) {
        match byte {
            b'\\' if in_text => place += 1,
            b'"' => in_text = !in_text,
            b'{' if !in_text => n_objects += 1,
            b'N' | b'I' | b'-' if !in_text => {
                let rest = bytes.get(place..).unwrap_or_default();
                if let Some(name) = NAMES.into_iter().find(|name| rest.starts_with(name)) {
                    changed.extend_from_slice(bytes.get(copied..place).unwrap_or_default());
                    changed.extend_from_slice(b"null");
                    place += name.len() - 1;
                    copied = place + 1;
                }
            }
            _ => {}
        }
        place += 1;
    }
    if copied == 0 {
        return (Cow::Borrowed(bytes), n_objects);
    }
    changed.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    (Cow::Owned(changed), n_objects)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_not_finite_are_null() {
        let text = br#"{"NaN": [NaN, -Infinity, Infinity, -1.5, "NaN \" NaN"]}"#;
        let value = document("JSON", text).unwrap();
        assert_eq!(value, serde_json::json!({"NaN": [null, null, null, -1.5, "NaN \" NaN"]}));
        let list = At::root("JSON", &value).field("NaN").unwrap();
        let error = list.numbers().unwrap_err().to_string();
        assert_eq!(error, "JSON, at NaN[0]: null, or a number that is not finite, expected a finite number");
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = "[".repeat(1_000_000);
        let error = document("JSON", deep.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("recursion limit"), "{error}");
    }

    #[test]
    fn objects_have_a_limit() {
        let many = |n: usize| document("JSON", format!("[{}0]", "{},".repeat(n)).as_bytes());
        assert!(many(MAX_OBJECTS).is_ok());
        let error = many(MAX_OBJECTS + 1).unwrap_err().to_string();
        assert_eq!(error, "JSON, at the document: 1048577 objects, expected at most 1048576");
    }

    #[test]
    fn an_error_says_where() {
        let value = document("JSON", br#"{"a": {"b": ["x", 2]}}"#).unwrap();
        let a = At::root("JSON", &value).field("a").unwrap();
        assert!(a.field("c").unwrap_err().to_string().starts_with("JSON, at a: no field `c`"));
        assert!(a.field("b").unwrap().texts().unwrap_err().to_string().starts_with("JSON, at a.b[1]: `2`"));
    }
}
