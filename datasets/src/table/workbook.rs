//! A sheet of an `.xlsx` workbook as a table. Feature `xlsx`.
//!
//! The first row that holds something is the header, and every row below that holds something is a row of the table, hidden or not,
//! as when a spreadsheet program saves the sheet as CSV. A cell is what it holds, however it is formatted, and a formula is the value
//! that the workbook was saved with.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Cursor;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use calamine::{Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use parquet::file::reader::{ChunkReader, Length};

use super::column_text::{CellKind, ColumnText};
use super::opened::{SHEET, format_error, of};
use super::shared_file::SharedFile;
use super::sheet_cell::{Refused, SheetCell, address};
use crate::error::Causes;
use crate::{Error, Problem, Problems};

/// What was expected where a cell cannot be read.
const EXPECTED: &str = ", expected text, a number, a boolean or a day";

/// A sheet, held in memory.
pub(super) struct Workbook {
    sheet: String,
    /// Row of the sheet, from 0, of each row of the table.
    rows: Vec<u32>,
    n_blank: usize,
    n_formulas: usize,
    /// In the order of the sheet.
    columns: Vec<SheetColumn>,
}

struct SheetColumn {
    name: String,
    /// Place in the sheet, from 0.
    at: u32,
    /// The cells below the header that hold something, with their rows of the sheet, ascending.
    cells: Vec<(u32, SheetCell)>,
}

impl Workbook {
    /// Reads a sheet: the stated one, or the only one.
    ///
    /// # Errors
    /// [`Error::Format`] if the file is no workbook; [`Error::Invalid`] if it is not stated which of several sheets is the table,
    /// there is no such sheet, or cells of the header are merged or cannot be read; [`Error::Io`].
    pub fn open(path: &Path, file: &SharedFile, sheet: Option<&str>) -> Result<Self, Error> {
        let length = usize::try_from(file.len()).unwrap_or(usize::MAX);
        let bytes = file.get_bytes(0, length).map_err(|e| Error::Io {
            action: "read",
            path: path.to_owned(),
            source: std::io::Error::other(e),
        })?;
        let refuse = |message: String| format_error(path, "a readable .xlsx workbook", &message);
        let mut workbook = caught(|| Xlsx::new(Cursor::new(bytes))).map_err(refuse)?;
        let sheet = chosen(path, workbook.sheets_metadata(), sheet)?;
        let merged = caught(|| workbook.merge_cells_by_sheet_name(&sheet)).map_err(refuse)?;
        let found = caught(|| Cells::of(&mut workbook, &sheet)).map_err(refuse)?;
        found.table(path, sheet, &merged)
    }

    /// Names of the columns.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Rows between the header and the last row that hold nothing.
    pub fn n_blank(&self) -> usize {
        self.n_blank
    }

    /// A word about formulas, if there are any.
    pub fn formulas_note(&self) -> Option<String> {
        (self.n_formulas > 0).then(|| {
            format!(
                "{} cells of sheet `{}` are formulas: they count as the values that the workbook was saved with",
                self.n_formulas, self.sheet
            )
        })
    }

    /// A column of some rows; `None`, with the problems noted, if a cell of them cannot be read.
    pub fn shown(&self, at: usize, rows: Range<usize>, problems: &mut Problems) -> Option<ColumnText> {
        let column = self.columns.get(at)?;
        let first = self.rows.get(rows.start).copied().unwrap_or(u32::MAX);
        let mut cells =
            column.cells[column.cells.partition_point(|(row, _)| *row < first)..].iter().peekable();
        let mut causes = Causes::default();
        let before = format!("column `{}` holds ", column.name);
        let texts = rows.map(|at| {
            let row = self.rows.get(at)?;
            // Rows of blanks have cells that are none of the table.
            while cells.next_if(|(other, _)| other < row).is_some() {}
            let (_, cell) = cells.next_if(|(other, _)| other == row)?;
            cell.text()
                .map_err(|refused| {
                    let found =
                        format!("{refused} in cell {} of sheet `{}`", address(*row, column.at), self.sheet);
                    causes.push(&column.name, &before, found, EXPECTED, at + 1);
                })
                .ok()
        });
        let nothing = || (String::new(), CellKind::Text);
        let shown = ColumnText::of_cells(texts.map(|cell| cell.unwrap_or_else(nothing)));
        let found = causes.n_rows();
        problems.0.append(&mut causes.into_problems().0);
        (found == 0).then_some(shown)
    }

    /// The first cell of a column that cannot be read, for messages: `the error ``#N/A`` in cell C5`.
    pub fn first_refused(&self, at: usize) -> Option<String> {
        let column = self.columns.get(at)?;
        column.cells.iter().find_map(|(row, cell)| {
            let refused = cell.text().err()?;
            Some(format!("{refused} in cell {}", address(*row, column.at)))
        })
    }
}

/// What stands in a sheet, by column.
#[derive(Default)]
struct Cells {
    columns: BTreeMap<u32, Vec<(u32, SheetCell)>>,
    /// Rows that hold more than blanks.
    filled: BTreeSet<u32>,
    n_formulas: usize,
}

impl Cells {
    fn of(workbook: &mut Xlsx<Cursor<bytes::Bytes>>, sheet: &str) -> Result<Self, XlsxError> {
        let is_1904 = workbook.has_1904_epoch();
        let mut reader = workbook.worksheet_cells_reader(sheet)?;
        let mut texts: HashSet<Arc<str>> = HashSet::new();
        let mut shared = |text: &str| match texts.get(text) {
            Some(known) => Arc::clone(known),
            None => {
                let new: Arc<str> = text.into();
                texts.insert(Arc::clone(&new));
                new
            }
        };
        let mut found = Self::default();
        while let Some(record) = reader.next_cell_with_formula_metadata()? {
            let is_formula = record.formula.is_some();
            let Some(cell) = SheetCell::of(&record.value, is_formula, is_1904, &mut shared) else { continue };
            let (row, column) = record.pos;
            found.n_formulas += usize::from(is_formula);
            if !cell.is_blank() {
                found.filled.insert(row);
            }
            found.columns.entry(column).or_default().push((row, cell));
        }
        for cells in found.columns.values_mut() {
            // The rows of a file are ascending; nothing says that they must be.
            cells.sort_by_key(|(row, _)| *row);
            if cells.windows(2).any(|two| two[0].0 == two[1].0) {
                return Err(XlsxError::Unexpected("one cell stands there twice"));
            }
        }
        found.columns.retain(|_, cells| cells.iter().any(|(_, cell)| !cell.is_blank()));
        Ok(found)
    }

    fn table(self, path: &Path, sheet: String, merged: &[Dimensions]) -> Result<Workbook, Error> {
        let Self { mut columns, filled, n_formulas } = self;
        let mut filled = filled.into_iter();
        let Some(header) = filled.next() else {
            let message = format!("sheet `{sheet}` is empty, expected a header and rows");
            return Err(of(path, "header", message));
        };
        let rows: Vec<u32> = filled.collect();
        let mut problems = Problems::default();
        for area in merged.iter().filter(|area| (area.start.0..=area.end.0).contains(&header)) {
            let [from, to] = [area.start, area.end].map(|(row, column)| address(row, column));
            let message = format!(
                "cells {from}:{to} of sheet `{sheet}` are merged, and the header is row {}: expected one name above each column, and \
                 nothing above the names",
                header + 1
            );
            problems.push(Problem::new("header", message));
        }
        cover(&mut columns, &rows, merged);
        let mut found = Vec::with_capacity(columns.len());
        for (at, mut cells) in columns {
            // Blanks above the header.
            cells.drain(..cells.partition_point(|(row, _)| *row < header));
            let named = cells.first().is_some_and(|(row, _)| *row == header).then(|| cells.remove(0).1);
            let name = match named.as_ref().map(SheetCell::text) {
                None => String::new(),
                Some(Ok((name, _))) => name,
                Some(Err(refused)) => {
                    let place = address(header, at);
                    let message = format!(
                        "the header holds {refused} in cell {place} of sheet `{sheet}`, expected a name"
                    );
                    problems.push(Problem::new("header", message));
                    continue;
                }
            };
            found.push(SheetColumn { name, at, cells });
        }
        let below = rows.last().map_or(0, |last| (last - header) as usize);
        let n_blank = below - rows.len();
        let table = Workbook { sheet, rows, n_blank, n_formulas, columns: found };
        problems.or(format!("table `{}`", path.display()), table)
    }
}

/// Of merged cells, only the first holds something. What a person sees in all of them is not in the others: they cannot be read.
fn cover(columns: &mut BTreeMap<u32, Vec<(u32, SheetCell)>>, rows: &[u32], merged: &[Dimensions]) {
    for Dimensions { start, end } in merged {
        let first = columns.get(&start.1).and_then(|cells| {
            let at = cells.binary_search_by_key(&start.0, |(row, _)| *row).ok()?;
            cells.get(at)
        });
        if first.is_none_or(|(_, cell)| cell.is_blank()) {
            continue;
        }
        let covered = rows.partition_point(|row| *row < start.0)..rows.partition_point(|row| *row <= end.0);
        for (column, cells) in columns.range_mut(start.1..=end.1) {
            for row in rows[covered.clone()].iter().filter(|row| (**row, *column) != *start) {
                let refused = (*row, SheetCell::Refused(Refused::Merged(start.0, start.1)));
                match cells.binary_search_by_key(row, |(row, _)| *row) {
                    Ok(at) => cells[at] = refused,
                    Err(at) => cells.insert(at, refused),
                }
            }
        }
    }
}

/// The sheet that is the table.
fn chosen(path: &Path, sheets: &[calamine::Sheet], stated: Option<&str>) -> Result<String, Error> {
    let sheets: Vec<&calamine::Sheet> =
        sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
    let listed = || {
        let named = |sheet: &&calamine::Sheet| match sheet.visible {
            SheetVisible::Visible => format!("`{}`", sheet.name),
            SheetVisible::Hidden | SheetVisible::VeryHidden => format!("`{}` (hidden)", sheet.name),
        };
        sheets.iter().map(named).collect::<Vec<_>>().join(", ")
    };
    let message = match (stated, &sheets[..]) {
        (Some(stated), sheets) if sheets.iter().any(|sheet| sheet.name == stated) => {
            return Ok(stated.to_owned());
        }
        (None, [only]) => return Ok(only.name.clone()),
        (_, []) => "the workbook has no sheet of cells, expected one".to_owned(),
        (Some(stated), _) => format!("the workbook has no sheet `{stated}`, expected one of {}", listed()),
        (None, sheets) => format!(
            "the workbook has {} sheets, {}: it must be stated which of them is the table",
            sheets.len(),
            listed()
        ),
    };
    Err(of(path, SHEET, message))
}

/// Runs a part of the reader of workbooks, so that one that panics on a damaged file does not take the program with it.
fn caught<T>(read: impl FnOnce() -> Result<T, XlsxError>) -> Result<T, String> {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)) {
        Ok(Ok(read)) => Ok(read),
        Ok(Err(XlsxError::Password)) => Err("it is encrypted, expected one without a password".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the file is damaged".to_owned()),
    }
}
