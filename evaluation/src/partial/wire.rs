//! Whole numbers, texts and pieces, one after the other in bytes.

use crate::error::Error;

/// Bytes that grow.
#[derive(Debug, Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

/// Bytes that are read from the front. Whatever is not there is an error; nothing is set aside before it is known to be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a>(&'a [u8]);

/// That bytes are no partial.
pub(super) fn unreadable(problem: impl Into<String>) -> Error {
    Error::Partial { problem: problem.into() }
}

impl Writer {
    /// A whole number, in as many groups of seven bits as it needs.
    pub(super) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number as u8 & 0x7f) | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// Bytes behind their number.
    pub(super) fn piece(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend(bytes);
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// See [`Writer::number`].
    pub(super) fn number(&mut self) -> Result<u64, Error> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if (bits << shift) >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(unreadable("a whole number has more than 64 bits"))
    }

    /// The next bytes.
    pub(super) fn take(&mut self, n: usize) -> Result<&'a [u8], Error> {
        let Some((taken, rest)) = self.0.split_at_checked(n) else {
            let there = self.0.len();
            return Err(unreadable(format!("it ends where {n} bytes are expected and {there} are left")));
        };
        self.0 = rest;
        Ok(taken)
    }

    /// See [`Writer::piece`].
    pub(super) fn piece(&mut self) -> Result<&'a [u8], Error> {
        let n = self.number()?;
        self.take(usize::try_from(n).unwrap_or(usize::MAX))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Error> {
        std::str::from_utf8(self.piece()?).map_err(|_| unreadable("a text is no UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_come_back_and_no_more_than_is_there() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX];
        let mut out = Writer::default();
        numbers.iter().for_each(|number| out.number(*number));
        out.piece("día".as_bytes());
        let mut bytes = Reader::new(&out.0);
        for number in numbers {
            assert_eq!(bytes.number(), Ok(number));
        }
        assert_eq!(bytes.text(), Ok("día"));
        assert!(bytes.is_empty() && bytes.byte().is_err());
        // Ten groups whose last does not fit, a length beyond the end, and half a letter.
        assert!(Reader::new(&[0xff; 11]).number().is_err());
        assert!(Reader::new(&[0xff, 0xff, 0xff, 0xff, 0x0f, 1, 2]).piece().is_err());
        assert!(Reader::new(&[1, 0xc3]).text().is_err());
    }
}
