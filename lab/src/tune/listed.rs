//! All trials, one line each.

use amparo_training::tuning::{Chosen, Scope, TrialResult, Tuned};
use serde::Serialize;

use crate::Error;

/// One trial.
#[derive(Serialize)]
struct Line<'a> {
    candidate: &'a str,
    family: &'a str,
    /// The rows that it was cross-validated on.
    #[serde(flatten)]
    scope: Scope,
    /// Number of the trial, from 0.
    trial: usize,
    /// Whether the rule took it.
    taken: bool,
    #[serde(flatten)]
    result: &'a TrialResult,
}

/// The trials on all rows, then those of each outer fold.
pub(super) fn lines(tuned: &[Tuned]) -> Result<String, Error> {
    let mut text = String::new();
    for one in tuned {
        let all = std::iter::once((Scope::AllRows, &one.on_all_rows));
        for (scope, chosen) in all.chain(one.by_fold.iter().map(|(scope, chosen)| (*scope, chosen))) {
            let Chosen { taken, trials } = chosen;
            for (trial, result) in trials.iter().enumerate() {
                let (candidate, family) = (one.candidate.as_str(), one.family.as_str());
                let line = Line { candidate, family, scope, trial, taken: trial == *taken, result };
                text += &serde_json::to_string(&line)?;
                text.push('\n');
            }
        }
    }
    Ok(text)
}
