//! Rows of a table, read without inference: what is written is what is seen.

use std::borrow::Cow;
use std::ops::Range;

use super::kind::{Kind, SHOWN};
use super::opened::{Body, Opened, format_error};
use super::parquet_in::{Leaf, ParquetIn, Span};
use super::texts::Texts;
use crate::error::Causes;
use crate::{Error, Problem, Problems};

/// Some rows of an open table.
pub(super) struct Raw<'t> {
    table: &'t Opened,
    n_rows: usize,
    cells: CellsOf<'t>,
}

enum CellsOf<'t> {
    Csv(Vec<Texts>),
    Parquet(&'t ParquetIn, Span),
}

impl<'t> Raw<'t> {
    /// The rows of a table.
    pub(super) fn of(table: &'t Opened, rows: Range<usize>) -> Result<Self, Error> {
        let n_rows = rows.len();
        let cells = match &table.body {
            Body::Csv(csv) => CellsOf::Csv(csv.columns(rows).map_err(|source| Error::Io {
                action: "read",
                path: table.path().to_owned(),
                source,
            })?),
            Body::Parquet { file, blank } => CellsOf::Parquet(file, Span::without(blank, rows)),
        };
        Ok(Self { table, n_rows, cells })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// A column of texts; `None`, with the problem noted, if it holds something else. The column must exist.
    pub fn text(&self, column: &str, problems: &mut Problems) -> Result<Option<Cow<'_, Texts>>, Error> {
        let at = self.place(column)?;
        Ok(match &self.cells {
            CellsOf::Csv(columns) => Some(Cow::Borrowed(&columns[at])),
            CellsOf::Parquet(file, rows) => {
                let leaf = holds(file, at, "text", |found| *found == Kind::Text, problems);
                let texts = leaf.map(|leaf| file.texts(leaf, rows).map(Cow::Owned));
                texts.transpose().map_err(|e| self.refuse(&e))?
            }
        })
    }

    /// A column of a foreign table as texts, whatever its type; `None`, with the problem noted, if that cannot be done.
    /// The column must exist.
    pub fn shown(&self, column: &str, problems: &mut Problems) -> Result<Option<Vec<String>>, Error> {
        self.shown_at(self.place(column)?, problems)
    }

    /// The type of a column, which is text throughout a CSV table. The column must exist.
    pub fn kind(&self, column: &str) -> Result<&Kind, Error> {
        self.place(column).map(|at| self.kind_at(at))
    }

    /// The type of the column at a place.
    pub fn kind_at(&self, at: usize) -> &Kind {
        match &self.cells {
            CellsOf::Csv(_) => &Kind::Text,
            CellsOf::Parquet(file, _) => file.columns.get(at).map_or(&Kind::Text, |leaf| &leaf.kind),
        }
    }

    /// Notes the rows in which columns of this name do not hold the same.
    pub fn check_repeated(
        &self,
        column: &str,
        problems: &mut Problems,
        causes: &mut Causes,
    ) -> Result<(), Error> {
        let mut places = self.table.places(column);
        let Some(first) = places.next() else { return Ok(()) };
        let Some(first) = self.shown_at(first, problems)? else { return Ok(()) };
        for place in places {
            let Some(other) = self.shown_at(place, problems)? else { return Ok(()) };
            let differ = first.iter().zip(&other).enumerate().filter(|(_, (one, other))| one != other);
            let before = format!("the columns named `{column}` hold ");
            for (row, (one, other)) in differ {
                causes.push(
                    column,
                    &before,
                    format!("`{one}` and `{other}`"),
                    ", expected the same",
                    row + 1,
                );
            }
        }
        Ok(())
    }

    /// The column at a place, as [`Self::shown`] gives that of a name.
    pub fn shown_at(&self, at: usize, problems: &mut Problems) -> Result<Option<Vec<String>>, Error> {
        Ok(match &self.cells {
            CellsOf::Csv(columns) => {
                Some(columns[at].iter().map(|cell| cell.unwrap_or_default().to_owned()).collect())
            }
            CellsOf::Parquet(file, rows) => {
                let leaf = holds(file, at, SHOWN, Kind::can_be_shown, problems);
                let shown = leaf.map(|leaf| file.shown(leaf, rows));
                shown.transpose().map_err(|e| self.refuse(&e))?
            }
        })
    }

    /// A column of numbers; `None`, with the problem noted, if it holds something else. The column must exist.
    ///
    /// Only a Parquet table holds numbers; of a CSV table every cell is text.
    pub fn float(&self, column: &str, problems: &mut Problems) -> Result<Option<Vec<Option<f64>>>, Error> {
        let at = self.place(column)?;
        let CellsOf::Parquet(file, rows) = &self.cells else {
            problems.push(Problem::new(column, format!("column `{column}` holds text, expected floats")));
            return Ok(None);
        };
        let leaf = holds(file, at, "floats", |found| *found == Kind::Float64, problems);
        let floats = leaf.map(|leaf| file.floats(leaf, rows));
        floats.transpose().map_err(|e| self.refuse(&e))
    }

    /// The first column of a name.
    fn place(&self, column: &str) -> Result<usize, Error> {
        let place = self.table.places(column).next();
        place.ok_or_else(|| self.refuse(&format!("there is no column `{column}`")))
    }

    fn refuse(&self, error: &impl std::fmt::Display) -> Error {
        format_error(self.table.path(), "a readable table", error)
    }
}

/// A column, if it is of a type that is wanted; else the problem is noted.
fn holds<'f>(
    file: &'f ParquetIn,
    at: usize,
    expected: &str,
    fits: impl Fn(&Kind) -> bool,
    problems: &mut Problems,
) -> Option<&'f Leaf> {
    let leaf = file.columns.get(at)?;
    if fits(&leaf.kind) {
        return Some(leaf);
    }
    let Leaf { name, kind, .. } = leaf;
    let message = format!("column `{name}` holds {}, expected {expected}", kind.name());
    problems.push(Problem::new(name, message));
    None
}
