//! Concordance with the time to the event, with its interval, for all rows or by group.

use crate::estimate::{measured, small};
use crate::input::{Columns, Scored};
use crate::measure::Measure;
use crate::metrics::{ByCase, Concordance, FollowUp, Metric, concordance};
use crate::reason::{Reason, SmallCell};

/// The C-index of a score among all rows of the follow-up, or within each label of the group column at a place.
///
/// One measure a label; the interval is `C +- 1.96` standard errors by case. Rows censored before the horizon are among these rows, so
/// `n` differs from that of other measures.
pub(crate) fn c_index(
    columns: &Columns,
    scored: &Scored,
    group: Option<usize>,
    smallest_cell: u64,
) -> Vec<Measure> {
    let n_labels = group.map_or(1, |group| columns.groups[group].labels.len());
    let none = |reason: Reason| vec![Measure::undefined(reason); n_labels];
    let Some(survival) = &columns.survival else {
        return none(Reason::NoFollowUp);
    };
    let Some(score) = &scored.survival else {
        return none(Reason::NoScoreInFollowUp);
    };
    let follow_up = FollowUp { days: &survival.days, happened: &survival.happened, weight: &survival.weight };
    let one_label = vec![0; score.len()];
    let codes = group.map_or(&one_label, |group| &survival.groups[group]);
    let cases = ByCase::new(&survival.cluster);
    let assessments = |rows: u64| columns.repeats.assessments(rows as f64);
    let mut sizes = vec![[0; 2]; n_labels];
    for (code, happened) in codes.iter().zip(&survival.happened) {
        sizes[usize::from(*code)][0] += 1;
        sizes[usize::from(*code)][1] += u64::from(*happened);
    }
    let undefined = Metric::CIndex.info().undefined;
    let found = concordance(score, follow_up, codes, n_labels, &cases);
    let measures = found.iter().zip(&sizes).map(|(found, [rows, happened])| {
        let (n, events) = (assessments(*rows), assessments(*happened));
        let totals = [(n as f64, SmallCell::Rows), (events as f64, SmallCell::Events)];
        let hidden = small(smallest_cell, totals, []);
        let found = hidden.map_or_else(|| found.as_ref().ok_or(undefined), Err);
        let value = found.map(|found| found.value);
        measured(value, (n, events), |_| found.and_then(Concordance::interval))
    });
    measures.collect()
}

#[cfg(test)]
mod tests;
