//! Lines of a CSV table that end early: polars reads the cells they lack as empty ones, which may mean something.

use super::quotes::{Mark, Quotes};
use crate::{Problem, Problems};

/// Most such lines that are noted.
const MOST: usize = 100;

/// Notes each line with fewer cells than the header has.
pub(super) fn short_lines(bytes: &[u8], problems: &mut Problems) {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut records = Records(text);
    let Some(expected) = records.next() else { return };
    for (cells, row) in records.zip(1..).filter(|(cells, _)| *cells < expected).take(MOST) {
        let message = format!("the line has {cells} cells, expected {expected}, as many as the header has");
        problems.push(Problem::new("line", message).at_row(row));
    }
}

/// Number of cells of each line that is not empty; a line feed inside quotes ends none.
struct Records<'a>(&'a [u8]);

impl Iterator for Records<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let blank = self.0.iter().take_while(|byte| b"\r\n".contains(byte)).count();
        self.0 = &self.0[blank..];
        if self.0.is_empty() {
            return None;
        }
        let (mut cells, mut quotes) = (1, Quotes::default());
        let mut length = self.0.len();
        for (at, byte) in self.0.iter().enumerate() {
            match quotes.step(*byte) {
                Mark::Cell => cells += 1,
                Mark::Line => {
                    length = at + 1;
                    break;
                }
                Mark::None => {}
            }
        }
        self.0 = &self.0[length..];
        Some(cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Option<usize>> {
        let mut problems = Problems::default();
        short_lines(text.as_bytes(), &mut problems);
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
    fn quotes_hold_commas_and_line_feeds_together() {
        assert_eq!(found("\u{feff}\"a,1\",b\n\"x\ny\",2\n\"say \"\"no, no\"\"\",1\n5\" tall,2\n"), []);
        assert_eq!(found("a,b\n\"1,2\"\n\"\",\n"), [Some(1)]);
    }
}
