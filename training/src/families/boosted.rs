//! Boosted trees, grown by hessboost and converted at once into our own forest.

use std::sync::Arc;

use amparo_datasets::{Answers, Indicator, Instrument, Polarity, Problem, Problems};
use amparo_models::scorer::{Node, Tree};
use amparo_models::{Candidate, Forest, Scorer};
use hessboost::config::{Monotone, TrainingParams, TreeMethod};
use hessboost::data::DMatrix;
use hessboost::error::HessboostError;
use hessboost::model::BoostedModel;
use hessboost::objective::{Objective, RegLoss};
use hessboost::tree::RegTree;
use serde::{Deserialize, Serialize};

use super::Family;
use crate::{Error, Fit, Learn, TrainingSet};

/// Boosted trees.
pub const FAMILY: Family = Family {
    name: "boosted",
    read: |settings| {
        Ok(Arc::new(BoostedFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// How boosted trees are grown; names and meaning as in XGBoost.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `trees` | 1 to 10,000 | rounds of boosting |
/// | `depth` | 1 to 12 | most questions on a path |
/// | `learning_rate` | (0, 1] | share of each tree that is kept (`eta`) |
/// | `l2` | 0 or more | ridge penalty on leaves (`lambda`) |
/// | `min_child_weight` | 0 or more | least sum of `p (1 - p)` in a leaf |
/// | `rows` | (0, 1] | share of rows drawn for each tree (`subsample`) |
/// | `indicators` | (0, 1] | share of indicators drawn for each tree (`colsample_bytree`) |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoostedParams {
    /// Rounds of boosting.
    pub trees: usize,
    /// Most questions on a path.
    pub depth: usize,
    /// Share of each tree that is kept.
    pub learning_rate: f64,
    /// Ridge penalty on leaves.
    pub l2: f64,
    /// Least sum of `p (1 - p)` in a leaf.
    pub min_child_weight: f64,
    /// Share of rows drawn for each tree.
    pub rows: f64,
    /// Share of indicators drawn for each tree.
    pub indicators: f64,
}

/// Checked [`BoostedParams`] with the seed and the indicators whose direction is not enforced.
///
/// A row enters as the codes of its known answers with `unknown` as missing, so a split sends a lower set of the known
/// answers one way, and `unknown` either way. Risk indicators are bound to rise, protective ones to fall. Weights are
/// brought to mean 1. The library computes in `f32`; the forest takes its leaves as they are and adds them up in `f64`.
///
/// # Errors
/// [`Error::Boosting`] with what the library says.
///
/// # References
/// Chen and Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016.
#[derive(Debug, Clone, PartialEq)]
pub struct BoostedFit {
    params: BoostedParams,
    seed: u64,
    exempt: Vec<String>,
}

impl BoostedFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &BoostedParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        let share = |x: f64| x > 0.0 && x <= 1.0;
        let at_least_zero = |x: f64| x.is_finite() && x >= 0.0;
        let p = params;
        let mut problems = Problems::default();
        let mut expect = |ok: bool, field: &str, found: String, expected: &str| {
            if !ok {
                problems.push(Problem::new(field, format!("`{field}` is {found}, expected {expected}")));
            }
        };
        expect((1..=10_000).contains(&p.trees), "trees", p.trees.to_string(), "1 to 10000");
        expect((1..=12).contains(&p.depth), "depth", p.depth.to_string(), "1 to 12");
        expect(share(p.learning_rate), "learning_rate", p.learning_rate.to_string(), "above 0 and at most 1");
        expect(at_least_zero(p.l2), "l2", p.l2.to_string(), "0 or more");
        expect(
            at_least_zero(p.min_child_weight),
            "min_child_weight",
            p.min_child_weight.to_string(),
            "0 or more",
        );
        expect(share(p.rows), "rows", p.rows.to_string(), "above 0 and at most 1");
        expect(share(p.indicators), "indicators", p.indicators.to_string(), "above 0 and at most 1");
        if problems.0.is_empty() {
            Ok(Self { params: *p, seed, exempt: exempt.to_vec() })
        } else {
            Err(Error::Config(problems))
        }
    }

    fn directions(&self, instrument: &Instrument) -> Vec<Monotone> {
        let of = |i: &Indicator| match i.polarity {
            _ if self.exempt.contains(&i.id) => Monotone::None,
            Polarity::Neutral => Monotone::None,
            Polarity::Risk => Monotone::Increasing,
            Polarity::Protective => Monotone::Decreasing,
        };
        instrument.indicators().iter().map(of).collect()
    }
}

impl Fit for BoostedFit {
    type Model = Forest;

    fn fit(&self, set: &TrainingSet) -> Result<Forest, Error> {
        let instrument = set.answers().instrument();
        let model = self.grow(set)?;
        let trees = model.trees().iter().map(|tree| convert(tree, instrument)).collect::<Result<_, _>>()?;
        Ok(Forest { n_indicators: set.answers().n_indicators(), base: f64::from(model.base_score()), trees })
    }
}

impl Learn for BoostedFit {
    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        // The name under which versions have always stored trees; a config asks for the way they are grown.
        Ok(Candidate::trees("forest", self.fit(set)?)?.into())
    }
}

impl BoostedFit {
    /// The library's own model.
    fn grow(&self, set: &TrainingSet) -> Result<BoostedModel, Error> {
        let n_rows = set.n_rows();
        let labels: Vec<f32> = set.events().iter().map(|&event| f32::from(u8::from(event))).collect();
        let mean = set.weights().iter().sum::<f64>() / n_rows as f64;
        let weights: Vec<f32> = set.weights().iter().map(|w| (w / mean) as f32).collect();
        let matrix = DMatrix::from_dense_vec(values(set.answers()), n_rows, set.answers().n_indicators())
            .and_then(|m| m.with_labels(&labels))
            .and_then(|m| m.with_weights(&weights))
            .map_err(refused)?;
        let p = &self.params;
        let params = TrainingParams::builder()
            .objective(Objective::BinaryLogistic(RegLoss::default()))
            .tree_method(TreeMethod::Hist)
            .base_score(set.base_rate())
            .max_depth(p.depth)
            .eta(p.learning_rate)
            .lambda(p.l2)
            .min_child_weight(p.min_child_weight)
            .subsample(p.rows)
            .colsample_bytree(p.indicators)
            .monotone_constraints(self.directions(set.answers().instrument()))
            .seed(self.seed)
            .build()
            .map_err(refused)?;
        hessboost::training::train(&params, &matrix, p.trees).map_err(refused)
    }
}

fn refused(error: HessboostError) -> Error {
    Error::Boosting(error.to_string())
}

/// Row-major codes of known answers, NaN for `unknown`: the library's sign for a missing value.
fn values(answers: &Answers) -> Vec<f32> {
    let unknown: Vec<u8> = answers.instrument().indicators().iter().map(Indicator::unknown).collect();
    let value = |(&code, &unknown): (&u8, &u8)| if code == unknown { f32::NAN } else { f32::from(code) };
    answers.rows().flat_map(|row| row.iter().zip(&unknown).map(value)).collect()
}

/// A hessboost tree as ours: thresholds and default directions become sets of answers.
fn convert(tree: &RegTree, instrument: &Instrument) -> Result<Tree, Error> {
    let node = |node: &hessboost::tree::Node| {
        if node.is_leaf() {
            return Ok(Node::Leaf(f64::from(node.leaf_value)));
        }
        if node.is_categorical {
            return Err(Error::Boosting("a tree splits on categories, which were not asked for".to_owned()));
        }
        let indicator = node.split_feature as usize;
        let asked = &instrument.indicators()[indicator];
        let below = (0..asked.unknown()).filter(|&code| f32::from(code) < node.split_cond);
        let missing = node.default_left.then_some(asked.unknown());
        let set = below.chain(missing).fold(0_u16, |set, code| set | 1 << code);
        Ok(Node::Split { indicator, set, left: node.left as usize, right: node.right as usize })
    };
    Ok(Tree { nodes: tree.nodes().iter().map(node).collect::<Result<_, _>>()? })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
