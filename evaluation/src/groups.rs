//! The metrics split by group, and reduced to gaps.

use rayon::prelude::*;

use crate::bootstrap::Place;
use crate::definitions::Metric;
use crate::input::GroupColumn;
use crate::interval;
use crate::measure::Measure;
use crate::metrics::Noise;
use crate::plan;
use crate::quantity::{Across, Quantity};
use crate::reason::Reason;
use crate::report::{Band, Equivalence, Gap, GroupRow, GroupTable, Measures, key};
use crate::slice::Slice;
use crate::spreads;

/// Standard normal quantile at 0.8, the power at which the smallest gap that would have shown is stated.
pub(crate) const POWER: f64 = 0.841_621_233_572_914_3;

/// The table of one version and group column, whose gaps are signed: label less reference, then, if asked for, less each other label.
pub(crate) fn table(slice: &Slice<'_>, version: usize, column: usize) -> GroupTable {
    let group = &slice.bench().input.columns().groups[column];
    let labels = slice.observed.labels(column);
    let rows = labels.clone().zip(&group.labels).map(|(label, name)| {
        let (n, events) = slice.n_and_events(label);
        GroupRow {
            label: name.clone(),
            n: slice.count(n),
            events: slice.count(events),
            measures: slice.measures(version, label),
            differences: differences(slice, version, label),
        }
    });
    let prepared = slice.prepared(version);
    let compared: Vec<usize> =
        (0..prepared.targets.len()).filter(|target| prepared.targets[*target].metric.is_compared()).collect();
    let reference = slice.references[column];
    let pairs = plan::pairs(labels.clone(), reference, slice.pairwise);
    let gaps = pairs
        .par_iter()
        .flat_map_iter(|&(label, against)| {
            compared.iter().map(move |&target| (Place { version, label, target }, against))
        })
        .map(|(place, against)| gap(slice, group, labels.start, place, against))
        .collect();
    let across = |target: usize| Across { version, column, target };
    GroupTable {
        group: group.name.clone(),
        reference: group.labels.get(reference - labels.start).cloned().unwrap_or_default(),
        rows: rows.collect(),
        gaps,
        spreads: compared
            .iter()
            .map(|&target| spreads::spread(slice, across(target)))
            .chain(spreads::equalised_odds(slice, version, column))
            .collect(),
        penalised: spreads::penalised(slice, version, column),
    }
}

/// Whether a metric gets gaps.
pub(crate) fn is_compared(metric: Metric) -> bool {
    metric.is_compared()
}

/// A version's measures within a label less the reference version's; empty for the reference itself.
pub(crate) fn differences(slice: &Slice<'_>, version: usize, label: usize) -> Measures {
    let prepared = slice.prepared(version);
    let difference = |target| {
        let place = Place { version, label, target };
        let against = slice.pairing.counterpart(place)?;
        Some((prepared.key(prepared.targets[target]), slice.difference(place, against)))
    };
    (0..prepared.targets.len()).filter_map(difference).collect()
}

fn gap(slice: &Slice<'_>, group: &GroupColumn, first: usize, place: Place, reference: usize) -> Gap {
    let against = Place { label: reference, ..place };
    let prepared = slice.prepared(place.version);
    let target = prepared.targets[place.target];
    let measure = slice.difference(place, against);
    let critical = critical(slice, place, against);
    let simultaneous = measure.value().zip(critical).map(|(value, (by, _))| Band {
        low: value + slice.moved(-by, &[place, against]),
        high: value + slice.moved(by, &[place, against]),
    });
    Gap {
        label: group.labels[place.label - first].clone(),
        against: group.labels[reference - first].clone(),
        metric: prepared.key(target),
        ratio: ratio(slice, place, against),
        simultaneous,
        detectable: critical.and_then(|(by, se)| Some(by + POWER * se?)),
        equivalence: slice
            .margin
            .filter(|_| target.metric.is_share())
            .zip(simultaneous)
            .map(|(margin, band)| equivalence(band, margin)),
        change: change(slice, place, against),
        measure,
    }
}

/// Half the width of the simultaneous interval of a gap, and the gap's standard error where noise moves it either way.
fn critical(slice: &Slice<'_>, place: Place, against: Place) -> Option<(f64, Option<f64>)> {
    let family = (place.version, place.target);
    let member =
        slice.observed.families.get(&family)?.iter().find(|m| m.label == place && m.against == against)?;
    let ledger = slice.ledger(Quantity::Family { version: family.0, target: family.1 })?;
    // The family was chosen on the first resamples; the gap itself must have held on all of them.
    let own = slice.ledger(Quantity::Difference(place, against))?;
    if [ledger, own].into_iter().any(|ledger| interval::unusable(ledger).is_some())
        || slice.is_at_edge(&[place, against])
    {
        return None;
    }
    let signed = slice.observed.noise(place) == Noise::Signed;
    Some((ledger.quantile(0.95) * member.se, signed.then_some(member.se)))
}

/// What an interval says about a margin.
pub(crate) fn equivalence(band: Band, margin: f64) -> Equivalence {
    if -margin <= band.low && band.high <= margin {
        Equivalence::Absent
    } else if band.low > margin || band.high < -margin {
        Equivalence::Present
    } else {
        Equivalence::CannotTell
    }
}

fn ratio(slice: &Slice<'_>, place: Place, against: Place) -> Measure {
    let metric = slice.prepared(place.version).targets[place.target].metric;
    match (slice.value(place), slice.value(against)) {
        _ if !metric.has_ratio() => Measure::undefined(Reason::NoRatio),
        (Err(reason), _) | (_, Err(reason)) => Measure::Undefined { reason },
        (Ok(value), Ok(other)) if (value / other).is_finite() => {
            let rests_on = slice.rests_on(&[place, against]);
            slice.with_interval(value / other, Quantity::Ratio(place, against), &[place, against], rests_on)
        }
        _ => Measure::undefined(Reason::ReferenceIsZero),
    }
}

/// A gap less the reference version's; `None` for the reference itself, and for what does not depend on the version.
fn change(slice: &Slice<'_>, place: Place, against: Place) -> Option<Measure> {
    let (other, other_against) = slice.pairing.counterpart(place).zip(slice.pairing.counterpart(against))?;
    let places = [place, against, other, other_against];
    let values: Result<Vec<f64>, Reason> = places.iter().map(|place| slice.value(*place)).collect();
    Some(match values {
        Err(reason) => Measure::Undefined { reason },
        Ok(values) => {
            let value = (values[0] - values[1]) - (values[2] - values[3]);
            let rests_on = slice.rests_on(&[place, against]);
            slice.with_interval(
                value,
                Quantity::Change([place, against], [other, other_against]),
                &places,
                rests_on,
            )
        }
    })
}

/// The key of a target that exists only between labels, at a level.
pub(crate) fn key_at(slice: &Slice<'_>, version: usize, metric: Metric, level: usize) -> String {
    let ids = slice.prepared(version).scored.levels.as_ref();
    key(metric.name(), ids.and_then(|levels| levels.ids.get(level)).map(String::as_str))
}
