//! The columns and trees of a graph, as they are met.

use std::rc::Rc;

use super::at::At;
use super::symbol::{Entry, Rows, Sum};
use crate::Error;
use crate::foreign::{Arithmetic, Derived, ForeignTree, Step};
use crate::onnx::proto::element;

/// Steps on one column.
const MAX_STEPS: usize = 64;

/// Entries of all values, and addends of all sums.
const BUDGET: usize = 1 << 22;

/// What has been met.
#[derive(Default)]
pub(super) struct Store {
    /// Names of the inputs.
    pub inputs: Vec<String>,
    columns: Vec<Column>,
    pub trees: Vec<ForeignTree>,
    /// How the models of the graph compute, once one has been met.
    pub arithmetic: Option<Arithmetic>,
    pub notes: Vec<String>,
    used: usize,
}

/// A column: an input, or another column and a step.
struct Column {
    from: From,
    depth: usize,
}

enum From {
    Input(usize),
    Column(usize, Step),
}

impl Store {
    /// A column that is an input.
    pub fn input(&mut self, name: String) -> usize {
        self.inputs.push(name);
        self.columns.push(Column { from: From::Input(self.inputs.len() - 1), depth: 0 });
        self.columns.len() - 1
    }

    /// A column with one more step.
    pub fn step(&mut self, at: &At<'_>, column: usize, element: i32, step: Step) -> Result<usize, Error> {
        let depth = self.columns.get(column).map_or(0, |column| column.depth);
        if depth >= MAX_STEPS {
            return Err(at.unsupported(format!("a column that goes through more than {MAX_STEPS} steps")));
        }
        self.spend(at, 1)?;
        // What goes in is a 32-bit float, or a text, already.
        let first = match element {
            element::FLOAT => Some(Step::Single),
            element::STRING => Some(Step::Text),
            _ => None,
        };
        let column = match first.filter(|first| depth == 0 && *first != step) {
            Some(first) => {
                self.columns.push(Column { from: From::Column(column, first), depth: 1 });
                self.columns.len() - 1
            }
            None => column,
        };
        self.columns.push(Column { from: From::Column(column, step), depth: depth + 2 });
        Ok(self.columns.len() - 1)
    }

    /// All that is done to an input until it is a column.
    pub fn derived(&self, column: usize) -> Derived {
        let (mut at, mut steps) = (column, Vec::new());
        loop {
            match self.columns.get(at).map(|column| &column.from) {
                Some(From::Column(before, step)) => {
                    steps.push(step.clone());
                    at = *before;
                }
                Some(From::Input(input)) => {
                    steps.reverse();
                    return Derived { input: *input, steps };
                }
                None => return Derived { input: 0, steps },
            }
        }
    }

    /// Takes a part of what a graph may need.
    pub fn spend(&mut self, at: &At<'_>, n: usize) -> Result<(), Error> {
        self.used = self.used.saturating_add(n);
        if self.used > BUDGET {
            return Err(at.unsupported(format!("a graph of more than {BUDGET} columns and terms")));
        }
        Ok(())
    }

    /// The numbers of the columns of rows that go into a model, which says how it computes.
    pub fn model_columns(&mut self, at: &At<'_>, rows: &Rows) -> Result<Vec<usize>, Error> {
        let arithmetic = match rows.element {
            element::DOUBLE => Arithmetic::Double,
            element::FLOAT | element::INT64 | element::INT32 | element::BOOL => Arithmetic::Single,
            _ => return Err(at.unsupported("a model of texts")),
        };
        if *self.arithmetic.get_or_insert(arithmetic) != arithmetic {
            return Err(at.unsupported("models in 32-bit and in 64-bit floats"));
        }
        let columns = rows.entries.iter().map(|entry| match entry {
            Entry::Column(column) => Ok(*column),
            _ => Err(at.unsupported("a model of what another model says")),
        });
        columns.collect()
    }

    /// What stands in a column as a sum.
    pub fn sum(&mut self, at: &At<'_>, entry: &Entry) -> Result<Rc<Sum>, Error> {
        match entry {
            Entry::Sum(sum) => {
                self.spend(at, sum.addends.len())?;
                Ok(sum.clone())
            }
            Entry::Column(column) => Ok(Rc::new(Sum::of(*column))),
            Entry::Number(number) => Ok(Rc::new(Sum { base: *number, addends: Vec::new() })),
            _ => Err(at.unsupported("arithmetic with a probability")),
        }
    }
}
