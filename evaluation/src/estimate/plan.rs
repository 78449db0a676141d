//! Which numbers of an evaluation are followed over the resamples: those that will be shown.

use super::followed::Followed;
use super::quantity::{Across, Observed, Quantity};
use super::resampler::Place;
use crate::input::GroupColumn;
use crate::metrics::Metric;
use crate::metrics::info::Versions;

/// The reference version and, for each version and target, the reference version's target with the same key.
pub(crate) struct Pairing {
    pub(crate) base: usize,
    pub(crate) counterparts: Vec<Vec<Option<usize>>>,
}

impl Pairing {
    /// Pairs every version with the reference; what does not depend on the version has no counterpart.
    pub(crate) fn new(observed: &Observed<'_>, reference: &str) -> Self {
        let versions = &observed.resampler.prepared;
        let base = versions.iter().position(|version| version.scored.name == reference).unwrap_or(0);
        let keys: Vec<String> =
            versions[base].targets.iter().map(|target| versions[base].key(*target)).collect();
        let counterparts = versions.iter().enumerate().map(|(at, version)| {
            let two_kinds = std::mem::discriminant(&version.scored.kind)
                != std::mem::discriminant(&versions[base].scored.kind);
            let paired = |metric: Metric| match metric.info().comparison.between_versions {
                Versions::All => true,
                Versions::SameKind => !two_kinds,
                Versions::Never => false,
            };
            let other = |target: &super::prepared::Target| {
                let key = version.key(*target);
                keys.iter().position(|other| *other == key).filter(|_| at != base && paired(target.metric))
            };
            version.targets.iter().map(other).collect()
        });
        Self { base, counterparts: counterparts.collect() }
    }

    /// The reference version's place, for a place of another version.
    pub(crate) fn counterpart(&self, place: Place) -> Option<Place> {
        let target = self.counterparts[place.version][place.target]?;
        Some(Place { version: self.base, target, ..place })
    }
}

/// The reference label of a group column: as stated, or, of the labels of which something was recorded, the one with most rows (the first
/// among equals).
pub(crate) fn reference(column: &GroupColumn, size: impl Fn(usize) -> u64) -> usize {
    let stated =
        column.reference.as_ref().and_then(|name| column.labels.iter().position(|label| label == name));
    let known = (0..column.labels.len()).filter(|label| column.is_known(&column.labels[*label]));
    stated.unwrap_or_else(|| known.rev().max_by_key(|label| size(*label)).unwrap_or(0))
}

/// The pairs of labels of a column that gaps are taken of, `(label, against)`, by their numbers among all: every other label against the
/// reference; then, if `pairwise`, the others against those before them; then the pairs that the column names and that are not among these.
///
/// Labels that say that nothing was recorded are in none of them.
pub(crate) fn label_pairs(
    column: &GroupColumn,
    first: usize,
    reference: usize,
    pairwise: bool,
) -> Vec<(usize, usize)> {
    let known = column.labels.iter().enumerate().filter(|(_, label)| column.is_known(label));
    let others: Vec<usize> = known.map(|(at, _)| first + at).filter(|label| *label != reference).collect();
    let mut pairs: Vec<(usize, usize)> = others.iter().map(|label| (*label, reference)).collect();
    for (at, label) in others.iter().enumerate().filter(|_| pairwise) {
        pairs.extend(others[..at].iter().map(|against| (*label, *against)));
    }
    let number = |name: &String| column.labels.iter().position(|label| label == name).map(|at| first + at);
    for [label, against] in &column.pairs {
        let Some(pair) = number(label).zip(number(against)) else { continue };
        if pair.0 != pair.1 && !pairs.contains(&pair) && !pairs.contains(&(pair.1, pair.0)) {
            pairs.push(pair);
        }
    }
    pairs
}

/// Everything that will be asked for; `references` are the columns' reference labels, by their numbers among all.
pub(super) fn followed(
    observed: &Observed<'_>,
    pairing: &Pairing,
    references: &[usize],
    pairwise: bool,
) -> Vec<Followed> {
    let resampler = observed.resampler;
    let groups = &resampler.input.columns().groups;
    let shown = |place: &Place| observed.is_shown(*place);
    let mut out = Vec::new();
    let mut families = Vec::new();
    for (version, prepared) in resampler.prepared.iter().enumerate() {
        out.extend((0..prepared.curve().len()).map(|point| Quantity::Curve { version, point }));
        for (target, what) in prepared.targets.iter().enumerate() {
            let place = |label| Place { version, label, target };
            for here in (0..resampler.frame.n_labels).map(place).filter(shown) {
                out.push(Quantity::Value(here));
                out.extend(
                    pairing.counterpart(here).filter(shown).map(|other| Quantity::Difference(here, other)),
                );
            }
            let comparison = &what.metric.info().comparison;
            if !comparison.between_labels {
                continue;
            }
            for (column, reference) in references.iter().enumerate() {
                let (group, first) = (&groups[column], observed.labels(column).start);
                let pairs = label_pairs(group, first, *reference, pairwise);
                let gaps = pairs.into_iter().map(|(label, against)| (place(label), place(against)));
                for (here, against) in gaps.filter(|(here, against)| shown(here) && shown(against)) {
                    out.push(Quantity::Difference(here, against));
                    out.extend(comparison.has_ratio.then_some(Quantity::Ratio(here, against)));
                    let others = pairing.counterpart(here).zip(pairing.counterpart(against));
                    out.extend(
                        others
                            .filter(|(a, b)| shown(a) && shown(b))
                            .map(|(a, b)| Quantity::Change([here, against], [a, b])),
                    );
                }
                out.extend(max_min_differences(observed, Across { version, column, target }));
            }
            families.push(Followed::LargestDeviation { version, target });
        }
    }
    out.into_iter().map(Followed::Quantity).chain(families).collect()
}

fn max_min_differences(observed: &Observed<'_>, across: Across) -> Vec<Quantity> {
    let prepared = &observed.resampler.prepared[across.version];
    let what = prepared.targets[across.target];
    if observed.places(across).count() < 2 {
        return Vec::new();
    }
    let mut out = vec![Quantity::MaxMinDifference(across)];
    out.extend(what.metric.info().comparison.has_ratio.then_some(Quantity::MinMaxRatio(across)));
    if what.metric == Metric::FalsePositiveRate {
        out.extend(larger_difference(observed, across));
        out.extend(penalised(observed, across));
    }
    out
}

/// Equalised odds, beside the max-min difference of false positives, if both differences are there.
pub(crate) fn larger_difference(observed: &Observed<'_>, false_positives: Across) -> Option<Quantity> {
    let prepared = &observed.resampler.prepared[false_positives.version];
    let level = prepared.targets[false_positives.target].level;
    let recall = Across { target: prepared.position(Metric::Recall, level)?, ..false_positives };
    let both = observed.places(recall).count() > 1 && observed.places(false_positives).count() > 1;
    both.then_some(Quantity::LargerDifference(recall, false_positives))
}

/// Penalised accuracy, beside the max-min difference of false positives, if there is a Brier score.
pub(crate) fn penalised(observed: &Observed<'_>, difference: Across) -> Option<Quantity> {
    let target = observed.resampler.prepared[difference.version].position(Metric::Brier, 0)?;
    let loss = Place { version: difference.version, label: 0, target };
    let both = observed.is_shown(loss) && observed.places(difference).count() > 1;
    both.then_some(Quantity::Penalised { loss, difference })
}
