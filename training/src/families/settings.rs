//! What a config says of one candidate.

use std::path::Path;

use amparo_datasets::{Problem, Problems};
use serde::de::value::Error as NotAStruct;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::forward_to_deserialize_any;

use crate::Error;

/// The parameters of one candidate, and what holds for all candidates of its config.
#[derive(Debug, Clone, Copy)]
pub struct Settings<'a> {
    pub(crate) parameters: &'a toml::Table,
    /// Seed of every random choice.
    pub seed: u64,
    /// Indicators whose declared direction is not enforced.
    pub not_monotone: &'a [String],
    /// The file of the config, where relative paths start; nothing where it was read from a text.
    pub file: Option<&'a Path>,
}

impl Settings<'_> {
    /// The parameters as the family's own struct of them.
    ///
    /// # Errors
    /// [`Error::Config`] with every field that the struct does not have, else with the first one that is missing or of
    /// another type.
    pub fn parameters<P: DeserializeOwned>(&self) -> Result<P, Error> {
        let known = Fields::of::<P>();
        let mut problems = Problems::default();
        for key in self.parameters.keys().filter(|key| !known.contains(&key.as_str())) {
            let expected = known.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
            problems.push(Problem::new(key, format!("unknown field `{key}`, expected one of {expected}")));
        }
        if !problems.0.is_empty() {
            return Err(Error::Config(problems));
        }
        self.parameters.clone().try_into().map_err(|error: toml::de::Error| {
            // The field stands on a line of its own: "invalid type: ...\nin `depth`\n".
            let message = error.to_string().trim_end().replace('\n', " ");
            Error::config("parameters", message)
        })
    }
}

/// Asks a struct for the names of its fields, instead of giving it any.
struct Fields(&'static [&'static str]);

impl Fields {
    fn of<P: DeserializeOwned>() -> &'static [&'static str] {
        let mut fields = Self(&[]);
        // Always an error: no field is given. What was asked for stays behind.
        let _ = P::deserialize(&mut fields);
        fields.0
    }
}

impl<'de> Deserializer<'de> for &mut Fields {
    type Error = NotAStruct;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, NotAStruct> {
        self.0 = fields;
        Err(NotAStruct::custom("only the names of the fields are asked for"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, NotAStruct> {
        Err(NotAStruct::custom("parameters are a struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
