//! When boosting has learned what other rows confirm.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::{Error, TrainingSet};

/// How the number of rounds is chosen, if it is.
///
/// Some of the cases that are fitted on are set aside. Boosting goes on until their log loss has not fallen for `patience`
/// rounds. The round at which it was least is the number of rounds of the fit proper, which all cases go into. Whatever holds
/// rows back (folds, a test part) does so before, so no row that judges the model has a say.
///
/// | parameter | range | meaning |
/// |---|---|---|
/// | `held_out` | (0, 0.5] | probability with which each case is set aside |
/// | `patience` | 1 or more | rounds without a lower log loss after which boosting stops |
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlyStopping {
    /// Probability with which each case is set aside.
    pub held_out: f64,
    /// Rounds without a lower log loss after which boosting stops.
    pub patience: usize,
}

impl EarlyStopping {
    /// Notes what is out of range.
    pub(crate) fn check(self, problems: &mut Problems) {
        let Self { held_out, patience } = self;
        if !(held_out > 0.0 && held_out <= 0.5) {
            let message =
                format!("`early_stopping.held_out` is {held_out}, expected above 0 and at most 0.5");
            problems.push(Problem::new("early_stopping.held_out", message));
        }
        if patience == 0 {
            let message = "`early_stopping.patience` is 0, expected 1 or more";
            problems.push(Problem::new("early_stopping.patience", message));
        }
    }

    /// The rows that are boosted on, and those that say when to stop.
    pub(crate) fn divided(self, set: &TrainingSet, seed: u64) -> Result<(TrainingSet, TrainingSet), Error> {
        set.divided(self.held_out, seed, "a part for early stopping")
    }
}

/// The best that was seen so far: its round, its loss, and what it was.
#[derive(Debug)]
pub(crate) struct Best<T> {
    patience: usize,
    pub(crate) round: usize,
    pub(crate) loss: f64,
    pub(crate) state: T,
}

impl<T> Best<T> {
    /// Before the first round.
    pub(crate) fn new(patience: usize, loss: f64, state: T) -> Self {
        Self { patience, round: 0, loss, state }
    }

    /// Looks at the loss after a round; whether it is time to stop.
    pub(crate) fn sees(&mut self, round: usize, loss: f64, state: impl FnOnce() -> T) -> bool {
        if loss < self.loss {
            (self.round, self.loss, self.state) = (round, loss, state());
        }
        round - self.round >= self.patience
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
