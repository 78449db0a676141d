//! `TreeEnsembleClassifier` and `TreeEnsembleRegressor` of `ai.onnx.ml` 1 to 4.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::super::at::At;
use super::super::store::Store;
use super::super::symbol::{Entry, Rows, same};
use super::finish;
use super::forest::{Forest, Leaf, Mode, Split, Way};
use super::linear::classes;
use crate::Error;
use crate::onnx::proto::element;

/// One sum or mean of trees.
pub(super) fn regressor(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    if at.int("n_targets", 1) != 1 {
        return Err(at.unsupported("a model of several outputs"));
    }
    // On one output ONNX Runtime leaves LOGISTIC out, which the format does not say.
    if at.text("post_transform", "NONE")? != "NONE" {
        return Err(at.unsupported("a transformed output of one number, which runtimes do not agree about,"));
    }
    let (forest, _) = forest(at, "target")?;
    let n_trees = forest.roots.len();
    let mut found = forest.sums(at, rows, 1, store)?.pop().unwrap_or_default();
    match at.text("aggregate_function", "SUM")? {
        "SUM" => {}
        "AVERAGE" => found = found.times(1.0 / n_trees.max(1) as f64),
        _ => return Err(at.unsupported("trees of which the least or the largest one counts")),
    }
    // What is added to a mean is not divided.
    let base = match values(at, "base_values")?.as_slice() {
        [] => 0.0,
        [base] => *base,
        several => return Err(at.malformed(format!("{} in `base_values`", several.len()), "1")),
    };
    let sum = Entry::Sum(Rc::new(found.raised(base)));
    Ok(Rows::new(element::FLOAT, vec![sum]))
}

/// What is predicted for both classes.
pub(super) fn classifier(at: &At<'_>, rows: &Rows, store: &mut Store) -> Result<Rows, Error> {
    classes(at, ["classlabels_int64s", "classlabels_strings"], store)?;
    let (forest, weights) = forest(at, "class")?;
    let targets: BTreeSet<usize> = forest.leaves.iter().flatten().map(|(target, _)| *target).collect();
    let base = values(at, "base_values")?;
    let mut sums = forest.sums(at, rows, 2, store)?;
    let (second, first) = (sums.pop().unwrap_or_default(), sums.pop().unwrap_or_default());
    lost_directions(at, store);
    match (targets.iter().copied().collect::<Vec<_>>().as_slice(), base.as_slice()) {
        // One sum under class 0 stands for class 1: a share, if no leaf is negative, or log-odds.
        ([0], [] | [_]) => {
            let sum = first.raised(base.first().copied().unwrap_or(0.0));
            let opposite = sum.times(-1.0);
            let is_share = weights.iter().all(|weight| *weight >= 0.0);
            if at.text("post_transform", "NONE")? == "SOFTMAX" {
                return Err(at.unsupported("shares of one sum"));
            }
            let is_plain = at.text("post_transform", "NONE")? == "NONE";
            let other = if is_plain && is_share { opposite.raised(1.0) } else { opposite };
            finish::transformed(at, vec![Rc::new(other), Rc::new(sum)], store)
        }
        ([1] | [0, 1], base) if base.len() < 2 && base.iter().all(|x| same(*x, 0.0)) => {
            finish::transformed(at, vec![Rc::new(first), Rc::new(second)], store)
        }
        ([1] | [0, 1], _) => Err(at
            .unsupported("numbers to start from in a model of two sums, which runtimes do not agree about,")),
        ([0], _) => Err(at.malformed(format!("{} in `base_values`", base.len()), "1, as there is one sum")),
        _ => Err(at.malformed("weights of other classes", "weights of the classes 0 and 1")),
    }
}

/// Says what exporters lose of forests.
fn lost_directions(at: &At<'_>, store: &mut Store) {
    let directions = at.ints("nodes_missing_value_tracks_true");
    if directions.iter().all(|way| *way == 0) {
        let note = "every missing value goes the way of large numbers, as the file says; skl2onnx writes so of every tree and forest of scikit-learn, also \
            where scikit-learn has learned another way";
        store.notes.push(note.to_owned());
    }
}

/// Numbers from the list of 32-bit floats, or from the tensor that newer editions have for it.
fn values(at: &At<'_>, name: &str) -> Result<Vec<f64>, Error> {
    let wide = format!("{name}_as_tensor");
    if at.has(&wide) { at.finite(&wide) } else { at.finite(name) }
}

/// The trees, and all weights.
fn forest(at: &At<'_>, of: &str) -> Result<(Forest, Vec<f64>), Error> {
    let (trees, ids) = (at.ints("nodes_treeids"), at.ints("nodes_nodeids"));
    let n = ids.len();
    let modes = at.texts("nodes_modes")?;
    let thresholds = if at.has("nodes_values_as_tensor") {
        at.numbers("nodes_values_as_tensor")?
    } else {
        at.numbers("nodes_values")?
    };
    let (yes, no) = (at.ints("nodes_truenodeids"), at.ints("nodes_falsenodeids"));
    let columns = at.ints("nodes_featureids");
    for (name, found) in [
        ("nodes_treeids", trees.len()),
        ("nodes_modes", modes.len()),
        ("nodes_values", thresholds.len()),
        ("nodes_truenodeids", yes.len()),
        ("nodes_falsenodeids", no.len()),
        ("nodes_featureids", columns.len()),
    ] {
        at.length(name, found, n)?;
    }
    let missing = at.ints("nodes_missing_value_tracks_true");
    if !missing.is_empty() {
        at.length("nodes_missing_value_tracks_true", missing.len(), n)?;
    }
    let mut ways = HashMap::with_capacity(n);
    let (mut n_splits, mut n_leaves) = (0, 0);
    for node in 0..n {
        let count = if modes[node] == "LEAF" { &mut n_leaves } else { &mut n_splits };
        let way = if modes[node] == "LEAF" { Way::Leaf(*count) } else { Way::Split(*count) };
        *count += 1;
        if ways.insert((trees[node], ids[node]), way).is_some() {
            return Err(at.malformed(
                format!("node {} of tree {} twice", ids[node], trees[node]),
                "numbers of their own",
            ));
        }
    }
    let mut splits = Vec::with_capacity(n_splits);
    let mut reached = BTreeSet::new();
    for node in (0..n).filter(|&node| modes[node] != "LEAF") {
        let tree = trees[node];
        let mut way = |id: i64| {
            reached.insert((tree, id));
            ways.get(&(tree, id)).copied().ok_or_else(|| {
                at.malformed(format!("a way to node {id} of tree {tree}"), "a node that is there")
            })
        };
        splits.push(Split {
            column: usize::try_from(columns[node]).unwrap_or(usize::MAX),
            mode: mode(at, &modes[node])?,
            threshold: threshold(at, thresholds[node])?,
            members: Vec::new(),
            missing: missing.get(node).is_some_and(|way| *way != 0),
            ways: [way(yes[node])?, way(no[node])?],
        });
    }
    let (leaves, weights) = leaves(at, of, &ways, n_leaves)?;
    Ok((Forest { splits, leaves, roots: roots(at, trees, ids, &ways, &reached)? }, weights))
}

/// What each leaf adds, and all of these numbers.
fn leaves(
    at: &At<'_>,
    of: &str,
    ways: &HashMap<(i64, i64), Way>,
    n_leaves: usize,
) -> Result<(Vec<Leaf>, Vec<f64>), Error> {
    let weights = values(at, &format!("{of}_weights"))?;
    let names = ["treeids", "nodeids", "ids"].map(|name| format!("{of}_{name}"));
    let [trees, ids, targets] = names.each_ref().map(|name| at.ints(name));
    for (name, list) in names.iter().zip([trees, ids, targets]) {
        at.length(name, list.len(), weights.len())?;
    }
    let mut leaves: Vec<Leaf> = vec![Vec::new(); n_leaves];
    for (place, &weight) in weights.iter().enumerate() {
        let (tree, id) = (trees[place], ids[place]);
        let Some(Way::Leaf(leaf)) = ways.get(&(tree, id)) else {
            return Err(at.malformed(format!("a weight of node {id} of tree {tree}"), "weights of leaves"));
        };
        let target = usize::try_from(targets[place]).ok().filter(|target| *target < 2);
        match (target, leaves.get_mut(*leaf)) {
            (Some(target), Some(leaf)) if leaf.iter().all(|(of, _)| *of != target) => {
                leaf.push((target, weight))
            }
            (Some(_), _) => {
                return Err(at.malformed(format!("two weights of node {id} of tree {tree}"), "one"));
            }
            (None, _) => return Err(at.malformed(format!("a weight of class {}", targets[place]), "0 or 1")),
        }
    }
    Ok((leaves, weights))
}

/// The node of each tree to which no other leads.
fn roots(
    at: &At<'_>,
    trees: &[i64],
    ids: &[i64],
    ways: &HashMap<(i64, i64), Way>,
    reached: &BTreeSet<(i64, i64)>,
) -> Result<Vec<Way>, Error> {
    let mut roots: HashMap<i64, Way> = HashMap::new();
    let mut order = Vec::new();
    for (&tree, &id) in trees.iter().zip(ids).filter(|&(&tree, &id)| !reached.contains(&(tree, id))) {
        let Some(way) = ways.get(&(tree, id)) else { continue };
        if roots.insert(tree, *way).is_some() {
            return Err(
                at.malformed(format!("two beginnings of tree {tree}"), "one node to which no other leads")
            );
        }
        order.push(*way);
    }
    let all: BTreeSet<i64> = trees.iter().copied().collect();
    match all.iter().find(|tree| !roots.contains_key(tree)) {
        None => Ok(order),
        Some(tree) => {
            Err(at.malformed(format!("no beginning of tree {tree}"), "one node to which no other leads"))
        }
    }
}

fn mode(at: &At<'_>, name: &str) -> Result<Mode, Error> {
    Ok(match name {
        "BRANCH_LEQ" => Mode::AtMost,
        "BRANCH_LT" => Mode::Below,
        "BRANCH_GTE" => Mode::AtLeast,
        "BRANCH_GT" => Mode::Above,
        "BRANCH_EQ" => Mode::Equal,
        "BRANCH_NEQ" => Mode::Other,
        other => {
            return Err(at.malformed(
                format!("the mode `{}`", crate::json::shortened(other)),
                "one of `BRANCH_LEQ` and the like",
            ));
        }
    })
}

/// A threshold: infinite where a tree only asks whether a value is missing.
pub(super) fn threshold(at: &At<'_>, x: f64) -> Result<f64, Error> {
    if x.is_nan() { Err(at.malformed("a threshold that is no number", "a number")) } else { Ok(x) }
}
