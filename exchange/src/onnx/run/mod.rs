//! An evaluator of the graphs that we write, in 64-bit floats: what is written is run before it is handed out.
//!
//! It knows the operators that [`super::write`] uses, with the settings that it uses, and no others.

mod elementwise;
mod reduce;
mod tensor;
mod trees;

use std::collections::BTreeMap;

use self::elementwise::{cast, compare, logical, numeric, select, unary};
use self::reduce::{by_row, columns, cum_sum, gather, unsqueeze};
use super::proto::{GraphProto, NodeProto};

pub(crate) use tensor::{Data, Tensor};

/// The outputs of a graph by name, or what it cannot compute.
pub(crate) fn run(graph: &GraphProto, input: Tensor) -> Result<BTreeMap<String, Tensor>, String> {
    let mut values = BTreeMap::new();
    for constant in &graph.initializer {
        values.insert(constant.name.clone(), Tensor::of(constant)?);
    }
    let [fed] = graph.input.as_slice() else {
        return Err(format!("{} inputs found, expected 1", graph.input.len()));
    };
    values.insert(fed.name.clone(), input);
    for node in &graph.node {
        let inputs = node.input.iter().map(|name| {
            values
                .get(name)
                .ok_or_else(|| format!("node `{}` reads `{name}`, which nothing gives", node.name))
        });
        let inputs = inputs.collect::<Result<Vec<_>, _>>()?;
        let result = apply(node, &inputs).map_err(|problem| format!("node `{}`: {problem}", node.name))?;
        let [name] = node.output.as_slice() else {
            return Err(format!("node `{}` has {} outputs, expected 1", node.name, node.output.len()));
        };
        values.insert(name.clone(), result);
    }
    let of = |name: &String| {
        values.remove(name).map(|value| (name.clone(), value)).ok_or(format!("nothing gives output `{name}`"))
    };
    graph.output.iter().map(|output| &output.name).map(of).collect()
}

fn apply(node: &NodeProto, inputs: &[&Tensor]) -> Result<Tensor, String> {
    match (node.op_type.as_str(), inputs) {
        ("Add", [a, b]) => numeric(a, b, |a, b| a + b, |a, b| a.wrapping_add(b)),
        ("Sub", [a, b]) => numeric(a, b, |a, b| a - b, |a, b| a.wrapping_sub(b)),
        ("Mul", [a, b]) => numeric(a, b, |a, b| a * b, |a, b| a.wrapping_mul(b)),
        ("Div", [a, b]) => numeric(a, b, |a, b| a / b, |a, b| a.checked_div(b).unwrap_or(0)),
        ("Max", [first, rest @ ..]) => {
            rest.iter().try_fold((*first).clone(), |a, b| numeric(&a, b, f64::max, i64::max))
        }
        ("Min", [first, rest @ ..]) => {
            rest.iter().try_fold((*first).clone(), |a, b| numeric(&a, b, f64::min, i64::min))
        }
        ("GreaterOrEqual", [a, b]) => compare(a, b, |a, b| a >= b, |a, b| a >= b),
        ("Greater", [a, b]) => compare(a, b, |a, b| a > b, |a, b| a > b),
        ("Less", [a, b]) => compare(a, b, |a, b| a < b, |a, b| a < b),
        ("Equal", [a, b]) => compare(a, b, |a, b| a.total_cmp(&b).is_eq(), |a, b| a == b),
        ("And", [a, b]) => logical(a, b, |a, b| a && b),
        ("Where", [condition, a, b]) => select(condition, a, b),
        ("Abs", [a]) => unary(a, f64::abs),
        ("Neg", [a]) => unary(a, |v| -v),
        ("Exp", [a]) => unary(a, f64::exp),
        ("Log", [a]) => unary(a, f64::ln),
        ("Identity", [a]) => Ok((*a).clone()),
        ("Cast", [a]) => cast(a, int(node, "to")?),
        ("Unsqueeze", [a, _]) => unsqueeze(a),
        ("ReduceSum", [a, _]) => by_row(a, |a, b| a.wrapping_add(b)),
        ("ReduceMin", [a, _]) => by_row(a, i64::min),
        ("ReduceMax", [a, _]) => by_row(a, i64::max),
        ("CumSum", [a, _]) => cum_sum(a),
        ("Gather", [table, places]) => match int(node, "axis") {
            Ok(1) => columns(table, places),
            _ => gather(table, places),
        },
        ("TreeEnsemble", [x]) => trees::leaves(node, x),
        (other, inputs) => Err(format!("`{other}` of {} inputs is not known here", inputs.len())),
    }
}

fn int(node: &NodeProto, name: &str) -> Result<i64, String> {
    let found = node.attribute.iter().find(|attribute| attribute.name == name);
    found.and_then(|attribute| attribute.i).ok_or_else(|| format!("attribute `{name}` is missing"))
}
