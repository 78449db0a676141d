//! What each period looked like.

use amparo_datasets::wilson;

use super::moments::Moments;
use super::{PeriodRow, Risk, Settings, Stream};
use crate::estimate::{measured, of_replicates, small};
use crate::measure::{Count, Measure};
use crate::reason::{Reason, SmallCell};

/// One row a period; shares have Wilson intervals with the effective number of rows, which takes rows as independent.
pub(super) fn rows(
    stream: &Stream,
    (point, drawn): (Result<&Moments, Reason>, &[Option<Moments>]),
    settings: Settings,
) -> Vec<PeriodRow> {
    let row = |(period, name): (usize, &String)| {
        let of = |row: &usize| usize::from(stream.period[*row]) == period;
        let rows: Vec<usize> = (0..stream.level.len()).filter(of).collect();
        let n = rows.len() as u64;
        let events = match &stream.risk {
            Risk::Stated(_) => 0,
            Risk::Outcomes { y, .. } => rows.iter().filter(|row| y[**row]).count() as u64,
        };
        let of = SmallCell::RowsInACell;
        let either = match stream.risk {
            Risk::Stated(_) => f64::INFINITY,
            Risk::Outcomes { .. } => events.min(n - events) as f64,
        };
        let hidden = small(settings.smallest_cell, [(n as f64, of), (either, of)], []);
        let risk = point.map(|point| point.1[period]);
        let of_resample = |one: &Option<Moments>| one.as_ref().map_or(f64::NAN, |one| one.1[period]);
        let risk = measured(hidden.map_or(risk, Err), (n, events), |_| {
            of_replicates(drawn.iter().map(of_resample).collect())
        });
        PeriodRow {
            period: name.clone(),
            n: Count::new(n, settings.smallest_cell),
            risk,
            shares: (0..stream.levels.len()).map(|level| share(stream, &rows, level, settings)).collect(),
        }
    };
    stream.periods.iter().enumerate().map(row).collect()
}

fn share(stream: &Stream, rows: &[usize], level: usize, settings: Settings) -> Measure {
    let at: Vec<usize> =
        rows.iter().copied().filter(|row| usize::from(stream.level[*row]) == level).collect();
    let (n, count, k) = (rows.len() as u64, at.len() as u64, settings.smallest_cell);
    let of = SmallCell::RowsInACell;
    let hidden = small(k, [(n as f64, of)], [(count as f64, of)]);
    let sum = |rows: &[usize], square: bool| {
        let weight = |row: &usize| stream.weight[*row];
        rows.iter().map(|row| if square { weight(row) * weight(row) } else { weight(row) }).sum::<f64>()
    };
    let total = sum(rows, false);
    let value = hidden.map_or_else(|| Ok(sum(&at, false) / total), Err);
    measured(value, (n, count), |value| Ok(wilson(value, total * total / sum(rows, true))))
}
