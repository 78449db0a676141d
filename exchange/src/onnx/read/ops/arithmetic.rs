//! Addition and multiplication, with constants and of sums.

use std::rc::Rc;

use super::super::at::At;
use super::super::constant::Constant;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows, Sum, Symbol, same};
use super::Inputs;
use crate::Error;
use crate::foreign::{Arithmetic, Operation, Step};
use crate::onnx::proto::element;

/// `Add`, `Sub`, `Mul` and `Div` of two values.
pub(super) fn binary(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<Rows, Error> {
    match inputs {
        [Some(Symbol::Rows(rows)), Some(Symbol::Constant(constant))] => {
            let numbers = numbers(at, constant, rows.entries.len())?;
            let operation = match at.op() {
                "Add" => Operation::Plus,
                "Sub" => Operation::Minus,
                "Mul" => Operation::Times,
                _ => Operation::By,
            };
            with(at, rows, operation, &numbers, store)
        }
        [Some(Symbol::Constant(constant)), Some(Symbol::Rows(rows))] => {
            let numbers = numbers(at, constant, rows.entries.len())?;
            match at.op() {
                "Add" => with(at, rows, Operation::Plus, &numbers, store),
                "Sub" => with(at, rows, Operation::From, &numbers, store),
                "Mul" => with(at, rows, Operation::Times, &numbers, store),
                _ => inverse(at, rows, &numbers, store),
            }
        }
        [Some(Symbol::Rows(a)), Some(Symbol::Rows(b))] => of_two(at, a, b, store),
        _ => Err(at.malformed("other than two values", "columns and a constant")),
    }
}

/// One number for each column.
fn numbers(at: &At<'_>, constant: &Constant, n: usize) -> Result<Vec<f64>, Error> {
    let Some(numbers) = constant.numbers() else { return Err(at.malformed("texts", "numbers")) };
    let last = constant.shape.last().copied().unwrap_or(1);
    if let Some(x) = numbers.iter().find(|x| !x.is_finite()) {
        return Err(at.malformed(format!("a constant {x}"), "finite numbers"));
    }
    match numbers {
        [one] => Ok(vec![*one; n]),
        numbers if numbers.len() == n && last == n => Ok(numbers.to_vec()),
        _ => Err(at.unsupported(format!("{} numbers with {n} columns", numbers.len()))),
    }
}

/// An operation of each column with its number.
fn with(
    at: &At<'_>,
    rows: &Rows,
    operation: Operation,
    numbers: &[f64],
    store: &mut Store,
) -> Result<Rows, Error> {
    let arithmetic = match rows.element {
        element::FLOAT => Arithmetic::Single,
        element::DOUBLE => Arithmetic::Double,
        _ => return Err(at.unsupported("arithmetic of whole numbers")),
    };
    let mut entries = Vec::with_capacity(rows.entries.len());
    for (entry, &operand) in rows.entries.iter().zip(numbers) {
        store.spend(at, 1)?;
        if operation == Operation::By && same(operand, 0.0) {
            return Err(at.malformed("a division by 0", "another number"));
        }
        entries.push(match (entry, operation) {
            (Entry::Column(column), _) => {
                let step = Step::Operation { operation, operand, arithmetic };
                Entry::Column(store.step(at, *column, rows.element, step)?)
            }
            (entry, Operation::Times | Operation::By) if same(operand, 1.0) => entry.clone(),
            (entry, Operation::Plus | Operation::Minus) if same(operand, 0.0) => entry.clone(),
            // 1 - p is the probability of the other class.
            (Entry::Probability(sum), Operation::From) if same(operand, 1.0) => {
                store.spend(at, sum.addends.len())?;
                Entry::Probability(Rc::new(sum.times(-1.0)))
            }
            (Entry::Exp(sum), Operation::Plus) if same(operand, 1.0) => Entry::OnePlusExp(sum.clone()),
            (entry, operation) => {
                let sum = store.sum(at, entry)?;
                Entry::Sum(Rc::new(match operation {
                    Operation::Plus => sum.raised(operand),
                    Operation::Minus => sum.raised(-operand),
                    Operation::From => sum.times(-1.0).raised(operand),
                    Operation::Times => sum.times(operand),
                    Operation::By => sum.times(1.0 / operand),
                }))
            }
        });
    }
    Ok(Rows::new(rows.element, entries))
}

/// `1 / (1 + exp(sum))`, as a calibration writes it.
fn inverse(at: &At<'_>, rows: &Rows, numbers: &[f64], store: &mut Store) -> Result<Rows, Error> {
    let mut entries = Vec::with_capacity(numbers.len());
    for (entry, number) in rows.entries.iter().zip(numbers) {
        match entry {
            Entry::OnePlusExp(sum) if same(*number, 1.0) => {
                store.spend(at, sum.addends.len())?;
                entries.push(Entry::Probability(Rc::new(sum.times(-1.0))));
            }
            _ => return Err(at.unsupported("a division by a column")),
        }
    }
    Ok(Rows::new(rows.element, entries))
}

/// Sums and differences of what models say.
fn of_two(at: &At<'_>, a: &Rows, b: &Rows, store: &mut Store) -> Result<Rows, Error> {
    // A probability that is divided by the sum of all of them.
    if at.op() == "Div" && matches!(b.entries.as_ref(), [Entry::Number(one)] if same(*one, 1.0)) {
        return Ok(a.clone());
    }
    let factor = match at.op() {
        "Add" => 1.0,
        "Sub" => -1.0,
        _ => return Err(at.unsupported("a product or a quotient of two columns")),
    };
    if a.entries.len() != b.entries.len() {
        return Err(at.unsupported("sums of different numbers of columns"));
    }
    let both = a.entries.iter().zip(b.entries.iter());
    let entries = both.map(|(a, b)| added(at, a, b, factor, store)).collect::<Result<_, _>>()?;
    Ok(Rows::new(a.element, entries))
}

fn added(at: &At<'_>, a: &Entry, b: &Entry, factor: f64, store: &mut Store) -> Result<Entry, Error> {
    // Columns are added only where a model has said in which arithmetic.
    if !matches!((a, b), (Entry::Sum(_), _) | (_, Entry::Sum(_))) {
        return Err(at.unsupported("a sum of two columns, or of two probabilities,"));
    }
    let (a, b) = (store.sum(at, a)?, store.sum(at, b)?);
    Ok(Entry::Sum(Rc::new(Sum::plus(&a, &b.times(factor)))))
}

/// The sum of any number of values.
pub(super) fn sum(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<Rows, Error> {
    let mut all = inputs.iter().map(|input| match input {
        Some(Symbol::Rows(rows)) => Ok(rows),
        _ => Err(at.unsupported("a constant among columns")),
    });
    let first = all.next().unwrap_or_else(|| Err(at.malformed("no columns", "columns")))?.clone();
    all.try_fold(first, |sum, next| {
        let next = next?;
        if sum.entries.len() != next.entries.len() {
            return Err(at.unsupported("sums of different numbers of columns"));
        }
        let both = sum.entries.iter().zip(next.entries.iter());
        let entries = both.map(|(a, b)| added(at, a, b, 1.0, store)).collect::<Result<_, _>>()?;
        Ok(Rows::new(sum.element, entries))
    })
}

/// The opposite.
pub(super) fn negative(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    with(at, rows, Operation::Times, &vec![-1.0; rows.entries.len()], store)
}
