//! Lines of a name, an equals sign and what it is.

use std::collections::HashMap;
use std::str::FromStr;

use super::FORMAT;
use crate::Error;
use crate::json::shortened;

/// The lines of the header or of a tree.
pub(super) struct Block<'a> {
    place: String,
    lines: HashMap<&'a str, &'a str>,
}

impl<'a> Block<'a> {
    pub(super) fn of(place: String, text: &'a str) -> Self {
        // A line without an equals sign is a mark, as `average_output` is.
        let lines = text.lines().map(|line| line.split_once('=').unwrap_or((line, "")));
        Self { place, lines: lines.map(|(name, value)| (name.trim_end(), value.trim())).collect() }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.lines.contains_key(name)
    }

    pub(super) fn maybe(&self, name: &str) -> Option<&'a str> {
        self.lines.get(name).copied()
    }

    pub(super) fn text(&self, name: &str) -> Result<&'a str, Error> {
        let line = self.maybe(name);
        line.ok_or_else(|| Error::malformed(FORMAT, &self.place, format!("no line `{name}=`"), "one"))
    }

    pub(super) fn count(&self, name: &str) -> Result<usize, Error> {
        let text = self.text(name)?;
        text.parse().map_err(|_| self.malformed(name, text, "a count"))
    }

    /// A list of so many numbers.
    pub(super) fn numbers<T: FromStr>(&self, name: &str, n: usize) -> Result<Vec<T>, Error> {
        let words = self.text(name)?.split_ascii_whitespace();
        let numbers = words.map(|word| word.parse().map_err(|_| self.malformed(name, word, "a number")));
        let numbers: Vec<T> = numbers.collect::<Result<_, _>>()?;
        if numbers.len() != n {
            let found = format!("{} numbers", numbers.len());
            return Err(Error::malformed(FORMAT, format!("{}, `{name}`", self.place), found, n.to_string()));
        }
        Ok(numbers)
    }

    pub(super) fn malformed(&self, name: &str, found: &str, expected: &str) -> Error {
        let found = format!("`{}`", shortened(found));
        Error::malformed(FORMAT, format!("{}, `{name}`", self.place), found, expected)
    }

    pub(super) fn unsupported(&self, name: &str, what: impl Into<String>, instead: &str) -> Error {
        Error::unsupported(FORMAT, format!("{}, `{name}`", self.place), what, instead)
    }
}
