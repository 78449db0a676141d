//! Who is still in sight.

use super::{Outcome, Status};

/// Weighted Kaplan-Meier steps of the censoring time: (day, survival after it), ascending.
pub(super) fn censoring_survival(outcome: &Outcome, days: &[f64], weights: &[f64]) -> Vec<(f64, f64)> {
    let is_counted = |row: &usize| outcome.status[*row] != Status::Excluded;
    let mut order: Vec<usize> = (0..days.len()).filter(is_counted).collect();
    order.sort_by(|&a, &b| days[a].total_cmp(&days[b]));
    let ties: Vec<&[usize]> = order.chunk_by(|&a, &b| days[a].total_cmp(&days[b]).is_eq()).collect();
    // From the last day back, so that who is still in sight is a sum and no difference of large sums: where nobody is, it is 0.
    let (mut lost_by_day, mut later) = (Vec::new(), 0.0);
    for tied in ties.iter().rev() {
        let of = |wanted| -> f64 {
            tied.iter().filter(|&&row| outcome.status[row] == wanted).map(|&row| weights[row]).sum()
        };
        // An event on the same day comes before the loss of sight, so it has left the risk set.
        let (lost, stay) = (of(Status::Censored), of(Status::NoEvent) + later);
        if lost > 0.0 {
            lost_by_day.push((days[tied[0]], 1.0 - lost / (stay + lost)));
        }
        later = stay + lost + of(Status::Event);
    }
    let steps = lost_by_day.into_iter().rev().scan(1.0, |survival, (day, kept)| {
        *survival *= kept;
        Some((day, *survival))
    });
    steps.collect()
}

/// Survival just before a day.
pub(super) fn survival_before(steps: &[(f64, f64)], day: f64) -> f64 {
    let at = steps.partition_point(|(step, _)| *step < day);
    at.checked_sub(1).map_or(1.0, |last| steps[last].1)
}
