//! Forms of a table that may not fit in memory, block by block.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::forms::{Forms, Wrong, forms, ignored};
use super::import;
use super::opened::Opened;
use crate::dialect::Dialect;
use crate::{Error, Instrument, Problem, Problems, Source};

/// Wrong cells that are enough to stop looking for more of them in later blocks.
const ENOUGH: usize = 100;

/// An open table of forms, read in blocks of so many rows, in any order and from several threads.
///
/// Memory holds a block as text (of a Parquet file one column of it; of a workbook the whole sheet), and its codes. A Parquet file is skipped to the rows
/// asked for, whatever its row groups (a page, and the dictionary of a column, are still held whole); a CSV file is looked
/// through on opening, and where its rows begin is noted. What a row is, is the same as for [`import`](super::import).
///
/// ```no_run
/// # use std::{num::NonZeroUsize, path::Path, sync::Arc};
/// # use amparo_datasets::{Instrument, table::{Dialect, FormBlocks}};
/// # fn f(instrument: &Arc<Instrument>, rows: NonZeroUsize) -> Result<(), amparo_datasets::Error> {
/// let table = FormBlocks::open(Path::new("forms.parquet"), &Dialect::default(), instrument, rows)?;
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
    /// What describes the table, unless its columns are named by the form.
    source: Option<Source>,
    rows_per_block: usize,
    ignored: Vec<String>,
    digest: String,
}

impl FormBlocks {
    /// Opens a table by the ending of its name, as [`read_forms`](super::read_forms) does, and reads all its bytes once for their digest.
    ///
    /// # Errors
    /// As [`read_forms`](super::read_forms), for what shows without reading the answers: a format that is none, lines
    /// that are shorter or longer than the header, columns that are missing or twice in the header, no row.
    pub fn open(
        path: &Path,
        dialect: &Dialect,
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
        Ok(Self { table, instrument, source: None, rows_per_block: rows_per_block.get(), ignored, digest })
    }

    /// Opens a foreign table, of which the cases and the answers are read as a source says, exactly as
    /// [`import`](super::import) reads them. Columns of outcomes, groups, scores and days need not be there. Every row is read:
    /// the source's filters, which say what makes a cohort, are not applied.
    ///
    /// # Errors
    /// As [`open`](Self::open); also [`Error::Invalid`] if the source answers another form than `instrument`.
    pub fn open_by(
        path: &Path,
        source: &Source,
        instrument: &Arc<Instrument>,
        rows_per_block: NonZeroUsize,
    ) -> Result<Self, Error> {
        let form = source.instrument();
        if form.digest() != instrument.digest() {
            let message = format!(
                "source `{}` answers form `{}` (digest {}), expected `{}` (digest {}): their questions, answers or bins differ",
                source.id(),
                form.id(),
                form.digest(),
                instrument.id(),
                instrument.digest()
            );
            return Err(Error::invalid(what(path), Problem::new("instrument", message)));
        }
        let table = import::open(source, path)?;
        let mut problems = Problems::default();
        let read = source.columns_of_forms();
        let is_read = |name: &String| read.iter().any(|(column, _)| column == name);
        let ignored = table.names().iter().filter(|name| !is_read(name)).cloned().collect();
        table.require(read.clone(), &source.repeated, &mut problems);
        let ignored = problems.or(what(path), ignored)?;
        let (source, instrument, digest) = (Some(source.clone()), Arc::clone(instrument), table.digest()?);
        Ok(Self { table, instrument, source, rows_per_block: rows_per_block.get(), ignored, digest })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.table.n_rows()
    }

    /// What a reader of any result must know of how the file was read, in sentences: lines that hold nothing and so are no rows,
    /// formulas of a workbook.
    pub fn notes(&self) -> Vec<String> {
        self.table.notes()
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

    /// Columns that answer no indicator and name no case, and so are not read.
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
    /// [`Error::Io`], [`Error::Format`], or [`Error::Invalid`] with the cells of this block that hold no answer of their
    /// indicator, and those of later blocks until there are a hundred, by row of the whole table or counted; it says up to
    /// which row it has looked.
    pub fn block(&self, at: usize) -> Result<Forms, Error> {
        let mut wrong = Wrong::default();
        if let Some(forms) = self.one(at, &mut wrong)? {
            return Ok(forms);
        }
        let mut last = at;
        // All that is to be mended in rows is told at once; what is wrong with a column as a whole shows in any block.
        while (1..ENOUGH).contains(&wrong.causes.n_rows()) && last + 1 < self.n_blocks() {
            last += 1;
            let mut later = Wrong { causes: std::mem::take(&mut wrong.causes), ..Wrong::default() };
            self.one(last, &mut later)?;
            wrong.causes = later.causes;
        }
        let mut what = what(self.table.path());
        let looked_at = self.rows(last).end;
        if wrong.causes.n_rows() > 0 && looked_at < self.n_rows() {
            what = format!("{what}, looked at up to row {looked_at} of {}", self.n_rows());
        }
        Err(Error::invalid(what, wrong.into_problems()))
    }

    /// Refuses a file that has changed since it was opened.
    ///
    /// # Errors
    /// [`Error::Invalid`] if its length or the time of its last change is another; [`Error::Io`].
    pub fn check_unchanged(&self) -> Result<(), Error> {
        self.table.check_unchanged()
    }

    /// A block, without those below it.
    fn one(&self, at: usize, wrong: &mut Wrong) -> Result<Option<Forms>, Error> {
        let rows = self.rows(at);
        let raw = self.table.window(rows.clone())?;
        let Some(source) = &self.source else {
            return forms(&self.table, &raw, &self.instrument, rows.start, wrong);
        };
        let read = import::forms_by(source, &raw, rows.start, wrong)?;
        Ok(read.map(|(cases, answers)| Forms { cases, answers, ignored: self.ignored.clone() }))
    }
}

fn what(path: &Path) -> String {
    format!("forms `{}`", path.display())
}
