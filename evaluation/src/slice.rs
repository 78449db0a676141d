//! From resamples to measures: value, interval and suppression for every version, label and target.

use std::collections::HashMap;

use crate::areas::Areas;
use crate::bootstrap::{Bench, Place, Sample};
use crate::definitions::Metric;
use crate::input::Scored;
use crate::interval;
use crate::ledger::{Ledger, Ledgers};
use crate::measure::{Count, Measure};
use crate::metrics::{Cell, Noise};
use crate::plan::{self, Pairing};
use crate::prepared::{Prepared, Weighting};
use crate::quantity::{Member, Observed, Quantity};
use crate::reason::Reason;
use crate::report::{Context, Measures};
use crate::suppress;

/// Replicates between two reports of progress.
const BATCH: u32 = 32;
/// First replicates, which are kept until standard errors are known.
const PILOT: u32 = 200;

/// The rows, evaluated and resampled.
pub(crate) struct Slice<'a> {
    pub(crate) observed: Observed<'a>,
    pub(crate) pairing: Pairing,
    /// The reference label of each group column, by its number among all labels.
    pub(crate) references: Vec<usize>,
    pub(crate) smallest_cell: u64,
    pub(crate) margin: Option<f64>,
    pub(crate) pairwise: bool,
    areas: Areas,
    values: Vec<Vec<Result<f64, Reason>>>,
    /// Unweighted sums of each version.
    counts: Vec<Vec<f64>>,
    /// Whether a version says the same as the reference version of every row.
    twins: Vec<bool>,
    ledgers: Ledgers,
    index: HashMap<Quantity, usize>,
}

impl<'a> Slice<'a> {
    /// Draws the replicates; `step` hears of progress.
    pub(crate) fn new(bench: &'a Bench<'a>, context: &Context, step: &dyn Fn(u64)) -> Self {
        let columns = bench.input.columns();
        let assessments = Weighting::new(vec![columns.repeats.share(); columns.y.len()], false);
        let counts: Vec<Vec<f64>> =
            bench.prepared.iter().map(|prepared| prepared.sums(&bench.frame, &assessments)).collect();
        let point = bench.point();
        let values: Vec<Vec<Result<f64, Reason>>> = (0..bench.prepared.len())
            .map(|version| values(bench, &point, &counts[version], version, context.smallest_cell))
            .collect();
        let shown = values.iter().map(|values| values.iter().map(Result::is_ok).collect()).collect();
        let mut observed = Observed { bench, point, shown, families: HashMap::new() };
        let pairing = Pairing::new(&observed, &context.reference);
        let size = |label: usize| bench.prepared[0].cell(&counts[0], label).total().round() as u64;
        let references: Vec<usize> = columns
            .groups
            .iter()
            .zip(&bench.frame.columns)
            .map(|(column, labels)| {
                labels.start + plan::reference(column, |label| size(labels.start + label))
            })
            .collect();
        let quantities = plan::quantities(&observed, &pairing, &references, context.pairwise);
        let ledgers = draw(&mut observed, &quantities, context, step);
        let index = quantities.into_iter().enumerate().map(|(at, quantity)| (quantity, at)).collect();
        let (smallest_cell, margin) = (context.smallest_cell, context.margin);
        let base = bench.prepared[pairing.base].scored;
        let twins = bench.prepared.iter().map(|prepared| is_twin(prepared.scored, base)).collect();
        let areas = Areas::new(bench);
        Self {
            observed,
            pairing,
            references,
            smallest_cell,
            margin,
            pairwise: context.pairwise,
            areas,
            values,
            counts,
            twins,
            ledgers,
            index,
        }
    }

    pub(crate) fn bench(&self) -> &'a Bench<'a> {
        self.observed.bench
    }

    pub(crate) fn prepared(&self, version: usize) -> &'a Prepared<'a> {
        &self.observed.bench.prepared[version]
    }

    /// Unweighted counts of a label.
    pub(crate) fn counts(&self, version: usize, label: usize) -> Cell<'_> {
        self.prepared(version).cell(&self.counts[version], label)
    }

    /// Rows and events of a label, the same whatever the version.
    pub(crate) fn n_and_events(&self, label: usize) -> (u64, u64) {
        let counts = self.counts(0, label);
        (counts.total().round() as u64, counts.outcomes()[1].round() as u64)
    }

    /// A count as shown.
    pub(crate) fn count(&self, count: u64) -> Count {
        Count::new(count, self.smallest_cell)
    }

    /// The value at a place, or why there is none.
    pub(crate) fn value(&self, place: Place) -> Result<f64, Reason> {
        self.values[place.version][self.bench().at(place)]
    }

    /// What the resamples said of a quantity.
    pub(crate) fn ledger(&self, quantity: Quantity) -> Option<Ledger<'_>> {
        self.index.get(&quantity).map(|at| self.ledgers.at(*at))
    }

    /// The measure at a place.
    pub(crate) fn measure(&self, place: Place) -> Measure {
        let rests_on = self.rests_on(&[place]);
        match self.value(place) {
            Err(reason) => Measure::Undefined { reason },
            Ok(value) => match self.areas.of(place, self.prepared(place.version)) {
                Some(interval) => with(value, interval, rests_on),
                None => self.with_interval(value, Quantity::Value(place), &[place], rests_on),
            },
        }
    }

    /// The measure of one place less another, on the same resamples.
    pub(crate) fn difference(&self, place: Place, against: Place) -> Measure {
        // Two versions on the same rows, or one version on two labels, whose rows add up.
        let places = [place, against];
        let rests_on = self.rests_on(if place.label == against.label { &places[..1] } else { &places });
        match (self.value(place), self.value(against)) {
            (Ok(value), Ok(other)) => {
                let quantity = Quantity::Difference(place, against);
                self.with_interval(value - other, quantity, &places, rests_on)
            }
            (Err(reason), _) | (_, Err(reason)) => Measure::Undefined { reason },
        }
    }

    /// Every measure of a version within a label, by key.
    pub(crate) fn measures(&self, version: usize, label: usize) -> Measures {
        let prepared = self.prepared(version);
        let measure = |target| self.measure(Place { version, label, target });
        (0..prepared.targets.len())
            .map(|target| (prepared.key(prepared.targets[target]), measure(target)))
            .collect()
    }

    /// A comparison of the values at some places, with its interval.
    pub(crate) fn with_interval(
        &self,
        value: f64,
        quantity: Quantity,
        places: &[Place],
        (n, events): (u64, u64),
    ) -> Measure {
        if self.are_twins(places) {
            // Nothing to estimate: the two are one on every row.
            return Measure::Value { value: 0.0, low: 0.0, high: 0.0, n, events };
        }
        let Some(ledger) = self.ledger(quantity) else {
            return Measure::Point { value, n, events, reason: Reason::NotResampled };
        };
        if places.len() > 1 && self.is_at_edge(places) {
            return Measure::Point { value, n, events, reason: Reason::OneSideSameInResamples };
        }
        match (self.observed.noise(places[0]), places) {
            (Noise::Signed, _) => interval::percentile(value, ledger, (n, events)),
            (Noise::Square, [_]) => {
                let end = |q: f64| {
                    let end = (value.sqrt() + q).max(0.0);
                    end * end
                };
                interval::within(value, ledger, (n, events), end)
            }
            (_, [_]) => interval::within(value, ledger, (n, events), |q| (value + q).max(0.0)),
            _ => interval::within(value, ledger, (n, events), |q| value + self.moved(q, places)),
        }
    }

    /// Whether the value at one of the places never moves: a rate of 0 or 1 looks certain to a bootstrap, however few rows it rests
    /// on, so a comparison with it would look surer than it is.
    pub(crate) fn is_at_edge(&self, places: &[Place]) -> bool {
        let never_moves =
            |place: &Place| self.ledger(Quantity::Value(*place)).is_some_and(Ledger::is_constant);
        places.iter().any(never_moves)
    }

    /// Whether the places compare two versions that say the same of every row.
    fn are_twins(&self, places: &[Place]) -> bool {
        let (first, last) = (places[0].version, places[places.len() - 1].version);
        first != last && self.twins[first]
    }

    /// How far noise `q` (signed) moves a comparison of magnitudes: by itself, or for squares by `2 N q + q^2` at the largest N.
    pub(crate) fn moved(&self, q: f64, places: &[Place]) -> f64 {
        let square = self.observed.noise(places[0]) == Noise::Square;
        let largest = places.iter().filter_map(|place| self.value(*place).ok()).fold(0.0, f64::max);
        if square { q * (2.0 * largest.sqrt() + q.abs()) } else { q }
    }

    /// Rows and events that a comparison of places is about.
    pub(crate) fn rests_on(&self, places: &[Place]) -> (u64, u64) {
        let basis = |place: &Place| {
            let target = self.prepared(place.version).targets[place.target];
            let [others, events] = suppress::basis(target, &self.counts(place.version, place.label));
            ((others + events).round() as u64, events.round() as u64)
        };
        places.iter().map(basis).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }
}

/// A value with an interval of its own.
fn with(value: f64, interval: Result<(f64, f64), Reason>, (n, events): (u64, u64)) -> Measure {
    match interval {
        Ok((low, high)) => Measure::Value { value, low, high, n, events },
        Err(reason) => Measure::Point { value, n, events, reason },
    }
}

fn is_twin(one: &Scored, other: &Scored) -> bool {
    one.score == other.score && one.probability == other.probability && one.levels == other.levels
}

/// The value at every place of a version, or why there is none.
fn values(
    bench: &Bench<'_>,
    point: &Sample,
    counts: &[f64],
    version: usize,
    k: u64,
) -> Vec<Result<f64, Reason>> {
    let prepared = &bench.prepared[version];
    let value = |label: usize, at: usize| {
        let target = prepared.targets[at];
        if let Some(reason) = prepared.missing(target, bench.input) {
            return Err(reason);
        }
        if let Some(reason) = suppress::reason(target, &prepared.cell(counts, label), k) {
            return Err(reason);
        }
        let value = point.at(bench, Place { version, label, target: at });
        if value.is_finite() { Ok(value) } else { Err(undefined(target.metric)) }
    };
    (0..bench.frame.n_labels)
        .flat_map(|label| (0..prepared.targets.len()).map(move |at| (label, at)))
        .map(|(label, at)| value(label, at))
        .collect()
}

/// Follows the quantities over the resamples: the first few are kept until the families' standard errors are known.
fn draw(
    observed: &mut Observed<'_>,
    quantities: &[Quantity],
    context: &Context,
    step: &dyn Fn(u64),
) -> Ledgers {
    let mut ledgers = Ledgers::new(quantities.len());
    let mut pilot = Vec::new();
    let mut done = 0;
    while done < context.replicates {
        let until = if done < PILOT { PILOT } else { context.replicates };
        let batch = done..context.replicates.min(until).min(done + BATCH);
        done = batch.end;
        let mut samples = observed.bench.replicates(context.seed, batch);
        if done < PILOT.min(context.replicates) {
            pilot.append(&mut samples);
            step(u64::from(done));
            continue;
        }
        if !pilot.is_empty() {
            samples.splice(..0, pilot.drain(..));
            observed.families = families(observed, quantities, &samples);
        }
        ledgers.add(samples.len(), |at, sample| observed.draw(quantities[at], &samples[sample]));
        step(u64::from(done));
    }
    ledgers
}

/// The gaps of each version and metric, each with its standard error over the first resamples; a gap with a value that never moves
/// is none of them.
fn families(
    observed: &Observed<'_>,
    quantities: &[Quantity],
    pilot: &[Sample],
) -> HashMap<(usize, usize), Vec<Member>> {
    let mut families: HashMap<_, Vec<Member>> = HashMap::new();
    for quantity in quantities {
        let Quantity::Difference(label, against) = *quantity else { continue };
        if label.version != against.version {
            continue;
        }
        let mut ledgers = Ledgers::new(3);
        let drawn = [*quantity, Quantity::Value(label), Quantity::Value(against)];
        ledgers.add(pilot.len(), |at, sample| observed.draw(drawn[at], &pilot[sample]));
        let at_edge = observed.noise(label) == Noise::Signed && (1..3).any(|at| ledgers.at(at).is_constant());
        let ledger = ledgers.at(0);
        if interval::unusable(ledger).is_none() && !at_edge {
            // Of bounds, the scale is their size.
            let se = if observed.noise(label) == Noise::Signed { ledger.sd() } else { ledger.quantile(0.68) };
            families.entry((label.version, label.target)).or_default().push(Member { label, against, se });
        }
    }
    families
}

fn undefined(metric: Metric) -> Reason {
    match metric {
        Metric::LogLoss => Reason::InfiniteLoss,
        Metric::CalibrationSlope => Reason::NoSlope,
        _ => Reason::ZeroDenominator,
    }
}
