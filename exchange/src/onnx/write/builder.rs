//! A graph under construction: constants and nodes, each with a name of its own.

use std::collections::HashSet;

use crate::onnx::proto::{AttributeProto, GraphProto, NodeProto, TensorProto, attribute, element};

/// Domain of the operators of machine learning.
const ML: &str = "ai.onnx.ml";

/// A graph under construction. Names are those that are asked for, with a number behind where there is such a one already.
#[derive(Debug, Default)]
pub struct Builder {
    graph: GraphProto,
    names: HashSet<String>,
}

/// A value in the graph, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(pub String);

impl Builder {
    /// 64-bit floats of a shape; a single number has none.
    pub fn doubles(&mut self, name: &str, dims: &[usize], data: &[f64]) -> Value {
        let bytes = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, tensor(element::DOUBLE, dims, bytes))
    }

    /// 64-bit integers of a shape.
    pub fn integers(&mut self, name: &str, dims: &[usize], data: &[i64]) -> Value {
        let bytes = data.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.constant(name, tensor(element::INT64, dims, bytes))
    }

    /// One 64-bit float.
    pub fn double(&mut self, name: &str, value: f64) -> Value {
        self.doubles(name, &[], &[value])
    }

    /// One 64-bit integer.
    pub fn integer(&mut self, name: &str, value: i64) -> Value {
        self.integers(name, &[], &[value])
    }

    /// The result of an operator without settings.
    pub fn op(&mut self, op_type: &str, name: &str, inputs: &[&Value]) -> Value {
        self.node("", op_type, name, inputs, Vec::new())
    }

    /// The result of an operator with settings.
    pub fn op_with(
        &mut self,
        op_type: &str,
        name: &str,
        inputs: &[&Value],
        attributes: Vec<AttributeProto>,
    ) -> Value {
        self.node("", op_type, name, inputs, attributes)
    }

    /// The result of an operator of `ai.onnx.ml`.
    pub fn ml(&mut self, op_type: &str, name: &str, input: &Value, attributes: Vec<AttributeProto>) -> Value {
        self.node(ML, op_type, name, &[input], attributes)
    }

    /// A value as another type of elements.
    pub fn cast(&mut self, name: &str, value: &Value, to: i32) -> Value {
        self.op_with("Cast", name, &[value], vec![int("to", i64::from(to))])
    }

    /// A reduction of a matrix to one number a row.
    pub fn by_row(&mut self, op_type: &str, name: &str, value: &Value) -> Value {
        let axis = self.integers("axis_of_columns", &[1], &[1]);
        self.op_with(op_type, name, &[value, &axis], vec![int("keepdims", 0)])
    }

    /// The sum of each row of a matrix, its columns added from the first to the last: the order decides the last bits.
    pub fn sum_in_order(&mut self, name: &str, value: &Value, n_columns: usize) -> Value {
        let axis = self.integer("axis", 1);
        let sums = self.op("CumSum", &format!("{name}_sums"), &[value, &axis]);
        let last = self.integer("last", n_columns.saturating_sub(1) as i64);
        self.op_with("Gather", name, &[&sums, &last], vec![int("axis", 1)])
    }

    /// The graph without its inputs and outputs.
    pub fn finish(self) -> GraphProto {
        self.graph
    }

    fn constant(&mut self, name: &str, tensor: TensorProto) -> Value {
        let same = |known: &&TensorProto| {
            known.dims == tensor.dims
                && known.data_type == tensor.data_type
                && known.raw_data == tensor.raw_data
                && known.name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_') == name
        };
        if let Some(known) = self.graph.initializer.iter().find(same) {
            return Value(known.name.clone());
        }
        let name = self.fresh(name);
        self.graph.initializer.push(TensorProto { name: name.clone(), ..tensor });
        Value(name)
    }

    fn node(
        &mut self,
        domain: &str,
        op_type: &str,
        name: &str,
        inputs: &[&Value],
        attribute: Vec<AttributeProto>,
    ) -> Value {
        let name = self.fresh(name);
        self.graph.node.push(NodeProto {
            input: inputs.iter().map(|value| value.0.clone()).collect(),
            output: vec![name.clone()],
            name: name.clone(),
            op_type: op_type.to_owned(),
            domain: domain.to_owned(),
            attribute,
            ..NodeProto::default()
        });
        Value(name)
    }

    fn fresh(&mut self, name: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 2;
        while !self.names.insert(free.clone()) {
            free = format!("{name}_{number}");
            number += 1;
        }
        free
    }
}

/// A setting that is a whole number.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        kind: attribute::INT,
        i: Some(value),
        ..AttributeProto::default()
    }
}

/// A setting that is a list of whole numbers.
pub fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto { name: name.to_owned(), kind: attribute::INTS, ints: values, ..AttributeProto::default() }
}

/// A setting that is a list of 64-bit floats.
pub fn doubles(name: &str, values: &[f64]) -> AttributeProto {
    let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    of_tensor(name, tensor(element::DOUBLE, &[values.len()], bytes))
}

/// A setting that is a list of small numbers.
pub fn bytes(name: &str, values: Vec<u8>) -> AttributeProto {
    of_tensor(name, tensor(element::UINT8, &[values.len()], values))
}

fn of_tensor(name: &str, tensor: TensorProto) -> AttributeProto {
    let t = Some(TensorProto { name: name.to_owned(), ..tensor });
    AttributeProto { name: name.to_owned(), kind: attribute::TENSOR, t, ..AttributeProto::default() }
}

fn tensor(data_type: i32, dims: &[usize], raw_data: Vec<u8>) -> TensorProto {
    let dims = dims.iter().map(|&n| n as i64).collect();
    TensorProto { dims, data_type, raw_data, ..TensorProto::default() }
}
