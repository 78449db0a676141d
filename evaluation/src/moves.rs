//! Cases moved between levels: how many, from where to where, and who.

use std::borrow::Cow;

use crate::input::{Input, Scored};
use crate::interval;
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};
use crate::report::{MoveCell, MoveGroup, Moves};
use crate::tally::{Tallied, Tally};

/// Where a row went: nowhere, up or down.
const WAYS: usize = 3;
const UP: usize = 1;
const DOWN: usize = 2;

/// How the rows of each label of one column moved.
pub(crate) struct Movers<'a> {
    from: &'a [u8],
    to: &'a [u8],
    y: &'a [bool],
    group: &'a str,
    labels: Cow<'a, [String]>,
    codes: Cow<'a, [u16]>,
}

/// The tallies of one version against the reference: all rows, by outcome, then by each group column.
///
/// `None` unless both have the same levels.
pub(crate) fn movers<'a>(
    input: &'a Input,
    version: &'a Scored,
    reference: &'a Scored,
) -> Option<Vec<Movers<'a>>> {
    let (to, from) = version.levels.as_ref().zip(reference.levels.as_ref())?;
    if to.ids != from.ids {
        return None;
    }
    let columns = input.columns();
    let one = |group, labels, codes| Movers {
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

/// The moves of one version against the reference, from the tallies of [`movers`], in their order.
///
/// A share is suppressed when its label has fewer than `smallest_cell` rows, or when fewer than that moved, but some did.
pub(crate) fn moves(
    input: &Input,
    (version, reference): (&Scored, &Scored),
    movers: &[Movers<'_>],
    tallied: &[Tallied],
    smallest_cell: u64,
) -> Moves {
    let mut who: Vec<MoveGroup> = movers
        .iter()
        .zip(tallied)
        .flat_map(|(movers, tallied)| {
            movers.labels.iter().enumerate().map(|(label, name)| MoveGroup {
                group: movers.group.to_owned(),
                label: name.clone(),
                up: share(tallied, label, UP, smallest_cell),
                down: share(tallied, label, DOWN, smallest_cell),
            })
        })
        .collect();
    let all = who.remove(0);
    Moves {
        name: version.name.clone(),
        against: reference.name.clone(),
        up: all.up,
        down: all.down,
        cells: cells(input, version, reference, smallest_cell),
        who,
    }
}

impl Tally for Movers<'_> {
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

fn share(tallied: &Tallied, label: usize, way: usize, smallest_cell: u64) -> Measure {
    let counts = &tallied.counts[label * WAYS * 2..(label + 1) * WAYS * 2];
    let n: u64 = counts.iter().sum();
    let events: u64 = counts.iter().skip(1).step_by(2).sum();
    let moved = counts[way * 2] + counts[way * 2 + 1];
    let few = |count: u64| (1..smallest_cell).contains(&count);
    if n == 0 {
        return Measure::undefined(Reason::NoRows);
    }
    if n < smallest_cell {
        return Measure::undefined(Reason::suppressed(smallest_cell, SmallCell::Rows));
    }
    if few(moved) || few(n - moved) {
        return Measure::undefined(Reason::suppressed(smallest_cell, SmallCell::RowsInACell));
    }
    let at = label * 2 + (way - 1);
    interval::percentile(tallied.point[at], tallied.drawn.at(at), (n, events))
}

/// Every pair of levels with its unweighted assessments.
fn cells(input: &Input, version: &Scored, reference: &Scored, smallest_cell: u64) -> Vec<MoveCell> {
    let Some((to, from)) = version.levels.as_ref().zip(reference.levels.as_ref()) else { return Vec::new() };
    let (columns, k) = (input.columns(), from.ids.len());
    let mut counts = vec![[0.0; 2]; k * k];
    for (row, y) in columns.y.iter().enumerate() {
        counts[usize::from(from.codes[row]) * k + usize::from(to.codes[row])][usize::from(*y)] += 1.0;
    }
    let count = |rows: f64| Count::new(columns.repeats.assessments(rows), smallest_cell);
    let cells = counts.iter().enumerate();
    cells
        .map(|(cell, [others, events])| MoveCell {
            from: from.ids[cell / k].clone(),
            to: to.ids[cell % k].clone(),
            n: count(others + events),
            events: count(*events),
        })
        .collect()
}
