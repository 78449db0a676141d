//! What a person chooses about the growing of trees.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::interactions::Interactions;
use crate::{EarlyStopping, Error};

/// How boosted trees are grown; names in brackets are those of XGBoost.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `trees` | 1 to 10,000 | rounds of boosting; with early stopping, at most |
/// | `depth` | 1 to 12 | most questions on a path (`max_depth`) |
/// | `learning_rate` | (0, 1] | share of each tree that is kept (`eta`) |
/// | `l2` | 0 or more | ridge penalty on leaves (`lambda`) |
/// | `min_child_weight` | 0 or more | least sum of `w p (1 - p)` in a leaf, for weights of mean 1 |
/// | `rows` | (0, 1] | probability with which each row is drawn for a tree (`subsample`) |
/// | `indicators` | (0, 1] | share of indicators drawn for a tree, rounded down, at least one (`colsample_bytree`) |
/// | `interactions` | may be left out | which indicators may be asked on one path, see [`Interactions`] (`interaction_constraints`) |
/// | `offset` | may be left out | name of a candidate of family `points` or `optimal_points` that the trees are boosted on top of (`base_margin`) |
/// | `early_stopping` | may be left out | see [`EarlyStopping`] (`early_stopping_rounds`) |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Least sum of `w p (1 - p)` in a leaf.
    pub min_child_weight: f64,
    /// Probability with which each row is drawn for a tree.
    pub rows: f64,
    /// Share of indicators drawn for each tree.
    pub indicators: f64,
    /// Which indicators may be asked on one path, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Interactions>,
    /// The candidate of points whose log-odds boosting starts from, if it is not the share of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// How the number of trees is chosen, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
}

impl BoostedParams {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn check(&self) -> Result<(), Error> {
        let share = |x: f64| x > 0.0 && x <= 1.0;
        let at_least_zero = |x: f64| x.is_finite() && x >= 0.0;
        let mut problems = Problems::default();
        let mut expect = |ok: bool, field: &str, found: String, expected: &str| {
            if !ok {
                problems.push(Problem::new(field, format!("`{field}` is {found}, expected {expected}")));
            }
        };
        expect((1..=10_000).contains(&self.trees), "trees", self.trees.to_string(), "1 to 10000");
        expect((1..=12).contains(&self.depth), "depth", self.depth.to_string(), "1 to 12");
        expect(
            share(self.learning_rate),
            "learning_rate",
            self.learning_rate.to_string(),
            "above 0 and at most 1",
        );
        expect(at_least_zero(self.l2), "l2", self.l2.to_string(), "0 or more");
        expect(
            at_least_zero(self.min_child_weight),
            "min_child_weight",
            self.min_child_weight.to_string(),
            "0 or more",
        );
        expect(share(self.rows), "rows", self.rows.to_string(), "above 0 and at most 1");
        expect(share(self.indicators), "indicators", self.indicators.to_string(), "above 0 and at most 1");
        if let Some(interactions) = &self.interactions {
            interactions.check(&mut problems);
        }
        if let Some(stopping) = self.early_stopping {
            stopping.check(&mut problems);
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}
