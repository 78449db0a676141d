//! A cell of a foreign table, as a source reads it.

use crate::Numbers;

/// What a cell is in the file, as far as the reading of its text depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A text, or nothing: days and numbers are written there as the source says.
    Text,
    /// A number or a boolean, which programs write as text in several ways.
    Value,
    /// A day, with or without a time of day, which needs no format.
    Day,
}

/// A cell to be read, in the spelling of the source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellText<'c> {
    pub text: &'c str,
    pub kind: CellKind,
    /// How a number is written in it.
    pub numbers: Numbers,
}

impl CellText<'_> {
    /// The number that the cell is.
    ///
    /// # Errors
    /// What was expected.
    pub fn number(&self) -> Result<f64, String> {
        self.numbers.read(self.text)
    }

    /// Whether the cell holds one of some texts.
    pub fn is_one_of(&self, texts: &[String]) -> bool {
        texts.iter().any(|text| text == self.text)
    }
}
