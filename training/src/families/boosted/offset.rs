//! Points as trees, for others to be boosted on top of.

use amparo_models::scorer::Table;
use amparo_models::{Forest, Points};

use crate::additive::in_single;

/// The points as one tree for each indicator, with start and leaves rounded to 32-bit floats as they are everywhere.
///
/// A forest of these and of boosted trees is explained and proved like any other, and no analysis has to know of an offset.
pub(super) fn as_trees(points: &Points) -> Forest {
    let tables = points.weights();
    let tree = |(j, values): (usize, &Vec<f64>)| {
        Table { indicators: &[j], n_answers: &[values.len()], values: &in_single(values) }.tree()
    };
    Forest {
        n_indicators: tables.len(),
        base: f64::from(points.offset as f32),
        trees: tables.iter().enumerate().map(tree).collect(),
    }
}
