//! Weighted counts of the answers to an indicator.

use crate::TrainingSet;

/// The weight of the rows with each answer to the indicator in place `j`: of rows without the event, then of those with it.
///
/// Weights have mean 1, so that counts sum up to the number of rows.
pub(super) fn counts(set: &TrainingSet, j: usize) -> Vec<[f64; 2]> {
    let mean = set.weights().iter().sum::<f64>() / set.n_rows() as f64;
    let mut counts = vec![[0.0; 2]; set.answers().instrument().indicators()[j].n_answers()];
    for ((row, &event), weight) in set.answers().rows().zip(set.events()).zip(set.weights()) {
        counts[usize::from(row[j])][usize::from(event)] += weight / mean;
    }
    counts
}

/// The sum of counts, by class.
pub(super) fn total<'a>(counts: impl IntoIterator<Item = &'a [f64; 2]>) -> [f64; 2] {
    counts.into_iter().fold([0.0; 2], |[n, e], [n1, e1]| [n + n1, e + e1])
}
