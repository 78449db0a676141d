//! The trees of a version as a model of XGBoost.
//!
//! A set of answers becomes a threshold on their codes and a default direction: `unknown` is a missing value. A threshold tells one run of
//! codes from the rest, so a set that is no threshold becomes a chain of them, and a child stands as often as it has runs: the same
//! function.

use amparo_models::pooling::Pooling;
use amparo_models::scorer::{Node, Tree};
use amparo_models::{Forest, Version};
use serde_json::{Value, json};

use crate::Error;

/// The format in errors.
const FORMAT: &str = "XGBoost JSON";
/// Parent of a root.
const NO_PARENT: i64 = (1 << 31) - 1;
/// No child.
const NONE: i64 = -1;
/// Most nodes of all trees: sets that are far from thresholds multiply the children below them.
const MOST_NODES: usize = 5_000_000;

/// Trees as XGBoost reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct XgboostFile {
    /// The file: the same version gives the same.
    pub bytes: Vec<u8>,
    /// Whether they are the whole score, and not the candidate of a blend alone.
    pub is_whole: bool,
    /// By how much the log-odds of a row can differ at most because start and leaves are rounded to 32-bit floats; adding them in 32 bits
    /// comes on top.
    pub rounding: f64,
}

/// Writes the trees of a version: of a blend the candidate alone. `predict` gives their log-odds.
///
/// # Errors
/// [`Error::Refused`] for a version without trees, and for one whose trees would become too large.
pub fn xgboost_json(version: &Version) -> Result<XgboostFile, Error> {
    let scorer = version.recidivism().scorer();
    let Some(forest) = scorer.trees() else {
        let family = scorer.family();
        let why = format!("it is of family `{family}` and holds no trees");
        return Err(Error::refused(version, FORMAT, why, "`--format onnx` takes every version"));
    };
    let n_answers: Vec<usize> = version.instrument().indicators().iter().map(|i| i.n_answers()).collect();
    let form = Form { n_answers, pooling: version.recidivism().pooling() };
    let (mut trees, mut n_nodes) = (Vec::new(), 0);
    for (number, tree) in forest.trees.iter().enumerate() {
        let Some(written) = Written::of(tree, &form, MOST_NODES - n_nodes) else {
            let why = format!("its sets of answers would need more than {MOST_NODES} thresholds");
            return Err(Error::refused(version, FORMAT, why, "`--format onnx` keeps sets as they are"));
        };
        n_nodes += written.parents.len();
        trees.push(written.json(number, form.n_answers.len()));
    }
    let is_whole = scorer.baseline().is_none();
    let rounding = rounding(forest);
    let model = model(version, trees, forest.base, is_whole, rounding);
    let bytes = serde_json::to_vec(&model).map_err(|error| Error::unwritten(FORMAT, &error))?;
    Ok(XgboostFile { bytes, is_whole, rounding })
}

fn model(version: &Version, trees: Vec<Value>, base: f64, is_whole: bool, rounding: f64) -> Value {
    let (n_trees, manifest) = (trees.len(), version.manifest());
    let n_features = version.instrument().indicators().len().to_string();
    let ids: Vec<&str> = version.instrument().indicators().iter().map(|i| i.id.as_str()).collect();
    let part = if is_whole {
        "the whole score, before calibration".to_owned()
    } else {
        format!(
            "the candidate of a blend at dial {}, without its baseline, before calibration",
            manifest.dial
        )
    };
    json!({
        "learner": {
            "attributes": {
                "amparo.model": manifest.name,
                "amparo.version": manifest.version.to_string(),
                "amparo.digest": version.digest(),
                "amparo.instrument": version.instrument().id(),
                "amparo.instrument_digest": version.instrument().digest(),
                "amparo.indicators": json!(ids).to_string(),
                "amparo.part": part,
                "amparo.codes": "the place of an answer from 0, and a missing value for `unknown`",
                "amparo.unit": "log-odds",
                "amparo.rounding": rounding.to_string(),
            },
            "feature_names": [],
            "feature_types": [],
            "gradient_booster": {
                "name": "gbtree",
                "model": {
                    "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": n_trees.to_string()},
                    "tree_info": vec![0; n_trees],
                    "iteration_indptr": (0..=n_trees).collect::<Vec<_>>(),
                    "trees": trees,
                },
            },
            "learner_model_param": {
                "base_score": format!("{base:?}"),
                "boost_from_average": "0",
                "num_class": "0",
                "num_feature": n_features,
                "num_target": "1",
            },
            // With this one `predict` gives the sum of base and leaves, log-odds, and readers know that it does.
            "objective": {"name": "binary:logitraw", "reg_loss_param": {"scale_pos_weight": "1"}},
        },
        "version": [3, 2, 0],
    })
}

/// Sum of what start and leaves lose, for the row that falls into the worst leaf of each tree.
fn rounding(forest: &Forest) -> f64 {
    let lost = |value: f64| (value - f64::from(value as f32)).abs();
    let of_tree = |tree: &Tree| {
        let leaves =
            tree.nodes.iter().map(|node| if let Node::Leaf(value) = node { lost(*value) } else { 0.0 });
        leaves.fold(0.0, f64::max)
    };
    lost(forest.base) + forest.trees.iter().map(of_tree).sum::<f64>()
}

/// What a tree has to know of the form.
struct Form<'a> {
    n_answers: Vec<usize>,
    pooling: &'a Pooling,
}

impl Form<'_> {
    /// For each answer to an indicator, `unknown` last, which child it goes to.
    fn sides(&self, indicator: usize, set: u16, children: [usize; 2]) -> Vec<usize> {
        let of = |code: usize| {
            let mut row = vec![0; self.n_answers.len()];
            row[indicator] = code as u8;
            let code = self.pooling.row(&row)[indicator];
            children[usize::from(set >> code & 1 == 0)]
        };
        (0..self.n_answers[indicator]).map(of).collect()
    }
}

/// A tree in XGBoost's columns.
#[derive(Debug, Default, PartialEq)]
struct Written {
    parents: Vec<i64>,
    left: Vec<i64>,
    right: Vec<i64>,
    indicators: Vec<usize>,
    conditions: Vec<f64>,
    default_left: Vec<u8>,
}

/// What is still to be written.
enum Open {
    Node(usize),
    /// The rest of a question: runs of codes, each with its last code and its child, and where missing values go.
    Runs {
        indicator: usize,
        runs: Vec<(usize, usize)>,
        missing: usize,
    },
}

impl Written {
    /// The tree, unless it needs more nodes than this.
    fn of(tree: &Tree, form: &Form<'_>, most: usize) -> Option<Self> {
        let mut written = Self::default();
        // A list, for a tree may be deeper than the stack: what to write, and where.
        let mut open = vec![(Open::Node(0), written.room(NO_PARENT))];
        while let Some((what, here)) = open.pop() {
            if written.parents.len() >= most {
                return None;
            }
            let (indicator, mut runs, missing) = match what {
                Open::Runs { indicator, runs, missing } => (indicator, runs, missing),
                Open::Node(at) => match &tree.nodes[at] {
                    Node::Leaf(value) => {
                        written.conditions[here] = *value;
                        continue;
                    }
                    Node::Split { indicator, set, left, right } => {
                        let mut sides = form.sides(*indicator, *set, [*left, *right]);
                        let missing = sides.pop()?;
                        (*indicator, runs(&sides), missing)
                    }
                },
            };
            if runs.iter().all(|(_, child)| *child == missing) {
                open.push((Open::Node(missing), here));
                continue;
            }
            let (last, child) = runs.remove(0);
            let rest = match runs.first() {
                // What is missing and did not go left goes on until a run of its side, or stands for a run of its own.
                Some((_, next)) => {
                    let missing = if child == missing { *next } else { missing };
                    Open::Runs { indicator, runs, missing }
                }
                None => Open::Node(missing),
            };
            // Beside each other: XGBoost 3.2 takes the right child to stand behind the left one in trees of more than six levels.
            let [left, right] = [(); 2].map(|()| written.room(here as i64));
            (written.left[here], written.right[here]) = (left as i64, right as i64);
            written.indicators[here] = indicator;
            written.conditions[here] = last as f64 + 0.5;
            written.default_left[here] = u8::from(child == missing);
            open.push((rest, right));
            open.push((Open::Node(child), left));
        }
        Some(written)
    }

    /// Room for a node, which is a leaf until it is more.
    fn room(&mut self, parent: i64) -> usize {
        self.parents.push(parent);
        self.left.push(NONE);
        self.right.push(NONE);
        self.indicators.push(0);
        self.conditions.push(0.0);
        self.default_left.push(0);
        self.parents.len() - 1
    }

    fn json(self, number: usize, n_features: usize) -> Value {
        let n = self.parents.len();
        let is_leaf = |at: usize| self.left[at] == NONE;
        let weights: Vec<f64> =
            (0..n).map(|at| if is_leaf(at) { self.conditions[at] } else { 0.0 }).collect();
        json!({
            "id": number,
            "base_weights": weights,
            "categories": [], "categories_nodes": [], "categories_segments": [], "categories_sizes": [],
            "default_left": self.default_left,
            "left_children": self.left,
            "loss_changes": vec![0.0; n],
            "parents": self.parents,
            "right_children": self.right,
            "split_conditions": self.conditions,
            "split_indices": self.indicators,
            "split_type": vec![0; n],
            "sum_hessian": vec![1.0; n],
            "tree_param": {
                "num_deleted": "0",
                "num_feature": n_features.to_string(),
                "num_nodes": n.to_string(),
                "size_leaf_vector": "1",
            },
        })
    }
}

/// The last code of each run of codes that go to the same child, and that child.
fn runs(sides: &[usize]) -> Vec<(usize, usize)> {
    let ends = |(code, child): (usize, &usize)| sides.get(code + 1) != Some(child);
    sides.iter().enumerate().filter(|at| ends(*at)).map(|(code, child)| (code, *child)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use amparo_models::testing::{Draw, forest, form, instrument, worst};

    use super::*;

    /// The leaf of a row of codes in XGBoost's columns, `unknown` as a missing value.
    fn leaf(written: &Written, row: &[u8], unknown: &[u8]) -> f64 {
        let mut at = 0;
        while written.left[at] != NONE {
            let j = written.indicators[at];
            let left = if row[j] == unknown[j] {
                written.default_left[at] == 1
            } else {
                f64::from(row[j]) < written.conditions[at]
            };
            at = usize::try_from(if left { written.left[at] } else { written.right[at] }).unwrap();
        }
        written.conditions[at]
    }

    #[test]
    fn sets_become_chains_of_thresholds_with_the_same_leaves() {
        let instrument = instrument(7);
        let unknown: Vec<u8> = instrument.indicators().iter().map(|i| i.unknown()).collect();
        let pooling = Pooling::default();
        let n_answers = instrument.indicators().iter().map(|i| i.n_answers()).collect();
        let on = Form { n_answers, pooling: &pooling };
        let mut moved = false;
        for seed in 0..30 {
            let mut draw = Draw::new(seed);
            let forest = forest(&mut draw, &instrument, &[0, 1, 2, 4, 5]);
            for tree in &forest.trees {
                let written = Written::of(tree, &on, MOST_NODES).unwrap();
                let beside =
                    |at: usize| written.left[at] == NONE || written.right[at] == written.left[at] + 1;
                assert!((0..written.left.len()).all(beside), "children stand beside each other");
                let rows: Vec<Vec<u8>> = (0..50).map(|_| form(&mut draw, &instrument)).collect();
                let found: Vec<f64> = rows.iter().map(|row| leaf(&written, row, &unknown)).collect();
                let expected: Vec<f64> = rows.iter().map(|row| tree.score(row)).collect();
                assert!(worst(&found, &expected) <= 0.0, "seed {seed}");
                // The mistake: what is unknown as the answer of the next code.
                let as_code: Vec<f64> = rows.iter().map(|row| leaf(&written, row, &[255; 7])).collect();
                moved |= worst(&as_code, &expected) > 0.0;
            }
        }
        assert!(moved, "the check can fail");
    }

    #[test]
    fn trees_that_grow_too_large_are_not_written() {
        let instrument = instrument(5);
        let n_answers = instrument.indicators().iter().map(|i| i.n_answers()).collect();
        let pooling = Pooling::default();
        let split = Node::Split { indicator: 4, set: 0b0101_0101_0101_0101, left: 1, right: 2 };
        let tree = Tree { nodes: vec![split, Node::Leaf(0.0), Node::Leaf(1.0)] };
        let on = Form { n_answers, pooling: &pooling };
        assert_eq!(Written::of(&tree, &on, 5), None);
        // Fifteen codes, each on the other side of its neighbour.
        assert_eq!(Written::of(&tree, &on, 100).unwrap().parents.len(), 29);
    }
}
