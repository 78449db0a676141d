//! The max-min difference (highest less lowest value) over the labels of a group column, and what follows from it.

use crate::estimate::{
    Across, Estimates, Place, Quantity, larger_difference, penalised as penalised_quantity,
};
use crate::measure::Measure;
use crate::metrics::Metric;
use crate::reason::Reason;
use crate::report::{LeftOut, MaxMinDifference, Measures, key};

/// The max-min difference of one metric.
pub(crate) fn max_min_difference(estimates: &Estimates<'_>, across: Across) -> MaxMinDifference {
    let prepared = estimates.prepared(across.version);
    let target = prepared.targets[across.target];
    let name = |place: Place| label(estimates, across.column, place);
    let extremes = estimates.extremes(across);
    let worst = extremes.as_ref().and_then(|extremes| {
        let values = extremes.values.iter().map(|(_, value)| *value);
        Some(extremes.values[target.metric.definition().better.worst(values)?].0)
    });
    MaxMinDifference {
        metric: prepared.key(target),
        highest: extremes.as_ref().map(|extremes| name(extremes.highest.0)).unwrap_or_default(),
        lowest: extremes.as_ref().map(|extremes| name(extremes.lowest.0)).unwrap_or_default(),
        worst: worst.map(name).unwrap_or_default(),
        left_out: estimates.left_out(across),
        measure: estimates.estimate(Quantity::MaxMinDifference(across)),
        ratio: estimates.estimate(Quantity::MinMaxRatio(across)),
    }
}

/// Equalised odds at every level that has a false-positive rate.
pub(crate) fn equalised_odds(
    estimates: &Estimates<'_>,
    version: usize,
    column: usize,
) -> Vec<MaxMinDifference> {
    let at = |(level, false_positives)| {
        let metric = key_at(estimates, version, Metric::EqualisedOdds, level);
        let quantity = larger_difference(&estimates.observed, false_positives);
        // Left out of either difference: not all labels stand behind the larger of the two.
        let mut left_out = estimates.left_out(false_positives);
        let recall = estimates.prepared(version).position(Metric::Recall, level);
        let of_recall = recall.map(|target| estimates.left_out(Across { target, ..false_positives }));
        for one in of_recall.into_iter().flatten() {
            if left_out.iter().all(|other| other.label != one.label) {
                left_out.push(one);
            }
        }
        let Some(quantity @ Quantity::LargerDifference(recall, _)) = quantity else {
            return none(metric, left_out);
        };
        let both = estimates.extremes(recall).zip(estimates.extremes(false_positives));
        let Some((of_recall, of_false)) = both else { return none(metric, left_out) };
        let larger = if of_recall.difference() >= of_false.difference() { of_recall } else { of_false };
        MaxMinDifference {
            metric,
            highest: label(estimates, column, larger.highest.0),
            lowest: label(estimates, column, larger.lowest.0),
            worst: String::new(),
            left_out,
            measure: estimates.estimate(quantity),
            ratio: Measure::undefined(Reason::NoRatioOfLarger),
        }
    };
    false_positive_rates(estimates, version, column).map(at).collect()
}

/// Penalised accuracy at every level that has a false-positive rate.
pub(crate) fn penalised(estimates: &Estimates<'_>, version: usize, column: usize) -> Measures {
    let at = |(level, false_positives)| {
        let metric = key_at(estimates, version, Metric::FairnessPenalised, level);
        let quantity = penalised_quantity(&estimates.observed, false_positives);
        let undefined = || Measure::undefined(Reason::NoBrierOrFewerThanTwoLabels);
        (metric, quantity.map_or_else(undefined, |quantity| estimates.estimate(quantity)))
    };
    false_positive_rates(estimates, version, column).map(at).collect()
}

/// The false-positive rate of each level, over the labels of a column.
fn false_positive_rates<'s>(
    estimates: &'s Estimates<'_>,
    version: usize,
    column: usize,
) -> impl Iterator<Item = (usize, Across)> + 's {
    let targets = estimates.prepared(version).targets.iter().enumerate();
    targets
        .filter(|(_, what)| what.metric == Metric::FalsePositiveRate)
        .map(move |(target, what)| (what.level, Across { version, column, target }))
}

/// A difference of which there is none.
fn none(metric: String, left_out: Vec<LeftOut>) -> MaxMinDifference {
    MaxMinDifference {
        metric,
        highest: String::new(),
        lowest: String::new(),
        worst: String::new(),
        left_out,
        measure: Measure::undefined(Reason::FewerThanTwoLabels),
        ratio: Measure::undefined(Reason::FewerThanTwoLabels),
    }
}

/// The key of a metric that exists only between labels, at a level.
fn key_at(estimates: &Estimates<'_>, version: usize, metric: Metric, level: usize) -> String {
    let ids = estimates.prepared(version).scored.levels.as_ref();
    key(metric.name(), ids.and_then(|levels| levels.ids.get(level)).map(String::as_str))
}

fn label(estimates: &Estimates<'_>, column: usize, place: Place) -> String {
    let first = estimates.observed.labels(column).start;
    estimates.resampler().input.columns().groups[column].labels[place.label - first].clone()
}
