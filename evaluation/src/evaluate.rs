//! The evaluation: rows and scores in, report out.

use crate::error::Error;
use crate::estimate::{Estimates, Place, Quantity, Resampler};
use crate::input::{Input, Scored};
use crate::measure::Measure;
use crate::metrics::{Metric, definitions};
use crate::reason::Reason;
use crate::report::{Context, FORMAT, Report, Rows, ScoredReport};
use crate::sections;
use crate::{MAX_REPLICATES, MIN_REPLICATES};

/// Steps that [`evaluate`] takes: its replicates, once for the measures and once for reclassification, agreement and decision curves.
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
/// what noise moves either way; for what noise only adds to (a max-min difference, a calibration error) the value and, to both sides, the 95 % quantile of
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
    let counted = sections::counted(input, scored, &report.context, &mut step);
    (report.reclassification, report.agreement) = (counted.reclassification, counted.agreement);
    for ((out, decision), scored) in report.scored.iter_mut().zip(counted.decision).zip(scored) {
        out.decision = decision;
        out.workload =
            scored.levels.as_ref().map(|levels| sections::workload(levels, &out.overall)).unwrap_or_default();
    }
    report.transitions = sections::transitions(&report);
    let how = (report.context.reference.as_str(), report.context.smallest_cell);
    report.horizons = sections::horizons(input, scored, how);
    Ok(report)
}

/// [`evaluate`], for some metrics and without reclassification, transitions, agreement, decision curves and workload: what is not asked for is not in the report and
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
    let mut problems = input.problems_of(scored);
    problems.extend(problems_of(&context, scored));
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "evaluation", problems });
    }
    let resampler = Resampler::new(input, scored, only, context.bins);
    let estimates = Estimates::new(&resampler, &context, progress);
    let reports = (0..scored.len()).map(|version| {
        let mut report = report_of(&estimates, version, &context);
        if only.contains(&Metric::CIndex) {
            add_c_index(&mut report, input, &scored[version], context.smallest_cell);
        }
        report
    });
    let reports = reports.collect();
    Ok(Report {
        format: FORMAT,
        rows: summary(&estimates),
        scored: reports,
        differences: sections::differences(&estimates, &context.reference),
        reclassification: Vec::new(),
        transitions: Vec::new(),
        agreement: Vec::new(),
        directions: Vec::new(),
        case_mix: Vec::new(),
        classes: None,
        horizons: None,
        definitions: definitions(),
        context,
    })
}

/// Problems of the context, given the scores.
fn problems_of(context: &Context, scored: &[Scored]) -> Vec<String> {
    let mut problems = Vec::new();
    for (role, name) in [("subject", &context.subject), ("reference", &context.reference)] {
        if scored.iter().all(|one| one.name != *name) {
            let known = scored.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
            problems.push(format!("{role} `{name}` is none of the scored: {known}"));
        }
    }
    if !(MIN_REPLICATES..=MAX_REPLICATES).contains(&context.replicates) {
        let found = context.replicates;
        problems.push(format!("`replicates` is {found}, expected {MIN_REPLICATES} to {MAX_REPLICATES}"));
    }
    if let Some(margin) = context.margin.filter(|margin| !(*margin > 0.0 && *margin < 1.0)) {
        problems.push(format!("`margin` is {margin}, expected above 0 and below 1"));
    }
    if context.bins < 2 {
        problems.push(format!("`bins` is {}, expected at least 2", context.bins));
    }
    problems
}

fn summary(estimates: &Estimates<'_>) -> Rows {
    let input = estimates.resampler().input;
    let weight = &input.columns().weight;
    let (n, events) = estimates.n_and_events(0);
    let base_rate = estimates.prepared(0).position(Metric::BaseRate, 0);
    Rows {
        n,
        cases: input.n_cases() as u64,
        events,
        weighted: weight.iter().any(|w| (w - weight[0]).abs() > 0.0),
        base_rate: base_rate.map_or_else(
            || Measure::undefined(Reason::NotComputed),
            |target| estimates.estimate(Quantity::Value(Place { version: 0, label: 0, target })),
        ),
    }
}

fn report_of(estimates: &Estimates<'_>, version: usize, context: &Context) -> ScoredReport {
    let scored = estimates.prepared(version).scored;
    let columns = estimates.resampler().input.columns();
    let bins = |p: &Vec<f64>| sections::reliability(p, columns, context.bins, context.smallest_cell);
    let groups = 0..columns.groups.len();
    ScoredReport {
        name: scored.name.clone(),
        kind: scored.kind.clone(),
        overall: sections::measures(estimates, version, 0),
        reliability: scored.probability.as_ref().map(bins).unwrap_or_default(),
        curve: sections::curve(estimates, version),
        decision: Vec::new(),
        levels: sections::levels(estimates, version),
        workload: Vec::new(),
        groups: groups.map(|column| sections::table(estimates, (version, column), context)).collect(),
    }
}

/// The C-index, which has rows and an interval of its own.
fn add_c_index(report: &mut ScoredReport, input: &Input, scored: &Scored, smallest_cell: u64) {
    let name = || Metric::CIndex.name().to_owned();
    let of = |group| sections::c_index(input.columns(), scored, group, smallest_cell);
    report.overall.extend(of(None).into_iter().map(|measure| (name(), measure)));
    for (group, table) in report.groups.iter_mut().enumerate() {
        for (row, measure) in table.rows.iter_mut().zip(of(Some(group))) {
            row.measures.insert(name(), measure);
        }
    }
}
