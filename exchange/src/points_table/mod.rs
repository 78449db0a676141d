//! Scorecards: points for what holds of a case, written by hand from a paper or from the output of FasterRisk.
//!
//! ```text
//! log-odds = (intercept + sum of the points of all rows that hold) / multiplier
//! ```
//!
//! In TOML:
//!
//! ```toml
//! intercept = -6        # points before any row; FasterRisk calls it beta0
//! multiplier = 2.5      # how many points make one of log-odds; 1 if the points are log-odds
//!
//! [[points]]
//! column = "age"        # the column, as the mapping calls it
//! below = 25            # what has to hold: one of the tests below
//! points = 3            # what is added if it does; fractions and negative numbers are allowed
//!
//! [[points]]
//! column = "prior_counts"
//! at_least = 2
//! below = 5             # a lower and an upper bound make an interval
//! points = 2
//!
//! [[points]]
//! column = "weapon"
//! equals = "knife"      # a text or a number
//! points = 1
//!
//! [[points]]
//! column = "weapon"
//! missing = true        # nothing is there; any other test fails then
//! points = 0.5
//!
//! [[points]]
//! column = "children"
//! per_unit = -1         # instead of a test and `points`: so many for each unit of a number; none if it is missing
//! ```
//!
//! Tests are `below` (<), `at_most` (<=), `above` (>), `at_least` (>=), one lower and one upper bound together, `equals`, and
//! `missing = true`. **Rows do not exclude each other**: two rows of one column both count if both hold. Brackets of a paper are intervals.
//!
//! The same as CSV: a column for each key that is used, and a first row without a `column`, which holds the intercept and the multiplier.
//!
//! ```csv
//! column,below,at_least,equals,missing,per_unit,points,multiplier
//! ,,,,,,-6,2.5
//! age,25,,,,,3,
//! prior_counts,5,2,,,,2,
//! weapon,,,knife,,,1,
//! weapon,,,,true,,0.5,
//! children,,,,,-1,,
//! ```

mod card;
mod csv;

#[cfg(test)]
mod tests;

use crate::foreign::{ForeignModel, Value};
use crate::{Error, json};
use card::{Card, Row};

/// Whether bytes may be those of a scorecard.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    is_csv(bytes) || bytes.windows(10).any(|window| window == b"[[points]]")
}

/// A CSV has the names of its columns in its first line.
fn is_csv(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let mut names = line.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.clone().any(|name| name == b"column") && names.any(|name| name == b"points" || name == b"per_unit")
}

/// Reads a scorecard.
///
/// # Errors
/// Whatever is wrong in the file.
pub(crate) fn read(bytes: &[u8]) -> Result<ForeignModel, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if is_csv(bytes) {
        return csv::card(bytes)?.model(csv::FORMAT);
    }
    const FORMAT: &str = "points TOML";
    let text = Error::text(FORMAT, bytes)?;
    let card: Card = toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .and_then(|span| text.get(..span.start))
            .map_or(1, |before| before.matches('\n').count() + 1);
        let found = json::shortened(error.message());
        Error::malformed(FORMAT, format!("line {line}"), found, "a scorecard")
    })?;
    card.model(FORMAT)
}
