//! Which answers the columns of a model tell apart.

use std::collections::BTreeMap;

use crate::foreign::{Arithmetic, Value};
use crate::mapping::{Column, Columns};

/// The answers to a question, where those count once for which all columns hold the same: a model that was trained with `unknown` as `absent` has
/// no other answer for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Distinct {
    /// By code, the place among those that are told apart.
    places: Vec<usize>,
    /// By place, the first code.
    codes: Vec<u8>,
}

impl Distinct {
    /// Of each indicator that some column asks, in their order.
    pub fn of(columns: &Columns, arithmetic: Arithmetic) -> Vec<Self> {
        let mut by_indicator: BTreeMap<usize, Vec<&Column>> = BTreeMap::new();
        for (_, column) in columns.mapped() {
            by_indicator.entry(column.asked).or_default().push(column);
        }
        let of = |columns: Vec<&Column>| {
            let n = columns.first().map_or(0, |column| column.values.len());
            let same = |a: usize, b: usize| {
                columns.iter().all(|column| is_same(&column.values[a], &column.values[b], arithmetic))
            };
            Self::by(n, same)
        };
        by_indicator.into_values().map(of).collect()
    }

    /// Of `n` answers, of which `same` says whether two are told apart.
    fn by(n: usize, same: impl Fn(usize, usize) -> bool) -> Self {
        let (mut places, mut codes) = (Vec::with_capacity(n), Vec::new());
        for code in 0..n {
            match (0..code).find(|&other| same(other, code)) {
                Some(other) => places.push(places[other]),
                None => {
                    places.push(codes.len());
                    codes.push(code as u8);
                }
            }
        }
        Self { places, codes }
    }

    /// All of `n` answers.
    #[cfg(test)]
    pub fn all(n: usize) -> Self {
        Self::by(n, |_, _| false)
    }

    /// How many are told apart.
    pub fn n(&self) -> usize {
        self.codes.len()
    }

    /// The place of an answer among them.
    pub fn place(&self, code: u8) -> usize {
        self.places[usize::from(code)]
    }

    /// The first answer at a place.
    pub fn code(&self, place: usize) -> u8 {
        self.codes[place]
    }
}

fn is_same(a: &Value, b: &Value, arithmetic: Arithmetic) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            (arithmetic.rounded(*a) - arithmetic.rounded(*b)).abs() <= 0.0
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_with_the_same_values_count_once() {
        let held: [f64; 5] = [0.0, 1.0, 2.0, 0.0, 1.0];
        let distinct = Distinct::by(5, |a, b| (held[a] - held[b]).abs() <= 0.0);
        assert_eq!((distinct.n(), distinct.codes.as_slice()), (3, &[0, 1, 2][..]));
        assert_eq!([0, 1, 2, 3, 4].map(|code| distinct.place(code)), [0, 1, 2, 0, 1]);
        assert_eq!(Distinct::all(4).n(), 4);
        let number = Value::Number;
        assert!(is_same(&number(0.1), &number(0.1 + 1e-12), Arithmetic::Single));
        assert!(!is_same(&number(0.1), &number(0.1 + 1e-12), Arithmetic::Double));
        assert!(is_same(&number(-0.0), &number(0.0), Arithmetic::Double));
        assert!(!is_same(&Value::Missing, &number(0.0), Arithmetic::Double));
    }
}
