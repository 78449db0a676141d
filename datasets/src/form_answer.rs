//! What a filled-in form holds for one indicator.

use serde::{Deserialize, Serialize};

/// An answer as a form gives it: the id of an answer, or a number where the indicator asks for one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum FormAnswer {
    /// Id of an answer of the indicator: `severe`, `unknown`.
    Id(String),
    /// A finite number in one of the bins that the form states for the indicator, in their unit.
    Number(f64),
}

impl FormAnswer {
    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Id(_) => None,
            Self::Number(number) => Some(*number),
        }
    }
}

impl From<&str> for FormAnswer {
    fn from(id: &str) -> Self {
        Self::Id(id.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_number_is_read_from_json_as_from_text() {
        for text in ["30", "30.0", "0.1", "2.9999999999999996", "-0.0", "9007199254740993", "1e300"] {
            let number = serde_json::from_str::<FormAnswer>(text).unwrap().number().unwrap();
            assert_eq!(number.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
        }
        assert_eq!(serde_json::from_str::<FormAnswer>("\"30\"").unwrap(), FormAnswer::from("30"));
        for text in ["null", "true", "[1]", "{}", "1e400"] {
            assert!(serde_json::from_str::<FormAnswer>(text).is_err(), "{text}");
        }
    }
}
