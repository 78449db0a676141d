//! A column of numbers, as small as it is without loss.

use std::collections::HashMap;

use super::packed::Packed;
use super::wire::{Reader, Writer, unreadable};
use crate::error::Error;

/// Most distinct numbers that are listed.
const LISTED: usize = 1 << 16;

/// Numbers of rows in the smallest of three ways.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Floats {
    /// The distinct numbers in rising order, and the place of each row's among them.
    Listed { values: Vec<f64>, places: Packed },
    /// Numbers that single precision holds exactly, as many models give them.
    Single(Vec<f32>),
    /// Numbers as they are.
    Double(Vec<f64>),
}

impl Floats {
    /// Packs numbers, which are finite.
    pub(super) fn new(numbers: &[f64]) -> Self {
        let is_single = numbers.iter().all(|x| f64::from(*x as f32).to_bits() == x.to_bits());
        let plain = if is_single { 4 } else { 8 } * numbers.len();
        if let Some(listed) = listed(numbers).filter(|listed| listed.n_bytes() < plain) {
            return listed;
        }
        if is_single {
            Self::Single(numbers.iter().map(|x| *x as f32).collect())
        } else {
            Self::Double(numbers.to_vec())
        }
    }

    /// All numbers.
    pub(super) fn all(&self) -> Vec<f64> {
        match self {
            Self::Listed { values, places } => places.iter().map(|place| values[place as usize]).collect(),
            Self::Single(numbers) => numbers.iter().map(|x| f64::from(*x)).collect(),
            Self::Double(numbers) => numbers.clone(),
        }
    }

    fn n_bytes(&self) -> usize {
        match self {
            Self::Listed { values, places } => 8 * values.len() + places.n_bytes(),
            Self::Single(numbers) => 4 * numbers.len(),
            Self::Double(numbers) => 8 * numbers.len(),
        }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        match self {
            Self::Listed { values, places } => {
                out.0.push(0);
                out.number(values.len() as u64);
                values.iter().for_each(|x| out.0.extend(x.to_le_bytes()));
                places.write(out);
            }
            Self::Single(numbers) => {
                out.0.push(1);
                numbers.iter().for_each(|x| out.0.extend(x.to_le_bytes()));
            }
            Self::Double(numbers) => {
                out.0.push(2);
                numbers.iter().for_each(|x| out.0.extend(x.to_le_bytes()));
            }
        }
    }

    /// Reads `n` numbers, each of which is finite and `holds`.
    pub(super) fn read(from: &mut Reader<'_>, n: usize, holds: impl Fn(f64) -> bool) -> Result<Self, Error> {
        let holds = |x: f64| x.is_finite() && holds(x);
        let refused = || unreadable("a number is not finite, or out of its range");
        let found = match from.byte()? {
            0 => {
                let listed = from.number()?;
                let listed = usize::try_from(listed).unwrap_or(usize::MAX);
                let values = doubles(from, listed)?;
                let places = Packed::read(from, n, |place| (place as usize) < listed)?;
                Self::Listed { values, places }
            }
            1 => Self::Single(
                from.take(n.saturating_mul(4))?
                    .as_chunks()
                    .0
                    .iter()
                    .map(|x| f32::from_le_bytes(*x))
                    .collect(),
            ),
            2 => Self::Double(doubles(from, n)?),
            other => return Err(unreadable(format!("numbers of the kind {other}"))),
        };
        let all = match &found {
            Self::Listed { values, .. } | Self::Double(values) => values.iter().all(|x| holds(*x)),
            Self::Single(numbers) => numbers.iter().all(|x| holds(f64::from(*x))),
        };
        if all { Ok(found) } else { Err(refused()) }
    }
}

fn doubles(from: &mut Reader<'_>, n: usize) -> Result<Vec<f64>, Error> {
    Ok(from.take(n.saturating_mul(8))?.as_chunks().0.iter().map(|x| f64::from_le_bytes(*x)).collect())
}

/// The numbers by list, unless it were too long.
fn listed(numbers: &[f64]) -> Option<Floats> {
    let mut places: HashMap<u64, u32> = HashMap::new();
    for x in numbers {
        places.insert(x.to_bits(), 0);
        if places.len() > LISTED {
            return None;
        }
    }
    let mut values: Vec<f64> = places.keys().map(|bits| f64::from_bits(*bits)).collect();
    values.sort_unstable_by(f64::total_cmp);
    for (place, x) in values.iter().enumerate() {
        places.insert(x.to_bits(), place as u32);
    }
    let of = numbers.iter().map(|x| places.get(&x.to_bits()).copied().unwrap_or_default());
    let packed = Packed::new(of, values.len().saturating_sub(1) as u32);
    Some(Floats::Listed { values, places: packed })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn there_and_back(numbers: &[f64]) -> Floats {
        let packed = Floats::new(numbers);
        let mut out = Writer::default();
        packed.write(&mut out);
        let mut from = Reader::new(&out.0);
        let found = Floats::read(&mut from, numbers.len(), |_| true).unwrap();
        assert!(from.is_empty() && found == packed);
        assert!(found.all().iter().zip(numbers).all(|(a, b)| a.to_bits() == b.to_bits()));
        for end in 0..out.0.len() {
            assert!(Floats::read(&mut Reader::new(&out.0[..end]), numbers.len(), |_| true).is_err());
        }
        packed
    }

    #[test]
    fn each_column_takes_its_smallest_form_and_comes_back_bit_for_bit() {
        let n = 300;
        let few = there_and_back(&(0..n).map(|i| f64::from(i % 7) / 10.0).collect::<Vec<_>>());
        // Seven numbers in three bits each.
        assert_eq!(few.n_bytes(), 7 * 8 + (3 * n as usize).div_ceil(8));
        let one = there_and_back(&vec![1.0; n as usize]);
        assert_eq!(one.n_bytes(), 8);
        let single = there_and_back(&(0..n).map(|i| f64::from(1.0 / (i as f32 + 3.0))).collect::<Vec<_>>());
        assert!(matches!(single, Floats::Single(_)));
        let double = there_and_back(&(0..n).map(|i| 1.0 / (f64::from(i) + 3.0)).collect::<Vec<_>>());
        assert!(matches!(double, Floats::Double(_)));
        there_and_back(&[]);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for numbers in [vec![0.5, f64::NAN], vec![0.5, f64::INFINITY], vec![1.0 / 3.0, 1.5]] {
            let mut out = Writer::default();
            Floats::Double(numbers).write(&mut out);
            assert!(Floats::read(&mut Reader::new(&out.0), 2, |x| x <= 1.0).is_err());
        }
        assert!(Floats::read(&mut Reader::new(&[0, 255, 255, 255, 255, 127]), 2, |_| true).is_err());
        assert!(Floats::read(&mut Reader::new(&[9]), 0, |_| true).is_err());
    }
}
