//! Lines of a CSV table that end early or late, and quotes that are never closed.
//!
//! A cell that is lacking would be read as an empty one, which may mean something; a quote that is never closed takes the
//! rest of the file into one cell.

use super::quotes::{Mark, Quotes};
use crate::{Problem, Problems};

/// Most such lines that are noted.
const MOST: usize = 100;

/// Notes each line with fewer or more cells than the header has.
pub(super) fn ragged_lines(bytes: &[u8], separator: u8, problems: &mut Problems) {
    let mut records = Records { rest: without_mark(bytes), separator, open: false };
    let Some(expected) = records.next() else { return };
    let mut row = 0;
    let mut noted = 0;
    while let Some(cells) = records.next() {
        row += 1;
        if records.open {
            let message = "a quote is opened and never closed".to_owned();
            problems.push(Problem::new("line", message).at_row(row));
        } else if cells != expected && noted < MOST {
            noted += 1;
            let message =
                format!("the line has {cells} cells, expected {expected}, as many as the header has");
            problems.push(Problem::new("line", message).at_row(row));
        }
    }
}

/// The header, if it is one cell although it holds another separator than the expected one; and that separator.
pub(super) fn other_separator(bytes: &[u8], expected: u8) -> Option<(String, u8)> {
    let text = without_mark(bytes);
    let cells = |separator| Records { rest: text, separator, open: false }.next();
    let other = [b';', b'\t', b'|', b','].into_iter().find(|other| cells(*other) > Some(1))?;
    let header = text.split(|byte| b"\r\n".contains(byte)).find(|line| !line.is_empty())?;
    (cells(expected) == Some(1)).then(|| (String::from_utf8_lossy(header).into_owned(), other))
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Number of cells of each line that is not empty; a line feed inside quotes ends none.
struct Records<'a> {
    rest: &'a [u8],
    separator: u8,
    /// Whether the last line has ended inside quotes.
    open: bool,
}

impl Iterator for Records<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let blank = self.rest.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        self.rest = &self.rest[blank..];
        if self.rest.is_empty() {
            return None;
        }
        let (mut cells, mut quotes) = (1, Quotes::separated_by(self.separator));
        let mut length = self.rest.len();
        for (at, byte) in self.rest.iter().enumerate() {
            match quotes.step(*byte) {
                Mark::Cell => cells += 1,
                Mark::Line => {
                    length = at + 1;
                    break;
                }
                Mark::None => {}
            }
        }
        self.rest = &self.rest[length..];
        self.open = quotes.is_open();
        Some(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Option<usize>> {
        let mut problems = Problems::default();
        ragged_lines(text.as_bytes(), b',', &mut problems);
        problems.0.into_iter().map(|problem| problem.row).collect()
    }

    #[test]
    fn short_lines_are_found_by_row() {
        assert_eq!(found("a,b,c\n1,2,3\n1,2\n\n1\n1,,\n"), [Some(2), Some(3)]);
        assert_eq!(found("a,b\r\n1,2\r\n1\r\n"), [Some(2)]);
        assert_eq!(found("a,b\n1"), [Some(1)]);
        assert_eq!(found(""), []);
    }

    #[test]
    fn long_lines_are_found_by_row() {
        assert_eq!(found("a,b\n1,2,3\n1,2\n1,2,\n\"1,2\",3\n"), [Some(1), Some(3)]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found() {
        assert_eq!(found("a,b\n1,\"2\n3,4\n"), [Some(1)]);
        assert_eq!(found("a,b\n1,\"2\"\"\"\n"), []);
    }

    #[test]
    fn a_header_that_is_one_cell_shows_its_separator() {
        assert_eq!(other_separator(b"id;day\r\n1;2\r\n", b','), Some(("id;day".to_owned(), b';')));
        assert_eq!(other_separator(b"id,day\n", b';'), Some(("id,day".to_owned(), b',')));
        assert_eq!(other_separator(b"id;day\n", b';'), None);
        assert_eq!(other_separator(b"id,a;b\n", b','), None);
        assert_eq!(other_separator(b"\"a;b\"\n1;2\n", b','), None);
    }

    #[test]
    fn quotes_hold_commas_and_line_feeds_together() {
        assert_eq!(found("\u{feff}\"a,1\",b\n\"x\ny\",2\n\"say \"\"no, no\"\"\",1\n5\" tall,2\n"), []);
        assert_eq!(found("a,b\n\"1,2\"\n\"\",\n"), [Some(1)]);
    }
}
