//! Forms of a table that may not fit in memory, block by block.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::dialect::CsvDialect;
use super::forms::{Forms, forms, ignored};
use super::opened::{MOST, Opened};
use crate::{Error, Instrument, Problems};

/// An open table of forms, read in blocks of so many rows, in any order and from several threads.
///
/// Memory holds a block as text (of a Parquet file one column of it), and its codes. A Parquet file is skipped to the rows
/// asked for, whatever its row groups (a page, and the dictionary of a column, are still held whole); a CSV file is looked
/// through on opening, and where its rows begin is noted. What a row is, is the same as for [`import`](super::import).
///
/// ```no_run
/// # use std::{num::NonZeroUsize, path::Path, sync::Arc};
/// # use amparo_datasets::{Instrument, table::{CsvDialect, FormBlocks}};
/// # fn f(instrument: &Arc<Instrument>, rows: NonZeroUsize) -> Result<(), amparo_datasets::Error> {
/// let table = FormBlocks::open(Path::new("forms.parquet"), &CsvDialect::default(), instrument, rows)?;
/// for at in 0..table.n_blocks() {
///     let forms = table.block(at)?;
///     println!("{} of {} rows", forms.answers.n_rows(), table.n_rows());
/// }
/// # Ok(())
/// # }
/// ```
pub struct FormBlocks {
    table: Opened,
    instrument: Arc<Instrument>,
    rows_per_block: usize,
    ignored: Vec<String>,
    digest: String,
}

impl FormBlocks {
    /// Opens a CSV or Parquet table, by the ending of its name, and reads all its bytes once for their digest.
    ///
    /// # Errors
    /// As [`read_forms`](super::read_forms), for what shows without reading the answers: a format that is none, lines
    /// that are shorter or longer than the header, columns that are missing or twice in the header, no row.
    pub fn open(
        path: &Path,
        dialect: &CsvDialect,
        instrument: &Arc<Instrument>,
        rows_per_block: NonZeroUsize,
    ) -> Result<Self, Error> {
        let table = Opened::open(path, dialect)?;
        let mut problems = Problems::default();
        let indicators = instrument.indicators().iter();
        let wanted = indicators.map(|i| (i.id.as_str(), format!("indicator `{}`", i.id)));
        let case = table.names().iter().any(|name| name == "case").then(|| ("case", "case".to_owned()));
        table.require(wanted.chain(case), &[], &mut problems);
        let ignored = problems.or(what(path), ignored(&table, instrument))?;
        let (instrument, digest) = (Arc::clone(instrument), table.digest()?);
        Ok(Self { table, instrument, rows_per_block: rows_per_block.get(), ignored, digest })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.table.n_rows()
    }

    /// Lines that hold separators and nothing else (of a Parquet file, rows without any value): they are no rows.
    pub fn n_blank(&self) -> usize {
        self.table.n_blank()
    }

    /// Number of blocks; at least one.
    pub fn n_blocks(&self) -> usize {
        self.n_rows().div_ceil(self.rows_per_block)
    }

    /// The rows of a block, counted from 0.
    pub fn rows(&self, block: usize) -> Range<usize> {
        let start = block.saturating_mul(self.rows_per_block).min(self.n_rows());
        start..start.saturating_add(self.rows_per_block).min(self.n_rows())
    }

    /// Columns that are neither `case` nor an indicator, and so are not read.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// SHA-256 (hex) of the file's bytes.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The forms of a block.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with the first 100 cells of this block and later ones that
    /// hold no answer of their indicator, by row of the whole table.
    pub fn block(&self, at: usize) -> Result<Forms, Error> {
        self.with_later_problems(at, self.one(at))
    }

    /// Refuses a file that has changed since it was opened.
    ///
    /// # Errors
    /// [`Error::Invalid`] if its length or the time of its last change is another; [`Error::Io`].
    pub fn check_unchanged(&self) -> Result<(), Error> {
        self.table.check_unchanged()
    }

    /// A block, with the problems of its rows only.
    fn one(&self, at: usize) -> Result<Forms, Error> {
        let raw = self.table.window(self.rows(at))?;
        let read = forms(&self.table, &raw, &self.instrument, MOST, || what(self.table.path()));
        read.map_err(|error| self.at_rows_of_table(at, error))
    }

    /// Rows of a block as rows of the table.
    fn at_rows_of_table(&self, block: usize, error: Error) -> Error {
        let Error::Invalid { what, mut problems } = error else { return error };
        let before = self.rows(block).start;
        problems.0.iter_mut().filter_map(|problem| problem.row.as_mut()).for_each(|row| *row += before);
        Error::Invalid { what, problems }
    }

    /// If rows are to be mended, looks for more of them in the blocks below, so that all are mended at once.
    fn with_later_problems<T>(&self, block: usize, read: Result<T, Error>) -> Result<T, Error> {
        let (mut what, mut problems) = match read {
            Err(Error::Invalid { what, problems }) if problems.0.iter().any(|p| p.row.is_some()) => {
                (what, problems)
            }
            other => return other,
        };
        let mut last = block;
        while problems.0.len() < MOST && last + 1 < self.n_blocks() {
            last += 1;
            match self.one(last) {
                Ok(_) => {}
                Err(Error::Invalid { problems: more, .. }) => {
                    // What is wrong with a column as a whole was said with the first block.
                    problems.0.extend(more.0.into_iter().filter(|problem| problem.row.is_some()));
                }
                Err(other) => return Err(other),
            }
        }
        let looked_at = self.rows(last).end;
        if looked_at < self.n_rows() {
            what = format!("{what}, looked at up to row {looked_at} of {}", self.n_rows());
        }
        problems.0.truncate(MOST);
        Err(Error::Invalid { what, problems })
    }
}

fn what(path: &Path) -> String {
    format!("forms `{}`", path.display())
}
