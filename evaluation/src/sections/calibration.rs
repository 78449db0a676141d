//! Calibration: what happened to rows of similar probability, in bins and as a smooth curve.

use amparo_datasets::wilson;

use crate::estimate::{Estimates, Place, Quantity, measured, small};
use crate::input::Columns;
use crate::metrics::{Metric, equal_weight};
use crate::reason::SmallCell;
use crate::report::{Bin, CurvePoint};

/// The smooth calibration curve with its band, within [0, 1]; empty where its mean distance is not shown.
pub(crate) fn curve(estimates: &Estimates<'_>, version: usize) -> Vec<CurvePoint> {
    let prepared = estimates.prepared(version);
    let distance = prepared.position(Metric::Ici, 0).map(|target| Place { version, label: 0, target });
    if distance.is_none_or(|place| estimates.value(place).is_err()) {
        return Vec::new();
    }
    let point = |(point, (probability, _)): (usize, &(f64, f64))| CurvePoint {
        probability: *probability,
        observed: estimates.estimate(Quantity::Curve { version, point }),
    };
    prepared.curve().iter().enumerate().map(point).collect()
}

/// Bins of equal weight by probability, from the lowest; rows of equal probability are never separated.
///
/// A block of ties falls into the bin where the middle of its weight lies, so bins may be fewer than asked for. The interval is
/// Wilson's with the effective number of assessments, `(sum w)^2 / sum w^2 / repeats`; it takes rows as independent, although rows of one
/// case are not. A bin of fewer than `smallest_cell` rows is joined with the one below (the first with the one above); one in
/// which fewer than that have the event, or have it not, has no observed rate.
pub(crate) fn reliability(probability: &[f64], columns: &Columns, bins: u32, smallest_cell: u64) -> Vec<Bin> {
    let weight = &columns.weight;
    let mut order: Vec<usize> = (0..probability.len()).collect();
    order.sort_by(|a, b| probability[*a].total_cmp(&probability[*b]));
    let same = |a: &usize, b: &usize| probability[*a].total_cmp(&probability[*b]).is_eq();
    let sizes: Vec<f64> =
        order.chunk_by(same).map(|block| block.iter().map(|row| weight[*row]).sum()).collect();
    let mut out: Vec<(u32, Vec<usize>)> = Vec::new();
    for (block, bin) in order.chunk_by(same).zip(equal_weight(&sizes, bins)) {
        match out.last_mut() {
            Some((last, rows)) if *last == bin => rows.extend(block),
            _ => out.push((bin, block.to_vec())),
        }
    }
    joined(out, columns, smallest_cell)
        .iter()
        .map(|rows| summarise(rows, probability, columns, smallest_cell))
        .collect()
}

/// The rows of each bin, small bins joined with their neighbours.
fn joined(bins: Vec<(u32, Vec<usize>)>, columns: &Columns, smallest_cell: u64) -> Vec<Vec<usize>> {
    let is_small = |rows: &Vec<usize>| columns.repeats.assessments(rows.len() as f64) < smallest_cell;
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (_, rows) in bins {
        match out.last_mut() {
            Some(below) if is_small(&rows) || is_small(below) => below.extend(rows),
            _ => out.push(rows),
        }
    }
    out
}

fn summarise(rows: &[usize], probability: &[f64], columns: &Columns, smallest_cell: u64) -> Bin {
    let Columns { y, weight, repeats, .. } = columns;
    let sum = |term: &dyn Fn(usize) -> f64| rows.iter().map(|row| term(*row)).sum::<f64>();
    let total = sum(&|row| weight[row]);
    let n = repeats.assessments(rows.len() as f64);
    let events = repeats.assessments(rows.iter().filter(|row| y[**row]).count() as f64);
    let of = SmallCell::RowsInACell;
    let cells = [(events as f64, of), ((n - events) as f64, of)];
    let rate = match small(smallest_cell, [(n as f64, of)], cells) {
        Some(reason) => Err(reason),
        None => Ok(sum(&|row| if y[row] { weight[row] } else { 0.0 }) / total),
    };
    let observed = measured(rate, (n, events), |rate| {
        Ok(wilson(rate, repeats.share() * total * total / sum(&|row| weight[row] * weight[row])))
    });
    Bin {
        from: rows.first().map_or(0.0, |row| probability[*row]),
        to: rows.last().map_or(0.0, |row| probability[*row]),
        n,
        mean_probability: sum(&|row| weight[row] * probability[row]) / total,
        observed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_stay_together_and_small_bins_are_suppressed() {
        let p: Vec<f64> = [0.1; 6].into_iter().chain([0.2, 0.3, 0.4, 0.5]).collect();
        let y: Vec<bool> = (0..10).map(|i| i % 2 == 0).collect();
        let columns = Columns { y, weight: vec![1.0; 10], ..Columns::default() };
        // Middles of the blocks: 0.3, 0.65, 0.75, 0.85, 0.95 -> bins 1, 3, 3, 4, 4; each of the last two has one event.
        let sizes = |bins: &[Bin]| bins.iter().map(|bin| bin.n).collect::<Vec<u64>>();
        let all = reliability(&p, &columns, 5, 1);
        assert_eq!(sizes(&all), [6, 2, 2]);
        assert_eq!(all[0].observed.value(), Some(0.5));
        let two = reliability(&p, &columns, 5, 2);
        assert_eq!(sizes(&two), [6, 2, 2]);
        assert!(two[0].observed.value().is_some() && two[1].observed.value().is_none());
        assert_eq!(
            sizes(&reliability(&p, &columns, 5, 3)),
            [10],
            "bins of two join the one below, one by one"
        );
    }
}
