//! The metrics split by group, and reduced to gaps.

use rayon::prelude::*;

use super::differences::measures;
use super::max_min_difference::{equalised_odds, max_min_difference, penalised};
use crate::estimate::{Across, Estimates, Place, Quantity, label_pairs};
use crate::input::GroupColumn;
use crate::report::{Band, Context, Equivalence, Gap, GroupRow, GroupTable, Measures, ReferenceBy};

/// The table of one version and group column, whose gaps are signed: label less reference, then, if asked for, less other labels.
pub(crate) fn table(
    estimates: &Estimates<'_>,
    (version, column): (usize, usize),
    context: &Context,
) -> GroupTable {
    let group = &estimates.resampler().input.columns().groups[column];
    let labels = estimates.observed.labels(column);
    let rows = labels.clone().zip(&group.labels).map(|(label, name)| {
        let (n, events) = estimates.n_and_events(label);
        GroupRow {
            label: name.clone(),
            n: estimates.count(n),
            events: estimates.count(events),
            measures: measures(estimates, version, label),
            differences: differences(estimates, version, label),
        }
    });
    let prepared = estimates.prepared(version);
    let is_compared = |target: &usize| prepared.targets[*target].metric.info().comparison.between_labels;
    let compared: Vec<usize> = (0..prepared.targets.len()).filter(is_compared).collect();
    let reference = estimates.references[column];
    let pairs = label_pairs(group, labels.start, reference, context.pairwise);
    let gaps = pairs
        .par_iter()
        .flat_map_iter(|&(label, against)| {
            compared.iter().map(move |&target| (Place { version, label, target }, against))
        })
        .map(|(place, against)| gap(estimates, (group, labels.start), (place, against), context.margin))
        .collect();
    let across = |target: usize| Across { version, column, target };
    GroupTable {
        group: group.name.clone(),
        reference: group.labels.get(reference - labels.start).cloned().unwrap_or_default(),
        reference_by: match group.reference {
            Some(_) => ReferenceBy::Stated,
            None => ReferenceBy::Rows,
        },
        unknown: group.unknown.clone(),
        rows: rows.collect(),
        gaps,
        max_min_differences: compared
            .iter()
            .map(|&target| max_min_difference(estimates, across(target)))
            .chain(equalised_odds(estimates, version, column))
            .collect(),
        penalised: penalised(estimates, version, column),
    }
}

/// A version's measures within a label less the reference version's; empty for the reference itself.
fn differences(estimates: &Estimates<'_>, version: usize, label: usize) -> Measures {
    let prepared = estimates.prepared(version);
    let difference = |target| {
        let place = Place { version, label, target };
        let against = estimates.pairing.counterpart(place)?;
        let measure = estimates.estimate(Quantity::Difference(place, against));
        Some((prepared.key(prepared.targets[target]), measure))
    };
    (0..prepared.targets.len()).filter_map(difference).collect()
}

fn gap(
    estimates: &Estimates<'_>,
    (group, first): (&GroupColumn, usize),
    (place, reference): (Place, usize),
    margin: Option<f64>,
) -> Gap {
    let against = Place { label: reference, ..place };
    let prepared = estimates.prepared(place.version);
    let target = prepared.targets[place.target];
    let simultaneous = estimates.simultaneous(place, against);
    let band = simultaneous.map(|found| found.band);
    let is_share = target.metric.info().comparison.is_share;
    // Above 0, the version moved the label up against the reference label; what does not depend on the version has no change.
    let others = estimates.pairing.counterpart(place).zip(estimates.pairing.counterpart(against));
    Gap {
        label: group.labels[place.label - first].clone(),
        against: group.labels[reference - first].clone(),
        metric: prepared.key(target),
        measure: estimates.estimate(Quantity::Difference(place, against)),
        ratio: estimates.estimate(Quantity::Ratio(place, against)),
        simultaneous: band,
        detectable: simultaneous.and_then(|found| found.detectable),
        equivalence: margin.filter(|_| is_share).zip(band).map(|(margin, band)| equivalence(band, margin)),
        change: others.map(|(a, b)| estimates.estimate(Quantity::Change([place, against], [a, b]))),
    }
}

/// What an interval says about a margin.
fn equivalence(band: Band, margin: f64) -> Equivalence {
    if -margin <= band.low && band.high <= margin {
        Equivalence::Absent
    } else if band.low > margin || band.high < -margin {
        Equivalence::Present
    } else {
        Equivalence::CannotTell
    }
}
