//! The records of a CSV text, one after the other: the only place that says where one begins and ends.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};

/// Longest record that is taken for one, in bytes; a quote that is never closed would make one of the rest of the file.
const LONGEST: u64 = 1 << 20;

/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// What stands behind the text: a line of its own, unless a quote is still open there.
const SENTINEL: &[u8] = b"\nx";

/// Reads records, of which none is empty: one whose cells are all blank is a line that a spreadsheet left behind.
pub(super) struct Records<R: Read> {
    reader: Reader<Framed<R>>,
    record: ByteRecord,
    /// Bytes of the text.
    length: u64,
    since_record: Rc<Cell<u64>>,
    n_blank: usize,
}

/// Why there is no further record.
#[derive(Debug)]
pub(super) enum Fault {
    /// The record is longer than 1 MiB.
    TooLong,
    /// The text ends within quotes.
    OpenQuote,
    /// What the system said.
    Io(io::Error),
}

impl<R: Read> Records<R> {
    /// Reads the next `length` bytes as CSV.
    pub fn new(text: R, length: u64, separator: u8) -> Self {
        let since_record = Rc::new(Cell::new(0));
        let framed =
            Framed { text: text.take(length), part: Part::Start, since_record: Rc::clone(&since_record) };
        let reader = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(BUFFER)
            .from_reader(framed);
        Self { reader, record: ByteRecord::new(), length, since_record, n_blank: 0 }
    }

    /// The next record that is not blank; none at the end.
    pub fn next(&mut self) -> Result<Option<&ByteRecord>, Fault> {
        loop {
            let from = self.position();
            if !self.reader.read_byte_record(&mut self.record).map_err(fault)? {
                return Ok(None);
            }
            self.since_record.set(0);
            let to = self.reader.position().byte();
            // Behind the byte that comes before the text, the text, and the line feed of the sentinel.
            if to > self.length + 2 {
                let is_sentinel = self.record.len() == 1 && self.record.get(0) == Some(&SENTINEL[1..]);
                return if is_sentinel { Ok(None) } else { Err(Fault::OpenQuote) };
            }
            if to - 1 - from > LONGEST {
                return Err(Fault::TooLong);
            }
            if !is_blank(&self.record) {
                return Ok(Some(&self.record));
            }
            self.n_blank += 1;
        }
    }

    /// Where the next record begins, or the blank lines before it, in bytes from the start of the text.
    pub fn position(&self) -> u64 {
        self.reader.position().byte().saturating_sub(1).min(self.length)
    }

    /// Number of records so far whose cells were all blank. Lines without any byte are not counted.
    pub fn n_blank(&self) -> usize {
        self.n_blank
    }
}

fn is_blank(record: &ByteRecord) -> bool {
    record.iter().all(|cell| cell.trim_ascii().is_empty())
}

fn fault(error: csv::Error) -> Fault {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<Runaway>()) => {
            Fault::TooLong
        }
        csv::ErrorKind::Io(error) => Fault::Io(error),
        other => Fault::Io(io::Error::other(format!("{other:?}"))),
    }
}

/// A text between a line feed (what begins a block is no byte order mark) and the sentinel.
struct Framed<R> {
    text: io::Take<R>,
    part: Part,
    since_record: Rc<Cell<u64>>,
}

enum Part {
    Start,
    Text,
    End,
}

/// A record has grown beyond all bounds.
#[derive(Debug, thiserror::Error)]
#[error("the record does not end")]
struct Runaway;

impl<R: Read> Read for Framed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // What the reader holds already may be two buffers.
        if self.since_record.get() > LONGEST + 2 * BUFFER as u64 {
            return Err(io::Error::other(Runaway));
        }
        let n = match self.part {
            Part::Start => {
                self.part = Part::Text;
                put(b"\n", into)
            }
            Part::Text => match self.text.read(into)? {
                0 => {
                    self.part = Part::End;
                    put(SENTINEL, into)
                }
                n => n,
            },
            Part::End => 0,
        };
        self.since_record.set(self.since_record.get() + n as u64);
        Ok(n)
    }
}

/// `into` is the reader's buffer, which holds more than two bytes.
fn put(bytes: &[u8], into: &mut [u8]) -> usize {
    into[..bytes.len()].copy_from_slice(bytes);
    bytes.len()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// All records as text with the place behind each, and the number of blank ones.
    fn found(text: &str) -> (Vec<(Vec<String>, u64)>, usize) {
        let mut records = Records::new(text.as_bytes(), text.len() as u64, b',');
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let cells = record.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect();
            all.push((cells, records.position()));
        }
        (all, records.n_blank())
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        found(text).0.into_iter().map(|(cells, _)| cells).collect()
    }

    #[test]
    fn every_end_of_line_ends_a_record_and_quotes_hold_them_together() {
        let expected = vec![vec!["a", "b"], vec!["1", "x\ny"], vec!["say \"no, no\"", "2"], vec!["3"]];
        for end in ["\n", "\r\n", "\r"] {
            for last in ["", end, "\n\n", "\r\r\n"] {
                let text = format!("{end}a,b{end}1,\"x\ny\"{end}{end}\"say \"\"no, no\"\"\",2{end}3{last}");
                assert_eq!(cells(&text), expected, "{text:?}");
            }
        }
        assert_eq!(cells("5\" tall,1\n"), [["5\" tall", "1"]]);
        assert!(cells("").is_empty() && cells("\r\n\n").is_empty());
        assert_eq!(cells("x"), [["x"]], "the sentinel is known by its place");
        assert_eq!(cells("1\nx\n"), [["1"], ["x"]]);
        assert_eq!(cells("\u{feff}a\n"), [["\u{feff}a"]], "a mark is dropped by whoever opens the file");
    }

    #[test]
    fn blank_records_are_none_and_are_counted() {
        let (records, n_blank) = found("a,b\n,\n1,\n \t,\"\"\n\n  \n,2\n,,,\n");
        assert_eq!(
            records.into_iter().map(|(cells, _)| cells).collect::<Vec<_>>(),
            [["a", "b"], ["1", ""], ["", "2"]]
        );
        assert_eq!(n_blank, 4);
    }

    #[test]
    fn a_record_can_be_found_again_by_its_place() {
        let text = "a,b\r\n1,\"2\r\n\"\r\n\r\n,\r\n3,4\r5,6";
        let (all, _) = found(text);
        for (at, (_, place)) in all.iter().enumerate() {
            let rest = cells(&text[usize::try_from(*place).unwrap()..]);
            assert_eq!(rest, all[at + 1..].iter().map(|(cells, _)| cells.clone()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_a_fault() {
        for text in ["a,b\n1,\"2\n3,4\n", "a\n\"", "a\n\"x", "a\n\"\"\"", "a\n1,\"2\"\"\n"] {
            let mut records = Records::new(text.as_bytes(), text.len() as u64, b',');
            assert!(records.next().unwrap().is_some());
            assert!(matches!(records.next(), Err(Fault::OpenQuote)), "{text:?}");
        }
    }

    #[test]
    fn a_record_without_an_end_is_not_read_to_the_end() {
        let header = "a,b\n";
        let of = |n: usize| {
            let text = format!("{header}\"{}\"\n1,2\n", "x".repeat(n));
            let mut records = Records::new(text.as_bytes(), text.len() as u64, b',');
            assert!(records.next().unwrap().is_some());
            records.next().map(|record| record.is_some())
        };
        let longest = usize::try_from(LONGEST).unwrap();
        assert!(of(longest - 3).unwrap());
        assert!(matches!(of(longest - 2), Err(Fault::TooLong)));
        assert!(matches!(of(10 * longest), Err(Fault::TooLong)));
        let endless = io::repeat(b'"').chain(io::repeat(b'x'));
        let mut records = Records::new(endless, u64::MAX - 4, b',');
        assert!(matches!(records.next(), Err(Fault::TooLong)));
    }
}
