//! An open CSV table: its header, where its rows are, and their cells as texts.

use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use parquet::file::reader::{ChunkReader, Length};

use super::csv_text::{self, CsvText};
use super::opened::{ENCODING, SEPARATOR, of};
use super::records::{Fault, Records};
use super::shared_file::SharedFile;
use super::texts::Texts;
use crate::error::Causes;
use crate::{Error, Problem, Problems};

/// The place of every so many rows is kept.
const STRIDE: usize = 1 << 12;

/// A CSV table on disk, looked through once: all its rows are known to have as many cells as the header.
pub(super) struct CsvIn {
    text: SharedFile,
    separator: u8,
    /// The cells of the header; a name may stand there more than once.
    pub names: Vec<String>,
    pub n_rows: usize,
    /// Lines that hold separators and nothing else; they are no rows.
    pub n_blank: usize,
    /// Where each stride of rows begins.
    starts: Vec<u64>,
}

impl CsvIn {
    /// Looks through a table.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the lines that have fewer or more cells than the header, a quote
    /// that is never closed, another separator than the expected one, no header, bytes that are no UTF-8; [`Error::Io`].
    pub fn open(path: &Path, text: CsvText) -> Result<Self, Error> {
        let CsvText { text, start, separator } = text;
        let mut table = Self { text, separator, names: vec![], n_rows: 0, n_blank: 0, starts: vec![] };
        let mut records = table.records(start).map_err(|source| read_error(path, source))?;
        let header = records.next().map_err(|fault| stopped(path, 0, fault))?;
        let header = header
            .ok_or_else(|| of(path, "header", "the file is empty, expected a header and rows".to_owned()))?;
        let mut names = Vec::with_capacity(header.len());
        let mut other = None;
        for (at, cell) in header.iter().enumerate() {
            match std::str::from_utf8(cell) {
                Ok(name) => names.push(name.to_owned()),
                Err(_) => other = other.or(Some((format!("cell {}", at + 1), cell.to_vec()))),
            }
        }
        let behind = start + records.position();
        if let Some((place, cell)) = other {
            return Err(table.no_utf8(path, start, &place, &cell));
        }
        let header = table.bytes(start..behind).map_err(|source| read_error(path, source))?;
        if let Some((header, other)) = other_separator(&header, separator) {
            let [other, separator] =
                [other, separator].map(|byte| char::from(byte).escape_debug().to_string());
            let message = format!(
                "the header `{}` is one cell: the separator seems to be `{other}`, expected `{separator}`",
                header.escape_debug()
            );
            return Err(of(path, SEPARATOR, message));
        }
        let (mut problems, mut causes) = (Problems::default(), Causes::default());
        let mut n_rows = 0;
        let mut starts = Vec::new();
        loop {
            let place = records.position();
            let record = match records.next() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(Fault::OpenQuote) => {
                    let message = "a quote is opened and never closed";
                    problems.push(Problem::new("line", message).at_row(n_rows + 1));
                    break;
                }
                Err(fault) => return Err(stopped(path, n_rows + 1, fault)),
            };
            if n_rows.is_multiple_of(STRIDE) {
                starts.push(start + place);
            }
            n_rows += 1;
            if record.len() != names.len() {
                let after = format!(" cells, expected {}, as many as the header has", names.len());
                causes.push("line", "the line has ", record.len().to_string(), &after, n_rows);
                continue;
            }
            let mut cells = record.iter().zip(&names).filter(|(cell, _)| !cell.is_ascii());
            if let Some((cell, name)) = cells.find(|(cell, _)| std::str::from_utf8(cell).is_err()) {
                return Err(table.no_utf8(path, start + place, &format!("column `{name}`"), cell));
            }
        }
        (table.names, table.n_rows, table.n_blank, table.starts) = (names, n_rows, records.n_blank(), starts);
        let mut found = causes.into_problems();
        found.0.append(&mut problems.0);
        found.or(format!("table `{}`", path.display()), table)
    }

    /// The cells of some rows, column by column.
    ///
    /// # Errors
    /// What the system says, or that the rows are not the ones that were there when the table was opened.
    pub fn columns(&self, rows: Range<usize>) -> io::Result<Vec<Texts>> {
        let changed = || io::Error::other("the file has changed while it was read");
        let mut columns = vec![Texts::default(); self.names.len()];
        let Some(start) = self.starts.get(rows.start / STRIDE) else { return Ok(columns) };
        let mut records = self.records(*start)?;
        for row in rows.start / STRIDE * STRIDE..rows.end {
            let record = match records.next() {
                Ok(Some(record)) if record.len() == columns.len() => record,
                Err(Fault::Io(error)) => return Err(error),
                Ok(_) | Err(_) => return Err(changed()),
            };
            if row < rows.start {
                continue;
            }
            for (column, cell) in columns.iter_mut().zip(record.iter()) {
                column.push(Some(std::str::from_utf8(cell).map_err(|_| changed())?));
            }
        }
        Ok(columns)
    }

    /// The error for a cell of the record that begins at `from`, or behind the empty lines there.
    fn no_utf8(&self, path: &Path, from: u64, place: &str, cell: &[u8]) -> Error {
        let line = match self.line_of_bad_byte(from) {
            Ok(line) => line,
            Err(source) => return read_error(path, source),
        };
        let likely = match csv_text::likely(cell) {
            Some(name) => format!("the file is likely to be in {name}, which can be stated"),
            None => "the file is in another encoding, which can be stated".to_owned(),
        };
        let message = format!("line {line}, {place}, holds bytes that are no UTF-8: {likely}");
        of(path, ENCODING, message)
    }

    /// The line (from 1) of the first byte from `from` on that is no UTF-8.
    fn line_of_bad_byte(&self, from: u64) -> io::Result<u64> {
        let record = self.bytes(from..self.text.len().min(from + (2 << 20)))?;
        let sound = std::str::from_utf8(&record).map_or_else(|e| e.valid_up_to(), str::len);
        let before = self.text.get_read(0).map_err(io::Error::other)?.take(from + sound as u64);
        let (mut line, mut last) = (1, b' ');
        for byte in before.bytes() {
            let byte = byte?;
            // CR LF is one end of a line.
            if byte == b'\r' || byte == b'\n' && last != b'\r' {
                line += 1;
            }
            last = byte;
        }
        Ok(line)
    }

    fn bytes(&self, span: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let text = self.text.get_read(span.start).map_err(io::Error::other)?;
        text.take(span.end - span.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn records(&self, start: u64) -> io::Result<Records<<SharedFile as ChunkReader>::T>> {
        let text = self.text.get_read(start).map_err(io::Error::other)?;
        Ok(Records::new(text, self.text.len().saturating_sub(start), self.separator))
    }
}

/// The first cell of a header, if it is the only one although another separator would make several; and that separator.
fn other_separator(header: &[u8], expected: u8) -> Option<(String, u8)> {
    let first = |separator| {
        let mut records = Records::new(header, header.len() as u64, separator);
        let record = records.next().ok()??;
        Some((record.len(), String::from_utf8_lossy(record.get(0)?).into_owned()))
    };
    let (1, cell) = first(expected)? else { return None };
    let other =
        [b';', b'\t', b'|', b','].into_iter().find(|other| first(*other).is_some_and(|(n, _)| n > 1))?;
    Some((cell, other))
}

fn stopped(path: &Path, row: usize, fault: Fault) -> Error {
    let message = match fault {
        Fault::Io(source) => return read_error(path, source),
        Fault::TooLong => "the line is longer than 1 MiB: a quote may not be closed",
        Fault::OpenQuote => "a quote is opened and never closed",
    };
    match row {
        0 => of(path, "header", format!("header: {message}")),
        row => {
            Error::invalid(format!("table `{}`", path.display()), Problem::new("line", message).at_row(row))
        }
    }
}

fn read_error(path: &Path, source: io::Error) -> Error {
    Error::Io { action: "read", path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::other_separator;

    #[test]
    fn a_header_that_is_one_cell_shows_its_separator() {
        assert_eq!(other_separator(b"id;day\r\n", b','), Some(("id;day".to_owned(), b';')));
        assert_eq!(other_separator(b"id,day\n", b';'), Some(("id,day".to_owned(), b',')));
        assert_eq!(other_separator(b"id;day\n", b';'), None);
        assert_eq!(other_separator(b"id,a;b\n", b','), None);
        assert_eq!(other_separator(b"\"a;b\"\n", b','), None);
    }
}
