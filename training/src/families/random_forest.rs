//! A random forest.

use std::sync::Arc;

use amparo_datasets::{Instrument, Problem, Problems};
use amparo_models::{Candidate, Forest, Scorer};
use serde::{Deserialize, Serialize};

use super::Family;
use super::tree::growth;
use crate::boosting::{Order, Sample, Shares, start};
use crate::interactions::Interactions;
use crate::{Error, Fit, Learn, TrainingSet};

/// A random forest. Its name is not `forest`, under which versions have always stored boosted trees.
pub const FAMILY: Family = Family {
    name: "random_forest",
    read: |settings| {
        Ok(Arc::new(RandomForestFit::new(&settings.parameters()?, settings.seed, settings.not_monotone)?))
    },
};

/// How a random forest is grown; names in brackets are those of scikit-learn's `RandomForestClassifier`.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `trees` | 1 to 10,000 | number of trees (`n_estimators`) |
/// | `depth` | 1 to 12 | most questions on a path (`max_depth`) |
/// | `min_rows` | 0 or more | least sum of weights of the rows in a leaf, each as often as it was drawn, for weights of mean 1 (`min_samples_leaf`) |
/// | `rows` | (0, 1] | times that each case is drawn for a tree, on average (`max_samples`, of cases) |
/// | `indicators` | (0, 1] | share of the indicators that is drawn for each question, rounded down, at least one (`max_features`) |
/// | `interactions` | may be left out | which indicators may be asked on one path, see [`Interactions`] |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomForestParams {
    /// Number of trees.
    pub trees: usize,
    /// Most questions on a path.
    pub depth: usize,
    /// Least weight of the rows in a leaf.
    pub min_rows: f64,
    /// Times that each case is drawn for a tree, on average.
    pub rows: f64,
    /// Share of the indicators that is drawn for each question.
    pub indicators: f64,
    /// Which indicators may be asked on one path, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Interactions>,
}

/// Checked [`RandomForestParams`] with the seed and the indicators whose direction is not enforced.
///
/// ```text
/// p     = 1/T sum_t p_t                            p_t: share of events in the leaf of tree t
/// score = logit(r) + (p - r) / (r (1 - r))         r: share of events of all rows
/// ```
/// The mean share `p` is what a random forest says. It is brought to log-odds by the tangent of the logit at `r`, a fixed line: the ranking
/// is that of `p`, the score is a sum over trees, so that it is explained exactly, and it has the size of log-odds near the average
/// form, where a blend with the baseline needs it. Far from there it is not a log-odds, and the calibrator sees to that.
///
/// Each tree sees each case as often as a draw from a Poisson distribution says, with all its rows. DIFFERENCE: scikit-learn draws a fixed number of
/// rows with replacement, of which this is the limit for many cases; a draw by case does not hang on the order of rows, and
/// rows of one case never stand for each other. Each question is chosen among indicators that are drawn for it; where none of them gives a split, more are
/// drawn until one does. Directions are kept by bounds on the shares of each tree.
///
/// # References
/// - Breiman, "Random forests", Machine Learning 45, 2001.
/// - Oza and Russell, "Online bagging and boosting", AISTATS 2001 (Poisson draws).
#[derive(Debug, Clone, PartialEq)]
pub struct RandomForestFit {
    params: RandomForestParams,
    seed: u64,
    exempt: Vec<String>,
}

impl RandomForestFit {
    /// Checks the parameters; `exempt` names indicators that are declared not monotone.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn new(params: &RandomForestParams, seed: u64, exempt: &[String]) -> Result<Self, Error> {
        let RandomForestParams { trees, depth, min_rows, rows, indicators, .. } = *params;
        let mut problems = Problems::default();
        if !(1..=10_000).contains(&trees) {
            problems.push(Problem::new("trees", format!("`trees` is {trees}, expected 1 to 10000")));
        }
        growth(depth, min_rows, &mut problems);
        for (field, share) in [("rows", rows), ("indicators", indicators)] {
            if !(share > 0.0 && share <= 1.0) {
                let message = format!("`{field}` is {share}, expected above 0 and at most 1");
                problems.push(Problem::new(field, message));
            }
        }
        if let Some(limits) = &params.interactions {
            limits.check(&mut problems);
        }
        if !problems.0.is_empty() {
            return Err(Error::Config(problems));
        }
        Ok(Self { params: params.clone(), seed, exempt: exempt.to_vec() })
    }
}

impl Fit for RandomForestFit {
    type Model = Forest;

    fn fit(&self, set: &TrainingSet) -> Result<Forest, Error> {
        let RandomForestParams { trees, depth, min_rows, rows, indicators, .. } = self.params;
        let form = set.answers().instrument();
        self.check(form)?;
        let rate = set.base_rate();
        let leaf = |above: f64| above / (rate * (1.0 - rate) * trees as f64);
        let orders = Order::all(form, &self.exempt);
        let sample = Some(Sample { seed: self.seed, rows, indicators });
        let interactions = self.params.interactions.as_ref();
        let shares =
            Shares { depth, min_rows, smoothing: 0.0, orders: &orders, interactions, sample, leaf: &leaf };
        Ok(Forest { n_indicators: form.indicators().len(), base: start(set), trees: shares.grow(trees, set) })
    }
}

impl Learn for RandomForestFit {
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
