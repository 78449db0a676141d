//! The operators that are known, and what each makes of what is known of its inputs.

mod arithmetic;
mod encode;
mod ensemble;
mod finish;
mod forest;
mod linear;
mod places;
mod prepare;
mod trees;

use std::rc::Rc;

use super::at::At;
use super::constant::Constant;
use super::store::Store;
use super::symbol::{Rows, Symbol};
use crate::Error;

/// What goes into a node, by place.
pub(super) type Inputs = [Option<Symbol>];

/// What a node gives, and in which of its outputs.
pub(super) fn apply(at: &At<'_>, inputs: &Inputs, store: &mut Store) -> Result<(usize, Symbol), Error> {
    match (at.node.domain.as_str(), at.op()) {
        ("" | "ai.onnx", "Constant") => return Ok((0, prepare::constant(at)?)),
        (
            "" | "ai.onnx",
            "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" | "Identity" | "Cast" | "Gather",
        )
        | ("ai.onnx.ml", "ArrayFeatureExtractor")
            if matches!(inputs.first(), Some(Some(Symbol::Constant(_)))) =>
        {
            return Err(at.unsupported("work with a constant instead of with columns"));
        }
        _ => {}
    }
    let rows = match (at.node.domain.as_str(), at.op()) {
        ("" | "ai.onnx", "Identity") => rows(at, inputs, 0)?.clone(),
        ("" | "ai.onnx", "Cast") => prepare::cast(at, rows(at, inputs, 0)?, store)?,
        ("" | "ai.onnx", "Concat") => places::concat(at, inputs, store)?,
        ("ai.onnx.ml", "FeatureVectorizer") => places::joined(at, inputs, store)?,
        ("" | "ai.onnx", "Gather") => {
            places::gather(at, rows(at, inputs, 0)?, constant(at, inputs, 1)?, store)?
        }
        ("ai.onnx.ml", "ArrayFeatureExtractor") => {
            places::extract(at, rows(at, inputs, 0)?, constant(at, inputs, 1)?, store)?
        }
        ("" | "ai.onnx", "Reshape") => places::reshape(at, rows(at, inputs, 0)?, constant(at, inputs, 1)?)?,
        ("" | "ai.onnx", "Flatten" | "Squeeze") => places::flat(at, rows(at, inputs, 0)?)?,
        ("" | "ai.onnx", "Add" | "Sub" | "Mul" | "Div") => arithmetic::binary(at, inputs, store)?,
        ("" | "ai.onnx", "Sum") => arithmetic::sum(at, inputs, store)?,
        ("" | "ai.onnx", "Neg") => arithmetic::negative(at, rows(at, inputs, 0)?, store)?,
        ("" | "ai.onnx", "MatMul" | "Gemm") => linear::product(at, inputs, store)?,
        ("" | "ai.onnx", "Sigmoid") => finish::sigmoid(at, rows(at, inputs, 0)?, store)?,
        ("" | "ai.onnx", "Exp") => finish::exp(at, rows(at, inputs, 0)?, store)?,
        ("" | "ai.onnx", "Softmax") => finish::softmax(at, rows(at, inputs, 0)?, store)?,
        ("" | "ai.onnx", "Abs") => finish::abs(at, rows(at, inputs, 0)?)?,
        ("" | "ai.onnx", "ReduceSum") => finish::reduce_sum(at, rows(at, inputs, 0)?)?,
        ("ai.onnx.ml", "Normalizer") => finish::normalized(at, rows(at, inputs, 0)?)?,
        ("ai.onnx.ml", "ZipMap") => finish::zip_map(at, rows(at, inputs, 0)?)?,
        ("ai.onnx.ml", "Scaler") => prepare::scaler(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "Imputer") => prepare::imputer(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "OneHotEncoder") => encode::one_hot(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "LabelEncoder") => encode::labels(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "LinearRegressor") => linear::regressor(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "LinearClassifier") => {
            return Ok((1, Symbol::Rows(linear::classifier(at, rows(at, inputs, 0)?, store)?)));
        }
        ("ai.onnx.ml", "TreeEnsembleRegressor") => trees::regressor(at, rows(at, inputs, 0)?, store)?,
        ("ai.onnx.ml", "TreeEnsembleClassifier") => {
            return Ok((1, Symbol::Rows(trees::classifier(at, rows(at, inputs, 0)?, store)?)));
        }
        ("ai.onnx.ml", "TreeEnsemble") => ensemble::trees(at, rows(at, inputs, 0)?, store)?,
        _ => return Err(at.unsupported("an operator that does not reduce to a sum of terms")),
    };
    Ok((0, Symbol::Rows(rows)))
}

/// The rows in a place.
fn rows<'a>(at: &At<'_>, inputs: &'a Inputs, place: usize) -> Result<&'a Rows, Error> {
    match inputs.get(place) {
        Some(Some(Symbol::Rows(rows))) => Ok(rows),
        _ => Err(at.malformed(format!("no columns in place {place}"), "columns of the data")),
    }
}

/// The constant in a place.
fn constant<'a>(at: &At<'_>, inputs: &'a Inputs, place: usize) -> Result<&'a Rc<Constant>, Error> {
    match inputs.get(place) {
        Some(Some(Symbol::Constant(constant))) => Ok(constant),
        _ => Err(at.unsupported(format!("a value in place {place} that is not constant"))),
    }
}
