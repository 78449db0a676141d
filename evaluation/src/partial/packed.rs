//! Whole numbers in as many bits each as the largest needs.

use super::wire::{Reader, Writer, unreadable};
use crate::error::Error;

/// Numbers below `2^32`, one after the other, each in `width` bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packed {
    n: usize,
    width: u32,
    bytes: Vec<u8>,
}

impl Packed {
    /// Packs `n` numbers, none above `most`.
    pub(super) fn new(numbers: impl ExactSizeIterator<Item = u32>, most: u32) -> Self {
        Self::of_width(numbers, u32::BITS - most.leading_zeros())
    }

    /// Packs truth values, in a bit each even if none is true.
    pub(super) fn bits(bits: impl ExactSizeIterator<Item = bool>) -> Self {
        Self::of_width(bits.map(u32::from), 1)
    }

    fn of_width(numbers: impl ExactSizeIterator<Item = u32>, width: u32) -> Self {
        let n = numbers.len();
        let mut bytes = Vec::with_capacity(length(n, width).unwrap_or_default());
        let (mut held, mut n_held) = (0_u64, 0);
        for number in numbers {
            held |= u64::from(number) << n_held;
            n_held += width;
            while n_held >= 8 {
                bytes.push(held as u8);
                (held, n_held) = (held >> 8, n_held - 8);
            }
        }
        if n_held > 0 {
            bytes.push(held as u8);
        }
        Self { n, width, bytes }
    }

    /// The number at a place.
    pub(super) fn at(&self, place: usize) -> u32 {
        let first = place * self.width as usize;
        let mut word = [0; 8];
        let from = (first / 8).min(self.bytes.len());
        let there = &self.bytes[from..self.bytes.len().min(from + 8)];
        word[..there.len()].copy_from_slice(there);
        let mask = (1_u64 << self.width) - 1;
        (u64::from_le_bytes(word) >> (first % 8) & mask) as u32
    }

    /// All numbers.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = u32> {
        (0..self.n).map(|place| self.at(place))
    }

    pub(super) fn n_bytes(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.0.push(self.width as u8);
        out.0.extend(&self.bytes);
    }

    /// Reads `n` numbers, each of which `holds`.
    pub(super) fn read(from: &mut Reader<'_>, n: usize, holds: impl Fn(u32) -> bool) -> Result<Self, Error> {
        let width = u32::from(from.byte()?);
        let length = length(n, width).filter(|_| width <= u32::BITS);
        let bytes = from.take(length.ok_or_else(|| unreadable(format!("{width} bits for a number")))?)?;
        let found = Self { n, width, bytes: bytes.to_vec() };
        // Numbers without a bit are all 0, however many there are.
        let all = if width == 0 { n == 0 || holds(0) } else { found.iter().all(holds) };
        if all { Ok(found) } else { Err(unreadable("a number out of its range")) }
    }
}

/// Bytes of so many numbers.
fn length(n: usize, width: u32) -> Option<usize> {
    n.checked_mul(width as usize).map(|bits| bits.div_ceil(8))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn numbers_of_every_width_come_back() {
        for width in 0..=32_u32 {
            let most = ((1_u64 << width) - 1) as u32;
            let numbers: Vec<u32> = (0..77_u32).map(|i| i.wrapping_mul(0x9e37_79b9) & most).collect();
            let packed = Packed::new(numbers.iter().copied(), most);
            assert_eq!(packed.n_bytes(), (77 * width as usize).div_ceil(8));
            assert_eq!(packed.iter().collect::<Vec<_>>(), numbers);
            let mut out = Writer::default();
            packed.write(&mut out);
            assert_eq!(Packed::read(&mut Reader::new(&out.0), 77, |_| true).unwrap(), packed);
            assert!(Packed::read(&mut Reader::new(&out.0[..out.0.len() - 1]), 77, |_| true).is_err());
        }
    }

    #[test]
    fn what_does_not_hold_is_refused_and_nothing_is_set_aside_for_it() {
        let mut out = Writer::default();
        Packed::new([0, 3, 1].into_iter(), 3).write(&mut out);
        assert!(Packed::read(&mut Reader::new(&out.0), 3, |code| code < 4).is_ok());
        assert!(Packed::read(&mut Reader::new(&out.0), 3, |code| code < 3).is_err());
        assert!(Packed::read(&mut Reader::new(&[1, 0]), usize::MAX / 2, |_| true).is_err());
        assert!(Packed::read(&mut Reader::new(&[33, 0]), 0, |_| true).is_err());
    }
}
