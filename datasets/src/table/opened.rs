//! A table on disk, of which rows are read when they are asked for.

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use parquet::file::reader::ChunkReader;
use sha2::{Digest, Sha256};

use super::csv_in::CsvIn;
use super::csv_text;
use super::kind::Kind;
use super::parquet_in::ParquetIn;
use super::raw::Raw;
use super::shared_file::SharedFile;
#[cfg(feature = "xlsx")]
use super::workbook::Workbook;
use crate::dialect::Dialect;
use crate::instrument::hex;
use crate::{Error, Problem, Problems, zone};

/// The field of the problem with a table whose cells another separator seems to end.
pub(super) const SEPARATOR: &str = "separator";

/// The field of the problem with a table that is encoded otherwise than it is read.
pub(super) const ENCODING: &str = "encoding";

/// The field of the problem with a workbook of which it is not stated which sheet is the table.
pub(super) const SHEET: &str = "sheet";

/// What the name of a table ends in.
const ENDINGS: &str = ".csv, .tsv, .csv.gz, .tsv.gz, .parquet and .xlsx";

/// An open table. Lines that hold nothing are no rows of it, in any format.
pub(super) struct Opened {
    path: PathBuf,
    /// Names of the columns in the file's order; one may stand there more than once.
    names: Vec<String>,
    n_rows: usize,
    file: SharedFile,
    seen: Seen,
    metadata: BTreeMap<String, String>,
    pub(super) body: Body,
}

/// How the cells of a table are kept.
pub(super) enum Body {
    /// As text.
    Csv(CsvIn),
    /// By column.
    Parquet {
        /// The file.
        file: ParquetIn,
        /// Rows of the file, ascending, that hold nothing and so are no rows of the table.
        blank: Vec<usize>,
    },
    /// Cell by cell.
    #[cfg(feature = "xlsx")]
    Xlsx(Workbook),
}

/// Length and time of the last change of a file.
type Seen = (u64, Option<SystemTime>);

impl Opened {
    /// Opens a table by the ending of its name, in capitals or not: `.csv` or `.tsv`, also with `.gz` behind it,
    /// `.parquet`, or `.xlsx` in a build with the feature `xlsx`.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Format`]; [`Error::Invalid`] with every line that is as long as no other, text that is
    /// encoded otherwise than stated, a workbook of several sheets of which none is stated, or no row.
    pub fn open(path: &Path, dialect: &Dialect) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let (plain, gzip) = name.strip_suffix(".gz").map_or((name.as_str(), false), |plain| (plain, true));
        match plain.rsplit_once('.').map(|(_, ending)| ending) {
            Some("csv") => Self::csv(path, gzip, dialect, b','),
            Some("tsv") => Self::csv(path, gzip, dialect, b'\t'),
            Some("parquet") if !gzip => {
                let mut table = Self::cohort(path)?;
                if let Body::Parquet { file, blank } = &mut table.body {
                    *blank = file.blank_rows().map_err(|e| format_error(path, "a readable table", &e))?;
                    table.n_rows -= blank.len();
                }
                table.with_rows()
            }
            Some("xlsx") if !gzip => Self::workbook(path, dialect),
            _ => {
                let message = format!("`{}` ends in none of {ENDINGS}", path.display());
                Err(Error::invalid("table", Problem::new("path", message)))
            }
        }
    }

    /// Opens a Parquet file that this project wrote: every row of it is one.
    pub fn cohort(path: &Path) -> Result<Self, Error> {
        let (file, seen) = open(path)?;
        let table = ParquetIn::open(file.clone()).map_err(|e| format_error(path, "a Parquet table", &e))?;
        Self {
            path: path.to_owned(),
            names: table.columns.iter().map(|column| column.name.clone()).collect(),
            n_rows: table.n_rows,
            file,
            seen,
            metadata: table.metadata().collect(),
            body: Body::Parquet { file: table, blank: vec![] },
        }
        .with_rows()
    }

    fn csv(path: &Path, gzip: bool, dialect: &Dialect, separator: u8) -> Result<Self, Error> {
        let (file, seen) = open(path)?;
        let table = CsvIn::open(path, csv_text::read(path, file.clone(), gzip, dialect, separator)?)?;
        Self {
            path: path.to_owned(),
            names: table.names.clone(),
            n_rows: table.n_rows,
            file,
            seen,
            metadata: BTreeMap::new(),
            body: Body::Csv(table),
        }
        .with_rows()
    }

    #[cfg(feature = "xlsx")]
    fn workbook(path: &Path, dialect: &Dialect) -> Result<Self, Error> {
        let (file, seen) = open(path)?;
        let table = Workbook::open(path, &file, dialect.sheet.as_deref())?;
        Self {
            path: path.to_owned(),
            names: table.names(),
            n_rows: table.n_rows(),
            file,
            seen,
            metadata: BTreeMap::new(),
            body: Body::Xlsx(table),
        }
        .with_rows()
    }

    #[cfg(not(feature = "xlsx"))]
    fn workbook(path: &Path, _: &Dialect) -> Result<Self, Error> {
        let message = format!(
            "`{}` is a workbook, which this program was built without: build it with `cargo build --release --features xlsx`, or \
             save the sheet as CSV",
            path.display()
        );
        Err(Error::invalid("table", Problem::new("path", message)))
    }

    fn with_rows(self) -> Result<Self, Error> {
        if self.n_rows == 0 {
            let message = "no row was found below the header, expected at least one".to_owned();
            return Err(of(&self.path, "rows", message));
        }
        Ok(self)
    }

    /// Reads the moments of a column as clocks in a zone show them; the problem is noted if the file says another zone itself.
    pub fn in_zone(&mut self, column: &str, stated: &str, problems: &mut Problems) {
        let (Some(zone), Body::Parquet { file, .. }) = (zone::named(stated), &mut self.body) else { return };
        for leaf in file.columns.iter_mut().filter(|leaf| leaf.name == column) {
            match &leaf.kind {
                Kind::Utc(units) => leaf.kind = Kind::Zoned(*units, zone.clone()),
                Kind::Zoned(_, found) if *found != zone => {
                    let found = zone::name(found);
                    let message = format!(
                        "column `{column}` holds moments of the zone `{found}`, expected `{stated}`, as the source states under date.zone"
                    );
                    problems.push(Problem::new(column, message));
                }
                _ => {}
            }
        }
    }

    /// Where the table is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Names of the columns, in the file's order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of lines with separators and nothing else (of a Parquet file or a sheet, of rows without any value).
    pub fn n_blank(&self) -> usize {
        match &self.body {
            Body::Csv(table) => table.n_blank,
            Body::Parquet { blank, .. } => blank.len(),
            #[cfg(feature = "xlsx")]
            Body::Xlsx(workbook) => workbook.n_blank(),
        }
    }

    /// What a reader of any result must know of how the file was read, in sentences.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.n_blank() > 0 {
            notes.push(format!("{} lines of the table hold nothing and are no rows", self.n_blank()));
        }
        #[cfg(feature = "xlsx")]
        if let Body::Xlsx(workbook) = &self.body {
            notes.extend(workbook.formulas_note());
        }
        notes
    }

    /// SHA-256 (hex) of the file's bytes, all of which are read for it.
    pub fn digest(&self) -> Result<String, Error> {
        let io = |source| Error::Io { action: "read", path: self.path.clone(), source };
        let mut bytes = self.file.get_read(0).map_err(|e| io(std::io::Error::other(e)))?;
        let mut hash = Sha256::new();
        let mut piece = vec![0; 1 << 16];
        loop {
            match bytes.read(&mut piece).map_err(io)? {
                0 => return Ok(hex(&hash.finalize())),
                n => hash.update(&piece[..n]),
            }
        }
    }

    /// A text from the file's metadata.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }

    /// Refuses a file that has changed since it was opened.
    pub fn check_unchanged(&self) -> Result<(), Error> {
        let io = |source| Error::Io { action: "read", path: self.path.clone(), source };
        if seen(&std::fs::metadata(&self.path).map_err(io)?) == self.seen {
            return Ok(());
        }
        let message = "the file has changed while it was read, expected one that stays as it is".to_owned();
        Err(of(&self.path, "file", message))
    }

    /// Places of the columns of a name.
    pub fn places(&self, column: &str) -> impl Iterator<Item = usize> {
        self.names.iter().enumerate().filter(move |(_, name)| *name == column).map(|(at, _)| at)
    }

    /// Notes each wanted column that the table lacks, or has more than once although it is not one of `repeated`, with
    /// what it is wanted for.
    pub fn require<'a>(
        &self,
        wanted: impl IntoIterator<Item = (&'a str, String)>,
        repeated: &[String],
        problems: &mut Problems,
    ) {
        for (column, purpose) in wanted {
            let message = match self.places(column).count() {
                1 => continue,
                0 => format!("column `{column}` ({purpose}) is missing"),
                _ if repeated.iter().any(|name| name == column) => continue,
                n => format!("column `{column}` ({purpose}) is in the header {n} times, expected once"),
            };
            problems.push(Problem::new(column, message));
        }
    }

    /// Some rows of the table. Of a CSV table they are held in memory; the columns of a Parquet table are read one by
    /// one, when they are asked for.
    pub fn window(&self, rows: Range<usize>) -> Result<Raw<'_>, Error> {
        Raw::of(self, rows)
    }
}

/// An open file, and what would show that it has changed since.
fn open(path: &Path) -> Result<(SharedFile, Seen), Error> {
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let seen = seen(&std::fs::metadata(path).map_err(io)?);
    Ok((SharedFile::open(path).map_err(io)?, seen))
}

fn seen(metadata: &Metadata) -> Seen {
    (metadata.len(), metadata.modified().ok())
}

/// A problem with a table as a whole.
pub(super) fn of(path: &Path, field: &str, message: String) -> Error {
    Error::invalid(format!("table `{}`", path.display()), Problem::new(field, message))
}

pub(super) fn format_error(path: &Path, expected: &'static str, error: &impl std::fmt::Display) -> Error {
    Error::Format { path: path.to_owned(), expected, message: error.to_string() }
}
