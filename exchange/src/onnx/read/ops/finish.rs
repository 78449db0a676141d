//! Operators behind a model.

use std::rc::Rc;

use super::super::at::At;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows, Sum, same};
use crate::Error;
use crate::onnx::proto::element;

/// What a classifier makes of the sums of its two classes.
pub(super) fn transformed(at: &At<'_>, sums: Vec<Rc<Sum>>, store: &mut Store) -> Result<Rows, Error> {
    let of = |entry: fn(Rc<Sum>) -> Entry, sums: Vec<Rc<Sum>>| {
        Rows::new(element::FLOAT, sums.into_iter().map(entry).collect())
    };
    match at.text("post_transform", "NONE")? {
        "NONE" => Ok(of(Entry::Sum, sums)),
        "LOGISTIC" => Ok(of(Entry::Probability, sums)),
        "SOFTMAX" => softmax(at, &of(Entry::Sum, sums), store),
        other => Err(at.unsupported(format!("the transformation {}", crate::json::shortened(other)))),
    }
}

/// `1 / (1 + exp(-sum))` of each sum.
pub(super) fn sigmoid(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    each(at, rows, store, Entry::Probability)
}

/// The exponential of each sum.
pub(super) fn exp(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    each(at, rows, store, Entry::Exp)
}

fn each(at: &At<'_>, rows: &Rows, store: &mut Store, of: fn(Rc<Sum>) -> Entry) -> Result<Rows, Error> {
    let one = |entry: &Entry| match entry {
        Entry::Sum(_) => Ok(of(store.sum(at, entry)?)),
        _ => Err(at.unsupported("a transformation of something else than what a model adds up")),
    };
    let entries = rows.entries.iter().map(one).collect::<Result<_, _>>()?;
    Ok(Rows::new(rows.element, entries))
}

/// Of two sums the probability of each: that of their difference.
pub(super) fn softmax(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let [first, second] = rows.entries.as_ref() else {
        return Err(at.unsupported(format!("shares of {} classes", rows.entries.len())));
    };
    if at.op() == "Softmax" && !matches!(at.int("axis", -1), 1 | -1) {
        return Err(at.unsupported("shares of rows"));
    }
    let (first, second) = (store.sum(at, first)?, store.sum(at, second)?);
    let difference = second.plus(&first.times(-1.0));
    let opposite = Rc::new(difference.times(-1.0));
    Ok(Rows::new(rows.element, vec![Entry::Probability(opposite), Entry::Probability(Rc::new(difference))]))
}

/// A probability has no sign.
pub(super) fn abs(at: &At<'_>, rows: &Rows) -> Result<Rows, Error> {
    if rows.entries.iter().all(|entry| matches!(entry, Entry::Probability(_))) {
        return Ok(rows.clone());
    }
    Err(at.unsupported("numbers without their sign"))
}

/// The probabilities of both classes are 1 together.
pub(super) fn reduce_sum(at: &At<'_>, rows: &Rows) -> Result<Rows, Error> {
    if is_whole(rows) && at.int("keepdims", 1) == 1 {
        return Ok(Rows::new(rows.element, vec![Entry::Number(1.0)]));
    }
    Err(at.unsupported("a sum of columns that is not known to be 1"))
}

/// Shares of what is 1 already.
pub(super) fn normalized(at: &At<'_>, rows: &Rows) -> Result<Rows, Error> {
    if is_whole(rows) && at.text("norm", "MAX")? == "L1" {
        return Ok(rows.clone());
    }
    Err(at.unsupported("shares of columns whose sum is not known to be 1"))
}

/// Whether two probabilities, or two shares, are those of both classes.
fn is_whole(rows: &Rows) -> bool {
    match rows.entries.as_ref() {
        [Entry::Probability(first), Entry::Probability(second)] => first.is_opposite(second),
        [Entry::Sum(first), Entry::Sum(second)] => first.is_complement(second),
        [Entry::Number(one)] => same(*one, 1.0),
        _ => false,
    }
}

/// A probability for each class by its name; the classes stay in their order.
pub(super) fn zip_map(at: &At<'_>, rows: &Rows) -> Result<Rows, Error> {
    let n = at.ints("classlabels_int64s").len() + at.texts("classlabels_strings")?.len();
    at.length("classlabels", n, rows.entries.len())?;
    Ok(rows.clone())
}
