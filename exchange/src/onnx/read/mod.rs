//! Graphs of skl2onnx and onnxmltools, as far as one is a sum of terms about single columns.
//!
//! A graph is followed from its inputs to the output that holds probabilities, without a row of data: what is known of each value is which column,
//! sum or probability stands in each place. Nodes before the model change a column step by step, the model makes a sum of columns and trees, and
//! nodes behind it may scale that sum, make a probability of it, or put places beside each other. What does neither is refused with its node.

mod at;
pub(crate) mod bound;
mod constant;
mod finish;
mod graph;
pub(crate) mod inputs;
mod ops;
mod store;
mod symbol;

#[cfg(test)]
mod tests;

use prost::Message;

use super::proto::ModelProto;
use crate::{Error, ForeignModel};

/// The name of the format in messages and records.
pub(crate) const FORMAT: &str = "ONNX";

/// The newest operators of machine learning that are known here.
const NEWEST_ML: i64 = 5;

/// Whether bytes begin as a model of ONNX does: the version of the format, a small number in field 1, and another field of a model behind it.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0x08, 1..=0x7f, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42 | 0x72, ..])
}

/// Reads a model.
///
/// # Errors
/// Whatever is wrong in the file, and what in it has no exact meaning here.
pub(crate) fn read(bytes: &[u8]) -> Result<ForeignModel, Error> {
    bound::checked(bytes)?;
    let model = ModelProto::decode(bytes)
        .map_err(|error| Error::malformed(FORMAT, "the file", error.to_string(), "a model of ONNX"))?;
    let of_ml = model.opset_import.iter().find(|set| set.domain == "ai.onnx.ml").map(|set| set.version);
    if let Some(version) = of_ml.filter(|version| *version > NEWEST_ML) {
        let what = format!("the operators `ai.onnx.ml` {version}");
        return Err(Error::unsupported(
            FORMAT,
            "opset_import",
            what,
            format!("export it with {NEWEST_ML} or an older edition"),
        ));
    }
    let Some(graph) = &model.graph else {
        return Err(Error::malformed(FORMAT, "the file", "no graph", "a graph"));
    };
    let (output, store) = graph::followed(graph)?;
    let program = [model.producer_name.as_str(), model.producer_version.as_str()].join(" ");
    finish::model(output, store, program.trim())
}
