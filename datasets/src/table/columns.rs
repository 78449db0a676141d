//! Results a row: plain columns.

use super::parquet_out::Column;

/// The cells of one column, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Texts.
    Text(Vec<String>),
    /// Numbers.
    Number(Vec<f64>),
}

impl Cells {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Text(texts) => texts.len(),
            Self::Number(numbers) => numbers.len(),
        }
    }

    /// The column as a Parquet file takes it.
    pub(super) fn column(&self) -> Column<'_> {
        match self {
            Self::Text(texts) => Column::Texts(texts.iter().map(String::as_str).collect()),
            Self::Number(numbers) => Column::Floats(numbers),
        }
    }
}
