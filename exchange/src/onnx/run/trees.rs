//! Trees that ask whether a number is at most another one.

use super::tensor::{Data, Tensor};
use crate::onnx::proto::{AttributeProto, NodeProto};

/// Whether a number is at most another one.
const BRANCH_LEQ: u8 = 0;

/// The leaf of each tree, in columns.
pub fn leaves(node: &NodeProto, x: &Tensor) -> Result<Tensor, String> {
    let [rows, columns] = x.matrix()?;
    let forest = Forest::of(node, columns)?;
    let mut values = Vec::with_capacity(rows * forest.roots.len());
    for row in x.doubles()?.chunks_exact(columns.max(1)) {
        let mut of_row = vec![0.0; forest.roots.len()];
        for &root in &forest.roots {
            let (target, weight) = forest.leaf(root, row);
            of_row[target] += weight;
        }
        values.extend(of_row);
    }
    Ok(Tensor { shape: vec![rows, forest.roots.len()], data: Data::Doubles(values) })
}

/// The trees, checked.
struct Forest {
    roots: Vec<usize>,
    /// By node: the column asked, what it is compared with, and the ways if it is at most that and if not.
    nodes: Vec<(usize, f64, [Way; 2])>,
    leaves: Vec<(usize, f64)>,
}

#[derive(Clone, Copy)]
enum Way {
    Node(usize),
    Leaf(usize),
}

impl Forest {
    fn of(node: &NodeProto, columns: usize) -> Result<Self, String> {
        let ints = |name: &str| attribute(node, name).map(|attribute| attribute.ints.as_slice());
        let doubles = |name: &str| -> Result<Vec<f64>, String> {
            let tensor =
                attribute(node, name)?.t.as_ref().ok_or_else(|| format!("`{name}` has no tensor"))?;
            Ok(Tensor::of(tensor)?.doubles()?.to_vec())
        };
        let places = |name: &str, below: usize| -> Result<Vec<usize>, String> {
            let inside = |&at: &i64| usize::try_from(at).ok().filter(|at| *at < below);
            let all = ints(name)?.iter().map(inside).collect::<Option<Vec<_>>>();
            all.ok_or_else(|| format!("`{name}` leads out of bounds"))
        };
        let n = ints("nodes_featureids")?.len();
        let modes = attribute(node, "nodes_modes")?.t.as_ref().map(|tensor| tensor.raw_data.as_slice());
        if modes.is_none_or(|modes| modes.len() != n || modes.iter().any(|mode| *mode != BRANCH_LEQ)) {
            return Err(format!("`nodes_modes` holds others than {n} times {BRANCH_LEQ}"));
        }
        let (splits, weights) = (doubles("nodes_splits")?, doubles("leaf_weights")?);
        if splits.len() != n {
            return Err("nodes are as many as splits".to_owned());
        }
        let (features, roots) = (places("nodes_featureids", columns)?, places("tree_roots", n)?);
        let targets = places("leaf_targetids", roots.len())?;
        if weights.len() != targets.len() {
            return Err("leaves have other targets than weights".to_owned());
        }
        let ways = |ids: &str, are_leaves: &str| -> Result<Vec<Way>, String> {
            let (ids, are_leaves) = (ints(ids)?, ints(are_leaves)?);
            if ids.len() != n || are_leaves.len() != n {
                return Err("ways are as many as nodes".to_owned());
            }
            let of = |(at, (&id, &is_leaf)): (usize, (&i64, &i64))| {
                let id = usize::try_from(id).ok()?;
                // A child stands after its parent, so that no walk goes in a circle.
                let way = if is_leaf == 1 { Way::Leaf(id) } else { Way::Node(id) };
                (if is_leaf == 1 { id < weights.len() } else { at < id && id < n }).then_some(way)
            };
            let all = ids.iter().zip(are_leaves).enumerate().map(of).collect::<Option<Vec<_>>>();
            all.ok_or_else(|| "a node leads out of bounds".to_owned())
        };
        let yes = ways("nodes_truenodeids", "nodes_trueleafs")?;
        let no = ways("nodes_falsenodeids", "nodes_falseleafs")?;
        let nodes = features.into_iter().zip(splits).zip(yes.into_iter().zip(no));
        let nodes = nodes.map(|((feature, split), (yes, no))| (feature, split, [yes, no]));
        Ok(Self { nodes: nodes.collect(), roots, leaves: targets.into_iter().zip(weights).collect() })
    }

    fn leaf(&self, root: usize, row: &[f64]) -> (usize, f64) {
        let mut at = root;
        loop {
            let (feature, split, ways) = &self.nodes[at];
            let is_below = row[*feature] <= *split;
            match ways[usize::from(!is_below)] {
                Way::Leaf(leaf) => return self.leaves[leaf],
                Way::Node(next) => at = next,
            }
        }
    }
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Result<&'a AttributeProto, String> {
    let found = node.attribute.iter().find(|attribute| attribute.name == name);
    found.ok_or_else(|| format!("attribute `{name}` is missing"))
}
