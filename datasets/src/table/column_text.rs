//! A column of a foreign table as texts, with what each cell is in the file.

pub(super) use crate::source::{CellKind, CellText};

/// The cells of a column, one text a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ColumnText {
    pub texts: Vec<String>,
    /// What each cell of a sheet says for itself; nothing where all cells are of one kind, as in CSV and Parquet.
    each: Vec<CellKind>,
    all: CellKind,
}

impl ColumnText {
    /// A column all of whose cells are of one kind.
    pub fn of_one_kind(texts: Vec<String>, kind: CellKind) -> Self {
        Self { texts, each: vec![], all: kind }
    }

    /// A column whose cells say what they are, one by one.
    #[cfg(feature = "xlsx")]
    pub fn of_cells(cells: impl IntoIterator<Item = (String, CellKind)>) -> Self {
        let (texts, each) = cells.into_iter().unzip();
        Self { texts, each, all: CellKind::Text }
    }

    /// What the cell of a row is.
    pub fn kind(&self, row: usize) -> CellKind {
        self.each.get(row).copied().unwrap_or(self.all)
    }

    /// What all cells are that hold something; text where they differ.
    pub fn common_kind(&self) -> CellKind {
        let mut filled = self.texts.iter().zip(&self.each).filter(|(text, _)| !text.is_empty());
        let Some((_, first)) = filled.next() else { return self.all };
        if filled.all(|(_, kind)| kind == first) { *first } else { CellKind::Text }
    }
}
