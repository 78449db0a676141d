//! What a config says of a search for parameters.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

/// How `amparo tune` compares candidates and chooses their parameters: by nested cross-validation.
///
/// | key | range | meaning |
/// |---|---|---|
/// | `outer_folds` | 2 or more | parts of the cases; each is scored by models whose parameters were chosen and fitted without it |
/// | `repeats` | 1 or more, 1 if left out | times that the whole is repeated with another division |
/// | `inner_folds` | 2 or more | parts that the remaining cases are divided into, to choose the parameters |
/// | `search` | `grid`, `random` | all combinations of the listed values, or some drawn at random |
/// | `trials` | 1 or more, with `random` only | combinations that are drawn for each candidate |
/// | `criterion` | `log_loss`, `brier` | what is least for the best trial |
/// | `rule` | `least`, `one_standard_error` | which trial is taken, see [`Rule`] |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TuningParams {
    /// Parts of the cases, each of which is held out from choice and fit.
    pub outer_folds: usize,
    /// Times that the whole is repeated.
    #[serde(default = "once")]
    pub repeats: usize,
    /// Parts that the choice is cross-validated on.
    pub inner_folds: usize,
    /// How combinations are found.
    pub search: Search,
    /// Combinations that are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trials: Option<usize>,
    /// What is compared.
    pub criterion: Criterion,
    /// Which trial is taken.
    pub rule: Rule,
}

/// How the combinations of parameters are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Search {
    /// All combinations of the listed values.
    Grid,
    /// Combinations drawn at random, by the seed of the config.
    Random,
}

/// What the trials of a candidate are compared by, on rows that they did not see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The log loss of calibrated probabilities.
    LogLoss,
    /// The Brier score of calibrated probabilities.
    Brier,
}

/// Which of the trials of a candidate is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The one with the least mean over the inner folds.
    Least,
    /// The simplest one whose mean is within one standard error of the least. Values are listed with the simplest first.
    ///
    /// # References
    /// Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984, section 3.4.3.
    OneStandardError,
}

fn once() -> usize {
    1
}

impl TuningParams {
    /// Notes what is out of range.
    pub(crate) fn check(&self, problems: &mut Problems) {
        let mut at_least = |key: &str, found: usize, least: usize| {
            if found < least {
                let message = format!("`tuning.{key}` is {found}, expected {least} or more");
                problems.push(Problem::new(format!("tuning.{key}"), message));
            }
        };
        at_least("outer_folds", self.outer_folds, 2);
        at_least("repeats", self.repeats, 1);
        at_least("inner_folds", self.inner_folds, 2);
        match (self.search, self.trials) {
            (Search::Random, Some(trials)) => at_least("trials", trials, 1),
            (Search::Random, None) => {
                let message = "`tuning.trials` is missing, expected a number with `search = \"random\"`";
                problems.push(Problem::new("tuning.trials", message));
            }
            (Search::Grid, Some(_)) => {
                let message = "`tuning.trials` is given, expected only with `search = \"random\"`";
                problems.push(Problem::new("tuning.trials", message));
            }
            (Search::Grid, None) => {}
        }
    }
}
