//! Ids of cases: whole numbers, or texts.

use rayon::prelude::*;

use super::wire::{Reader, Writer, unreadable};
use crate::error::Error;

/// What makes signed numbers sort as unsigned ones do.
const SIGN: u64 = 1 << 63;

/// Ids, one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ids {
    /// Whole numbers.
    Numbers(Vec<i64>),
    /// Texts.
    Texts(Texts),
}

/// Texts in one piece of memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn at(&self, place: usize) -> &str {
        let from = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from..self.ends[place]]
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// Bytes that all of them begin with.
    fn common(&self) -> usize {
        let first = self.iter().next().unwrap_or_default();
        let shared = |text: &str| first.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        self.iter().fold(first.len(), |common, text| common.min(shared(text)))
    }
}

impl Ids {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The distinct ids in rising order, and the place among them of each.
    pub(super) fn ranked(&self) -> (Self, Vec<u32>) {
        let mut order = self.keys();
        order.par_sort_unstable();
        if let Self::Texts(texts) = self {
            for block in order.chunk_by_mut(|a, b| a.0 == b.0) {
                block.sort_unstable_by(|a, b| texts.at(a.1 as usize).cmp(texts.at(b.1 as usize)));
            }
        }
        let is_same = |a: &(u64, u32), b: &(u64, u32)| match self {
            Self::Numbers(_) => a.0 == b.0,
            Self::Texts(texts) => a.0 == b.0 && texts.at(a.1 as usize) == texts.at(b.1 as usize),
        };
        let mut ranks = vec![0; self.len()];
        let mut first = Vec::new();
        for (rank, block) in order.chunk_by(is_same).enumerate() {
            first.extend(block.first().map(|one| one.1));
            block.iter().for_each(|one| ranks[one.1 as usize] = rank as u32);
        }
        let distinct = match self {
            Self::Numbers(numbers) => Self::Numbers(first.iter().map(|at| numbers[*at as usize]).collect()),
            Self::Texts(texts) => {
                let mut distinct = Texts::default();
                first.iter().for_each(|at| distinct.push(texts.at(*at as usize)));
                Self::Texts(distinct)
            }
        };
        (distinct, ranks)
    }

    /// What sorts as the ids do, with their places: of texts, the eight bytes behind those that all begin with.
    fn keys(&self) -> Vec<(u64, u32)> {
        match self {
            Self::Numbers(numbers) => {
                let key = |number: &i64| (*number as u64) ^ SIGN;
                numbers.iter().zip(0..).map(|(number, at)| (key(number), at)).collect()
            }
            Self::Texts(texts) => {
                let common = texts.common();
                let key = |text: &str| {
                    let mut word = [0; 8];
                    text.as_bytes()[common..].iter().zip(&mut word).for_each(|(byte, out)| *out = *byte);
                    u64::from_be_bytes(word)
                };
                texts.iter().zip(0..).map(|(text, at)| (key(text), at)).collect()
            }
        }
    }

    /// Adds others of the same kind; `false` if they are of another.
    pub(super) fn extend(&mut self, other: Self) -> bool {
        match (self, other) {
            (Self::Numbers(all), Self::Numbers(other)) => all.extend(other),
            (Self::Texts(all), Self::Texts(other)) => other.iter().for_each(|text| all.push(text)),
            _ => return false,
        }
        true
    }

    /// Writes rising ids, each by how it differs from the one before.
    pub(super) fn write(&self, out: &mut Writer) {
        out.0.push(match self {
            Self::Numbers(_) => NUMBERS,
            Self::Texts(_) => TEXTS,
        });
        out.number(self.len() as u64);
        match self {
            Self::Numbers(numbers) => {
                let mut before = 0_u64;
                for number in numbers {
                    let here = (*number as u64) ^ SIGN;
                    out.number(here.wrapping_sub(before));
                    before = here;
                }
            }
            Self::Texts(texts) => {
                let mut before = "";
                for text in texts.iter() {
                    let shared = before.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
                    out.number(shared as u64);
                    out.piece(&text.as_bytes()[shared..]);
                    before = text;
                }
            }
        }
    }

    /// Reads rising ids.
    pub(super) fn read(from: &mut Reader<'_>) -> Result<Self, Error> {
        let (mut numbers, mut texts) = (Vec::new(), Texts::default());
        let kind = walk(from, |id| match id {
            Id::Number(number) => numbers.push(number),
            Id::Text(text) => texts.push(text),
        })?;
        Ok(if kind == NUMBERS { Self::Numbers(numbers) } else { Self::Texts(texts) })
    }

    /// Reads rising ids without keeping them, and counts them: what is written may be much shorter than the ids themselves.
    pub(super) fn count(from: &mut Reader<'_>) -> Result<usize, Error> {
        let mut n = 0;
        walk(from, |_| n += 1)?;
        Ok(n)
    }
}

const NUMBERS: u8 = 1;
const TEXTS: u8 = 2;

enum Id<'a> {
    Number(i64),
    Text(&'a str),
}

/// Reads rising ids, one after the other; their kind.
fn walk(from: &mut Reader<'_>, mut read: impl FnMut(Id<'_>)) -> Result<u8, Error> {
    let out_of_order = || unreadable("ids of cases are not in order");
    let (kind, n) = (from.byte()?, from.number()?);
    match kind {
        NUMBERS => {
            let mut before = 0_u64;
            for at in 0..n {
                let by = from.number()?;
                let here = before.checked_add(by).filter(|_| at == 0 || by > 0);
                before = here.ok_or_else(out_of_order)?;
                read(Id::Number((before ^ SIGN) as i64));
            }
        }
        TEXTS => {
            let mut text = Vec::new();
            for at in 0..n {
                let shared = usize::try_from(from.number()?).unwrap_or(usize::MAX);
                let suffix = from.piece()?;
                let rest = text.get(shared..).ok_or_else(|| unreadable("an id continues no other"))?;
                if at > 0 && suffix <= rest {
                    return Err(out_of_order());
                }
                text.truncate(shared);
                text.extend(suffix);
                read(Id::Text(std::str::from_utf8(&text).map_err(|_| unreadable("a text is no UTF-8"))?));
            }
        }
        other => return Err(unreadable(format!("ids of the kind {other}"))),
    }
    Ok(kind)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn texts(of: &[&str]) -> Ids {
        let mut texts = Texts::default();
        of.iter().for_each(|text| texts.push(text));
        Ids::Texts(texts)
    }

    #[test]
    fn ids_are_ranked_as_sorting_ranks_them_and_come_back() {
        let words = [
            "case-10",
            "case-2",
            "case-1",
            "case-",
            "case-2",
            "case-longer-than-eight-bytes",
            "case-longer-than-eight",
            "case-ñ",
            "",
        ];
        for (ids, expected) in [
            (texts(&words), vec![3, 4, 2, 1, 4, 6, 5, 7, 0]),
            (texts(&words[..8]), vec![2, 3, 1, 0, 3, 5, 4, 6]),
            (Ids::Numbers(vec![5, -1, i64::MAX, i64::MIN, 5]), vec![2, 1, 3, 0, 2]),
            (texts(&[]), vec![]),
        ] {
            let (distinct, ranks) = ids.ranked();
            assert_eq!(ranks, expected);
            assert_eq!(distinct.ranked().0, distinct);
            let mut out = Writer::default();
            distinct.write(&mut out);
            let mut from = Reader::new(&out.0);
            assert_eq!(Ids::count(&mut Reader::new(&out.0)).unwrap(), distinct.len());
            assert_eq!(Ids::read(&mut from).unwrap(), distinct);
            assert!(from.is_empty());
            for end in 0..out.0.len() {
                assert!(Ids::read(&mut Reader::new(&out.0[..end])).is_err());
            }
        }
    }

    #[test]
    fn the_zero_byte_parts_texts_too() {
        // The key of eight bytes is filled up with zeros.
        let (distinct, ranks) = texts(&["a\0", "a", "a\0\0", "a"]).ranked();
        assert_eq!((distinct.len(), ranks), (3, vec![1, 0, 2, 0]));
    }

    #[test]
    fn ids_out_of_order_are_refused() {
        for ids in
            [texts(&["b", "a"]), texts(&["a", "a"]), Ids::Numbers(vec![2, 1]), Ids::Numbers(vec![1, 1])]
        {
            let mut out = Writer::default();
            ids.write(&mut out);
            assert!(Ids::read(&mut Reader::new(&out.0)).is_err(), "{ids:?}");
        }
        assert!(Ids::read(&mut Reader::new(&[2, 1, 4, 1, b'a'])).is_err());
        assert!(Ids::read(&mut Reader::new(&[7, 1])).is_err());
    }
}
