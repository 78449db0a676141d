//! Text in blocks, for whoever lays it out on a terminal or in a notebook.

/// A piece of text that is laid out as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A line of running text.
    Line(String),
    /// A word that stands out, and the paragraphs that belong to it.
    Item {
        /// The word, such as `PASS`.
        lead: String,
        /// The paragraphs, of which the first stands beside the word.
        paragraphs: Vec<String>,
    },
    /// A table.
    Table {
        /// Headings of the columns.
        header: Vec<String>,
        /// Rows of as many cells each.
        rows: Vec<Vec<String>>,
    },
}

impl Block {
    pub(super) fn line(text: impl Into<String>) -> Self {
        Self::Line(text.into())
    }

    pub(super) fn table<const N: usize>(header: [&str; N], rows: Vec<Vec<String>>) -> Self {
        Self::Table { header: header.map(str::to_owned).into(), rows }
    }
}
