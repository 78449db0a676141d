//! The path of penalties, and the choice of one by cross-validation.

use amparo_models::probability::logit;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::params::{CrossValidation, Rule};
use super::penalty::Penalty;
use super::problem::{Held, Problem};
use crate::families::columns::Columns;
use crate::in_order::all_or_first;
use crate::{Error, TrainingSet};

/// One penalty of a path, as cross-validation sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathStep {
    /// The penalty.
    pub lambda: f64,
    /// Mean log loss of the folds, each by its weight.
    pub log_loss: f64,
    /// Standard error of that mean, from how much the folds differ.
    pub standard_error: f64,
}

/// Penalties from the largest one down, in equal ratios.
pub(super) fn grid(largest: f64, of: &CrossValidation) -> Vec<f64> {
    let last = (of.n_lambdas - 1) as f64;
    let ratio = |at: usize| libm::exp(libm::log(of.min_ratio) * at as f64 / last);
    (0..of.n_lambdas).map(|at| largest * ratio(at)).collect()
}

/// Shows the weights at each of the penalties, each found from those before it.
pub(super) fn along(
    problem: &Problem<'_>,
    base_log_odds: f64,
    lambdas: &[f64],
    l1_ratio: f64,
    mut seen: impl FnMut(&[f64]),
) -> Result<(), Error> {
    let mut state = problem.start(base_log_odds);
    for &lambda in lambdas {
        state = problem.solve(Penalty::new(lambda, l1_ratio), state)?;
        seen(&state.weights);
    }
    Ok(())
}

/// The log loss at each penalty on cases that had no part in the fit: a path for each fold, on the cases of all others.
///
/// ```text
/// log loss          sum_f W_f L_f / sum_f W_f                                         W_f: weight of the rows of fold f
/// standard error    sqrt(sum_f W_f (L_f - log loss)^2 / sum_f W_f / (folds - 1))
/// ```
/// As in glmnet.
pub(super) fn cross_validated(
    set: &TrainingSet,
    columns: &Columns,
    lambdas: &[f64],
    l1_ratio: f64,
    n_folds: usize,
    seed: u64,
) -> Result<Vec<PathStep>, Error> {
    let folds = set.case_folds(n_folds, seed);
    let of_fold = |fold: usize| {
        let name = |side: &str| format!("{side} fold {} of {n_folds}, which choose `lambda`", fold + 1);
        let (held, rest): (Vec<usize>, Vec<usize>) = (0..set.n_rows()).partition(|&row| folds[row] == fold);
        let part = set.select(&rest, &name("all cases but those in"))?;
        let held = Held::new(&set.select(&held, &name("the cases in"))?, columns);
        let mut losses = Vec::with_capacity(lambdas.len());
        along(&Problem::new(&part, columns), logit(part.base_rate()), lambdas, l1_ratio, |weights| {
            losses.push(held.log_loss(weights));
        })?;
        Ok::<_, Error>((held.weight, losses))
    };
    let folds: Vec<(f64, Vec<f64>)> = all_or_first((0..n_folds).into_par_iter().map(of_fold))?;
    let total: f64 = folds.iter().map(|(weight, _)| weight).sum();
    let mean = |of: &dyn Fn(&Vec<f64>) -> f64| {
        folds.iter().map(|(weight, losses)| weight * of(losses)).sum::<f64>() / total
    };
    let step = |(at, &lambda): (usize, &f64)| {
        let log_loss = mean(&|losses| losses[at]);
        let variance = mean(&|losses| (losses[at] - log_loss).powi(2)) / (n_folds - 1) as f64;
        PathStep { lambda, log_loss, standard_error: variance.sqrt() }
    };
    Ok(lambdas.iter().enumerate().map(step).collect())
}

/// The place on the path that the rule takes; penalties fall.
pub(super) fn chosen(path: &[PathStep], rule: Rule) -> usize {
    let least = (0..path.len()).min_by(|&a, &b| path[a].log_loss.total_cmp(&path[b].log_loss)).unwrap_or(0);
    match rule {
        Rule::LeastLoss => least,
        Rule::OneStandardError => {
            let most = path[least].log_loss + path[least].standard_error;
            path.iter().position(|step| step.log_loss <= most).unwrap_or(least)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::close;

    fn path(losses: &[(f64, f64)]) -> Vec<PathStep> {
        let step = |(at, &(log_loss, standard_error)): (usize, &(f64, f64))| PathStep {
            lambda: 1.0 / (at + 1) as f64,
            log_loss,
            standard_error,
        };
        losses.iter().enumerate().map(step).collect()
    }

    #[test]
    fn the_rules_by_hand() {
        let path = path(&[(0.7, 0.01), (0.625, 0.02), (0.61, 0.015), (0.60, 0.02), (0.63, 0.5)]);
        assert_eq!(chosen(&path, Rule::LeastLoss), 3);
        assert_eq!(chosen(&path, Rule::OneStandardError), 2, "0.62 is the limit");
        let ties = self::path(&[(0.6, 0.0), (0.6, 0.0)]);
        assert_eq!(chosen(&ties, Rule::LeastLoss), 0, "of equal losses the largest penalty");
    }

    #[test]
    fn a_grid_falls_in_equal_ratios() {
        let of = CrossValidation { folds: 5, n_lambdas: 5, min_ratio: 1e-4, rule: Rule::LeastLoss };
        assert!(close(&grid(2.0, &of), &[2.0, 0.2, 0.02, 0.002, 0.0002], 1e-15));
    }
}
