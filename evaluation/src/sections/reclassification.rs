//! Reclassification: cases at another level than by the reference: how many, from where to where, and who.

use std::borrow::Cow;

use crate::estimate::{Contingency, Counted, small};
use crate::input::{Input, Scored};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::{Reclassification, ReclassificationCell, ReclassificationGroup};

/// Where a row went: nowhere, up or down.
const WAYS: usize = 3;
const UP: usize = 1;
const DOWN: usize = 2;

/// How the rows of each label of one column were reclassified.
pub(crate) struct Reclassified<'a> {
    from: &'a [u8],
    to: &'a [u8],
    y: &'a [bool],
    group: &'a str,
    labels: Cow<'a, [String]>,
    codes: Cow<'a, [u16]>,
}

/// The tables of one version against the reference: all rows, by outcome, then by each group column.
///
/// `None` unless both have the same levels.
pub(crate) fn tables<'a>(
    input: &'a Input,
    version: &'a Scored,
    reference: &'a Scored,
) -> Option<Vec<Reclassified<'a>>> {
    let (to, from) = version.levels.as_ref().zip(reference.levels.as_ref())?;
    if to.ids != from.ids {
        return None;
    }
    let columns = input.columns();
    let one = |group, labels, codes| Reclassified {
        from: &from.codes,
        to: &to.codes,
        y: &columns.y,
        group,
        labels,
        codes,
    };
    let all = one("", Cow::Owned(vec![String::new()]), Cow::Owned(vec![0; columns.y.len()]));
    let outcome = one(
        "outcome",
        Cow::Owned(vec!["event".to_owned(), "no event".to_owned()]),
        Cow::Owned(columns.y.iter().map(|y| u16::from(!y)).collect()),
    );
    let groups = columns
        .groups
        .iter()
        .map(|group| one(&group.name, Cow::Borrowed(&group.labels[..]), Cow::Borrowed(&group.codes[..])));
    Some([all, outcome].into_iter().chain(groups).collect())
}

/// The reclassification of one version against the reference, from the counts of [`tables`], in their order.
///
/// A share is suppressed when its label has fewer than `smallest_cell` rows, or when fewer than that were reclassified, but some were.
pub(crate) fn reclassification(
    input: &Input,
    (version, reference): (&Scored, &Scored),
    tables: &[Reclassified<'_>],
    counted: &[Counted],
    smallest_cell: u64,
) -> Reclassification {
    let mut by_group: Vec<ReclassificationGroup> = tables
        .iter()
        .zip(counted)
        .flat_map(|(table, counted)| {
            table.labels.iter().enumerate().map(|(label, name)| ReclassificationGroup {
                group: table.group.to_owned(),
                label: name.clone(),
                n_up: Count::new(moved(counted, label, UP), smallest_cell),
                n_down: Count::new(moved(counted, label, DOWN), smallest_cell),
                up: share(counted, label, UP, smallest_cell),
                down: share(counted, label, DOWN, smallest_cell),
            })
        })
        .collect();
    let all = by_group.remove(0);
    Reclassification {
        name: version.name.clone(),
        against: reference.name.clone(),
        n_up: all.n_up,
        n_down: all.n_down,
        up: all.up,
        down: all.down,
        cells: cells(input, version, reference, smallest_cell),
        by_group,
    }
}

impl Contingency for Reclassified<'_> {
    fn n_cells(&self) -> usize {
        self.labels.len() * WAYS * 2
    }

    fn cell(&self, row: usize) -> usize {
        let way = match self.to[row].cmp(&self.from[row]) {
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => UP,
            std::cmp::Ordering::Less => DOWN,
        };
        (usize::from(self.codes[row]) * WAYS + way) * 2 + usize::from(self.y[row])
    }

    /// Share up and share down of each label.
    fn values(&self, cells: &[f64]) -> Vec<f64> {
        let labels = cells.chunks_exact(WAYS * 2);
        labels
            .flat_map(|label| {
                let way = |way: usize| label[way * 2] + label[way * 2 + 1];
                let total = way(0) + way(UP) + way(DOWN);
                [UP, DOWN].map(|moved| if total > 0.0 { way(moved) / total } else { f64::NAN })
            })
            .collect()
    }
}

/// Unweighted assessments of a label that went one way.
fn moved(counted: &Counted, label: usize, way: usize) -> u64 {
    let at = (label * WAYS + way) * 2;
    counted.assessments(at..at + 2)
}

fn share(counted: &Counted, label: usize, way: usize, smallest_cell: u64) -> Measure {
    let (from, to) = (label * WAYS * 2, (label + 1) * WAYS * 2);
    let (n, events) = (counted.assessments(from..to), counted.assessments((from + 1..to).step_by(2)));
    let moved = moved(counted, label, way);
    let of = SmallCell::RowsInACell;
    let hidden = if n == 0 {
        Some(Reason::NoRows)
    } else {
        small(
            smallest_cell,
            [(n as f64, SmallCell::Rows)],
            [(moved as f64, of), (n.saturating_sub(moved) as f64, of)],
        )
    };
    counted.estimate(label * 2 + (way - 1), (n, events), hidden, Reason::NoWeight)
}

/// Every pair of levels with its unweighted assessments.
fn cells(
    input: &Input,
    version: &Scored,
    reference: &Scored,
    smallest_cell: u64,
) -> Vec<ReclassificationCell> {
    let Some((to, from)) = version.levels.as_ref().zip(reference.levels.as_ref()) else { return Vec::new() };
    let (columns, k) = (input.columns(), from.ids.len());
    let mut counts = vec![[0.0; 2]; k * k];
    for (row, y) in columns.y.iter().enumerate() {
        counts[usize::from(from.codes[row]) * k + usize::from(to.codes[row])][usize::from(*y)] += 1.0;
    }
    let count = |rows: f64| Count::new(columns.repeats.assessments(rows), smallest_cell);
    let cells = counts.iter().enumerate();
    cells
        .map(|(cell, [others, events])| ReclassificationCell {
            from: from.ids[cell / k].clone(),
            to: to.ids[cell % k].clone(),
            n: count(others + events),
            events: count(*events),
        })
        .collect()
}
