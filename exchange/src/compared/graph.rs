//! A graph of ONNX of which only its ends are known: what goes in, and which output holds the prediction.

use prost::Message;

use crate::Error;
use crate::foreign::Value;
use crate::mapping::Columns;
use crate::onnx::proto::{GraphProto, ModelProto, TensorProto, element};
use crate::onnx::read::{FORMAT, bound, inputs};

/// A graph that runs as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    bytes: Vec<u8>,
    /// The columns of all inputs in order, each with the type of its elements.
    columns: Vec<(String, i32)>,
    program: Option<String>,
}

impl Graph {
    /// Reads the ends of a graph.
    ///
    /// # Errors
    /// If the file is no graph, an input is no table of so many columns, there is not one output of numbers, or numbers stand in another file.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Error> {
        bound::checked(&bytes)?;
        let model = ModelProto::decode(bytes.as_slice())
            .map_err(|error| Error::malformed(FORMAT, "the file", error.to_string(), "a model of ONNX"))?;
        let Some(graph) = &model.graph else {
            return Err(Error::malformed(FORMAT, "the file", "no graph", "a graph"));
        };
        if let Some(tensor) = elsewhere(graph) {
            let place = format!("tensor `{}`", tensor.name);
            return Err(Error::malformed(FORMAT, place, "numbers in another file", "a model in one file"));
        }
        inputs::predicted(graph)?;
        let of = |input: inputs::Input| input.columns.into_iter().map(move |name| (name, input.element));
        let columns = inputs::all(graph)?.into_iter().flat_map(of).collect();
        let program = [model.producer_name.as_str(), model.producer_version.as_str()].join(" ");
        let program = Some(program.trim().to_owned()).filter(|program| !program.is_empty());
        Ok(Self { bytes, columns, program })
    }

    /// Its file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The program that wrote it, as far as the file says.
    pub fn program(&self) -> Option<&str> {
        self.program.as_deref()
    }

    /// The names of its columns.
    pub fn inputs(&self) -> Vec<String> {
        self.columns.iter().map(|(name, _)| name.clone()).collect()
    }

    /// The columns that are mapped to what they cannot hold, each with what it can.
    pub(super) fn cannot_hold(&self, columns: &Columns) -> Vec<(&str, &'static str)> {
        let mapped = columns.mapped().filter_map(|(at, column)| Some((self.columns.get(at)?, column)));
        let wrong = mapped.filter_map(|((name, element), column)| {
            let (expected, holds): (_, fn(&Value) -> bool) = match *element {
                element::STRING => ("texts, of which none is missing", |of| matches!(of, Value::Text(_))),
                element::FLOAT | element::DOUBLE => {
                    ("numbers, or nothing", |of| matches!(of, Value::Number(_) | Value::Missing))
                }
                _ => (
                    "whole numbers, of which none is missing",
                    |of| matches!(of, Value::Number(number) if number.fract().abs() <= 0.0),
                ),
            };
            column.values.iter().any(|value| !holds(value)).then_some((name.as_str(), expected))
        });
        wrong.collect()
    }
}

/// A tensor whose numbers are not in the file, in the graph or one inside it.
fn elsewhere(graph: &GraphProto) -> Option<&TensorProto> {
    let is_elsewhere = |tensor: &&TensorProto| tensor.data_location != 0 || !tensor.external_data.is_empty();
    let attributes = || graph.node.iter().flat_map(|node| &node.attribute);
    let of_nodes = attributes().flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors));
    let inside = || attributes().flat_map(|attribute| attribute.g.iter().chain(&attribute.graphs));
    graph.initializer.iter().chain(of_nodes).find(is_elsewhere).or_else(|| inside().find_map(elsewhere))
}
