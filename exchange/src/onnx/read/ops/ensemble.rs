//! `TreeEnsemble` of `ai.onnx.ml` 5.

use std::rc::Rc;

use super::super::at::At;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows};
use super::forest::{Forest, Mode, Split, Way};
use super::trees::threshold;
use crate::Error;
use crate::foreign::Value;

/// One sum or mean of trees for each target.
pub(super) fn trees(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    let n_targets = at.int("n_targets", 1);
    if !matches!(n_targets, 1 | 2) {
        return Err(at.unsupported(format!("a model of {n_targets} outputs")));
    }
    if at.int("post_transform", 0) != 0 {
        return Err(at.unsupported("a transformed output, which runtimes do not agree about,"));
    }
    let forest = forest(at, n_targets as usize)?;
    let factor = match at.int("aggregate_function", 1) {
        0 => 1.0 / forest.roots.len().max(1) as f64,
        1 => 1.0,
        _ => return Err(at.unsupported("trees of which the least or the largest one counts")),
    };
    let sums = forest.sums(at, rows, n_targets as usize, store)?;
    let entries = sums.iter().map(|sum| Entry::Sum(Rc::new(sum.times(factor)))).collect();
    Ok(Rows::new(rows.element, entries))
}

fn forest(at: &At<'_>, n_targets: usize) -> Result<Forest, Error> {
    let (columns, roots) = (at.ints("nodes_featureids"), at.ints("tree_roots"));
    let n = columns.len();
    let (modes, thresholds) = (at.numbers("nodes_modes")?, at.numbers("nodes_splits")?);
    let (yes, no) = (at.ints("nodes_truenodeids"), at.ints("nodes_falsenodeids"));
    let (yes_ends, no_ends) = (at.ints("nodes_trueleafs"), at.ints("nodes_falseleafs"));
    let (targets, weights) = (at.ints("leaf_targetids"), at.finite("leaf_weights")?);
    for (name, found) in [
        ("nodes_modes", modes.len()),
        ("nodes_splits", thresholds.len()),
        ("nodes_truenodeids", yes.len()),
        ("nodes_falsenodeids", no.len()),
        ("nodes_trueleafs", yes_ends.len()),
        ("nodes_falseleafs", no_ends.len()),
    ] {
        at.length(name, found, n)?;
    }
    at.length("leaf_targetids", targets.len(), weights.len())?;
    let missing = at.ints("nodes_missing_value_tracks_true");
    if !missing.is_empty() {
        at.length("nodes_missing_value_tracks_true", missing.len(), n)?;
    }
    let way = |id: i64, is_leaf: i64| -> Result<Way, Error> {
        let below = if is_leaf == 1 { weights.len() } else { n };
        let place = usize::try_from(id).ok().filter(|place| *place < below);
        let place =
            place.ok_or_else(|| at.malformed(format!("a way to {id}"), format!("numbers below {below}")))?;
        Ok(if is_leaf == 1 { Way::Leaf(place) } else { Way::Split(place) })
    };
    let members = at.numbers("membership_values")?;
    // Each set ends with a NaN.
    let mut sets = members.split(|x| x.is_nan()).map(|set| set.iter().map(|&x| Value::Number(x)).collect());
    let mut splits = Vec::with_capacity(n);
    for node in 0..n {
        let mode = mode(at, modes[node])?;
        splits.push(Split {
            column: usize::try_from(columns[node]).unwrap_or(usize::MAX),
            mode,
            threshold: if mode == Mode::Member { 0.0 } else { threshold(at, thresholds[node])? },
            members: if mode == Mode::Member { sets.next().unwrap_or_default() } else { Vec::new() },
            missing: missing.get(node).is_some_and(|way| *way != 0),
            ways: [way(yes[node], yes_ends[node])?, way(no[node], no_ends[node])?],
        });
    }
    let inside = |target: &i64| usize::try_from(*target).ok().filter(|target| *target < n_targets);
    let targets: Option<Vec<usize>> = targets.iter().map(inside).collect();
    let targets = targets
        .ok_or_else(|| at.malformed("a leaf of another target", format!("targets below {n_targets}")))?;
    Ok(Forest {
        splits,
        leaves: targets.into_iter().zip(weights.iter().copied()).map(|leaf| vec![leaf]).collect(),
        roots: roots.iter().map(|&root| way(root, 0)).collect::<Result<_, _>>()?,
    })
}

fn mode(at: &At<'_>, mode: f64) -> Result<Mode, Error> {
    Ok(match mode as i64 {
        0 => Mode::AtMost,
        1 => Mode::Below,
        2 => Mode::AtLeast,
        3 => Mode::Above,
        4 => Mode::Equal,
        5 => Mode::Other,
        6 => Mode::Member,
        other => return Err(at.malformed(format!("the mode {other}"), "0 to 6")),
    })
}
