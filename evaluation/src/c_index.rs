//! Concordance with the time to the event, with its interval, for all rows or by group.

use crate::input::{Columns, Scored};
use crate::measure::Measure;
use crate::metrics::{ByCase, FollowUp, concordance};
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
    let found = concordance(score, follow_up, codes, n_labels, &cases);
    let measures = found.iter().zip(&sizes).map(|(found, [rows, happened])| {
        let (n, events) = (assessments(*rows), assessments(*happened));
        let too_few = [(n, SmallCell::Rows), (events, SmallCell::Events)]
            .into_iter()
            .find(|(count, _)| *count < smallest_cell);
        if let Some((_, what)) = too_few {
            return Measure::undefined(Reason::suppressed(smallest_cell, what));
        }
        let Some(found) = found else {
            return Measure::undefined(Reason::NoComparablePair);
        };
        match found.interval() {
            Ok((low, high)) => Measure::Value { value: found.value, low, high, n, events },
            Err(reason) => Measure::Point { value: found.value, n, events, reason },
        }
    });
    measures.collect()
}

#[cfg(test)]
mod tests;
