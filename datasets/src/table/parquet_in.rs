//! Columns out of a Parquet file, one at a time, some rows of them.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::arrow_zones;
use super::kind::Kind;
use super::shared_file::SharedFile;
use super::shown;
use super::texts::Texts;

/// Records decoded at a time.
const STEP: usize = 1 << 13;

/// An open Parquet file.
pub(super) struct ParquetIn {
    reader: Arc<SerializedFileReader<SharedFile>>,
    /// The columns in the file's order; a nested one stands once.
    pub columns: Vec<Leaf>,
    pub n_rows: usize,
}

/// A column, known by its place: two may have one name.
pub(super) struct Leaf {
    pub name: String,
    pub kind: Kind,
    /// Place among the leaves of the schema.
    at: usize,
    /// Whether each of its cells must hold something.
    required: bool,
}

/// Rows of a file, without some that are none of its table.
pub(super) struct Span {
    rows: Range<usize>,
    /// Rows within, ascending, that are left out.
    left_out: Vec<usize>,
}

impl Span {
    /// The given rows of the table that a file is without some of its rows (ascending).
    pub fn without(left_out: &[usize], rows: Range<usize>) -> Self {
        let of_file = |row: usize| left_out.iter().fold(row, |row, gone| row + usize::from(*gone <= row));
        let start = of_file(rows.start);
        let rows = start..if rows.is_empty() { start } else { of_file(rows.end - 1) + 1 };
        let left_out = left_out.iter().copied().filter(|row| rows.contains(row)).collect();
        Self { rows, left_out }
    }

    /// Takes the rows left out from the cells of all.
    fn keep<T>(&self, cells: Vec<T>) -> Vec<T> {
        if self.left_out.is_empty() {
            return cells;
        }
        let cells = (self.rows.start..).zip(cells);
        cells.filter(|(row, _)| self.left_out.binary_search(row).is_err()).map(|(_, cell)| cell).collect()
    }
}

impl ParquetIn {
    /// Opens a file and reads its footer.
    pub fn open(file: SharedFile) -> Result<Self> {
        let reader = caught(|| SerializedFileReader::new(file))?;
        let footer = reader.metadata().file_metadata();
        let mut columns: Vec<Leaf> = Vec::new();
        let schema = footer.schema_descr();
        let pairs = footer.key_value_metadata().into_iter().flatten();
        let arrow = pairs.filter(|pair| pair.key == arrow_zones::KEY).find_map(|pair| pair.value.as_deref());
        let zones = arrow.and_then(arrow_zones::zones).unwrap_or_default();
        for (at, column) in schema.columns().iter().enumerate() {
            let name = column.path().parts().first().cloned().unwrap_or_default();
            if columns.last().is_none_or(|last| last.name != name) || column.path().parts().len() == 1 {
                let required = column.max_def_level() == 0;
                // Both schemas list the same columns; where they do not, nothing is known of the zone.
                let stated = zones.get(schema.get_column_root_idx(at)).filter(|(stated, _)| *stated == name);
                let kind = Kind::of(column, stated.and_then(|(_, zone)| zone.as_deref()));
                columns.push(Leaf { name, kind, at, required });
            }
        }
        let n_rows = usize::try_from(footer.num_rows()).map_err(|_| damaged("a negative number of rows"))?;
        Ok(Self { reader: Arc::new(reader), columns, n_rows })
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
    pub fn texts(&self, leaf: &Leaf, span: &Span) -> Result<Texts> {
        let mut texts = Texts::default();
        let mut row = span.rows.start;
        self.read(leaf, &span.rows, |reader, skip, take| match reader {
            ColumnReader::ByteArrayColumnReader(reader) => cells(reader, skip, take, |cell| {
                let text = cell.map(|bytes| bytes.as_utf8()).transpose()?;
                if span.left_out.binary_search(&row).is_err() {
                    texts.push(text);
                }
                row += 1;
                Ok(())
            }),
            _ => Err(damaged("the column does not hold texts")),
        })?;
        Ok(texts)
    }

    /// The cells of some rows that are floats of 64 bits.
    pub fn floats(&self, leaf: &Leaf, span: &Span) -> Result<Vec<Option<f64>>> {
        let mut floats = Vec::new();
        self.read(leaf, &span.rows, |reader, skip, take| match reader {
            ColumnReader::DoubleColumnReader(reader) => cells(reader, skip, take, |cell| {
                floats.push(cell.copied());
                Ok(())
            }),
            _ => Err(damaged("the column does not hold floats")),
        })?;
        Ok(span.keep(floats))
    }

    /// The cells of some rows, each as the text that a CSV table would hold: nothing as the empty text, a float with its
    /// point (`99.0`) and no more digits than tell it from its neighbours, the rest as [`shown::whole`] says.
    pub fn shown(&self, leaf: &Leaf, span: &Span) -> Result<Vec<String>> {
        let kind = &leaf.kind;
        let unsigned = *kind == Kind::Unsigned;
        let mut found = Vec::new();
        let mut add = |text: Option<String>| {
            found.push(text.unwrap_or_default());
            Ok(())
        };
        let known = |value: i128| {
            shown::whole(kind, value).ok_or_else(|| damaged("the column holds days that no calendar has"))
        };
        let big = |bytes: &[u8]| {
            shown::big_endian(bytes)
                .ok_or_else(|| damaged("the column holds decimals of more than 38 digits"))
        };
        self.read(leaf, &span.rows, |reader, skip, take| match reader {
            ColumnReader::BoolColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(ToString::to_string)))
            }
            ColumnReader::Int32ColumnReader(reader) => cells(reader, skip, take, |cell| {
                let value = cell.map(|n| if unsigned { n.cast_unsigned().into() } else { i128::from(*n) });
                add(value.map(known).transpose()?)
            }),
            ColumnReader::Int64ColumnReader(reader) => cells(reader, skip, take, |cell| {
                let value = cell.map(|n| if unsigned { n.cast_unsigned().into() } else { i128::from(*n) });
                add(value.map(known).transpose()?)
            }),
            ColumnReader::FloatColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(|x| format!("{x:?}"))))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                cells(reader, skip, take, |cell| add(cell.map(|x| format!("{x:?}"))))
            }
            ColumnReader::ByteArrayColumnReader(reader) => cells(reader, skip, take, |cell| {
                let text = cell.map(|bytes| match kind {
                    Kind::Decimal(_) => big(bytes.data()).and_then(known),
                    _ => bytes.as_utf8().map(str::to_owned),
                });
                add(text.transpose()?)
            }),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => cells(reader, skip, take, |cell| {
                add(cell.map(|bytes| big(bytes.data()).and_then(known)).transpose()?)
            }),
            ColumnReader::Int96ColumnReader(_) => Err(damaged("the column cannot be shown as text")),
        })?;
        Ok(span.keep(found))
    }

    /// The rows, ascending, in which no column holds anything but blanks.
    ///
    /// Columns are read one by one until no such row is left: of most files only the first.
    pub fn blank_rows(&self) -> Result<Vec<usize>> {
        if self.columns.iter().any(|leaf| leaf.required && leaf.kind != Kind::Text) {
            return Ok(vec![]);
        }
        let all = Span::without(&[], 0..self.n_rows);
        let mut blank: Option<Vec<usize>> = None;
        for leaf in self.columns.iter().filter(|leaf| !is_row_index(&leaf.name)) {
            if !leaf.kind.can_be_decoded() {
                // What cannot be read holds something, for all that is known.
                return Ok(vec![]);
            }
            let cells = self.shown(leaf, &all)?;
            let is_blank = |row: &usize| cells[*row].trim_ascii().is_empty();
            let left: Vec<usize> = match blank {
                None => (0..cells.len()).filter(is_blank).collect(),
                Some(rows) => rows.into_iter().filter(is_blank).collect(),
            };
            if left.is_empty() {
                return Ok(left);
            }
            blank = Some(left);
        }
        Ok(blank.unwrap_or_default())
    }

    /// Hands on the reader of each row group that holds some of the rows, with how many of its rows to skip and to take.
    fn read(
        &self,
        leaf: &Leaf,
        rows: &Range<usize>,
        mut each: impl FnMut(ColumnReader, usize, usize) -> Result<()>,
    ) -> Result<()> {
        caught(|| {
            let metadata = self.reader.metadata();
            let mut first = 0;
            for at in 0..metadata.num_row_groups() {
                let n = usize::try_from(metadata.row_group(at).num_rows());
                let end = first + n.map_err(|_| damaged("a row group with a negative number of rows"))?;
                let (from, to) = (rows.start.max(first), rows.end.min(end));
                if from < to {
                    let group = self.reader.get_row_group(at)?;
                    each(group.get_column_reader(leaf.at)?, from - first, to - from)?;
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

/// Whether a column is the row numbers that pandas puts beside a table whose rows it has numbered otherwise.
fn is_row_index(name: &str) -> bool {
    name.strip_prefix("__index_level_").is_some_and(|rest| rest.ends_with("__"))
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
