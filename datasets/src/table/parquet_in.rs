//! Columns out of a Parquet file, one at a time, some rows of them.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::kind::Kind;
use super::shared_file::SharedFile;
use super::texts::Texts;

/// Records decoded at a time.
const STEP: usize = 1 << 13;

/// An open Parquet file; windows of it share the file and its footer.
#[derive(Clone)]
pub(super) struct ParquetIn {
    reader: Arc<SerializedFileReader<SharedFile>>,
    /// Name and type of each column, in the file's order; a nested one stands once.
    pub columns: Arc<Vec<(String, Kind)>>,
    pub n_rows: usize,
}

impl ParquetIn {
    /// Opens a file and reads its footer.
    pub fn open(file: SharedFile) -> Result<Self> {
        let reader = caught(|| SerializedFileReader::new(file))?;
        let footer = reader.metadata().file_metadata();
        let mut columns: Vec<(String, Kind)> = Vec::new();
        for column in footer.schema_descr().columns() {
            let name = column.path().parts().first().cloned().unwrap_or_default();
            if columns.last().is_none_or(|(last, _)| *last != name) || column.path().parts().len() == 1 {
                columns.push((name, Kind::of(column)));
            }
        }
        let n_rows = usize::try_from(footer.num_rows()).map_err(|_| damaged("a negative number of rows"))?;
        Ok(Self { reader: Arc::new(reader), columns: Arc::new(columns), n_rows })
    }

    /// The texts in the file's metadata, by key.
    pub fn metadata(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = self.reader.metadata().file_metadata().key_value_metadata();
        pairs.into_iter().flatten().filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?)))
    }

    /// Rows of each row group.
    #[cfg(test)]
    pub fn row_groups(&self) -> Vec<i64> {
        self.reader.metadata().row_groups().iter().map(|group| group.num_rows()).collect()
    }

    /// The text cells of some rows.
    pub fn texts(&self, name: &str, rows: Range<usize>) -> Result<Texts> {
        let mut texts = Texts::default();
        self.read(name, rows, |reader, skip, take| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => cells(reader, skip, take, |cell| {
                let text = cell.map(|bytes| bytes.as_utf8()).transpose()?;
                texts.push(text);
                Ok(())
            }),
            _ => Err(damaged("the column does not hold texts")),
        })?;
        Ok(texts)
    }

    /// The cells of some rows that are floats of 64 bits.
    pub fn floats(&self, name: &str, rows: Range<usize>) -> Result<Vec<Option<f64>>> {
        let mut floats = Vec::new();
        self.read(name, rows, |reader, skip, take| match reader {
            ColumnReader::DoubleColumnReader(reader) => cells(reader, skip, take, |cell| {
                floats.push(cell.copied());
                Ok(())
            }),
            _ => Err(damaged("the column does not hold floats")),
        })?;
        Ok(floats)
    }

    /// The cells of some rows, each as the text that a CSV table would hold: nothing as the empty text, a float with its
    /// point (`99.0`) and no more digits than tell it from its neighbours.
    pub fn shown(&self, name: &str, kind: &Kind, rows: Range<usize>) -> Result<Vec<String>> {
        let unsigned = *kind == Kind::Unsigned;
        let mut shown = Vec::new();
        let mut add = |text: Option<String>| {
            shown.push(text.unwrap_or_default());
            Ok(())
        };
        self.read(name, rows, |reader, skip, take| match reader {
            ColumnReader::BoolColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(ToString::to_string)))
            }
            ColumnReader::Int32ColumnReader(reader) => cells(reader, skip, take, |cell| {
                add(cell.map(|n| if unsigned { n.cast_unsigned().to_string() } else { n.to_string() }))
            }),
            ColumnReader::Int64ColumnReader(reader) => cells(reader, skip, take, |cell| {
                add(cell.map(|n| if unsigned { n.cast_unsigned().to_string() } else { n.to_string() }))
            }),
            ColumnReader::FloatColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(|x| format!("{x:?}"))))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(|x| format!("{x:?}"))))
            }
            ColumnReader::ByteArrayColumnReader(reader) => cells(reader, skip, take, |cell| {
                let text = cell.map(|bytes| bytes.as_utf8()).transpose()?;
                add(text.map(str::to_owned))
            }),
            _ => Err(damaged("the column cannot be shown as text")),
        })?;
        Ok(shown)
    }

    /// Hands on the reader of each row group that holds some of the rows, with how many of its rows to skip and to take.
    fn read(
        &self,
        name: &str,
        rows: Range<usize>,
        mut each: impl FnMut(ColumnReader, usize, usize) -> Result<()>,
    ) -> Result<()> {
        caught(|| {
            let metadata = self.reader.metadata();
            let leaves = metadata.file_metadata().schema_descr().columns();
            let leaf = leaves.iter().position(|leaf| leaf.path().parts() == [name]);
            let leaf = leaf.ok_or_else(|| damaged("no such column"))?;
            let mut first = 0;
            for at in 0..metadata.num_row_groups() {
                let n = usize::try_from(metadata.row_group(at).num_rows());
                let end = first + n.map_err(|_| damaged("a row group with a negative number of rows"))?;
                let (from, to) = (rows.start.max(first), rows.end.min(end));
                if from < to {
                    let group = self.reader.get_row_group(at)?;
                    each(group.get_column_reader(leaf)?, from - first, to - from)?;
                }
                first = end;
            }
            Ok(())
        })
    }
}

/// Hands on `take` cells of a column that is not nested, after the first `skip`.
fn cells<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    skip: usize,
    take: usize,
    mut each: impl FnMut(Option<&T::T>) -> Result<()>,
) -> Result<()> {
    if reader.skip_records(skip)? != skip {
        return Err(damaged("the column ends early"));
    }
    let (mut levels, mut values): (Vec<i16>, Vec<T::T>) = (Vec::new(), Vec::new());
    let mut left = take;
    while left > 0 {
        levels.clear();
        values.clear();
        let (read, ..) = reader.read_records(left.min(STEP), Some(&mut levels), None, &mut values)?;
        if read == 0 {
            return Err(damaged("the column ends early"));
        }
        // A required column has no levels: each record is a value.
        let mut known = values.iter();
        for record in 0..read {
            let is_known = levels.get(record).is_none_or(|level| *level > 0);
            let cell = if is_known { known.next() } else { None };
            if is_known && cell.is_none() {
                return Err(damaged("fewer values than cells"));
            }
            each(cell)?;
        }
        left -= read;
    }
    Ok(())
}

/// Opens a Parquet file by its path.
pub(super) fn open(path: &Path) -> std::io::Result<Result<ParquetIn>> {
    Ok(ParquetIn::open(SharedFile::open(path)?))
}

fn damaged(message: &str) -> ParquetError {
    ParquetError::General(message.to_owned())
}

/// Runs a part of the Parquet reader, so that one that panics on a damaged file where it should return an error does not
/// take the program with it.
fn caught<T>(read: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    outcome.unwrap_or_else(|_| Err(damaged("the file is damaged")))
}
