//! The evaluation: rows and scores in, report out.

use crate::bootstrap::Bench;
use crate::definitions::{Metric, definitions};
use crate::error::Error;
use crate::groups;
use crate::input::{Input, Scored};
use crate::measure::Measure;
use crate::metrics::{Order, reliability};
use crate::prepared::{Prepared, Split};
use crate::report::{Context, Difference, FORMAT, LevelRow, Report, Rows, ScoredReport};
use crate::slice::{Place, Slice};

/// Steps that [`evaluate`] takes: replicates, once for all rows and once for each group column.
#[must_use]
pub fn total_steps(input: &Input, context: &Context) -> u64 {
    u64::from(context.replicates) * (1 + input.columns().groups.len() as u64)
}

/// Evaluates every scored version on the same rows and the same resamples of cases.
///
/// `progress` is called now and then, from this thread, with the steps done so far out of [`total_steps`]. Equal input, scores and context
/// give an equal report, whatever the number of threads.
///
/// Intervals are 95 % percentile intervals of the bootstrap by case. They say how much a value moves when other cases of the same
/// kind had been held out. They do not cover the choice of the training rows, wrong outcomes, or a population that changes; with few
/// events they are too narrow; and a value at the edge of its range (a recall of 1) has none.
///
/// # Errors
/// [`Error::Invalid`] with every problem: lengths, non-finite scores, missing or forbidden probabilities, levels, unknown reference,
/// fewer than [`crate::MIN_REPLICATES`] replicates.
///
/// # References
/// Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13; Field and Welsh, Bootstrapping clustered data,
/// Journal of the Royal Statistical Society B 69, 2007.
pub fn evaluate(
    input: &Input,
    scored: &[Scored],
    context: Context,
    progress: &dyn Fn(u64),
) -> Result<Report, Error> {
    let problems = crate::check::evaluation(input, scored, &context);
    if !problems.is_empty() {
        return Err(Error::Invalid { what: "evaluation", problems });
    }
    let bench = Bench {
        input,
        prepared: scored.iter().map(|one| Prepared::new(input, one)).collect(),
        oracle: input.columns().oracle.as_deref().map(Order::new),
    };
    let settings = (context.seed, context.replicates, context.smallest_cell);
    let mut done = 0;
    let mut step = |steps: u64| {
        done += steps;
        progress(done);
    };
    let one_label = vec![0; input.n_rows()];
    let all =
        Slice::new(&bench, &Split { codes: &one_label, n_labels: 1, steps: Vec::new() }, settings, &mut step);
    let mut reports: Vec<ScoredReport> =
        (0..scored.len()).map(|version| whole(&all, version, context.bins)).collect();
    let differences = differences(&all, &context.reference);
    let rows = summary(&all);
    drop(all);
    for column in &input.columns().groups {
        let split = bench.split(&column.codes, column.labels.len());
        let slice = Slice::new(&bench, &split, settings, &mut step);
        for (version, report) in reports.iter_mut().enumerate() {
            report.groups.push(groups::table(&slice, column, version));
        }
    }
    Ok(Report {
        format: FORMAT,
        rows,
        scored: reports,
        differences,
        moves: Vec::new(),
        agreement: Vec::new(),
        definitions: definitions(),
        context,
    })
}

fn summary(all: &Slice<'_>) -> Rows {
    let columns = all.bench.input.columns();
    let (n, events) = all.n_and_events(0);
    let base_rate = all.prepared(0).targets.iter().position(|target| target.metric == Metric::BaseRate);
    Rows {
        n,
        cases: all.bench.input.n_cases() as u64,
        events,
        weighted: columns.weight.iter().any(|w| (w - columns.weight[0]).abs() > 0.0),
        base_rate: base_rate.map_or_else(
            || Measure::undefined("not computed"),
            |target| all.measure(Place { version: 0, label: 0, target }),
        ),
    }
}

fn whole(all: &Slice<'_>, version: usize, bins: u32) -> ScoredReport {
    let scored = all.prepared(version).scored;
    let columns = all.bench.input.columns();
    let counts = all.counts(version, 0);
    let levels = scored.levels.iter().flat_map(|levels| {
        let intensities = levels.intensities();
        let counts = &counts;
        levels.ids.iter().enumerate().map(move |(level, id)| {
            let [others, events] = counts.level(level);
            LevelRow {
                level: id.clone(),
                cut: level.checked_sub(1).map(|cut| levels.cuts[cut]),
                intensity: intensities[level],
                n: all.count((others + events).round() as u64),
                events: all.count(events.round() as u64),
            }
        })
    });
    ScoredReport {
        name: scored.name.clone(),
        kind: scored.kind.clone(),
        overall: all.measures(version, 0),
        reliability: scored
            .probability
            .as_ref()
            .map(|p| reliability(p, columns, bins, all.smallest_cell))
            .unwrap_or_default(),
        curve: Vec::new(),
        decision: Vec::new(),
        levels: levels.collect(),
        workload: Vec::new(),
        groups: Vec::new(),
    }
}

/// Every version against the reference, for the measures that both have; what does not depend on the version is left out.
fn differences(all: &Slice<'_>, reference: &str) -> Vec<Difference> {
    let versions = &all.bench.prepared;
    let Some(base) = versions.iter().position(|prepared| prepared.scored.name == reference) else {
        return Vec::new();
    };
    let keys: Vec<String> = versions[base].targets.iter().map(|target| versions[base].key(*target)).collect();
    let mut out = Vec::new();
    for (version, prepared) in versions.iter().enumerate().filter(|(version, _)| *version != base) {
        for (target, what) in prepared.targets.iter().enumerate() {
            let metric = prepared.key(*what);
            // A raw value and log-odds have no difference.
            let two_scales = what.metric == Metric::MeanScore
                && std::mem::discriminant(&prepared.scored.kind)
                    != std::mem::discriminant(&versions[base].scored.kind);
            let same_for_all = matches!(what.metric, Metric::BaseRate | Metric::OracleAuc) || two_scales;
            let Some(other) = keys.iter().position(|key| *key == metric).filter(|_| !same_for_all) else {
                continue;
            };
            let place = Place { version, label: 0, target };
            let against = Place { version: base, label: 0, target: other };
            out.push(Difference {
                name: prepared.scored.name.clone(),
                against: reference.to_owned(),
                metric,
                measure: all.difference(place, against),
                detectable: None,
            });
        }
    }
    out
}
