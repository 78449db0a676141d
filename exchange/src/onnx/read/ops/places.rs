//! Operators that put columns beside each other or pick some of them.

use super::super::at::At;
use super::super::constant::Constant;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows, Symbol};
use super::Inputs;
use crate::Error;

/// Columns beside each other, of one type.
pub(super) fn concat(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<Rows, Error> {
    if !matches!(at.int("axis", 1), 1 | -1) {
        return Err(at.unsupported("rows below each other"));
    }
    joined(at, inputs, store)
}

/// Columns beside each other.
pub(super) fn joined(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<Rows, Error> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut element = None;
    for input in inputs {
        let Some(Symbol::Rows(rows)) = input else {
            return Err(at.unsupported("a constant beside columns"));
        };
        if *element.get_or_insert(rows.element) != rows.element {
            return Err(at.malformed("columns of several types", "one type"));
        }
        store.spend(at, rows.entries.len())?;
        entries.extend(rows.entries.iter().cloned());
    }
    match element {
        Some(element) => Ok(Rows::new(element, entries)),
        None => Err(at.malformed("no columns", "columns of the data")),
    }
}

/// Columns by their places, along the second dimension.
pub(super) fn gather(at: &At<'_>, rows: &Rows, places: &Constant, store: &mut Store) -> Result<Rows, Error> {
    if !matches!(at.int("axis", 0), 1 | -1) {
        return Err(at.unsupported("a choice of rows"));
    }
    picked(at, rows, places, store)
}

/// Columns by their places, along the last dimension.
pub(super) fn extract(at: &At<'_>, rows: &Rows, places: &Constant, store: &mut Store) -> Result<Rows, Error> {
    picked(at, rows, places, store)
}

fn picked(at: &At<'_>, rows: &Rows, places: &Constant, store: &mut Store) -> Result<Rows, Error> {
    let n = rows.entries.len();
    let numbers = places.numbers().unwrap_or_default();
    store.spend(at, numbers.len())?;
    let of = |&place: &f64| {
        let place = if place < 0.0 { place + n as f64 } else { place };
        let inside = place >= 0.0 && place < n as f64 && place.fract().abs() <= 0.0;
        inside.then(|| rows.entries.get(place as usize).cloned()).flatten()
    };
    let entries: Option<Vec<Entry>> = numbers.iter().map(of).collect();
    match entries.filter(|entries| !entries.is_empty()) {
        Some(entries) => Ok(Rows::new(rows.element, entries)),
        None => Err(at.malformed("the place of a column that is not there", format!("places below {n}"))),
    }
}

/// Another shape, if rows and columns stay what they are.
pub(super) fn reshape(at: &At<'_>, rows: &Rows, shape: &Constant) -> Result<Rows, Error> {
    let n = rows.entries.len();
    let keeps = match shape.numbers().unwrap_or_default() {
        [_] => n == 1,
        // The first dimension is that of rows: -1, or 0 for what it was.
        [of_rows, of_columns] => *of_rows <= 0.0 && (*of_columns - n as f64).abs() <= 0.0,
        _ => false,
    };
    if keeps {
        Ok(rows.clone())
    } else {
        Err(at.unsupported("a change of shape that moves numbers to other rows or columns"))
    }
}

/// A dimension less, if that is not the one of rows.
pub(super) fn flat(at: &At<'_>, rows: &Rows) -> Result<Rows, Error> {
    let keeps = match at.op() {
        "Flatten" => at.int("axis", 1) == 1,
        _ => rows.entries.len() == 1,
    };
    if keeps {
        Ok(rows.clone())
    } else {
        Err(at.unsupported("a change of shape that moves numbers to other rows or columns"))
    }
}
