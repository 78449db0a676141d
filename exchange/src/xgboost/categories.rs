//! Names of categories. From version 3.1 on a file carries those of the data frame that a model was trained on; before, it has codes only.

use crate::Error;
use crate::foreign::{Arithmetic, Value};
use crate::json::At;

/// For each column the names of its categories, by code; `None` where the file has none.
pub(super) fn names(model: &At<'_>, n_columns: usize) -> Result<Vec<Option<Vec<Value>>>, Error> {
    let none = || Ok(vec![None; n_columns]);
    let Some(categories) = model.maybe("cats") else { return none() };
    let Some(encoders) = categories.maybe("enc") else { return none() };
    let items = encoders.items()?;
    if items.is_empty() {
        return none();
    }
    encoders.length(items.len(), n_columns)?;
    items.iter().map(of_column).collect()
}

fn of_column(encoder: &At<'_>) -> Result<Option<Vec<Value>>, Error> {
    let values = encoder.field("values")?;
    let names = match encoder.maybe("offsets") {
        Some(offsets) => texts(&values, &offsets)?,
        None => numbers(&values)?,
    };
    Ok((!names.is_empty()).then_some(names))
}

/// Texts one after another, in bytes that may be signed.
fn texts(values: &At<'_>, offsets: &At<'_>) -> Result<Vec<Value>, Error> {
    let whole = values.whole_numbers()?;
    let bytes =
        whole.iter().map(|&byte| u8::try_from(byte).or_else(|_| i8::try_from(byte).map(i8::cast_unsigned)));
    let bytes: Vec<u8> = bytes.collect::<Result<_, _>>().map_err(|_| values.malformed("bytes"))?;
    let ends = offsets.whole_numbers()?;
    let text = |pair: &[i64]| {
        let &[from, to] = pair else { return None };
        let text = bytes.get(usize::try_from(from).ok()?..usize::try_from(to).ok()?)?;
        Some(Value::Text(std::str::from_utf8(text).ok()?.to_owned()))
    };
    // Each begins where the one before ended, so that together they are no longer than the bytes.
    let texts = ends.is_sorted().then(|| ends.windows(2).map(text).collect::<Option<_>>());
    texts.flatten().ok_or_else(|| offsets.malformed("where each text in `values` begins, and the end"))
}

fn numbers(values: &At<'_>) -> Result<Vec<Value>, Error> {
    let rounded: Vec<f64> = values.numbers()?.iter().map(|&x| Arithmetic::Single.rounded(x)).collect();
    let mut sorted = rounded.clone();
    sorted.sort_by(f64::total_cmp);
    if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a.total_cmp(b).is_eq())) {
        let instead = "give the categories names that are texts";
        return Err(values.unsupported("categories that are one number in 32 bits", instead));
    }
    Ok(rounded.into_iter().map(Value::Number).collect())
}
