//! Models that add up one number an answer.

use amparo_models::{Additive, Points};

use super::builder::{Builder, Value};
use super::codes::Codes;
use crate::onnx::proto::element;

/// `offset + scale * sum`, with whole points.
pub fn points(graph: &mut Builder, name: &str, codes: &Codes, points: &Points) -> Value {
    let table = codes.by_answer(|j, code| i64::from(points.points[j][code]));
    let table = graph.integers(&format!("{name}_points"), &[table.len()], &table);
    let each = codes.gather(graph, &format!("{name}_points_of_answers"), &table);
    let sum = graph.by_row("ReduceSum", &format!("{name}_sum"), &each);
    let sum = graph.cast(&format!("{name}_sum_as_double"), &sum, element::DOUBLE);
    let scale = graph.double(&format!("{name}_scale"), points.scale);
    let offset = graph.double(&format!("{name}_offset"), points.offset);
    let scaled = graph.op("Mul", &format!("{name}_scaled"), &[&scale, &sum]);
    graph.op("Add", &format!("{name}_log_odds"), &[&offset, &scaled])
}

/// `intercept + sum of weights`.
pub fn additive(graph: &mut Builder, name: &str, codes: &Codes, tables: &Additive) -> Value {
    let table = codes.by_answer(|j, code| tables.weights[j][code]);
    let table = graph.doubles(&format!("{name}_weights"), &[table.len()], &table);
    let each = codes.gather(graph, &format!("{name}_weights_of_answers"), &table);
    let sum = graph.sum_in_order(&format!("{name}_sum"), &each, codes.n_answers.len());
    let intercept = graph.double(&format!("{name}_intercept"), tables.intercept);
    graph.op("Add", &format!("{name}_log_odds"), &[&intercept, &sum])
}
