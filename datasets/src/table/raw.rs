//! Rows of a table, read without inference: what is written is what is seen.

use std::borrow::Cow;
use std::ops::Range;

use parquet::errors::ParquetError;

use super::column_text::{CellKind, ColumnText};
use super::kind::{Kind, SHOWN};
use super::opened::{Body, Opened, format_error};
use super::parquet_in::{Leaf, ParquetIn, Span};
use super::texts::Texts;
#[cfg(feature = "xlsx")]
use super::workbook::Workbook;
use crate::error::Causes;
use crate::{Error, Problem, Problems};

/// Some rows of an open table.
pub(super) struct Raw<'t> {
    table: &'t Opened,
    rows: Range<usize>,
    cells: CellsOf<'t>,
}

enum CellsOf<'t> {
    Csv(Vec<Texts>),
    Parquet(&'t ParquetIn, Span),
    #[cfg(feature = "xlsx")]
    Xlsx(&'t Workbook),
}

impl<'t> Raw<'t> {
    /// The rows of a table.
    pub(super) fn of(table: &'t Opened, rows: Range<usize>) -> Result<Self, Error> {
        let cells = match &table.body {
            Body::Csv(csv) => CellsOf::Csv(csv.columns(rows.clone()).map_err(|source| Error::Io {
                action: "read",
                path: table.path().to_owned(),
                source,
            })?),
            Body::Parquet { file, blank } => CellsOf::Parquet(file, Span::without(blank, rows.clone())),
            #[cfg(feature = "xlsx")]
            Body::Xlsx(workbook) => CellsOf::Xlsx(workbook),
        };
        Ok(Self { table, rows, cells })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
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
            #[cfg(feature = "xlsx")]
            CellsOf::Xlsx(_) => self.shown_at(at, problems)?.map(|shown| {
                let mut texts = Texts::default();
                shown
                    .texts
                    .iter()
                    .for_each(|text| texts.push(Some(text.as_str()).filter(|text| !text.is_empty())));
                Cow::Owned(texts)
            }),
        })
    }

    /// A column of a foreign table as texts, whatever its type; `None`, with the problem noted, if that cannot be done.
    /// The column must exist.
    pub fn shown(&self, column: &str, problems: &mut Problems) -> Result<Option<ColumnText>, Error> {
        self.shown_at(self.place(column)?, problems)
    }

    /// Why the column at a place cannot be shown, in the words of a message (`bytes`); `None` if it can.
    pub fn unreadable_at(&self, at: usize) -> Option<String> {
        match &self.cells {
            CellsOf::Csv(_) => None,
            CellsOf::Parquet(file, _) => {
                let kind = &file.columns.get(at)?.kind;
                (!kind.can_be_shown()).then(|| kind.name().to_owned())
            }
            #[cfg(feature = "xlsx")]
            CellsOf::Xlsx(workbook) => workbook.first_refused(at),
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
            let differ =
                first.texts.iter().zip(&other.texts).enumerate().filter(|(_, (one, other))| one != other);
            let before = format!("the columns named `{column}` hold ");
            for (row, (one, other)) in differ {
                causes.push(
                    column,
                    &before,
                    format!("`{one}` and `{other}`"),
                    ", expected the same",
                    self.rows.start + row + 1,
                );
            }
        }
        Ok(())
    }

    /// The column at a place, as [`Self::shown`] gives that of a name.
    pub fn shown_at(&self, at: usize, problems: &mut Problems) -> Result<Option<ColumnText>, Error> {
        Ok(match &self.cells {
            CellsOf::Csv(columns) => {
                let texts = columns[at].iter().map(|cell| cell.unwrap_or_default().to_owned()).collect();
                Some(ColumnText::of_one_kind(texts, CellKind::Text))
            }
            CellsOf::Parquet(file, rows) => {
                let leaf = holds(file, at, SHOWN, Kind::can_be_shown, problems);
                let shown = leaf.map(|leaf| {
                    let texts = file.shown(leaf, rows)?;
                    Ok(ColumnText::of_one_kind(texts, leaf.kind.of_cells()))
                });
                shown.transpose().map_err(|e: ParquetError| self.refuse(&e))?
            }
            #[cfg(feature = "xlsx")]
            CellsOf::Xlsx(workbook) => workbook.shown(at, self.rows.clone(), problems),
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
