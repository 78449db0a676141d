//! What a config says of the optimism of its numbers.

use amparo_datasets::{Problem, Problems};
use serde::{Deserialize, Serialize};

use super::Holdout;

/// How often an experiment is fitted to resamples; see [`crate::optimism`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimismParams {
    /// Times that the whole experiment is fitted anew to a resample of the cases, 2 or more.
    pub resamples: usize,
}

impl OptimismParams {
    /// Notes what is out of range.
    pub(super) fn check(self, holdout: &Holdout, problems: &mut Problems) {
        let Self { resamples } = self;
        if resamples < 2 {
            let message = format!("`optimism.resamples` is {resamples}, expected 2 or more");
            problems.push(Problem::new("optimism.resamples", message));
        }
        if matches!(holdout, Holdout::Split { .. }) {
            let message = "`optimism` is given and `holdout.kind` is `split`, expected `cross_fit`: a test part says how a model does on other rows";
            problems.push(Problem::new("optimism", message));
        }
    }
}
