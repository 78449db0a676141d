//! The folds that choose the penalty.

use super::*;
use crate::testing::{data, uniform};

/// The same fits one by one, each on the rows of all folds but one and judged on that one, without a path.
#[test]
fn cross_validation_is_that_of_fits_from_scratch() {
    let set = drawn(DIRECTED, 300);
    let by = CrossValidation { folds: 3, n_lambdas: 4, min_ratio: 0.01, rule: Rule::OneStandardError };
    let model = fit(0.5, Lambda::Chosen(by), &[]).fit(&set).unwrap();
    let folds = set.case_folds(3, 7);
    let mut losses = vec![vec![0.0; 3]; 4];
    let mut sizes = [0.0; 3];
    for fold in 0..3 {
        let side = |held: bool| -> TrainingSet {
            let rows: Vec<usize> = (0..300).filter(|&row| (folds[row] == fold) == held).collect();
            set.select(&rows, "the test").unwrap()
        };
        let (rest, held) = (side(false), side(true));
        sizes[fold] = held.weights().iter().sum();
        for (at, step) in model.path.iter().enumerate() {
            let of = fit(0.5, Lambda::Of(step.lambda), &[]).fit(&rest).unwrap();
            losses[at][fold] = objective(&held, &parameters(&of.tables), 0.0, 0.5);
        }
    }
    let total: f64 = sizes.iter().sum();
    for (step, losses) in model.path.iter().zip(&losses) {
        let mean = losses.iter().zip(&sizes).map(|(l, w)| l * w).sum::<f64>() / total;
        let spread = losses.iter().zip(&sizes).map(|(l, w)| w * (l - mean).powi(2)).sum::<f64>() / total;
        let expected = [mean, (spread / 2.0).sqrt()];
        assert!(close(&[step.log_loss, step.standard_error], &expected, 1e-7), "{step:?} {expected:?}");
        assert!(
            !close(&[step.log_loss], &[losses.iter().sum::<f64>() / 3.0], 1e-7),
            "folds weigh differently"
        );
    }
    let taken = path::chosen(&model.path, Rule::OneStandardError);
    let alone = fit(0.5, Lambda::Of(model.path[taken].lambda), &[]).fit(&set).unwrap();
    assert!(close(&[model.lambda], &[alone.lambda], 0.0));
    assert!(
        close(&parameters(&model.tables), &parameters(&alone.tables), 1e-6),
        "the path ends where it would begin"
    );
}

#[test]
fn no_case_is_in_two_folds_and_events_are_dealt_evenly() {
    let rows: Vec<Vec<u8>> = (0..300).map(|i| vec![u8::from(uniform(i) < 0.5)]).collect();
    let events: Vec<bool> = (0..300).map(|i| uniform(1_000 + i) < 0.1).collect();
    let cases: Vec<usize> = (0..300).map(|i| i / 3).collect();
    let data = data(&form(&[(2, "risk")]), &rows, &events, &vec![1.0; 300], &cases);
    let set = TrainingSet::new(&data, &(0..300).collect::<Vec<_>>(), "the test").unwrap();
    let folds = set.case_folds(7, 1);
    assert!(folds.chunks(3).all(|case| case.iter().all(|fold| *fold == case[0])));
    let with_event = |fold: usize| {
        folds.chunks(3).zip(events.chunks(3)).filter(|(f, e)| f[0] == fold && e.contains(&true)).count()
    };
    let counts: Vec<usize> = (0..7).map(with_event).collect();
    assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
    let sizes: Vec<usize> = (0..7).map(|fold| folds.iter().filter(|f| **f == fold).count()).collect();
    assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 3, "{sizes:?}");
    assert_ne!(folds, set.case_folds(7, 2), "the seed deals them");
}
