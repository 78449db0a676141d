//! Where cells and lines of a CSV table end, byte by byte: a comma or line feed inside quotes ends none.

/// What a byte ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A cell, but not its line.
    Cell,
    /// A line.
    Line,
    /// Neither.
    None,
}

/// Whether the place reached in a line is inside quotes; the default is the start of a line.
#[derive(Debug, Clone)]
pub(super) struct Quotes {
    starts: bool,
    quoted: bool,
    after_quote: bool,
}

impl Default for Quotes {
    fn default() -> Self {
        Self { starts: true, quoted: false, after_quote: false }
    }
}

impl Quotes {
    /// Goes on by one byte.
    pub fn step(&mut self, byte: u8) -> Mark {
        let mark = match byte {
            // Opens at the start of a cell only; inside, a doubled quote closes and opens again.
            b'"' if self.starts || self.quoted => {
                self.quoted = !self.quoted;
                Mark::None
            }
            // What opens right after it was closed was a doubled quote.
            b'"' if self.after_quote => {
                self.quoted = true;
                Mark::None
            }
            b',' if !self.quoted => Mark::Cell,
            b'\n' if !self.quoted => Mark::Line,
            _ => Mark::None,
        };
        self.starts = mark != Mark::None;
        self.after_quote = byte == b'"';
        mark
    }
}
