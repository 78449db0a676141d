//! Which numbers rest on too few rows to be shown.

use super::prepared::Target;
use crate::metrics::LabelSums;
use crate::reason::{Reason, SmallCell};

/// Why a number is not shown: one of the totals behind it is below `k`, or one of the cells behind it holds 1 to `k - 1`.
///
/// Each count comes with its name; the first that is too small is told. Counts are of assessments, so those of repeated rows may be off whole
/// numbers by rounding.
pub(crate) fn small<const T: usize, const C: usize>(
    k: u64,
    totals: [(f64, SmallCell); T],
    cells: [(f64, SmallCell); C],
) -> Option<Reason> {
    let k_rows = k as f64;
    let too_few = totals.into_iter().find(|(count, _)| *count < k_rows);
    let hidden = || cells.into_iter().find(|(count, _)| *count > 0.5 && *count < k_rows);
    too_few.or_else(hidden).map(|(_, of)| Reason::suppressed(k, of))
}

/// Why a target of a label is not shown, given the label's unweighted counts; `None` if it may be.
///
/// A label with fewer than `k` rows or events shows nothing; a rate with a denominator under `k` is not shown either, nor a
/// share of a level of 1 to `k - 1` rows, nor a rate behind which stand 1 to `k - 1` rows, on either side.
/// This hides the cells themselves. It does not hide what subtraction among shown totals reveals.
pub(super) fn reason(target: Target, counts: &LabelSums<'_>, k: u64) -> Option<Reason> {
    let info = target.metric.info();
    let everyone = [(counts.total(), SmallCell::Rows), (counts.outcomes()[1], SmallCell::Events)];
    let cells = (info.cells)(counts, target.level).map(|count| (count, SmallCell::RowsInACell));
    let denominator = info.basis.denominator(counts, target.level);
    small(k, everyone, [])
        .or_else(|| denominator.and_then(|denominator| small(k, [denominator], [])))
        .or_else(|| small(k, [], cells))
}
