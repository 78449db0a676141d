//! Operators that fill in, scale or convert columns.

use std::rc::Rc;

use super::super::at::At;
use super::super::constant::Constant;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows, Symbol};
use crate::Error;
use crate::foreign::{Arithmetic, Operation, Step};
use crate::onnx::proto::element;

/// A constant that stands in a node.
pub(super) fn constant(at: &At<'_>) -> Result<Symbol, Error> {
    let tensor = at
        .node
        .attribute
        .iter()
        .find(|attribute| attribute.name == "value")
        .and_then(|attribute| attribute.t.as_ref());
    let Some(tensor) = tensor else { return Err(at.malformed("no `value`", "a tensor")) };
    match Constant::of(tensor) {
        Ok(constant) => Ok(Symbol::Constant(Rc::new(constant))),
        Err([found, expected]) => Err(at.malformed(found, expected)),
    }
}

/// The same step on every column.
pub(super) fn stepped(
    at: &At<'_>,
    rows: &Rows,
    element: i32,
    store: &mut Store,
    mut step: impl FnMut(usize) -> Vec<Step>,
) -> Result<Rows, Error> {
    let mut entries = Vec::with_capacity(rows.entries.len());
    for (place, entry) in rows.entries.iter().enumerate() {
        let Entry::Column(column) = entry else {
            return Err(at.unsupported("a change to what the model predicts"));
        };
        let mut column = *column;
        for step in step(place) {
            column = store.step(at, column, rows.element, step)?;
        }
        entries.push(Entry::Column(column));
    }
    Ok(Rows::new(element, entries))
}

/// Another type. Sums and probabilities may become wider or narrower: they are compared within rounding anyway.
pub(super) fn cast(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let to = i32::try_from(at.int("to", 0)).unwrap_or_default();
    if rows.element == to {
        return Ok(rows.clone());
    }
    let is_float = |of: i32| matches!(of, element::FLOAT | element::DOUBLE);
    let is_whole = |of: i32| matches!(of, element::INT64 | element::INT32);
    let columns_only = rows.entries.iter().all(|entry| matches!(entry, Entry::Column(_)));
    match (rows.element, to) {
        (from, to) if is_float(from) && is_float(to) && !columns_only => {
            Ok(Rows { element: to, entries: rows.entries.clone() })
        }
        (element::DOUBLE, element::FLOAT) => stepped(at, rows, to, store, |_| vec![Step::Single]),
        // What was a 32-bit float stays one.
        (element::FLOAT, element::DOUBLE) => stepped(at, rows, to, store, |_| vec![Step::Single]),
        (from, to) if is_float(from) && is_whole(to) => {
            missing_is_no_category(store);
            stepped(at, rows, to, store, |_| vec![Step::Whole])
        }
        (from, element::FLOAT) if is_whole(from) || from == element::BOOL => {
            stepped(at, rows, to, store, |_| vec![Step::Single])
        }
        (from, element::DOUBLE) if is_whole(from) || from == element::BOOL => {
            Ok(Rows { element: to, entries: rows.entries.clone() })
        }
        (from, to) if is_whole(from) && is_whole(to) => {
            Ok(Rows { element: to, entries: rows.entries.clone() })
        }
        (from, to) => Err(at.unsupported(format!("a conversion from the type {from} to {to}"))),
    }
}

/// Says what becomes of a missing value where the format leaves it open.
pub(super) fn missing_is_no_category(store: &mut Store) {
    let note =
        "a missing number is none of the categories of the graph, as runtimes on x86 processors have it"
            .to_owned();
    if !store.notes.contains(&note) {
        store.notes.push(note);
    }
}

/// `(x - offset) * scale`, in 32 bits.
pub(super) fn scaler(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let (offsets, scales) = (at.finite("offset")?, at.finite("scale")?);
    let n = rows.entries.len();
    let of = |list: &[f64], place: usize, otherwise: f64| match list {
        [] => otherwise,
        [one] => *one,
        list => list.get(place).copied().unwrap_or(otherwise),
    };
    for (name, list) in [("offset", &offsets), ("scale", &scales)] {
        if list.len() > 1 {
            at.length(name, list.len(), n)?;
        }
    }
    if rows.is_text() {
        return Err(at.malformed("texts", "numbers"));
    }
    let operation =
        |operation, operand| Step::Operation { operation, operand, arithmetic: Arithmetic::Single };
    stepped(at, rows, element::FLOAT, store, |place| {
        vec![
            operation(Operation::Minus, of(&offsets, place, 0.0)),
            operation(Operation::Times, of(&scales, place, 1.0)),
        ]
    })
}

/// Numbers for missing values.
pub(super) fn imputer(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    if !matches!(rows.element, element::FLOAT | element::DOUBLE) || at.has("imputed_value_int64s") {
        return Err(at.unsupported("filling in whole numbers or texts"));
    }
    if !at.float("replaced_value_float").is_some_and(f32::is_nan) {
        return Err(at.unsupported("filling in for another value than a missing one"));
    }
    let numbers = at.finite("imputed_value_floats")?;
    if numbers.len() != 1 {
        at.length("imputed_value_floats", numbers.len(), rows.entries.len())?;
    }
    let of =
        |place: usize| numbers.get(if numbers.len() == 1 { 0 } else { place }).copied().unwrap_or_default();
    stepped(at, rows, rows.element, store, |place| vec![Step::Filled(of(place))])
}
