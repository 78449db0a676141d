//! Which numbers rest on too few rows to be shown.

use crate::definitions::Metric;
use crate::metrics::Cell;
use crate::prepared::Target;

/// Why a target of a slice is not shown, given the slice's unweighted counts; `None` if it may be.
///
/// A slice with fewer than `k` rows or events shows nothing; a rate with a denominator under `k` is not shown either.
/// This hides the cells themselves. It does not hide what subtraction among shown totals reveals.
pub(crate) fn reason(target: Target, counts: &Cell<'_>, k: u64) -> Option<String> {
    let [others, events] = counts.outcomes();
    let sum = |cell: [f64; 2]| cell[0] + cell[1];
    let denominator = match target.metric {
        Metric::Auc
        | Metric::OracleAuc
        | Metric::FalsePositiveRate
        | Metric::Specificity
        | Metric::Overload => Some((others, "rows without the event")),
        Metric::Ppv => Some((sum(counts.at_or_above(target.level)), "rows at the level or above")),
        Metric::Npv => Some((counts.total() - sum(counts.at_or_above(target.level)), "rows below the level")),
        Metric::LevelRate => Some((sum(counts.level(target.level)), "rows at the level")),
        _ => None,
    };
    [(counts.total(), "rows"), (events, "events")]
        .into_iter()
        .chain(denominator)
        .find(|(count, _)| *count < k as f64)
        .map(|(_, what)| format!("suppressed: fewer than {k} {what}"))
}
