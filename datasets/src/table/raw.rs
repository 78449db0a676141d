//! A file of columns, read without inference: what is written is what is seen.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Cursor;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars_core::prelude::{
    ArrowDataType, Column, DataFrame, Float64Chunked, PolarsError, PolarsResult, StringChunked,
};
use polars_io::SerReader;
use polars_io::csv::read::CsvReadOptions;
use polars_io::parquet::metadata::FileMetadataRef;
use polars_io::parquet::read::{ParallelStrategy, ParquetReader};

use super::ragged::{other_separator, ragged_lines};
use super::shown::{EXPECTED, can_be_shown, shown};
use crate::{Error, Problem, Problems};

/// The field of the problem with a table whose cells another separator seems to end.
pub(super) const SEPARATOR: &str = "separator";

/// An open table. Parquet columns are read when asked for, one at a time, so that memory stays bounded.
pub(super) struct Raw {
    path: PathBuf,
    names: Vec<String>,
    n_rows: usize,
    metadata: BTreeMap<String, String>,
    body: Body,
}

enum Body {
    Csv(DataFrame),
    Parquet(Parquet),
}

struct Parquet {
    file: File,
    metadata: FileMetadataRef,
    /// The type of each column, by name.
    types: Arc<BTreeMap<String, ArrowDataType>>,
    /// First row that is read; the number of rows is the table's.
    first: usize,
}

impl Raw {
    /// Opens a table by the ending of its name: `.csv` or `.parquet`.
    pub fn open(path: &Path) -> Result<Self, Error> {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Self::csv(path, read(path)?),
            Some("parquet") => Self::parquet(path),
            _ => {
                let message = format!("`{}` ends in neither .csv nor .parquet", path.display());
                Err(Error::invalid("table", Problem::new("path", message)))
            }
        }
    }

    /// A CSV table with a header; every column is text, and an empty cell is an empty text.
    pub fn csv(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        Self::separated(path, bytes, b',')
    }

    /// A CSV table whose cells may end at another byte than a comma.
    pub fn separated(path: &Path, bytes: Vec<u8>, separator: u8) -> Result<Self, Error> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(of(path, "header", "the file is empty, expected a header and rows".to_owned()));
        }
        let mut problems = Problems::default();
        if let Some((header, other)) = other_separator(&bytes, separator) {
            let [other, separator] =
                [other, separator].map(|byte| char::from(byte).escape_debug().to_string());
            let message = format!(
                "the header `{}` is one cell: the separator seems to be `{other}`, expected `{separator}`",
                header.escape_debug()
            );
            return Err(of(path, SEPARATOR, message));
        }
        ragged_lines(&bytes, separator, &mut problems);
        // Lines that are too long are reported below; here polars would only speak of this option.
        let ragged = !problems.0.is_empty();
        let reader = CsvReadOptions::default()
            .with_infer_schema_length(Some(0))
            .map_parse_options(|parse| {
                let parse = parse.with_separator(separator).with_truncate_ragged_lines(ragged);
                parse.with_missing_is_null(false)
            })
            .into_reader_with_file_handle(Cursor::new(bytes));
        let frame = caught(|| reader.finish()).map_err(|e| format_error(path, "a CSV table", &e))?;
        let names = frame.get_column_names().iter().map(|name| name.to_string()).collect::<Vec<_>>();
        for name in &names {
            // This is how polars tells a repeated name from the first one.
            let first = name.rsplit_once("_duplicated_").map(|(first, _)| first);
            if let Some(first) = first.filter(|first| names.iter().any(|n| n == first)) {
                problems.push(Problem::new(first, format!("column `{first}` is in the header twice")));
            }
        }
        let n_rows = frame.height();
        let body = Body::Csv(frame);
        let table = Self { path: path.to_owned(), names, n_rows, metadata: BTreeMap::new(), body };
        problems.or(format!("table `{}`", path.display()), table)?.with_rows()
    }

    /// A Parquet table.
    pub fn parquet(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let mut reader = ParquetReader::new(file.try_clone().map_err(io)?);
        let opened = caught(|| Ok((Arc::clone(reader.get_metadata()?), reader.schema()?)));
        let (metadata, schema) = opened.map_err(|e| format_error(path, "a Parquet table", &e))?;
        let names = schema.iter_names().map(|name| name.to_string()).collect();
        let types = schema.iter().map(|(name, field)| (name.to_string(), field.dtype.clone())).collect();
        let pairs = metadata.key_value_metadata().iter().flatten();
        let pairs = pairs.filter_map(|pair| Some((pair.key.clone(), pair.value.clone()?))).collect();
        Self {
            path: path.to_owned(),
            names,
            n_rows: metadata.num_rows,
            metadata: pairs,
            body: Body::Parquet(Parquet { file, metadata, types: Arc::new(types), first: 0 }),
        }
        .with_rows()
    }

    /// The same Parquet table, of which only some rows are read; the rest of each column is skipped, never held.
    pub fn window(&self, rows: Range<usize>) -> Result<Self, Error> {
        let Body::Parquet(parquet) = &self.body else {
            let message = "windows are taken of Parquet tables only".to_owned();
            return Err(of(&self.path, "table", message));
        };
        let file = parquet.file.try_clone();
        let file = file.map_err(|source| Error::Io { action: "read", path: self.path.clone(), source })?;
        let (metadata, types) = (Arc::clone(&parquet.metadata), Arc::clone(&parquet.types));
        let first = parquet.first + rows.start;
        Ok(Self {
            path: self.path.clone(),
            names: self.names.clone(),
            n_rows: rows.len(),
            metadata: self.metadata.clone(),
            body: Body::Parquet(Parquet { file, metadata, types, first }),
        })
    }

    fn with_rows(self) -> Result<Self, Error> {
        if self.n_rows == 0 {
            let message = "no row was found below the header, expected at least one".to_owned();
            return Err(of(&self.path, "rows", message));
        }
        Ok(self)
    }

    /// Names of the columns, in the file's order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// A text from the file's metadata.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Notes each wanted column that the table lacks, with what it is wanted for.
    pub fn require<'a>(&self, wanted: impl IntoIterator<Item = (&'a str, String)>, problems: &mut Problems) {
        for (column, purpose) in wanted {
            if !self.names.iter().any(|name| name == column) {
                let message = format!("column `{column}` ({purpose}) is missing");
                problems.push(Problem::new(column, message));
            }
        }
    }

    /// A column of texts; `None`, with the problem noted, if it holds something else. The column must exist.
    pub fn text(&self, column: &str, problems: &mut Problems) -> Result<Option<StringChunked>, Error> {
        use ArrowDataType::{LargeUtf8, Utf8, Utf8View};
        if !self.holds(column, "text", |found| matches!(found, Utf8 | LargeUtf8 | Utf8View), problems) {
            return Ok(None);
        }
        let found = self.column(column)?;
        found.str().cloned().map(Some).map_err(|e| format_error(&self.path, "a readable table", &e))
    }

    /// A column of a foreign table as texts, whatever its type; `None`, with the problem noted, if that cannot be done.
    pub fn shown(&self, column: &str, problems: &mut Problems) -> Result<Option<Vec<String>>, Error> {
        if !self.holds(column, EXPECTED, can_be_shown, problems) {
            return Ok(None);
        }
        let texts = shown(&self.column(column)?);
        texts.map(Some).map_err(|e| format_error(&self.path, "a readable table", &e))
    }

    /// A column of numbers; `None`, with the problem noted, if it holds something else. The column must exist.
    pub fn float(&self, column: &str, problems: &mut Problems) -> Result<Option<Float64Chunked>, Error> {
        if !self.holds(column, "float", |found| *found == ArrowDataType::Float64, problems) {
            return Ok(None);
        }
        let found = self.column(column)?;
        found.f64().cloned().map(Some).map_err(|e| format_error(&self.path, "a readable table", &e))
    }

    /// Whether a column has a type, asked before it is read: polars panics on types that it was built without.
    fn holds(
        &self,
        column: &str,
        expected: &str,
        fits: impl Fn(&ArrowDataType) -> bool,
        problems: &mut Problems,
    ) -> bool {
        let Body::Parquet(parquet) = &self.body else { return true };
        let Some(found) = parquet.types.get(column).filter(|found| !fits(found)) else { return true };
        let found = match found {
            ArrowDataType::Utf8 | ArrowDataType::LargeUtf8 | ArrowDataType::Utf8View => "text".to_owned(),
            ArrowDataType::Dictionary(..) => "categories".to_owned(),
            other => format!("{other:?}").to_lowercase(),
        };
        problems.push(Problem::new(column, format!("column `{column}` holds {found}, expected {expected}")));
        false
    }

    fn column(&self, name: &str) -> Result<Column, Error> {
        let refuse = |e| format_error(&self.path, "a readable table", &e);
        match &self.body {
            Body::Csv(frame) => frame.column(name).cloned().map_err(refuse),
            Body::Parquet(Parquet { file, metadata, first, .. }) => {
                let io = |source| Error::Io { action: "read", path: self.path.clone(), source };
                // Row groups outside the slice are not touched; inside, pages outside are not decompressed.
                let mut reader = ParquetReader::new(file.try_clone().map_err(io)?)
                    .with_columns(Some(vec![name.to_owned()]))
                    .with_slice(Some((*first, self.n_rows)))
                    .read_parallel(ParallelStrategy::RowGroups);
                reader.set_metadata(Arc::clone(metadata));
                let frame = caught(|| reader.finish()).map_err(refuse)?;
                if frame.height() != self.n_rows {
                    let (found, expected) = (frame.height(), self.n_rows);
                    let message = format!(
                        "column `{name}` holds {found} rows from row {}, expected {expected}",
                        first + 1
                    );
                    return Err(format_error(&self.path, "a readable table", &message));
                }
                frame.column(name).cloned().map_err(refuse)
            }
        }
    }
}

/// All bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })
}

/// Runs a part of polars, which panics on some damaged files where it should return an error.
pub(super) fn caught<T>(read: impl FnOnce() -> PolarsResult<T>) -> PolarsResult<T> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    outcome.unwrap_or_else(|_| Err(PolarsError::ComputeError("the file is damaged".into())))
}

fn of(path: &Path, field: &str, message: String) -> Error {
    Error::invalid(format!("table `{}`", path.display()), Problem::new(field, message))
}

fn format_error(path: &Path, expected: &'static str, error: &impl std::fmt::Display) -> Error {
    Error::Format { path: path.to_owned(), expected, message: error.to_string() }
}
