//! What goes into a graph and what comes out, by the types that it states.

use std::collections::HashSet;

use super::FORMAT;
use crate::Error;
use crate::foreign::MAX_COLUMNS;
use crate::json::shortened;
use crate::onnx::proto::{Dimension, GraphProto, Size, TensorType, Type, ValueInfoProto, element};

/// What goes into a graph: a table of one type.
pub(crate) struct Input {
    /// The name that the graph has for it.
    pub name: String,
    /// Type of its elements.
    pub element: i32,
    /// Names of its columns. One of several is called by the input and its place: `X[3]`.
    pub columns: Vec<String>,
}

/// An input as the graph states it, if a model has so many columns `before` it.
fn stated(info: &ValueInfoProto, before: usize) -> Result<Input, Error> {
    let place = format!("input `{}`", shortened(&info.name));
    let expected = "a table of numbers or texts of so many columns";
    let Some(Type::Tensor(tensor)) = info.r#type.as_ref().and_then(|of| of.value.as_ref()) else {
        return Err(Error::malformed(FORMAT, place, "no tensor", expected));
    };
    let known =
        [element::FLOAT, element::DOUBLE, element::INT64, element::INT32, element::BOOL, element::STRING];
    if !known.contains(&tensor.elem_type) {
        return Err(Error::malformed(
            FORMAT,
            place,
            format!("elements of type {}", tensor.elem_type),
            expected,
        ));
    }
    let Some(n) = width(tensor) else {
        let what = "an input without a stated number of columns";
        let instead = "export it with the shape [None, number of columns]";
        return Err(Error::unsupported(FORMAT, place, what, instead));
    };
    if n > MAX_COLUMNS.saturating_sub(before) {
        let instead = format!("train it on at most {MAX_COLUMNS}");
        return Err(Error::unsupported(FORMAT, place, format!("a model of {n} columns"), instead));
    }
    let name = |at| if n == 1 { info.name.clone() } else { format!("{}[{at}]", info.name) };
    Ok(Input { name: info.name.clone(), element: tensor.elem_type, columns: (0..n).map(name).collect() })
}

/// All inputs of a graph, which are those without a constant that stands for them.
pub(crate) fn all(graph: &GraphProto) -> Result<Vec<Input>, Error> {
    let constants: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let mut found: Vec<Input> = Vec::new();
    let mut before = 0;
    for info in graph.input.iter().filter(|info| !constants.contains(info.name.as_str())) {
        let input = stated(info, before)?;
        before += input.columns.len();
        found.push(input);
    }
    Ok(found)
}

/// Number of columns of a table, if it is stated; a list of numbers is a table of one column.
fn width(tensor: &TensorType) -> Option<usize> {
    match tensor.shape.as_ref()?.dim.as_slice() {
        [_] => Some(1),
        [_, Dimension { value: Some(Size::Value(n)), .. }] => usize::try_from(*n).ok().filter(|n| *n > 0),
        _ => None,
    }
}

/// The name of the output that holds what the model predicts: the only one of numbers that are no whole ones.
pub(crate) fn predicted(graph: &GraphProto) -> Result<&str, Error> {
    let is_number = |info: &&ValueInfoProto| match info.r#type.as_ref().and_then(|of| of.value.as_ref()) {
        Some(Type::Tensor(tensor)) => matches!(tensor.elem_type, element::FLOAT | element::DOUBLE),
        // A list of maps, as ZipMap makes them.
        Some(Type::Sequence(_) | Type::Map(_)) => true,
        _ => false,
    };
    let found: Vec<&ValueInfoProto> = graph.output.iter().filter(is_number).collect();
    match found.as_slice() {
        [one] => Ok(&one.name),
        [] => Err(Error::malformed(
            FORMAT,
            "its outputs",
            "no output of numbers",
            "one output of probabilities",
        )),
        [first, second, ..] => {
            let what = format!(
                "a graph of several outputs of numbers, as `{}` and `{}`,",
                shortened(&first.name),
                shortened(&second.name)
            );
            Err(Error::unsupported(FORMAT, "its outputs", what, "export it with one output of probabilities"))
        }
    }
}
