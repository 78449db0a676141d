//! Linear models.

use std::rc::Rc;

use super::super::at::At;
use super::super::constant::Constant;
use super::super::store::Store;
use super::super::symbol::{Addend, Entry, Rows, Sum};
use super::{Inputs, constant, finish, rows};
use crate::Error;
use crate::onnx::proto::element;

/// Sums of columns by coefficients, and where each sum starts.
fn sums(
    at: &At<'_>,
    rows: &Rows,
    coefficients: impl Iterator<Item = (Vec<f64>, f64)>,
    store: &mut Store,
) -> Result<Vec<Rc<Sum>>, Error> {
    let columns = store.model_columns(at, rows)?;
    let mut sums = Vec::new();
    for (row, base) in coefficients {
        store.spend(at, row.len())?;
        let addends = columns.iter().map(|&column| Addend::Column(column)).zip(row).collect();
        sums.push(Rc::new(Sum { base, addends }));
    }
    Ok(sums)
}

/// Coefficients and intercepts of a node of so many outputs.
fn rows_of(at: &At<'_>, rows: &Rows, n: usize) -> Result<Vec<(Vec<f64>, f64)>, Error> {
    let (coefficients, mut intercepts) = (at.finite("coefficients")?, at.finite("intercepts")?);
    let n_columns = rows.entries.len();
    at.length("coefficients", coefficients.len(), n * n_columns)?;
    if intercepts.is_empty() {
        intercepts = vec![0.0; n];
    }
    at.length("intercepts", intercepts.len(), n)?;
    Ok(coefficients.chunks(n_columns.max(1)).map(<[f64]>::to_vec).zip(intercepts).collect())
}

/// One sum that is not transformed.
pub(super) fn regressor(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    if at.int("targets", 1) != 1 {
        return Err(at.unsupported("a model of several outputs"));
    }
    if at.text("post_transform", "NONE")? != "NONE" {
        return Err(at.unsupported("a transformed output of one number, which runtimes do not agree about,"));
    }
    let found = sums(at, rows, rows_of(at, rows, 1)?.into_iter(), store)?;
    Ok(Rows::new(element::FLOAT, found.into_iter().map(Entry::Sum).collect()))
}

/// Two sums, one a class, and what is made of them.
pub(super) fn classifier(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    classes(at, ["classlabels_ints", "classlabels_strings"], store)?;
    let found = sums(at, rows, rows_of(at, rows, 2)?.into_iter(), store)?;
    finish::transformed(at, found, store)
}

/// The classes of a classifier: two, of which the second is the event.
pub(super) fn classes(at: &At<'_>, names: [&str; 2], store: &mut Store) -> Result<(), Error> {
    let numbers = at.ints(names[0]);
    let labels =
        if numbers.is_empty() { at.texts(names[1])? } else { numbers.iter().map(i64::to_string).collect() };
    let [_, event] = labels.as_slice() else {
        return Err(at.unsupported(format!("a model of {} classes", labels.len())));
    };
    if matches!(numbers, [first, second] if first >= second) {
        return Err(at.unsupported(format!(
            "the class {event} behind the class {}, so that it is not clear which one is the event,",
            labels[0]
        )));
    }
    store.notes.push(format!("the probability is that of the class `{}`", crate::json::shortened(event)));
    Ok(())
}

/// `MatMul` and `Gemm` with a constant matrix.
pub(super) fn product(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<Rows, Error> {
    let of = rows(at, inputs, 0)?;
    let matrix = constant(at, inputs, 1)?;
    let is_one = |name: &str| at.float(name).is_none_or(|x| (x - 1.0).abs() <= 0.0);
    if at.int("transA", 0) != 0 || !is_one("alpha") || !is_one("beta") {
        return Err(at.unsupported("a product that is transposed or scaled"));
    }
    let transposed = at.int("transB", 0) != 0;
    let n = of.entries.len();
    let (Some(numbers), [height, width]) = (matrix.numbers(), matrix.shape.as_slice()) else {
        return Err(at.malformed("a constant that is no matrix", "a matrix of numbers"));
    };
    let (from, to) = if transposed { (*width, *height) } else { (*height, *width) };
    if from != n || numbers.iter().any(|x| !x.is_finite()) {
        return Err(at.malformed(format!("a matrix for {from} columns"), format!("finite numbers for {n}")));
    }
    store.spend(at, numbers.len())?;
    let base = match inputs.get(2) {
        None | Some(None) => vec![0.0; to],
        Some(Some(_)) => biases(at, constant(at, inputs, 2)?, to)?,
    };
    let row = |place: usize| -> Vec<f64> {
        let at = |column: usize| if transposed { place * n + column } else { column * to + place };
        (0..n).map(|column| numbers[at(column)]).collect()
    };
    let found = sums(at, of, base.into_iter().enumerate().map(|(place, base)| (row(place), base)), store)?;
    Ok(Rows::new(of.element, found.into_iter().map(Entry::Sum).collect()))
}

fn biases(at: &At<'_>, constant: &Constant, n: usize) -> Result<Vec<f64>, Error> {
    match constant.numbers() {
        Some([one]) if one.is_finite() => Ok(vec![*one; n]),
        Some(numbers) if numbers.len() == n && numbers.iter().all(|x| x.is_finite()) => Ok(numbers.to_vec()),
        _ => Err(at.malformed("other numbers to add", format!("{n} finite ones"))),
    }
}
