//! Highest less lowest over the labels of a group column, and what follows from it.

use crate::bootstrap::Place;
use crate::definitions::Metric;
use crate::groups::key_at;
use crate::interval;
use crate::measure::Measure;
use crate::metrics::Noise;
use crate::plan;
use crate::quantity::{Across, Quantity};
use crate::reason::Reason;
use crate::report::{Measures, Spread};
use crate::slice::Slice;

/// The labels of a column that have a value, and their extremes.
struct Extremes {
    values: Vec<(Place, f64)>,
    lowest: (Place, f64),
    highest: (Place, f64),
}

/// The spread of one metric.
pub(crate) fn spread(slice: &Slice<'_>, across: Across) -> Spread {
    let prepared = slice.prepared(across.version);
    let target = prepared.targets[across.target];
    let metric = prepared.key(target);
    let Some(extremes) = extremes(slice, across) else { return none(metric) };
    let worst = target.metric.worst(extremes.values.iter().map(|(_, value)| *value));
    Spread {
        metric,
        highest: name(slice, across.column, extremes.highest.0),
        lowest: name(slice, across.column, extremes.lowest.0),
        worst: worst.map(|at| name(slice, across.column, extremes.values[at].0)).unwrap_or_default(),
        measure: measure(slice, across, &extremes),
        ratio: ratio(slice, across, &extremes),
    }
}

/// Equalised odds at every level where two labels have a recall and two a false-positive rate.
pub(crate) fn equalised_odds<'s>(
    slice: &'s Slice<'_>,
    version: usize,
    column: usize,
) -> impl Iterator<Item = Spread> + 's {
    targets(slice, version, column, Metric::FalsePositiveRate).map(move |(level, false_positives)| {
        let metric = key_at(slice, version, Metric::EqualisedOdds, level);
        let Some(quantity) = plan::two_spreads(&slice.observed, false_positives) else { return none(metric) };
        let Quantity::TwoSpreads(recall, _) = quantity else { return none(metric) };
        let (Some(of_recall), Some(of_false)) = (extremes(slice, recall), extremes(slice, false_positives))
        else {
            return none(metric);
        };
        let larger = if of_recall.size() >= of_false.size() { &of_recall } else { &of_false };
        let rests_on = of_recall.rests_on(slice);
        let value = larger.size();
        Spread {
            metric,
            highest: name(slice, column, larger.highest.0),
            lowest: name(slice, column, larger.lowest.0),
            worst: String::new(),
            measure: if of_recall.is_at_edge(slice) || of_false.is_at_edge(slice) {
                let (n, events) = rests_on;
                Measure::Point { value, n, events, reason: Reason::OneSideSameInResamples }
            } else {
                bounded(slice, value, quantity, rests_on)
            },
            ratio: Measure::undefined(Reason::NoRatioOfLarger),
        }
    })
}

/// Penalised accuracy at every level.
pub(crate) fn penalised(slice: &Slice<'_>, version: usize, column: usize) -> Measures {
    let at = |(level, across): (usize, Across)| {
        let metric = key_at(slice, version, Metric::FairnessPenalised, level);
        let quantity = plan::penalised(&slice.observed, across)?;
        let Quantity::Penalised { loss, .. } = quantity else { return None };
        let (loss, extremes) = (slice.value(loss).ok()?, extremes(slice, across)?);
        let value = (1.0 - loss) * (1.0 - extremes.size());
        let rests_on = slice.n_and_events(0);
        if extremes.is_at_edge(slice) {
            let (n, events) = rests_on;
            return Some((
                metric,
                Measure::Point { value, n, events, reason: Reason::OneSideSameInResamples },
            ));
        }
        let measure = slice
            .ledger(quantity)
            .map(|ledger| interval::within(value, ledger, rests_on, |q| (value + q).clamp(0.0, 1.0)))?;
        Some((metric, measure))
    };
    let levels: Vec<_> = targets(slice, version, column, Metric::FalsePositiveRate).collect();
    levels
        .into_iter()
        .map(|(level, across)| {
            at((level, across)).unwrap_or_else(|| {
                let metric = key_at(slice, version, Metric::FairnessPenalised, level);
                (metric, Measure::undefined(Reason::NoBrierOrFewerThanTwoLabels))
            })
        })
        .collect()
}

/// Where a metric of levels stands, level by level.
fn targets<'s>(
    slice: &'s Slice<'_>,
    version: usize,
    column: usize,
    metric: Metric,
) -> impl Iterator<Item = (usize, Across)> + 's {
    let targets = slice.prepared(version).targets.iter().enumerate();
    targets
        .filter(move |(_, what)| what.metric == metric)
        .map(move |(target, what)| (what.level, Across { version, column, target }))
}

impl Extremes {
    fn size(&self) -> f64 {
        self.highest.1 - self.lowest.1
    }

    /// See [`Slice::is_at_edge`].
    fn is_at_edge(&self, slice: &Slice<'_>) -> bool {
        self.values.iter().any(|(place, _)| slice.is_at_edge(&[*place]))
    }

    /// Rows and events of the labels that have a value.
    fn rests_on(&self, slice: &Slice<'_>) -> (u64, u64) {
        let each = self.values.iter().map(|(place, _)| slice.n_and_events(place.label));
        each.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }
}

/// `None` when fewer than two labels have a value.
fn extremes(slice: &Slice<'_>, across: Across) -> Option<Extremes> {
    let values: Vec<(Place, f64)> =
        slice.observed.places(across).filter_map(|place| Some((place, slice.value(place).ok()?))).collect();
    // The first among equals, both ways.
    let lowest = *values.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = *values.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
    (values.len() > 1).then_some(Extremes { values, lowest, highest })
}

fn measure(slice: &Slice<'_>, across: Across, extremes: &Extremes) -> Measure {
    let places: Vec<Place> = extremes.values.iter().map(|(place, _)| *place).collect();
    let value = extremes.size();
    let Some(ledger) = slice.ledger(Quantity::Spread(across)) else { return not_resampled() };
    if slice.is_at_edge(&places) {
        let (n, events) = extremes.rests_on(slice);
        return Measure::Point { value, n, events, reason: Reason::OneSideSameInResamples };
    }
    interval::within(value, ledger, extremes.rests_on(slice), |q| (value + slice.moved(q, &places)).max(0.0))
}

fn ratio(slice: &Slice<'_>, across: Across, extremes: &Extremes) -> Measure {
    let metric = slice.prepared(across.version).targets[across.target].metric;
    if !metric.has_ratio() || metric.noise() != Noise::Signed {
        return Measure::undefined(Reason::NoRatio);
    }
    let (n, events) = extremes.rests_on(slice);
    if extremes.highest.1 <= 0.0 {
        return Measure::undefined(Reason::HighestIsZero);
    }
    let value = extremes.lowest.1 / extremes.highest.1;
    if extremes.lowest.1 <= 0.0 {
        return Measure::Point { value, n, events, reason: Reason::LowestIsZero };
    }
    if extremes.is_at_edge(slice) {
        return Measure::Point { value, n, events, reason: Reason::OneSideSameInResamples };
    }
    // The spread of logarithms is a seminorm, too; the higher it is, the lower the ratio.
    let Some(ledger) = slice.ledger(Quantity::LogSpread(across)) else { return not_resampled() };
    interval::within(value, ledger, (n, events), |q| (value * libm::exp(q)).min(1.0))
}

fn bounded(slice: &Slice<'_>, value: f64, quantity: Quantity, rests_on: (u64, u64)) -> Measure {
    slice.ledger(quantity).map_or_else(not_resampled, |ledger| {
        interval::within(value, ledger, rests_on, |q| (value + q).clamp(0.0, 1.0))
    })
}

fn not_resampled() -> Measure {
    Measure::undefined(Reason::NotResampled)
}

fn none(metric: String) -> Spread {
    Spread {
        metric,
        highest: String::new(),
        lowest: String::new(),
        worst: String::new(),
        measure: Measure::undefined(Reason::FewerThanTwoLabels),
        ratio: Measure::undefined(Reason::FewerThanTwoLabels),
    }
}

fn name(slice: &Slice<'_>, column: usize, place: Place) -> String {
    let first = slice.observed.labels(column).start;
    slice.bench().input.columns().groups[column].labels[place.label - first].clone()
}
