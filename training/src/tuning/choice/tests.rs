use toml::Table;

use super::{TrialResult, mean_and_error, take};
use crate::config::{Criterion, Rule};
use crate::tuning::{FoldLosses, TrialLosses};

fn folds(losses: &[(f64, f64)]) -> Vec<FoldLosses> {
    losses.iter().map(|&(loss, weight)| FoldLosses { log_loss: loss, brier: loss / 2.0, weight }).collect()
}

#[test]
fn mean_is_by_rows_and_its_error_by_folds() {
    // By hand: (1 x 0.2 + 3 x 0.4) / 4 = 0.35; sd of 0.2 and 0.4 is sqrt(0.02), over sqrt(2) it is 0.1.
    let (mean, error) = mean_and_error(&folds(&[(0.2, 1.0), (0.4, 3.0)]), Criterion::LogLoss);
    assert!((mean - 0.35).abs().max((error - 0.1).abs()) <= 1e-15, "{mean} {error}");
    let (mean, error) = mean_and_error(&folds(&[(0.2, 1.0), (0.4, 3.0)]), Criterion::Brier);
    assert!((mean - 0.175).abs().max((error - 0.05).abs()) <= 1e-15, "{mean} {error}");
    // The mean of the folds, 0.3, would be another.
    assert!((mean - 0.15).abs() > 1e-3);
}

fn trial(complexity: f64, mean: Option<f64>, error: f64) -> TrialResult {
    TrialResult {
        parameters: Table::new(),
        complexity,
        mean,
        standard_error: mean.map(|_| error),
        losses: TrialLosses::Failed("not looked at".to_owned()),
    }
}

#[test]
fn the_rule_takes_the_least_or_the_simplest_near_it() {
    let trials = [
        trial(0.0, None, 0.0),
        trial(0.1, Some(0.350), 0.004),
        trial(0.4, Some(0.342), 0.004),
        trial(0.3, Some(0.343), 0.004),
        trial(0.9, Some(0.340), 0.004),
    ];
    assert_eq!(take(&trials, Rule::Least), Some(4));
    // Within 0.344 are 2, 3 and 4; of these 3 is the simplest. A failed trial is never taken, however simple.
    assert_eq!(take(&trials, Rule::OneStandardError), Some(3));
    assert_eq!(take(&[trial(0.0, None, 0.0)], Rule::Least), None);
    // Of equal ones the first.
    assert_eq!(
        take(&[trial(0.2, Some(0.3), 0.1), trial(0.2, Some(0.3), 0.1)], Rule::OneStandardError),
        Some(0)
    );
}
