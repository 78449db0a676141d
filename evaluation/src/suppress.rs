//! Which numbers rest on too few rows to be shown.

use crate::definitions::Metric;
use crate::metrics::Cell;
use crate::prepared::Target;
use crate::reason::{Reason, SmallCell};

/// Why a target of a slice is not shown, given the slice's unweighted counts; `None` if it may be.
///
/// A slice with fewer than `k` rows or events shows nothing; a rate with a denominator under `k` is not shown either, nor a
/// share of a level of 1 to `k - 1` rows, nor a rate behind which stand 1 to `k - 1` rows, on either side.
/// This hides the cells themselves. It does not hide what subtraction among shown totals reveals.
pub(crate) fn reason(target: Target, counts: &Cell<'_>, k: u64) -> Option<Reason> {
    let [others, events] = counts.outcomes();
    let [without, with] = basis(target, counts);
    let denominator = match target.metric {
        Metric::Auc
        | Metric::OracleAuc
        | Metric::FalsePositiveRate
        | Metric::Specificity
        | Metric::Overload => Some((others, SmallCell::RowsWithoutEvent)),
        Metric::Ppv => Some((without + with, SmallCell::RowsAtLevelOrAbove)),
        Metric::Npv => Some((without + with, SmallCell::RowsBelowLevel)),
        Metric::LevelRate => Some((without + with, SmallCell::RowsAtLevel)),
        Metric::SevereInLowest => Some((with, SmallCell::SevereOutcomes)),
        _ => None,
    };
    let few = |count: f64| count > 0.5 && count < k as f64;
    let at_or_above = counts.at_or_above(target.level);
    let lowest = counts.level(0);
    let within = match target.metric {
        // What stands behind a rate among rows with the event, or without it, is a cell of the same kind.
        Metric::Recall | Metric::FalseNegativeRate => few(at_or_above[1]) || few(events - at_or_above[1]),
        Metric::FalsePositiveRate | Metric::Specificity => {
            few(at_or_above[0]) || few(others - at_or_above[0])
        }
        Metric::EventsInLowest => few(lowest[1]) || few(events - lowest[1]),
        Metric::NetBenefit => few(at_or_above[0]) || few(at_or_above[1]),
        Metric::Ppv | Metric::Npv | Metric::LevelRate => few(with) || few(without),
        Metric::LevelShare => few(counts.level(target.level).iter().sum()),
        Metric::SelectionRate => {
            few(counts.at_or_above(target.level).iter().sum()) || few(counts.below(target.level).iter().sum())
        }
        _ => false,
    };
    [(counts.total(), SmallCell::Rows), (events, SmallCell::Events)]
        .into_iter()
        .chain(denominator)
        .find(|(count, _)| *count < k as f64)
        .map(|(_, what)| what)
        .or(within.then_some(SmallCell::RowsInACell))
        .map(|what| Reason::suppressed(k, what))
}

/// The rows that a target is a mean or a share of, without and with the event (the severe outcome, where it is about that).
pub(crate) fn basis(target: Target, counts: &Cell<'_>) -> [f64; 2] {
    let [others, events] = counts.outcomes();
    match target.metric {
        Metric::Recall | Metric::FalseNegativeRate | Metric::EventsInLowest | Metric::Protection => {
            [0.0, events]
        }
        Metric::SevereInLowest => [0.0, counts.severe()],
        Metric::FalsePositiveRate | Metric::Specificity | Metric::Overload => [others, 0.0],
        Metric::Ppv => counts.at_or_above(target.level),
        Metric::Npv => counts.below(target.level),
        Metric::LevelRate => counts.level(target.level),
        _ => [others, events],
    }
}
