//! Which trial is taken.

use serde::{Deserialize, Serialize};

use super::trials::{FoldLosses, TrialLosses};
use crate::Error;
use crate::config::{Criterion, Rule, TuningParams};
use crate::contests::Contest;

/// The trials of one candidate on the same rows, and the one that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Place of the trial that was taken.
    pub taken: usize,
    /// All trials.
    pub trials: Vec<TrialResult>,
}

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrialResult {
    /// The values that were tried, by parameter.
    pub parameters: toml::Table,
    /// Distance from the simplest values, in [0, 1].
    pub complexity: f64,
    /// Mean of the criterion over the rows of the inner folds; `None` if the trial failed.
    pub mean: Option<f64>,
    /// Standard error of that mean: the standard deviation over the inner folds, over the square root of their number.
    pub standard_error: Option<f64>,
    /// Losses by fold, or why there are none.
    pub losses: TrialLosses,
}

/// Takes a trial by the rule.
///
/// ```text
/// mean            sum over folds of w_k l_k / sum of w_k            l_k: criterion, w_k: sum of the weights of the rows
/// standard error  sd(l_1, ..., l_K) / sqrt(K)                       sd with K - 1
/// least           the trial of least mean; of equal ones the first
/// one standard error: of the trials with mean <= least + its standard error, the one of least complexity; then of least mean
/// ```
///
/// # Errors
/// [`Error::Candidate`] if every trial failed, with the reason of the first.
pub(super) fn chosen(
    contest: &Contest,
    losses: Vec<TrialLosses>,
    tuning: &TuningParams,
) -> Result<Chosen, Error> {
    let trials: Vec<TrialResult> = contest
        .trials
        .iter()
        .zip(losses)
        .map(|(trial, losses)| {
            let of_folds = match &losses {
                TrialLosses::Losses(folds) => Some(mean_and_error(folds, tuning.criterion)),
                TrialLosses::Failed(_) => None,
            };
            TrialResult {
                parameters: trial.combination.values.clone(),
                complexity: trial.combination.complexity,
                mean: of_folds.map(|(mean, _)| mean),
                standard_error: of_folds.map(|(_, error)| error),
                losses,
            }
        })
        .collect();
    match take(&trials, tuning.rule) {
        Some(taken) => Ok(Chosen { taken, trials }),
        None => {
            let first = trials.iter().find_map(|trial| match &trial.losses {
                TrialLosses::Failed(why) => Some(why.clone()),
                TrialLosses::Losses(_) => None,
            });
            let (candidate, n_trials) = (contest.name.clone(), trials.len());
            Err(Error::NoTrial { candidate, n_trials, first: first.unwrap_or_default() })
        }
    }
}

fn mean_and_error(folds: &[FoldLosses], criterion: Criterion) -> (f64, f64) {
    let of = |fold: &FoldLosses| match criterion {
        Criterion::LogLoss => fold.log_loss,
        Criterion::Brier => fold.brier,
    };
    let weight: f64 = folds.iter().map(|fold| fold.weight).sum();
    let mean = folds.iter().map(|fold| fold.weight * of(fold)).sum::<f64>() / weight;
    let n = folds.len() as f64;
    let middle = folds.iter().map(of).sum::<f64>() / n;
    let variance = folds.iter().map(|fold| (of(fold) - middle).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn take(trials: &[TrialResult], rule: Rule) -> Option<usize> {
    let means = || trials.iter().enumerate().filter_map(|(at, trial)| Some((at, trial.mean?)));
    let (best, least) = means().min_by(|a, b| a.1.total_cmp(&b.1))?;
    match rule {
        Rule::Least => Some(best),
        Rule::OneStandardError => {
            let within = least + trials[best].standard_error?;
            let near = means().filter(|(_, mean)| *mean <= within);
            let simplest = near.min_by(|a, b| {
                trials[a.0].complexity.total_cmp(&trials[b.0].complexity).then(a.1.total_cmp(&b.1))
            });
            simplest.map(|(at, _)| at)
        }
    }
}

#[cfg(test)]
mod tests;
