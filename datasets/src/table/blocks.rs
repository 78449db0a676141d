//! Forms of a table that may not fit in memory, block by block.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::forms::{Forms, forms, ignored};
use super::lines::Lines;
use super::raw::Raw;
use crate::instrument::hex;
use crate::{Error, Instrument, Problem, Problems};

/// Most problems that an error holds.
const MOST: usize = 100;

/// Bytes of the file that are looked at at once.
const STRIDE: usize = 1 << 20;

/// An open table of forms, read in blocks of so many rows, in any order and from several threads.
///
/// Memory holds one column of a block as text, and its codes. A Parquet file is skipped to the rows asked for, whatever
/// its row groups (a page, and the dictionary of a column, are still held whole); of a CSV file the places where blocks
/// start are noted on opening.
///
/// ```no_run
/// # use std::{num::NonZeroUsize, path::Path, sync::Arc};
/// # use amparo_datasets::{Instrument, table::FormBlocks};
/// # fn f(instrument: &Arc<Instrument>, rows: NonZeroUsize) -> Result<(), amparo_datasets::Error> {
/// let table = FormBlocks::open(Path::new("forms.parquet"), instrument, rows)?;
/// for at in 0..table.n_blocks() {
///     let forms = table.block(at)?;
///     println!("{} of {} rows", forms.answers.n_rows(), table.n_rows());
/// }
/// # Ok(())
/// # }
/// ```
pub struct FormBlocks {
    path: PathBuf,
    instrument: Arc<Instrument>,
    rows_per_block: usize,
    n_rows: usize,
    ignored: Vec<String>,
    digest: String,
    seen: Seen,
    body: Body,
}

enum Body {
    Csv(Lines),
    Parquet(Raw),
}

/// Length and time of the last change of a file.
type Seen = (u64, Option<SystemTime>);

impl FormBlocks {
    /// Opens a CSV or Parquet table, by the ending of its name, and reads all its bytes once for their digest.
    ///
    /// # Errors
    /// As [`read_forms`](super::read_forms), for what shows without reading the answers of a Parquet file: a format that
    /// is none, columns that are missing or twice in a header, no row.
    pub fn open(
        path: &Path,
        instrument: &Arc<Instrument>,
        rows_per_block: NonZeroUsize,
    ) -> Result<Self, Error> {
        let rows_per_block = rows_per_block.get();
        let is_csv = path.extension().is_some_and(|ending| ending == "csv");
        let parquet = if is_csv { None } else { Some(Raw::open(path)?) };
        let mut lines = Lines::default();
        let (seen, digest) = look_through(path, |bytes| match is_csv {
            true => lines.go_on(bytes, rows_per_block),
            false => Ok(()),
        })?;
        let (n_rows, body) = match parquet {
            Some(raw) => (raw.n_rows(), Body::Parquet(raw)),
            None => (lines.finish(), Body::Csv(lines)),
        };
        let (path, instrument) = (path.to_owned(), Arc::clone(instrument));
        let ignored = Vec::new();
        let mut blocks = Self { path, instrument, rows_per_block, n_rows, ignored, digest, seen, body };
        blocks.ignored = blocks.check_columns()?;
        Ok(blocks)
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of blocks; at least one.
    pub fn n_blocks(&self) -> usize {
        self.n_rows.div_ceil(self.rows_per_block)
    }

    /// The rows of a block, counted from 0.
    pub fn rows(&self, block: usize) -> Range<usize> {
        let start = block.saturating_mul(self.rows_per_block).min(self.n_rows);
        start..start.saturating_add(self.rows_per_block).min(self.n_rows)
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
        let io = |source| Error::Io { action: "read", path: self.path.clone(), source };
        if seen(&std::fs::metadata(&self.path).map_err(io)?) == self.seen {
            return Ok(());
        }
        let message = "the file has changed while it was read, expected one that stays as it is";
        Err(invalid(&self.path, Problem::new("file", message)))
    }

    /// The columns that nobody asks for, if those that somebody does are there.
    fn check_columns(&self) -> Result<Vec<String>, Error> {
        let first;
        let raw = match &self.body {
            Body::Parquet(raw) => raw,
            Body::Csv(_) => {
                first = self.with_later_problems(0, self.raw(0))?;
                &first
            }
        };
        let mut problems = Problems::default();
        let indicators = self.instrument.indicators().iter();
        raw.require(indicators.map(|i| (i.id.as_str(), format!("indicator `{}`", i.id))), &mut problems);
        problems.or(self.what(), ignored(raw, &self.instrument))
    }

    /// A block, with the problems of its rows only.
    fn one(&self, at: usize) -> Result<Forms, Error> {
        let raw = self.raw(at)?;
        let read = forms(&raw, &self.instrument, MOST, || self.what());
        read.map_err(|error| self.at_rows_of_table(at, error))
    }

    fn raw(&self, at: usize) -> Result<Raw, Error> {
        let rows = self.rows(at);
        match &self.body {
            Body::Parquet(raw) => raw.window(rows),
            Body::Csv(lines) => {
                let raw = Raw::csv(&self.path, self.csv_bytes(lines, at)?)
                    .map_err(|error| self.at_rows_of_table(at, error))?;
                if raw.n_rows() != rows.len() {
                    let message = format!(
                        "{} rows were read from row {}, expected {}: a quote may not be closed",
                        raw.n_rows(),
                        rows.start + 1,
                        rows.len()
                    );
                    return Err(invalid(&self.path, Problem::new("rows", message)));
                }
                Ok(raw)
            }
        }
    }

    /// The header and the lines of a block: a CSV table of its own.
    fn csv_bytes(&self, lines: &Lines, at: usize) -> Result<Vec<u8>, Error> {
        let read = |span: Range<u64>| {
            let mut bytes = Vec::with_capacity((span.end - span.start) as usize);
            let mut file = File::open(&self.path)?;
            file.seek(SeekFrom::Start(span.start))?;
            file.take(span.end - span.start).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let io = |source| Error::Io { action: "read", path: self.path.clone(), source };
        let mut bytes = read(lines.header()).map_err(io)?;
        bytes.append(&mut read(lines.block(at)).map_err(io)?);
        Ok(bytes)
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
        if looked_at < self.n_rows {
            what = format!("{what}, looked at up to row {looked_at} of {}", self.n_rows);
        }
        problems.0.truncate(MOST);
        Err(Error::Invalid { what, problems })
    }

    fn what(&self) -> String {
        what(&self.path)
    }
}

fn what(path: &Path) -> String {
    format!("forms `{}`", path.display())
}

fn invalid(path: &Path, problem: Problem) -> Error {
    Error::invalid(what(path), problem)
}

/// Shows all bytes of a file, in pieces, and gives what the file is known by.
fn look_through(
    path: &Path,
    mut show: impl FnMut(&[u8]) -> Result<(), Problem>,
) -> Result<(Seen, String), Error> {
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let mut file = File::open(path).map_err(io)?;
    let seen = seen(&file.metadata().map_err(io)?);
    let mut hash = Sha256::new();
    let mut bytes = vec![0; STRIDE];
    loop {
        match file.read(&mut bytes).map_err(io)? {
            0 => return Ok((seen, hex(&hash.finalize()))),
            n => {
                hash.update(&bytes[..n]);
                show(&bytes[..n]).map_err(|problem| invalid(path, problem))?;
            }
        }
    }
}

fn seen(metadata: &Metadata) -> Seen {
    (metadata.len(), metadata.modified().ok())
}
