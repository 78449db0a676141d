//! Where cells and lines of a CSV table end, byte by byte: a separator or line feed inside quotes ends none.

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
    separator: u8,
    starts: bool,
    quoted: bool,
    after_quote: bool,
}

impl Default for Quotes {
    fn default() -> Self {
        Self::separated_by(b',')
    }
}

impl Quotes {
    /// The start of a line whose cells end at another byte than a comma.
    pub fn separated_by(separator: u8) -> Self {
        Self { separator, starts: true, quoted: false, after_quote: false }
    }

    /// Whether the place reached is inside quotes.
    pub fn is_open(&self) -> bool {
        self.quoted
    }

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
            cell if cell == self.separator && !self.quoted => Mark::Cell,
            b'\n' if !self.quoted => Mark::Line,
            _ => Mark::None,
        };
        self.starts = mark != Mark::None;
        self.after_quote = byte == b'"';
        mark
    }
}
