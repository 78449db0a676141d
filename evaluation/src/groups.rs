//! The metrics split by group, and reduced to gaps.

use rayon::prelude::*;

use crate::definitions::Metric;
use crate::input::GroupColumn;
use crate::measure::Measure;
use crate::report::{Gap, GroupRow, GroupTable, Spread};
use crate::slice::{Place, Slice};

/// The table of one version and group column.
///
/// Gaps are signed, label less reference, so that their intervals can cover 0. The spread (highest less lowest) is a point only: it cannot
/// be negative, and among equal groups its expectation is above 0.
pub(crate) fn table(slice: &Slice<'_>, column: &GroupColumn, version: usize) -> GroupTable {
    let reference = reference(slice, column);
    let rows = column
        .labels
        .iter()
        .enumerate()
        .map(|(label, name)| {
            let (n, events) = slice.n_and_events(label);
            let measures = slice.measures(version, label);
            GroupRow {
                label: name.clone(),
                n: slice.count(n),
                events: slice.count(events),
                measures,
                differences: crate::report::Measures::new(),
            }
        })
        .collect();
    let prepared = slice.prepared(version);
    let compared: Vec<usize> =
        (0..prepared.targets.len()).filter(|target| is_compared(prepared.targets[*target].metric)).collect();
    let labels: Vec<usize> = (0..column.labels.len()).filter(|label| *label != reference).collect();
    let gaps = labels
        .par_iter()
        .flat_map_iter(|&label| compared.iter().map(move |&target| (label, target)))
        .map(|(label, target)| Gap {
            label: column.labels[label].clone(),
            against: column.labels[reference].clone(),
            metric: prepared.key(prepared.targets[target]),
            measure: slice
                .difference(Place { version, label, target }, Place { version, label: reference, target }),
            ratio: Measure::undefined("not computed"),
            simultaneous: None,
            detectable: None,
            equivalence: None,
            change: None,
        })
        .collect();
    let spreads = compared.iter().map(|&target| spread(slice, column, version, target)).collect();
    let reference = column.labels.get(reference).cloned().unwrap_or_default();
    GroupTable { group: column.name.clone(), reference, rows, gaps, spreads, penalised: crate::report::Measures::new() }
}

/// The stated reference label, or the one with most rows (the first among equals).
fn reference(slice: &Slice<'_>, column: &GroupColumn) -> usize {
    let stated =
        column.reference.as_ref().and_then(|name| column.labels.iter().position(|label| label == name));
    stated.unwrap_or_else(|| {
        let size = |label: &usize| slice.n_and_events(*label).0;
        (0..column.labels.len()).rev().max_by_key(size).unwrap_or(0)
    })
}

/// The metrics by which groups are compared.
pub(crate) fn is_compared(metric: Metric) -> bool {
    !matches!(
        metric,
        Metric::OracleAuc
            | Metric::CalibrationSlope
            | Metric::CalibrationIntercept
            | Metric::Specificity
            | Metric::LevelRate
            | Metric::LogLoss
    )
}

fn spread(slice: &Slice<'_>, column: &GroupColumn, version: usize, target: usize) -> Spread {
    let prepared = slice.prepared(version);
    let metric = prepared.key(prepared.targets[target]);
    let mut values: Vec<(usize, f64)> = (0..column.labels.len())
        .filter_map(|label| Some((label, slice.value(Place { version, label, target }).ok()?)))
        .collect();
    values.sort_by(|a, b| a.1.total_cmp(&b.1));
    match (values.first(), values.last()) {
        (Some(lowest), Some(highest)) if values.len() > 1 => {
            let (n, events) = values
                .iter()
                .map(|(label, _)| slice.n_and_events(*label))
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
            let reason =
                "no interval: a highest less lowest is never negative and grows with noise".to_owned();
            Spread {
                worst: String::new(),
                ratio: Measure::undefined("not computed"),
                metric,
                highest: column.labels[highest.0].clone(),
                lowest: column.labels[lowest.0].clone(),
                measure: Measure::Point { value: highest.1 - lowest.1, n, events, reason },
            }
        }
        _ => Spread {
            worst: String::new(),
            ratio: Measure::undefined("not computed"),
            metric,
            highest: String::new(),
            lowest: String::new(),
            measure: Measure::undefined("fewer than two labels have a value"),
        },
    }
}
