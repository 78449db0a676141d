//! A file of columns, read without inference: what is written is what is seen.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::csv_in::{self, CsvIn};
use super::kind::{Kind, SHOWN};
use super::parquet_in::{self, ParquetIn};
use super::ragged::{other_separator, ragged_lines};
use super::texts::Texts;
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
    Csv(CsvIn),
    Parquet(Window),
}

struct Window {
    file: ParquetIn,
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
        let table = csv_in::read(&bytes, separator).map_err(|e| format_error(path, "a CSV table", &e))?;
        for (at, name) in table.names.iter().enumerate() {
            // Said once, however often the name is repeated.
            if table.names[..at].iter().filter(|earlier| *earlier == name).count() == 1 {
                problems.push(Problem::new(name, format!("column `{name}` is in the header twice")));
            }
        }
        let (names, n_rows, body) = (table.names.clone(), table.n_rows, Body::Csv(table));
        let table = Self { path: path.to_owned(), names, n_rows, metadata: BTreeMap::new(), body };
        problems.or(format!("table `{}`", path.display()), table)?.with_rows()
    }

    /// A Parquet table.
    pub fn parquet(path: &Path) -> Result<Self, Error> {
        let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
        let opened = parquet_in::open(path).map_err(io)?;
        let file = opened.map_err(|e| format_error(path, "a Parquet table", &e))?;
        Self {
            path: path.to_owned(),
            names: file.columns.iter().map(|(name, _)| name.clone()).collect(),
            n_rows: file.n_rows,
            metadata: file.metadata().collect(),
            body: Body::Parquet(Window { file, first: 0 }),
        }
        .with_rows()
    }

    /// The same Parquet table, of which only some rows are read; the rest of each column is skipped, never held.
    pub fn window(&self, rows: Range<usize>) -> Result<Self, Error> {
        let Body::Parquet(Window { file, first }) = &self.body else {
            let message = "windows are taken of Parquet tables only".to_owned();
            return Err(of(&self.path, "table", message));
        };
        Ok(Self {
            path: self.path.clone(),
            names: self.names.clone(),
            n_rows: rows.len(),
            metadata: self.metadata.clone(),
            body: Body::Parquet(Window { file: file.clone(), first: first + rows.start }),
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
    pub fn text(&self, column: &str, problems: &mut Problems) -> Result<Option<Cow<'_, Texts>>, Error> {
        Ok(match &self.body {
            Body::Csv(table) => Some(Cow::Borrowed(self.csv_column(table, column)?)),
            Body::Parquet(window) => {
                let fits = |found: &Kind| *found == Kind::Text;
                let texts = self.holds(window, column, "text", fits, problems).map(|_| {
                    window.file.texts(column, self.rows(window)).map(Cow::Owned).map_err(|e| self.refuse(&e))
                });
                texts.transpose()?
            }
        })
    }

    /// A column of a foreign table as texts, whatever its type; `None`, with the problem noted, if that cannot be done.
    pub fn shown(&self, column: &str, problems: &mut Problems) -> Result<Option<Vec<String>>, Error> {
        Ok(match &self.body {
            Body::Csv(table) => {
                let cells = self.csv_column(table, column)?.iter();
                Some(cells.map(|cell| cell.unwrap_or_default().to_owned()).collect())
            }
            Body::Parquet(window) => {
                let kind = self.holds(window, column, SHOWN, Kind::can_be_shown, problems);
                let shown = kind.map(|kind| {
                    window.file.shown(column, kind, self.rows(window)).map_err(|e| self.refuse(&e))
                });
                shown.transpose()?
            }
        })
    }

    /// A column of numbers; `None`, with the problem noted, if it holds something else. The column must exist.
    ///
    /// Only a Parquet table holds numbers; of a CSV table every cell is text.
    pub fn float(&self, column: &str, problems: &mut Problems) -> Result<Option<Vec<Option<f64>>>, Error> {
        let Body::Parquet(window) = &self.body else {
            problems.push(Problem::new(column, format!("column `{column}` holds text, expected floats")));
            return Ok(None);
        };
        let fits = |found: &Kind| *found == Kind::Float64;
        let floats = self
            .holds(window, column, "floats", fits, problems)
            .map(|_| window.file.floats(column, self.rows(window)).map_err(|e| self.refuse(&e)));
        floats.transpose()
    }

    /// The type of a column, if it is one that is wanted; else the problem is noted.
    fn holds<'w>(
        &self,
        window: &'w Window,
        column: &str,
        expected: &str,
        fits: impl Fn(&Kind) -> bool,
        problems: &mut Problems,
    ) -> Option<&'w Kind> {
        let kind = window.file.columns.iter().find(|(name, _)| name == column).map(|(_, kind)| kind)?;
        if fits(kind) {
            return Some(kind);
        }
        let message = format!("column `{column}` holds {}, expected {expected}", kind.name());
        problems.push(Problem::new(column, message));
        None
    }

    fn rows(&self, window: &Window) -> Range<usize> {
        window.first..window.first + self.n_rows
    }

    fn csv_column<'t>(&self, table: &'t CsvIn, column: &str) -> Result<&'t Texts, Error> {
        let at = table.names.iter().position(|name| name == column);
        at.map(|at| &table.columns[at]).ok_or_else(|| self.refuse(&format!("there is no column `{column}`")))
    }

    fn refuse(&self, error: &impl std::fmt::Display) -> Error {
        format_error(&self.path, "a readable table", error)
    }
}

/// All bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })
}

fn of(path: &Path, field: &str, message: String) -> Error {
    Error::invalid(format!("table `{}`", path.display()), Problem::new(field, message))
}

fn format_error(path: &Path, expected: &'static str, error: &impl std::fmt::Display) -> Error {
    Error::Format { path: path.to_owned(), expected, message: error.to_string() }
}
