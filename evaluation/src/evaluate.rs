//! The evaluation: rows and scores in, report out.

use crate::bootstrap::{Bench, Place};
use crate::c_index::c_index;
use crate::definitions::{Metric, definitions};
use crate::error::Error;
use crate::groups::{self, POWER};
use crate::input::{Input, Scored};
use crate::interval;
use crate::measure::Measure;
use crate::metrics::reliability;
use crate::quantity::Quantity;
use crate::reason::Reason;
use crate::report::{Context, CurvePoint, Difference, FORMAT, LevelRow, Report, Rows, ScoredReport};
use crate::slice::Slice;
use crate::tables;
use crate::workload::workload;

/// Standard normal quantile at 0.975.
const Z: f64 = 1.959_963_984_540_054;

/// Steps that [`evaluate`] takes: its replicates, once for the measures and once for moves, agreement and decision curves.
#[must_use]
pub fn total_steps(_input: &Input, context: &Context) -> u64 {
    2 * u64::from(context.replicates)
}

/// Evaluates every scored version on the same rows and the same resamples of cases.
///
/// `progress` is called now and then, from this thread, with the steps done so far out of [`total_steps`]. Equal input, scores and context
/// give an equal report, whatever the number of threads. Memory does not grow with the number of replicates.
///
/// Intervals are 95 % intervals of the bootstrap by case, drawn within [`strata`](crate::input::Columns::strata) if there are any: percentiles for
/// what noise moves either way; for what noise only adds to (a spread, a calibration error) the value and, to both sides, the 95 % quantile of
/// how far resampling moves it. They say how much a value moves when other cases of the same kind had been held out. They do not cover the
/// choice of the training rows, wrong outcomes, or a population that changes; with few events they are too narrow; and a value at the edge of its
/// range (a recall of 1) has none.
///
/// # Errors
/// [`Error::Invalid`] with every problem: lengths, non-finite scores, missing or forbidden probabilities, levels, unknown reference,
/// fewer than [`crate::MIN_REPLICATES`] replicates.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13; Field and Welsh, Bootstrapping clustered data,
/// Journal of the Royal Statistical Society B 69, 2007; Westfall and Young, Resampling-Based Multiple Testing, 1993, for the simultaneous intervals.
pub fn evaluate(
    input: &Input,
    scored: &[Scored],
    context: Context,
    progress: &dyn Fn(u64),
) -> Result<Report, Error> {
    let mut report = evaluate_only(input, scored, context, Metric::ALL, progress)?;
    let mut done = u64::from(report.context.replicates);
    let mut step = |steps: u64| {
        done += steps;
        progress(done);
    };
    let tables = tables::tables(input, scored, &report.context, &mut step);
    (report.moves, report.agreement) = (tables.moves, tables.agreement);
    for ((out, decision), scored) in report.scored.iter_mut().zip(tables.decision).zip(scored) {
        out.decision = decision;
        out.workload =
            scored.levels.as_ref().map(|levels| workload(levels, &out.overall)).unwrap_or_default();
    }
    Ok(report)
}

/// [`evaluate`], for some metrics and without moves, agreement, decision curves and workload: what is not asked for is not in the report and
/// costs nothing. It takes one step a replicate.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_only(
    input: &Input,
    scored: &[Scored],
    context: Context,
    only: &[Metric],
    progress: &dyn Fn(u64),
) -> Result<Report, Error> {
    let problems = crate::check::evaluation(input, scored, &context);
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "evaluation", problems });
    }
    let bench = Bench::new(input, scored, only, context.bins);
    let slice = Slice::new(&bench, &context, progress);
    let reports = (0..scored.len()).map(|version| {
        let mut report = report_of(&slice, version, &context);
        if only.contains(&Metric::CIndex) {
            add_c_index(&mut report, input, &scored[version], context.smallest_cell);
        }
        report
    });
    let reports = reports.collect();
    Ok(Report {
        format: FORMAT,
        rows: summary(&slice),
        scored: reports,
        differences: differences(&slice, &context.reference),
        moves: Vec::new(),
        agreement: Vec::new(),
        definitions: definitions(),
        context,
    })
}

fn summary(slice: &Slice<'_>) -> Rows {
    let columns = slice.bench().input.columns();
    let (n, events) = slice.n_and_events(0);
    let base_rate = slice.prepared(0).position(Metric::BaseRate, 0);
    Rows {
        n,
        cases: slice.bench().input.n_cases() as u64,
        events,
        weighted: columns.weight.iter().any(|w| (w - columns.weight[0]).abs() > 0.0),
        base_rate: base_rate.map_or_else(
            || Measure::undefined(Reason::NotComputed),
            |target| slice.measure(Place { version: 0, label: 0, target }),
        ),
    }
}

fn report_of(slice: &Slice<'_>, version: usize, context: &Context) -> ScoredReport {
    let scored = slice.prepared(version).scored;
    let columns = slice.bench().input.columns();
    let counts = slice.counts(version, 0);
    let levels = scored.levels.iter().flat_map(|levels| {
        let intensities = levels.intensities();
        let counts = &counts;
        levels.ids.iter().enumerate().map(move |(level, id)| {
            let [others, events] = counts.level(level);
            LevelRow {
                level: id.clone(),
                label: levels.label(level),
                cut: level.checked_sub(1).map(|cut| levels.cuts[cut]),
                intensity: intensities[level],
                n: slice.count((others + events).round() as u64),
                events: slice.count(events.round() as u64),
            }
        })
    });
    ScoredReport {
        name: scored.name.clone(),
        kind: scored.kind.clone(),
        overall: slice.measures(version, 0),
        reliability: scored
            .probability
            .as_ref()
            .map(|p| reliability(p, columns, context.bins, slice.smallest_cell))
            .unwrap_or_default(),
        curve: curve(slice, version),
        decision: Vec::new(),
        levels: levels.collect(),
        workload: Vec::new(),
        groups: (0..columns.groups.len()).map(|column| groups::table(slice, version, column)).collect(),
    }
}

/// The C-index, which has rows and an interval of its own.
fn add_c_index(report: &mut ScoredReport, input: &Input, scored: &Scored, smallest_cell: u64) {
    let name = || Metric::CIndex.name().to_owned();
    let of = |group| c_index(input.columns(), scored, group, smallest_cell);
    report.overall.extend(of(None).into_iter().map(|measure| (name(), measure)));
    for (group, table) in report.groups.iter_mut().enumerate() {
        for (row, measure) in table.rows.iter_mut().zip(of(Some(group))) {
            row.measures.insert(name(), measure);
        }
    }
}

/// The smooth calibration curve with its band, within [0, 1]; empty where its mean distance is not shown.
fn curve(slice: &Slice<'_>, version: usize) -> Vec<CurvePoint> {
    let prepared = slice.prepared(version);
    let distance = prepared.position(Metric::Ici, 0).map(|target| Place { version, label: 0, target });
    if distance.is_none_or(|place| slice.value(place).is_err()) {
        return Vec::new();
    }
    let within = |mut measure: Measure| {
        if let Measure::Value { value, low, high, .. } = &mut measure {
            [value, low, high].into_iter().for_each(|number| *number = number.clamp(0.0, 1.0));
        } else if let Measure::Point { value, .. } = &mut measure {
            *value = value.clamp(0.0, 1.0);
        }
        measure
    };
    let point = |(point, (probability, rate)): (usize, &(f64, f64))| {
        let ledger = slice.ledger(Quantity::Curve { version, point })?;
        let observed = within(interval::percentile(*rate, ledger, slice.n_and_events(0)));
        Some(CurvePoint { probability: *probability, observed })
    };
    prepared.curve().iter().enumerate().filter_map(point).collect()
}

/// Every version against the reference, for the measures that both have; what does not depend on the version is left out.
fn differences(slice: &Slice<'_>, reference: &str) -> Vec<Difference> {
    let mut out = Vec::new();
    for (version, prepared) in slice.bench().prepared.iter().enumerate() {
        for target in 0..prepared.targets.len() {
            let place = Place { version, label: 0, target };
            let Some(against) = slice.pairing.counterpart(place) else { continue };
            out.push(Difference {
                name: prepared.scored.name.clone(),
                against: reference.to_owned(),
                metric: prepared.key(prepared.targets[target]),
                measure: slice.difference(place, against),
                detectable: detectable(slice, place, against),
            });
        }
    }
    out
}

/// `(z_0.975 + z_0.8) x standard error`; `None` without an interval, and where noise only adds.
fn detectable(slice: &Slice<'_>, place: Place, against: Place) -> Option<f64> {
    let signed = slice.observed.noise(place) == crate::metrics::Noise::Signed;
    let ledger = slice.ledger(Quantity::Difference(place, against)).filter(|_| signed)?;
    interval::unusable(ledger).is_none().then(|| (Z + POWER) * ledger.sd())
}
