use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::name::{check_name, version_number};

/// A version, named by number (`vpr@3`) or by alias (`vpr@champion`); never "the newest".
///
/// ```
/// use amparo_models::registry::ModelRef;
///
/// let champion: ModelRef = "vpr@champion".parse()?;
/// assert_eq!(champion.model(), "vpr");
/// assert!("vpr".parse::<ModelRef>().is_err());
/// # Ok::<(), amparo_models::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelRef {
    model: String,
    which: Which,
}

/// How a version is named.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Which {
    /// By its number.
    Version(u32),
    /// By a name that points to it.
    Alias(String),
}

impl ModelRef {
    /// A version by number.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the name is not allowed or the number is 0.
    pub fn version(model: &str, version: u32) -> Result<Self, Error> {
        format!("{model}@{version}").parse()
    }

    /// A version by alias.
    ///
    /// # Errors
    /// [`Error::Invalid`] if a name is not allowed.
    pub fn alias(model: &str, alias: &str) -> Result<Self, Error> {
        check_name("model", model)?;
        check_alias(alias)?;
        Ok(Self { model: model.to_owned(), which: Which::Alias(alias.to_owned()) })
    }

    /// The model.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Which of its versions.
    pub fn which(&self) -> &Which {
        &self.which
    }
}

impl FromStr for ModelRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refuse = |problem: &str| {
            let message = format!("`{}` {problem}", text.escape_debug());
            Err(Error::invalid("model reference", message))
        };
        let Some((model, which)) = text.split_once('@') else {
            return refuse(
                "names no version, expected `model@3` or `model@champion`: which version answers is never left open",
            );
        };
        check_name("model", model)?;
        if !which.starts_with(|c: char| c.is_ascii_digit()) {
            return Self::alias(model, which);
        }
        match version_number(which) {
            Some(number) => Ok(Self { model: model.to_owned(), which: Which::Version(number) }),
            None => refuse("names no version, expected a number from 1 without leading zero, or an alias"),
        }
    }
}

impl TryFrom<String> for ModelRef {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<ModelRef> for String {
    fn from(reference: ModelRef) -> Self {
        reference.to_string()
    }
}

impl fmt::Display for ModelRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.which {
            Which::Version(number) => write!(f, "{}@{number}", self.model),
            Which::Alias(alias) => write!(f, "{}@{alias}", self.model),
        }
    }
}

/// Refuses names that are not allowed or could be taken for a number or for "the newest".
pub(super) fn check_alias(alias: &str) -> Result<(), Error> {
    check_name("alias", alias)?;
    if alias.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(Error::invalid("alias", format!("`{alias}` begins with a digit, as version numbers do")));
    }
    if ["latest", "newest"].contains(&alias) {
        let problem =
            format!("`{alias}` promises to move by itself, but an alias moves only when someone moves it");
        return Err(Error::invalid("alias", problem));
    }
    Ok(())
}
