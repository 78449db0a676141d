//! A single tree.

use std::sync::Arc;

use amparo_datasets::{Instrument, Problem, Problems};
use amparo_models::probability::logit;
use amparo_models::{Candidate, Forest, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use crate::boosting::{Order, Shares, start};
use crate::interactions::Interactions;
use crate::{Error, Fit, Learn, TrainingSet};

/// A single tree.
pub const FAMILY: Family = Family {
    name: "tree",
    read: |settings| Ok(Arc::new(TreeFit::new(&settings.parameters()?, settings.not_monotone)?)),
};

/// How a tree is grown; names in brackets are those of scikit-learn's `DecisionTreeClassifier`.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `depth` | 1 to 12 | most questions on a path (`max_depth`) |
/// | `min_rows` | 0 or more | least sum of weights of the rows in a leaf, for weights of mean 1: with equal weights the least number of rows (`min_samples_leaf`) |
/// | `smoothing` | above 0 | rows with the average share of events that each leaf is mixed with |
/// | `interactions` | may be left out | which indicators may be asked on one path, see [`Interactions`] |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeParams {
    /// Most questions on a path.
    pub depth: usize,
    /// Least weight of the rows in a leaf.
    pub min_rows: f64,
    /// Rows of the average share that each leaf is mixed with.
    pub smoothing: f64,
    /// Which indicators may be asked on one path, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Interactions>,
}

/// Checked [`TreeParams`] with the indicators whose direction is not enforced.
///
/// ```text
/// leaf = logit((E + m r) / (W + m))          W, E: weight of its rows, and of the events among them, for weights of mean 1
///                                            r: share of events of all rows      m: `smoothing`
/// ```
/// A leaf without events, or with nothing else, has no log-odds of its own, so there has to be some smoothing (an m-estimate). Splits are
/// chosen by the squared error of the smoothed shares, which is half of Gini's impurity where little is smoothed, and
/// directions are kept by bounds on the shares. Sums are exact to about 2^-24 of the weight of a leaf, and its share is kept as far from 0 and 1.
///
/// # References
/// - Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984.
/// - Cestnik, "Estimating probabilities: a crucial task in machine learning", ECAI 1990 (the m-estimate).
#[derive(Debug, Clone, PartialEq)]
pub struct TreeFit {
    params: TreeParams,
    exempt: Vec<String>,
}

impl TreeFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &TreeParams, exempt: &[String]) -> Result<Self, Error> {
        let TreeParams { depth, min_rows, smoothing, .. } = *params;
        let mut problems = Problems::default();
        growth(depth, min_rows, &mut problems);
        if !(smoothing.is_finite() && smoothing > 0.0) {
            let message = format!("`smoothing` is {smoothing}, expected above 0");
            problems.push(Problem::new("smoothing", message));
        }
        if let Some(limits) = &params.interactions {
            limits.check(&mut problems);
        }
        if !problems.0.is_empty() {
            return Err(Error::Config(problems));
        }
        Ok(Self { params: params.clone(), exempt: exempt.to_vec() })
    }
}

/// Notes what is out of range of all that bounds the growth of a tree.
pub(super) fn growth(depth: usize, min_rows: f64, problems: &mut Problems) {
    if !(1..=12).contains(&depth) {
        problems.push(Problem::new("depth", format!("`depth` is {depth}, expected 1 to 12")));
    }
    if !(min_rows.is_finite() && min_rows >= 0.0) {
        problems.push(Problem::new("min_rows", format!("`min_rows` is {min_rows}, expected 0 or more")));
    }
}

/// How near to 0 or 1 the share of a leaf may be.
const NEAREST: f64 = 1.0 / 16_777_216.0;

impl Fit for TreeFit {
    type Model = Forest;

    fn fit(&self, set: &TrainingSet) -> Result<Forest, Error> {
        let form = set.answers().instrument();
        self.check(form)?;
        let (base, rate) = (start(set), set.base_rate());
        let leaf = |above: f64| logit((rate + above).clamp(NEAREST, 1.0 - NEAREST)) - base;
        let TreeParams { depth, min_rows, smoothing, .. } = self.params;
        let orders = Order::all(form, &self.exempt);
        let interactions = self.params.interactions.as_ref();
        let shares =
            Shares { depth, min_rows, smoothing, orders: &orders, interactions, sample: None, leaf: &leaf };
        Ok(Forest { n_indicators: form.indicators().len(), base, trees: shares.grow(1, set) })
    }
}

impl Learn for TreeFit {
    fn check(&self, form: &Instrument) -> Result<(), Error> {
        self.params.interactions.iter().try_for_each(|limits| limits.check_on(form))
    }

    fn learn(&self, set: &TrainingSet) -> Result<Scorer, Error> {
        Ok(Candidate::trees(FAMILY.name, self.fit(set)?)?.into())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
