//! What a value of the graph is for a row, as far as it is told without a row.

use std::rc::Rc;

use super::constant::Constant;
use crate::onnx::proto::element;

/// A value of the graph.
#[derive(Clone)]
pub(super) enum Symbol {
    Constant(Rc<Constant>),
    Rows(Rows),
}

/// One row of the data: what stands in each column.
#[derive(Clone)]
pub(super) struct Rows {
    /// Type of the elements.
    pub element: i32,
    pub entries: Rc<[Entry]>,
}

/// What stands in a column.
#[derive(Clone, PartialEq)]
pub(super) enum Entry {
    /// A column made of an input, by its number.
    Column(usize),
    /// One number.
    Number(f64),
    /// A sum of terms.
    Sum(Rc<Sum>),
    /// `1 / (1 + exp(-sum))`.
    Probability(Rc<Sum>),
    /// `exp(sum)`, on the way to a probability.
    Exp(Rc<Sum>),
    /// `1 + exp(sum)`.
    OnePlusExp(Rc<Sum>),
}

/// Numbers to add.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Sum {
    pub base: f64,
    pub addends: Vec<(Addend, f64)>,
}

/// What is added, so many times.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Addend {
    /// A column, by its number.
    Column(usize),
    /// A tree, by its number.
    Tree(usize),
}

impl Rows {
    pub fn new(element: i32, entries: Vec<Entry>) -> Self {
        Self { element, entries: entries.into() }
    }

    pub fn is_text(&self) -> bool {
        self.element == element::STRING
    }
}

impl Sum {
    pub fn of(column: usize) -> Self {
        Self { base: 0.0, addends: vec![(Addend::Column(column), 1.0)] }
    }

    pub fn times(&self, factor: f64) -> Self {
        let addends = self.addends.iter().map(|(addend, times)| (*addend, times * factor));
        Self { base: self.base * factor, addends: addends.collect() }
    }

    pub fn plus(&self, other: &Self) -> Self {
        Self { base: self.base + other.base, addends: [self.addends.as_slice(), &other.addends].concat() }
    }

    pub fn raised(&self, by: f64) -> Self {
        Self { base: self.base + by, addends: self.addends.clone() }
    }

    /// Whether all numbers are those of another sum with the other sign.
    pub fn is_opposite(&self, other: &Self) -> bool {
        same(self.base, -other.base) && self.turns(other)
    }

    /// Whether the two add up to 1.
    pub fn is_complement(&self, other: &Self) -> bool {
        same(self.base, 1.0 - other.base) && self.turns(other)
    }

    fn turns(&self, other: &Self) -> bool {
        self.addends.len() == other.addends.len()
            && self.addends.iter().zip(&other.addends).all(|((a, n), (b, m))| a == b && same(*n, -m))
    }
}

/// Numbers that are the same; zeros of both signs are.
pub(super) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a - b).abs() <= 0.0
}
