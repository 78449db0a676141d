#![expect(clippy::unwrap_used, reason = "tests")]

mod design;
mod future;
mod published;
mod recording;

use super::generator::Generator;
use super::params::Params;
use super::rows::Assessment;
use super::{Design, Options};
use crate::Cohort;

/// Rows of the tests' populations.
const ROWS: usize = 60_000;

fn built_in() -> Params {
    Params::built_in().unwrap()
}

/// A generator whose parameters were changed.
fn with(change: impl Fn(&mut Params)) -> Generator {
    let mut params = built_in();
    change(&mut params);
    Generator::new(params).unwrap()
}

/// A population with the truth behind each row.
fn people(generator: &Generator, n: usize) -> Vec<Assessment> {
    generator.population(1, n, &|_| {})
}

fn cohort(generator: &Generator, design: Design) -> Cohort {
    generator.cohort(&Options { seed: 1, design }, &|_| {}).unwrap()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let n = values.len() as f64;
    values.sum::<f64>() / n
}

/// Whether a recorded code is a known answer above the least one.
fn present(generator: &Generator, row: &Assessment, indicator: usize) -> bool {
    let code = usize::from(row.recorded[indicator]);
    code > 0 && code <= generator.indicators[indicator].thresholds.len()
}

/// Area under the ROC curve: P(score of an event > score of none), ties half; `events` are weights of being one.
fn auc(scores: &[f64], events: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut won, mut n_events) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq()) {
        let here: f64 = tied.iter().map(|&i| events[i]).sum();
        let others = tied.len() as f64 - here;
        won += here * (below + 0.5 * others);
        below += others;
        n_events += here;
    }
    won / (n_events * below)
}

#[test]
fn auc_agrees_with_counting_pairs() {
    // Events 3 and 1, others 2 and 1: pairs won 1, 1, 0 and a tie of 1 with 1.
    let area = auc(&[3.0, 1.0, 2.0, 1.0], &[1.0, 1.0, 0.0, 0.0]);
    assert!((area - 2.5 / 4.0).abs() <= 1e-12, "{area}");
}
