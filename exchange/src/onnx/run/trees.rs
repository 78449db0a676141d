//! Trees that ask for membership in sets.

use super::tensor::{Data, Tensor};
use crate::onnx::proto::{AttributeProto, NodeProto};

/// The leaf of each tree, in columns.
pub fn leaves(node: &NodeProto, codes: &Tensor) -> Result<Tensor, String> {
    let [rows, columns] = codes.matrix()?;
    let forest = Forest::of(node, columns)?;
    let mut values = Vec::with_capacity(rows * forest.roots.len());
    for row in codes.doubles()?.chunks_exact(columns.max(1)) {
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
    /// By node: the column asked, the codes of its set, and the ways if it is in the set and if not.
    nodes: Vec<(usize, Vec<f64>, [Way; 2])>,
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
        let members = doubles("membership_values")?;
        let mut sets = members.split(|code| code.is_nan()).map(<[f64]>::to_vec);
        let weights = doubles("leaf_weights")?;
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
        let nodes = features.into_iter().zip(yes).zip(no);
        let nodes = nodes.map(|((feature, yes), no)| (feature, sets.next().unwrap_or_default(), [yes, no]));
        Ok(Self { nodes: nodes.collect(), roots, leaves: targets.into_iter().zip(weights).collect() })
    }

    fn leaf(&self, root: usize, row: &[f64]) -> (usize, f64) {
        let mut at = root;
        loop {
            let (feature, set, ways) = &self.nodes[at];
            let is_in = set.iter().any(|code| code.total_cmp(&row[*feature]).is_eq());
            match ways[usize::from(!is_in)] {
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
