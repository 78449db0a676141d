//! What a person chooses about an additive model.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::interactions::Interactions;
use crate::{EarlyStopping, Error};

/// How an additive model is fitted; names in brackets are those of interpret's `ExplainableBoostingClassifier`.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `rounds` | 1 to 100,000 | times that every table takes a step (`max_rounds`), those of the pairs after those of the indicators; with early stopping, at most |
/// | `learning_rate` | (0, 1] | share of each Newton step that is taken (`learning_rate`) |
/// | `l2` | 0 or more | ridge penalty on the numbers in tables, against a total weight of one per row |
/// | `min_weight` | 0 or more | least sum of `w p (1 - p)` over the rows with an answer for it to take a step, for weights of mean 1 (`min_hessian`) |
/// | `pairs` | 0 to 100 | pairs of indicators that get a table (`interactions`); all of them if there are fewer |
/// | `interactions` | may be left out | which indicators may be a pair, see [`Interactions`] |
/// | `algorithm` | `fast`, `exact` | see [`Algorithm`] |
/// | `early_stopping` | may be left out | see [`EarlyStopping`] |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdditiveParams {
    /// Times that every table takes a step.
    pub rounds: usize,
    /// Share of each Newton step that is taken.
    pub learning_rate: f64,
    /// Ridge penalty on the numbers in tables.
    pub l2: f64,
    /// Least sum of `w p (1 - p)` over the rows with an answer for it to take a step.
    pub min_weight: f64,
    /// Pairs of indicators that get a table.
    pub pairs: usize,
    /// Which indicators may be a pair, if not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interactions: Option<Interactions>,
    /// How the steps are computed.
    pub algorithm: Algorithm,
    /// How the number of rounds is chosen, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_stopping: Option<EarlyStopping>,
}

/// How the derivatives are found that a step is taken by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// From all rows, anew before each step: cyclic boosting as it is published.
    Exact,
    /// From all rows every few rounds; in between from a quadratic model of the loss, which the sums of second derivatives
    /// over the rows with each two answers make up.
    ///
    /// DIFFERENCE: not the same sequence of steps as [`Self::Exact`], and after any number of rounds not the same tables. It
    /// comes to rest at the same ones.
    Fast,
}

impl AdditiveParams {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] with everything out of range.
    pub fn check(&self) -> Result<(), Error> {
        let at_least_zero = |x: f64| x.is_finite() && x >= 0.0;
        let mut problems = Problems::default();
        let mut expect = |ok: bool, field: &str, found: String, expected: &str| {
            if !ok {
                problems.push(Problem::new(field, format!("`{field}` is {found}, expected {expected}")));
            }
        };
        expect((1..=100_000).contains(&self.rounds), "rounds", self.rounds.to_string(), "1 to 100000");
        expect(
            self.learning_rate > 0.0 && self.learning_rate <= 1.0,
            "learning_rate",
            self.learning_rate.to_string(),
            "above 0 and at most 1",
        );
        expect(at_least_zero(self.l2), "l2", self.l2.to_string(), "0 or more");
        expect(at_least_zero(self.min_weight), "min_weight", self.min_weight.to_string(), "0 or more");
        expect(self.pairs <= 100, "pairs", self.pairs.to_string(), "0 to 100");
        if let Some(limits) = &self.interactions {
            limits.check(&mut problems);
        }
        if let Some(stopping) = self.early_stopping {
            stopping.check(&mut problems);
        }
        if problems.0.is_empty() { Ok(()) } else { Err(Error::Config(problems)) }
    }
}
