//! Results a row: plain columns to Parquet.

use std::path::Path;

use polars_core::prelude::{Column, DataFrame, NamedFrom, Series};
use polars_io::parquet::write::{KeyValueMetadata, ParquetCompression, ParquetWriter};

use super::replace::replace;
use super::write::failed;
use crate::Error;

/// The cells of one column, one a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells {
    /// Texts.
    Text(Vec<String>),
    /// Numbers.
    Number(Vec<f64>),
}

/// Writes columns of equal length as Parquet, whole or not at all; `metadata` stands under its key in the file.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written, or two columns have one name or differ in length; nothing is left behind.
pub fn write_columns(
    path: &Path,
    columns: Vec<(String, Cells)>,
    metadata: (&str, String),
) -> Result<(), Error> {
    let n_rows = columns.first().map_or(0, |(_, cells)| match cells {
        Cells::Text(texts) => texts.len(),
        Cells::Number(numbers) => numbers.len(),
    });
    let series = columns.into_iter().map(|(name, cells)| -> Column {
        match cells {
            Cells::Text(texts) => Series::new(name.into(), texts).into(),
            Cells::Number(numbers) => Series::new(name.into(), numbers).into(),
        }
    });
    let mut frame = DataFrame::new(n_rows, series.collect()).map_err(|e| failed(path, e))?;
    let (key, value) = (metadata.0.to_owned(), metadata.1);
    replace(path, |file| {
        ParquetWriter::new(file)
            .with_compression(ParquetCompression::Zstd(None))
            .with_key_value_metadata(Some(KeyValueMetadata::from_static(vec![(key, value)])))
            .finish(&mut frame)
            .map(|_| ())
            .map_err(|e| failed(path, e))
    })
}
