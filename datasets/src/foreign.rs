//! A foreign table as it is written, before any source describes it.

/// All cells of a foreign table as texts, read as an import reads them; see `table::read_foreign`.
#[derive(Debug, Clone)]
pub struct ForeignTable {
    /// Number of rows.
    pub n_rows: usize,
    /// Lines that hold nothing and are no rows.
    pub n_blank: usize,
    /// The columns in the table's order; two may have one name.
    pub columns: Vec<ForeignColumn>,
}

/// One column of a foreign table.
#[derive(Debug, Clone)]
pub struct ForeignColumn {
    /// Its name in the header.
    pub name: String,
    /// What its cells are in the file.
    pub kind: ForeignKind,
    /// One text a row; none where the column cannot be read.
    pub cells: Vec<String>,
}

/// What the cells of a foreign column are in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignKind {
    /// Texts, as all cells of a CSV table are.
    Text,
    /// Values with a type: numbers, booleans.
    Typed,
    /// Days, with or without a time of day, which need no format.
    Day,
    /// Texts of a closed list, of which some may be in no row.
    Categories {
        /// The list.
        all: Vec<String>,
        /// Whether its order means something.
        ordered: bool,
    },
    /// What is not read, by the name that messages use.
    Unreadable(String),
}
