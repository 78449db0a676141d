//! Models of XGBoost 2 and 3, as JSON or UBJSON: `gbtree`, `dart` and `gblinear` with one output that is a probability.

mod categories;
mod learner;
mod trees;
mod ubjson;

#[cfg(test)]
mod tests;

use std::str::FromStr;

use crate::json::{self, At};
use crate::{Error, ForeignModel};

const JSON: &str = "XGBoost JSON";
const UBJSON: &str = "XGBoost UBJSON";

/// Which trees of a model that was stopped early are used. XGBoost keeps all of them in the file: `predict` of its scikit-learn
/// classes stops at the best iteration, and `Booster.predict` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trees {
    /// All, as `Booster.predict` does.
    All,
    /// Those up to the best iteration, as `predict` of the scikit-learn classes does. All if the file states no best iteration.
    Best,
}

impl FromStr for Trees {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "all" => Ok(Self::All),
            "best" => Ok(Self::Best),
            _ => Err(format!("trees `{name}` is none of all, best")),
        }
    }
}

/// Whether bytes begin as UBJSON does, which XGBoost writes with the length of each name before it.
pub(crate) fn is_ubjson(bytes: &[u8]) -> bool {
    matches!(bytes, [b'{', b'i' | b'U' | b'I' | b'l' | b'L', ..])
}

/// Reads a model.
///
/// # Errors
/// Whatever is wrong in the file, and what has no exact meaning here.
pub(crate) fn read(bytes: &[u8], trees: Option<Trees>) -> Result<ForeignModel, Error> {
    let (format, document) = if is_ubjson(bytes) {
        (UBJSON, ubjson::document(UBJSON, bytes)?)
    } else {
        (JSON, json::document(JSON, bytes)?)
    };
    learner::model(format, &At::root(format, &document), trees)
}
