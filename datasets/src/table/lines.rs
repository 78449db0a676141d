//! Where the lines of a CSV table are, found in one pass that holds none of them.

use std::ops::Range;

use super::quotes::{Mark, Quotes};
use crate::Problem;

/// Longest line that is taken for one, in bytes; a quote that is never closed would make a line of the rest of the file.
const LONGEST: u64 = 1 << 20;

/// The place of the header and of every so many rows. Lines that are empty are no rows.
#[derive(Debug, Default)]
pub(super) struct Lines {
    header_end: u64,
    starts: Vec<u64>,
    end: u64,
    n_lines: usize,
    quotes: Quotes,
    /// Where the line being read has started.
    line: Option<u64>,
}

impl Lines {
    /// Looks at the next bytes.
    ///
    /// # Errors
    /// The line that is longer than 1 MiB.
    pub fn go_on(&mut self, bytes: &[u8], rows_per_block: usize) -> Result<(), Problem> {
        for byte in bytes {
            let at = self.end;
            self.end += 1;
            if self.line.is_none() {
                if b"\r\n".contains(byte) {
                    continue;
                }
                self.line = Some(at);
                self.quotes = Quotes::default();
                if self.n_lines > 0 && (self.n_lines - 1).is_multiple_of(rows_per_block) {
                    self.starts.push(at);
                }
            }
            // A byte order mark is before the first cell, not in it.
            if self.n_lines == 0 && at < 3 && b"\xef\xbb\xbf".contains(byte) {
                continue;
            }
            if self.quotes.step(*byte) == Mark::Line {
                self.close();
            } else if self.line.is_some_and(|start| self.end - start > LONGEST) {
                let message = format!("the line is longer than {LONGEST} bytes: a quote may not be closed");
                return Err(Problem::new("line", message).at_row(self.n_lines));
            }
        }
        Ok(())
    }

    /// Ends the last line, and gives the number of rows.
    pub fn finish(&mut self) -> usize {
        if self.line.is_some() {
            self.close();
        }
        self.n_lines.saturating_sub(1)
    }

    /// Bytes of the header, and of all before it.
    pub fn header(&self) -> Range<u64> {
        0..self.header_end
    }

    /// Bytes of the rows of a block; none if there is no such block.
    pub fn block(&self, at: usize) -> Range<u64> {
        let start = self.starts.get(at).copied().unwrap_or(self.end);
        start..self.starts.get(at + 1).copied().unwrap_or(self.end)
    }

    fn close(&mut self) {
        if self.n_lines == 0 {
            self.header_end = self.end;
        }
        self.n_lines += 1;
        self.line = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Number of rows, and the texts of header and blocks, when bytes come in pieces of so many.
    fn found(text: &str, rows_per_block: usize, piece: usize) -> (usize, Vec<&str>) {
        let mut lines = Lines::default();
        text.as_bytes()
            .chunks(piece)
            .for_each(|bytes| assert_eq!(lines.go_on(bytes, rows_per_block), Ok(())));
        let n_rows = lines.finish();
        let blocks = (0..n_rows.div_ceil(rows_per_block)).map(|at| lines.block(at));
        let spans = std::iter::once(lines.header()).chain(blocks);
        (n_rows, spans.map(|span| &text[span.start as usize..span.end as usize]).collect())
    }

    #[test]
    fn blocks_start_where_lines_start() {
        let text = "\r\na,b\n1,2\n\n\"x\ny\",\"say \"\"no\n\"\"\"\r\n3,4\n5,6";
        for piece in [1, 3, 100] {
            let halves = vec!["\r\na,b\n", "1,2\n\n\"x\ny\",\"say \"\"no\n\"\"\"\r\n", "3,4\n5,6"];
            assert_eq!(found(text, 2, piece), (4, halves));
            assert_eq!(found(text, 1, piece).1.len(), 5);
            assert_eq!(found(text, usize::MAX, piece).1[1], &text[6..]);
        }
        assert_eq!(found("\u{feff}\"a\n\",b\n1,2\n", 5, 2), (1, vec!["\u{feff}\"a\n\",b\n", "1,2\n"]));
        assert_eq!(found("a,b", 5, 2), (0, vec!["a,b"]));
        assert_eq!(found("", 5, 2), (0, vec![""]));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_said_and_not_read_to_the_end() {
        let mut lines = Lines::default();
        let text = format!("a,b\n1,2\n\"{}", "x".repeat(1 << 20));
        assert_eq!(lines.go_on(text.as_bytes(), 5).map_err(|problem| problem.row), Err(Some(2)));
        let text = format!("a,b\n1,2\n\"{}\"\n", "x".repeat(1000));
        assert_eq!(Lines::default().go_on(text.as_bytes(), 5), Ok(()));
    }
}
