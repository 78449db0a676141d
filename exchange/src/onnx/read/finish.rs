//! From what a graph predicts to a model.

use std::collections::HashMap;
use std::rc::Rc;

use super::FORMAT;
use super::store::Store;
use super::symbol::{Addend, Entry, Rows, Sum};
use crate::Error;
use crate::foreign::{Arithmetic, ForeignModel, ForeignNode, ForeignTree, Origin, Scale, Term, Test};

/// Nodes of all trees of a model, and members of the sets that they ask for.
const MAX_NODES: usize = 1 << 21;

pub(super) fn model(output: Rows, mut store: Store, program: &str) -> Result<ForeignModel, Error> {
    let (scale, sum) = meaning(&output, &mut store)?;
    if !sum.base.is_finite() || sum.addends.iter().any(|(_, times)| !times.is_finite()) {
        return Err(Error::malformed(FORMAT, "the model", "numbers that overflow", "finite numbers"));
    }
    let mut numbers = HashMap::new();
    let mut columns = Vec::new();
    let mut place = |column: usize| {
        *numbers.entry(column).or_insert_with(|| {
            columns.push(store.derived(column));
            columns.len() - 1
        })
    };
    let (mut terms, mut n_nodes) = (Vec::with_capacity(sum.addends.len()), 0);
    for (addend, times) in &sum.addends {
        terms.push(match addend {
            Addend::Column(column) => {
                Term::Linear { column: place(*column), coefficient: *times, missing: None }
            }
            Addend::Tree(tree) => {
                let Some(tree) = store.trees.get(*tree) else { continue };
                n_nodes += tree.nodes().iter().map(size).sum::<usize>();
                if n_nodes > MAX_NODES {
                    let found = format!("more than {MAX_NODES} nodes of trees");
                    return Err(Error::malformed(FORMAT, "the model", found, "fewer"));
                }
                let nodes = tree.nodes().iter().map(|node| match node {
                    ForeignNode::Leaf(value) => ForeignNode::Leaf(value * times),
                    ForeignNode::Split { column, test, yes, no } => {
                        ForeignNode::Split { column: place(*column), test: test.clone(), yes: *yes, no: *no }
                    }
                });
                let nodes: Vec<ForeignNode> = nodes.collect();
                if nodes.iter().any(|node| matches!(node, ForeignNode::Leaf(value) if !value.is_finite())) {
                    return Err(Error::malformed(
                        FORMAT,
                        "the model",
                        "leaves that overflow",
                        "finite numbers",
                    ));
                }
                Term::Tree(ForeignTree { nodes })
            }
        });
    }
    Ok(ForeignModel {
        origin: Origin {
            format: FORMAT,
            program: (!program.is_empty()).then(|| program.to_owned()),
            notes: store.notes,
        },
        inputs: store.inputs,
        columns,
        base: sum.base,
        terms,
        scale,
        arithmetic: store.arithmetic.unwrap_or(Arithmetic::Single),
    })
}

/// What the last value of a graph is, and the sum in it.
fn meaning(output: &Rows, store: &mut Store) -> Result<(Scale, Rc<Sum>), Error> {
    let unsupported = |what: &str| {
        let instead = "export a classifier of two classes with its probabilities";
        Err(Error::unsupported(FORMAT, "its outputs", what, instead))
    };
    let (first, last) = match output.entries.as_ref() {
        [one] => (None, one),
        [first, last] => (Some(first), last),
        entries => return unsupported(&format!("a model of {} classes", entries.len())),
    };
    match (first, last) {
        (_, Entry::Probability(sum)) => Ok((Scale::LogOdds, sum.clone())),
        (Some(Entry::Sum(first)), Entry::Sum(sum)) if first.is_opposite(sum) => {
            store.notes.push("the graph gives log-odds, no probability".to_owned());
            Ok((Scale::LogOdds, sum.clone()))
        }
        (Some(Entry::Sum(first)), Entry::Sum(sum)) if first.is_complement(sum) => {
            Ok((Scale::Probability, sum.clone()))
        }
        (Some(_), Entry::Sum(sum)) if is_share(sum, store) => Ok((Scale::Probability, sum.clone())),
        (None, Entry::Sum(sum)) => {
            store.notes.push(
                "the graph gives one number, which is taken for the probability: a mean of 0 and 1"
                    .to_owned(),
            );
            Ok((Scale::Probability, sum.clone()))
        }
        (Some(_), Entry::Sum(_)) => unsupported("two numbers that are neither shares nor log-odds"),
        _ => unsupported("a graph that predicts without a model"),
    }
}

/// A node counts once, and each member of its set.
fn size(node: &ForeignNode) -> usize {
    match node {
        ForeignNode::Split { test: Test::OneOf { values, .. }, .. } => 1 + values.len(),
        _ => 1,
    }
}

/// Whether a sum of trees lies between 0 and 1, whatever the leaves.
fn is_share(sum: &Sum, store: &Store) -> bool {
    // The least and the largest leaf of each tree.
    let ends = store.trees.iter().map(|tree| {
        tree.nodes().iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), node| match node {
            ForeignNode::Leaf(value) => (low.min(*value), high.max(*value)),
            ForeignNode::Split { .. } => (low, high),
        })
    });
    let ends: Vec<(f64, f64)> = ends.collect();
    let (mut least, mut most) = (sum.base, sum.base);
    for (addend, times) in &sum.addends {
        let Addend::Tree(tree) = addend else { return false };
        let Some((low, high)) = ends.get(*tree).map(|(low, high)| (low * times, high * times)) else {
            return false;
        };
        (least, most) = (least + low.min(high), most + low.max(high));
    }
    // Rounding of 32-bit shares.
    least >= -1e-4 && most <= 1.0 + 1e-4
}
