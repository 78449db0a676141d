//! Operators that give categories numbers.

use std::sync::Arc;

use super::super::at::At;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows};
use super::prepare::{missing_is_no_category, stepped};
use crate::Error;
use crate::foreign::{Budget, Listed, Step, Value};
use crate::onnx::proto::element;

/// A column of 0 and 1 for each category.
pub(super) fn one_hot(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let [Entry::Column(column)] = rows.entries.as_ref() else {
        return Err(at.unsupported("categories of several columns at once"));
    };
    let texts = at.texts("cats_strings")?;
    let categories: Vec<Value> = if rows.is_text() {
        texts.into_iter().map(Value::Text).collect()
    } else {
        missing_is_no_category(store);
        at.ints("cats_int64s").iter().map(|&number| Value::Number(number as f64)).collect()
    };
    if categories.is_empty() {
        return Err(at.malformed("no categories", "categories of the type of the column"));
    }
    let mut column = *column;
    if matches!(rows.element, element::FLOAT | element::DOUBLE) {
        column = store.step(at, column, rows.element, Step::Whole)?;
    }
    // Without zeros the program stops at a category that it does not know.
    let all: Arc<[Value]> = categories.into();
    let among = (at.int("zeros", 1) == 0).then(|| all.clone());
    let mut budget = Budget::default();
    let mut entries = Vec::with_capacity(all.len());
    for value in all.iter() {
        budget.take(value).map_err(|[found, expected]| at.malformed(found, expected))?;
        let step = Step::Is { value: value.clone(), among: among.clone() };
        entries.push(Entry::Column(store.step(at, column, rows.element, step)?));
    }
    Ok(Rows::new(element::FLOAT, entries))
}

/// A number or text for each of the values that go in.
pub(super) fn labels(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let numbers = |name: &str| -> Result<Option<Vec<Value>>, Error> {
        let list = at.numbers(name)?;
        // A missing value is one that can be looked up.
        let value = |x: f64| if x.is_nan() { Value::Missing } else { Value::Number(x) };
        Ok((!list.is_empty()).then(|| list.into_iter().map(value).collect()))
    };
    let whole = |name: &str| {
        let list = at.ints(name);
        (!list.is_empty()).then(|| list.iter().map(|&x| Value::Number(x as f64)).collect::<Vec<_>>())
    };
    let texts = |name: &str| -> Result<Option<Vec<Value>>, Error> {
        let list = at.texts(name)?;
        Ok((!list.is_empty()).then(|| list.into_iter().map(Value::Text).collect()))
    };
    let keys = match rows.element {
        element::STRING => texts("keys_strings")?,
        element::FLOAT => numbers("keys_floats")?,
        element::INT64 => whole("keys_int64s"),
        _ => None,
    };
    let Some(keys) = keys else {
        return Err(at.unsupported("a table of other keys than those of the column's type"));
    };
    let (values, other, to) = if let Some(values) = whole("values_int64s") {
        (values, Value::Number(at.int("default_int64", -1) as f64), element::INT64)
    } else if let Some(values) = numbers("values_floats")? {
        let other = f64::from(at.float("default_float").unwrap_or(-0.0));
        (values, if other.is_nan() { Value::Missing } else { Value::Number(other) }, element::FLOAT)
    } else if let Some(values) = texts("values_strings")? {
        (values, Value::Text(at.text("default_string", "_Unused")?.to_owned()), element::STRING)
    } else {
        return Err(at.unsupported("a table of other values than lists of numbers or texts"));
    };
    at.length("values", values.len(), keys.len())?;
    let listed = Arc::new(Listed { pairs: keys.into_iter().zip(values).collect(), other });
    stepped(at, rows, to, store, |_| vec![Step::Listed(listed.clone())])
}
