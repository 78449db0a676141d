//! Objects of a body, looked through before anything is made of them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Problem;

/// The fields of an object as they are written.
pub struct Object<'a> {
    /// Where the object stands: nothing, or a path that ends in a dot.
    at: String,
    fields: Vec<(String, &'a RawValue)>,
}

struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Fields).map(Pairs)
    }
}

impl<'a> Object<'a> {
    /// A whole body, which has to be an object.
    ///
    /// # Errors
    /// What the parser says.
    pub fn whole(json: &'a [u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json).map(|Pairs(fields)| Self { at: String::new(), fields })
    }

    /// An object that stands somewhere; one without fields, and a problem, if it is something else.
    pub fn inner(at: &str, value: &'a RawValue, problems: &mut Vec<Problem>) -> Self {
        let fields = match serde_json::from_str(value.get()) {
            Ok(Pairs(fields)) => fields,
            Err(_) => {
                problems.push(unexpected(at, value, "an object"));
                Vec::new()
            }
        };
        Self { at: format!("{at}."), fields }
    }

    /// The path of a field.
    pub fn path(&self, name: &str) -> String {
        format!("{}{name}", self.at)
    }

    /// A field that is there; `null` says the same as leaving it out. One that is given twice is a problem.
    pub fn field(&self, name: &str, problems: &mut Vec<Problem>) -> Option<&'a RawValue> {
        let mut found = self.fields.iter().filter(|(of, _)| of == name);
        let (_, value) = found.next()?;
        if found.next().is_some() {
            let at = self.path(name);
            problems.push(Problem::new(&at, format!("field `{at}` is given twice")));
        }
        (value.get() != "null").then_some(*value)
    }

    /// The same, as a value of some type.
    pub fn typed<T: Deserialize<'a>>(
        &self,
        name: &str,
        expected: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let value = self.field(name, problems)?;
        let read = serde_json::from_str(value.get());
        read.map_err(|_| problems.push(unexpected(&self.path(name), value, expected))).ok()
    }

    /// The same, of a field that must be there.
    pub fn needed<T: Deserialize<'a>>(
        &self,
        name: &str,
        expected: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let before = problems.len();
        let found = self.typed(name, expected, problems);
        if found.is_none() && problems.len() == before {
            let at = self.path(name);
            problems.push(Problem::new(&at, format!("field `{at}` is missing, expected {expected}")));
        }
        found
    }

    /// Tells every field of another name.
    pub fn only(&self, known: &[&str], problems: &mut Vec<Problem>) {
        for (name, _) in self.fields.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            let at = self.path(name);
            let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            problems.push(Problem::new(&at, format!("field `{at}` is unknown, expected one of {known}")));
        }
    }
}

/// What is wrong with a value of another kind.
pub fn unexpected(at: &str, value: &RawValue, expected: &str) -> Problem {
    let found = match value.get().as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    };
    let found = if expected.starts_with(found) { "another one" } else { found };
    Problem::new(at, format!("field `{at}` is {found}, expected {expected}"))
}
