//! The way from the inputs of a graph to what it predicts.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::at::At;
use super::constant::Constant;
use super::store::Store;
use super::symbol::{Entry, Rows, Symbol};
use super::{FORMAT, inputs, ops};
use crate::Error;
use crate::json::shortened;
use crate::onnx::proto::{GraphProto, TensorProto};

/// What the graph predicts for a row, and what was met on the way.
pub(super) fn followed(graph: &GraphProto) -> Result<(Rows, Store), Error> {
    let predicted = inputs::predicted(graph)?;
    let way = Way::to(graph, predicted)?;
    let mut store = Store::default();
    let mut values: HashMap<&str, Symbol> = HashMap::new();
    // All inputs are there under their names, also one that the model does not use.
    for input in inputs::all(graph)? {
        let entries = input.columns.into_iter().map(|name| Entry::Column(store.input(name))).collect();
        let name = way.inputs.get(input.name.as_str()).copied().unwrap_or_default();
        values.insert(name, Symbol::Rows(Rows::new(input.element, entries)));
    }
    for number in &way.nodes {
        let Some(node) = graph.node.get(*number) else { continue };
        let at = At { node, number: *number };
        let mut of_node = Vec::with_capacity(node.input.len());
        for name in &node.input {
            of_node.push(value(&at, name, &mut values, &way)?);
        }
        let (output, symbol) = ops::apply(&at, &of_node, &mut store)?;
        if let Some(name) = node.output.get(output) {
            values.insert(name, symbol);
        }
    }
    match values.remove(predicted) {
        Some(Symbol::Rows(rows)) => Ok((rows, store)),
        _ => {
            let what =
                format!("the output `{}`, which does not hold what a model predicts,", shortened(predicted));
            let instead = "export the model with one output of probabilities";
            Err(Error::unsupported(FORMAT, "its outputs", what, instead))
        }
    }
}

/// A value that goes into a node; none for one that is left out.
fn value<'a>(
    at: &At<'_>,
    name: &'a str,
    values: &mut HashMap<&'a str, Symbol>,
    way: &Way<'a>,
) -> Result<Option<Symbol>, Error> {
    if name.is_empty() {
        return Ok(None);
    }
    if let Some(known) = values.get(name) {
        return Ok(Some(known.clone()));
    }
    let Some(tensor) = way.constants.get(name) else {
        let shown = shortened(name);
        return Err(
            at.unsupported(format!("work with `{shown}`, which holds labels or other things than numbers,"))
        );
    };
    let constant = Constant::of(tensor).map_err(|[found, expected]| {
        Error::malformed(FORMAT, format!("constant `{}`", shortened(name)), found, expected)
    })?;
    let symbol = Symbol::Constant(Rc::new(constant));
    values.insert(name, symbol.clone());
    Ok(Some(symbol))
}

/// The nodes that a value needs.
struct Way<'a> {
    constants: HashMap<&'a str, &'a TensorProto>,
    inputs: HashSet<&'a str>,
    /// Their numbers, in the order of the file, which is one in which they can be computed.
    nodes: Vec<usize>,
}

impl<'a> Way<'a> {
    fn to(graph: &'a GraphProto, name: &'a str) -> Result<Self, Error> {
        let constants: HashMap<&str, &TensorProto> =
            graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        let inputs: HashSet<&str> = graph.input.iter().map(|info| info.name.as_str()).collect();
        let mut makers = HashMap::new();
        for (number, node) in graph.node.iter().enumerate() {
            for name in node.output.iter().filter(|name| !name.is_empty()) {
                if inputs.contains(name.as_str()) || makers.insert(name.as_str(), number).is_some() {
                    let found = format!("a second value `{}`", shortened(name));
                    return Err(At { node, number }.malformed(found, "names of their own"));
                }
            }
        }
        let mut seen = HashSet::new();
        let mut waiting = vec![(name, graph.node.len())];
        while let Some((name, reader)) = waiting.pop() {
            if name.is_empty() || inputs.contains(name) || constants.contains_key(name) {
                continue;
            }
            let place = graph
                .node
                .get(reader)
                .map_or("its outputs".to_owned(), |node| At { node, number: reader }.place());
            let Some(&maker) = makers.get(name) else {
                let found = format!("`{}`, which nothing gives", shortened(name));
                return Err(Error::malformed(
                    FORMAT,
                    place,
                    found,
                    "an input, a constant or the output of a node",
                ));
            };
            // Whoever reads stands behind, so that no way goes in a circle.
            if maker >= reader {
                let found = format!("`{}` before it is computed", shortened(name));
                return Err(Error::malformed(
                    FORMAT,
                    place,
                    found,
                    "nodes in an order in which they can be computed",
                ));
            }
            if seen.insert(maker)
                && let Some(node) = graph.node.get(maker)
            {
                waiting.extend(node.input.iter().map(|name| (name.as_str(), maker)));
            }
        }
        let mut nodes: Vec<usize> = seen.into_iter().collect();
        nodes.sort_unstable();
        Ok(Self { constants, inputs, nodes })
    }
}
