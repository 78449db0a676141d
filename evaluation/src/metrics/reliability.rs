//! Reliability: what happened to rows of similar probability.

use amparo_datasets::wilson;

use crate::input::Columns;
use crate::measure::Measure;
use crate::report::Bin;

/// Bins of equal weight by probability, from the lowest; rows of equal probability are never separated.
///
/// A block of ties falls into the bin where the middle of its weight lies, so bins may be fewer than asked for. The interval is
/// Wilson's with the effective number of assessments, `(sum w)^2 / sum w^2 / repeats`; it takes rows as independent, although rows of one
/// case are not. Bins of fewer than `smallest_cell` rows have no observed rate.
#[must_use]
pub fn reliability(probability: &[f64], columns: &Columns, bins: u32, smallest_cell: u64) -> Vec<Bin> {
    let weight = &columns.weight;
    let mut order: Vec<usize> = (0..probability.len()).collect();
    order.sort_by(|a, b| probability[*a].total_cmp(&probability[*b]));
    let total: f64 = weight.iter().sum();
    let mut out: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut before = 0.0;
    for block in order.chunk_by(|a, b| probability[*a].total_cmp(&probability[*b]).is_eq()) {
        let size: f64 = block.iter().map(|row| weight[*row]).sum();
        let middle = (before + size / 2.0) / total;
        let bin = ((middle * f64::from(bins)) as usize).min(bins as usize - 1);
        before += size;
        match out.last_mut() {
            Some((last, rows)) if *last == bin => rows.extend(block),
            _ => out.push((bin, block.to_vec())),
        }
    }
    out.iter().map(|(_, rows)| summarise(rows, probability, columns, smallest_cell)).collect()
}

fn summarise(rows: &[usize], probability: &[f64], columns: &Columns, smallest_cell: u64) -> Bin {
    let Columns { y, weight, repeats, .. } = columns;
    let sum = |term: &dyn Fn(usize) -> f64| rows.iter().map(|row| term(*row)).sum::<f64>();
    let total = sum(&|row| weight[row]);
    let n = repeats.assessments(rows.len() as f64);
    let events = repeats.assessments(rows.iter().filter(|row| y[**row]).count() as f64);
    let observed = if n < smallest_cell {
        Measure::undefined(format!("suppressed: fewer than {smallest_cell} rows"))
    } else {
        let rate = sum(&|row| if y[row] { weight[row] } else { 0.0 }) / total;
        let (low, high) =
            wilson(rate, repeats.share() * total * total / sum(&|row| weight[row] * weight[row]));
        Measure::Value { value: rate, low, high, n, events }
    };
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
        let bins = reliability(&p, &columns, 5, 2);
        // Middles of the blocks: 0.3, 0.65, 0.75, 0.85, 0.95 -> bins 1, 3, 3, 4, 4.
        let sizes: Vec<u64> = bins.iter().map(|bin| bin.n).collect();
        assert_eq!(sizes, [6, 2, 2]);
        assert_eq!(bins[0].observed.value(), Some(0.5));
        assert!(reliability(&p, &columns, 5, 3)[1].observed.value().is_none());
    }
}
