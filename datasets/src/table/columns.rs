//! Results a row: plain columns.

use polars_core::prelude::{Column, DataFrame, NamedFrom, PolarsResult, Series};

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
}

/// Columns as polars writes them.
pub(super) fn frame(columns: Vec<(String, Cells)>) -> PolarsResult<DataFrame> {
    let n_rows = columns.first().map_or(0, |(_, cells)| cells.n_rows());
    let series = columns.into_iter().map(|(name, cells)| -> Column {
        match cells {
            Cells::Text(texts) => Series::new(name.into(), texts).into(),
            Cells::Number(numbers) => Series::new(name.into(), numbers).into(),
        }
    });
    DataFrame::new(n_rows, series.collect())
}
