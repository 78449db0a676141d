//! One way of writing JSON files.

use serde::Serialize;

use crate::Error;

/// A value as the JSON that reports, verdicts and their digests are made of: indented by two spaces, without a final line feed.
///
/// # Errors
/// [`Error::Json`] for a value that JSON cannot hold.
pub fn json(value: &impl Serialize) -> Result<String, Error> {
    Ok(serde_json::to_string_pretty(value)?)
}
