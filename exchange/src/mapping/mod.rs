//! Which column of a model asks which indicator, and what it holds for each answer.

mod columns;
mod suggested;

use std::collections::BTreeMap;

use amparo_datasets::{Problem, Problems};
use serde::Deserialize;

use crate::Error;

pub use columns::{Column, Columns};
pub use suggested::suggested;

/// A mapping, as people write it.
///
/// ```toml
/// # The form.
/// instrument = "vpr5.0-h"
///
/// # One section for each column that the model uses.
/// [[column]]
/// # The column, by the name that the model has for it.
/// name = "threats"
/// # The indicator that it asks.
/// indicator = "I05"
/// # What the column holds for each answer: a number (or `texts`, a text).
/// numbers = { absent = 0, mild = 1, severe = 2, very_severe = 3 }
/// # The answers for which the column holds nothing (NaN).
/// missing = ["unknown"]
/// ```
///
/// Several columns may ask one indicator, as one-hot columns do. A column that holds the number that the form has bins of says
/// `bins = "any"`, or `bins = "whole"` if it only holds whole numbers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Id of the form.
    pub instrument: String,
    /// The columns.
    #[serde(default)]
    pub column: Vec<ColumnMapping>,
}

/// What one column asks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// The column, by the name that the model has for it.
    pub name: String,
    /// The indicator that it asks.
    pub indicator: String,
    /// The number that the column holds for an answer.
    #[serde(default)]
    pub numbers: BTreeMap<String, f64>,
    /// The text that the column holds for an answer.
    #[serde(default)]
    pub texts: BTreeMap<String, String>,
    /// That the column holds the number itself of which the form has bins.
    pub bins: Option<OfBins>,
    /// The answers for which the column holds nothing.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// What numbers a column holds whose bins are those of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfBins {
    /// Any numbers.
    Any,
    /// Whole numbers only, so that a question that lies between two of them parts no bin.
    Whole,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`Error::Mapping`] with the first key that is unknown, missing or of another type.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|error| {
            Error::Mapping(Problems::from(Problem::new("mapping", error.to_string().trim_end())))
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
