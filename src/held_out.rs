//! Scores of versions on rows that none of them has seen.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use amparo_datasets::Cohort;
use amparo_datasets::split::Method;
use amparo_evaluation::bridge;
use amparo_evaluation::input::{Columns, Input, Kind, Levels, Repeats, Scored};
use amparo_models::artefact::{SplitRecord, Version};
use amparo_training::pipeline::CODE_VERSION;
use amparo_training::{Data, Experiment, OutOfFold, lethality, out_of_fold};

use crate::failure::Failure;
use crate::follow_up::{FollowUp, severe};
use crate::progress;

/// Everything an evaluation needs besides its settings.
pub struct HeldOut {
    pub input: Input,
    /// The rows themselves; those of `input` repeat them as often as cross-fitting does.
    pub part: Cohort,
    pub scored: Vec<Scored>,
    /// Scores of the cohort that some rows do not have, each on the rows that do.
    pub partial: Vec<(Input, Scored)>,
    /// How the rows were held out, in words.
    pub description: String,
    pub outcome: String,
    pub horizon_days: Option<u32>,
    pub n_censored: usize,
}

/// Name of a version in tables and reports: `vpr@4 hybrid-boosted-0.25`.
pub fn display_name(version: &Version) -> String {
    let manifest = version.manifest();
    format!("{}@{} {}", manifest.name, manifest.version, manifest.training.candidate)
}

/// Scores versions, and the scores that came with the cohort, on the rows that no version was fitted or calibrated on.
///
/// A version that was trained on this very cohort is judged on its test part, or by repeating its cross-fitting. Of any
/// other cohort a version cannot know whether it saw the cases, for it keeps none: all rows count if the caller states
/// `other_cases`, else it is refused. Rows are those that all versions leave.
pub fn held_out(versions: &[&Version], cohort: &Cohort, other_cases: bool) -> Result<HeldOut, Failure> {
    let first = versions[0];
    let outcome = first.recidivism().outcome().to_owned();
    check(versions, cohort, &outcome)?;
    let data = Data::new(cohort, &outcome)?;
    let fingerprint = cohort.learned_fingerprint(&outcome)?;
    let is_here = |version: &Version| version.manifest().training.cohort_fingerprint == fingerprint;

    if let Some(elsewhere) = versions.iter().find(|version| !is_here(version) && !other_cases) {
        return Err(Failure::Usage(format!(
            "`{}` was not trained on this cohort, or the cohort was changed since: whether it saw any of these cases is not \
             known, and rows it saw would flatter it; pass --other-cases to state that it saw none",
            display_name(elsewhere)
        )));
    }

    let mut rows: Vec<usize> = (0..data.events.len()).collect();
    let mut rounds: Option<(usize, usize)> = None;
    for version in versions.iter().filter(|v| is_here(v)) {
        match &version.manifest().training.split {
            SplitRecord::Holdout { plan } => {
                let test = plan.split(&data.cohort, &outcome)?.test;
                rows.retain(|row| test.binary_search(row).is_ok());
            }
            SplitRecord::CrossFit { folds, repeats, .. } => match rounds {
                Some((_, other)) if other != *repeats => {
                    let message = format!(
                        "versions repeat their cross-fitting {other} and {repeats} times: not comparable"
                    );
                    return Err(Failure::Usage(message));
                }
                _ => rounds = Some((*folds, *repeats)),
            },
        }
    }
    if rows.is_empty() {
        return Err(Failure::Usage("no row is left that none of the versions has seen".to_owned()));
    }
    let times = rounds.map_or(1, |(_, repeats)| repeats);
    let repeats = u32::try_from(times).ok().and_then(NonZeroU32::new).map(Repeats::new).ok_or_else(|| {
        Failure::Usage(format!("cross-fitting is repeated {times} times, expected 1 to {}", u32::MAX))
    })?;
    let crossed = cross_fitted(versions, &data, is_here)?;

    let temporal = versions.iter().filter(|v| is_here(v)).any(|version| {
        matches!(&version.manifest().training.split, SplitRecord::Holdout { plan } if plan.method == Method::Temporal)
    });
    // A row that was lost from sight is in no part of a cross-fitting, so it has no score that does not see its case.
    let follow_up = rounds.is_none().then(|| FollowUp::new(cohort, &data, &rows, temporal)).flatten();

    let part = data.cohort.select(&rows);
    let pick = |values: &[f64]| rows.iter().map(|&row| values[row]).collect::<Vec<f64>>();
    let mut scored = Vec::new();
    for version in versions {
        let (manifest, recidivism) = (version.manifest(), version.recidivism());
        let candidate = &manifest.training.candidate;
        let (log_odds, probabilities) = match crossed.get(version.config()).filter(|_| is_here(version)) {
            Some(rounds) => {
                let of_candidate = rounds.iter().flatten().filter(|o| o.candidate == *candidate);
                of_candidate
                    .map(|o| (pick(&o.log_odds), pick(&o.probabilities)))
                    .reduce(|(a, b), (c, d)| ([a, c].concat(), [b, d].concat()))
                    .ok_or_else(|| {
                        Failure::Usage(format!(
                            "the config of {} has no candidate `{candidate}`",
                            manifest.name
                        ))
                    })?
            }
            None => {
                let log_odds: Vec<f64> = part.answers().rows().map(|row| recidivism.score(row)).collect();
                let probabilities: Vec<f64> =
                    log_odds.iter().map(|&s| recidivism.calibrate(s).probability).collect();
                (log_odds.repeat(times), probabilities.repeat(times))
            }
        };
        let kind = Kind::Version {
            digest: version.digest().to_owned(),
            family: manifest.family.clone(),
            dial: recidivism.scorer().dial_to_trees(),
        };
        let of_version =
            bridge::version(&display_name(version), kind, version.protocol(), log_odds, probabilities);
        scored.push(Scored { survival: follow_up.as_ref().map(|f| f.scores(version)), ..of_version });
    }
    let mut description =
        describe(&part, rounds, versions.iter().all(|v| is_here(v)), rows.len() < data.events.len());
    let events: Vec<bool> = rows.iter().map(|&row| data.events[row]).collect();
    let weights = pick(&data.weights);
    let mut partial = Vec::new();
    for (at, score) in part.scores().iter().enumerate() {
        let known: Vec<usize> = (0..rows.len()).filter(|&row| score.values[row].is_some()).collect();
        if known.len() == rows.len() {
            let survival = follow_up.as_ref().and_then(|f| f.foreign(at));
            scored.push(Scored { survival, ..bridge::foreign(score, repeats) });
        } else if known.is_empty() {
            description.push_str(&format!("; no row has a `{}`", score.name));
        } else {
            let some = part.select(&known);
            let of_some = |values: &[f64]| known.iter().map(|&row| values[row]).collect::<Vec<f64>>();
            let happened: Vec<bool> = known.iter().map(|&row| events[row]).collect();
            let columns = bridge::columns(&some, &happened, &of_some(&weights), &outcome, repeats);
            partial.push((Input::new(columns)?, bridge::foreign(&some.scores()[at], repeats)));
            description.push_str(&format!("; `{}` on the {} rows that have one", score.name, known.len()));
        }
    }
    let columns = Columns {
        severe: severe(versions, &part, &outcome, times),
        survival: follow_up.map(FollowUp::into_survival),
        ..bridge::columns(&part, &events, &weights, &outcome, repeats)
    };
    Ok(HeldOut {
        input: Input::new(columns)?,
        part,
        scored,
        partial,
        description,
        horizon_days: cohort.outcome(&outcome)?.horizon_days,
        outcome,
        n_censored: data.n_censored,
    })
}

/// The second reading of a version on a case-control cohort, each row scored by points that did not see its case.
///
/// Its levels are those that the protocol's rule raises a proposal to.
pub fn lethality_held_out(version: &Version, cohort: &Cohort) -> Result<HeldOut, Failure> {
    let (Some(part), Some(rule)) = (version.lethality(), version.protocol().lethality()) else {
        let message =
            format!("`{}` has no second reading, or its protocol has no rule for it", display_name(version));
        return Err(Failure::Usage(message));
    };
    if version.instrument().digest() != cohort.instrument().digest() {
        let (reads, answers) = (version.instrument().id(), cohort.instrument().id());
        return Err(Failure::Usage(format!(
            "the second reading reads form `{reads}`, the lethality cohort answers `{answers}` (or another edition of it)"
        )));
    }
    same_code(version)?;
    let learned = version.manifest().training.lethality.as_ref().map(|c| c.fingerprint.as_str());
    if learned != Some(cohort.learned_fingerprint(part.outcome())?.as_str()) {
        return Err(Failure::Usage(format!(
            "the second reading of `{}` was not learned from this lethality cohort, or the cohort was changed since; it is \
             judged by cross-fitting on its own",
            display_name(version)
        )));
    }
    let data = Data::new(cohort, part.outcome())?;
    let experiment = Experiment::from_toml(version.config())?;
    let crossed = lethality::out_of_fold(&experiment, &data)?;
    let levels = version.protocol().levels();
    let cuts: Vec<f64> = rule.rules.iter().map(|r| r.from_probability).collect();
    let raised = rule.rules.iter().map(|r| format!("raised to {}", levels[r.at_least].id));
    let scored = Scored {
        name: "lethality points".to_owned(),
        kind: Kind::Version {
            digest: version.digest().to_owned(),
            family: part.scorer().family().to_owned(),
            dial: None,
        },
        levels: Some(Levels {
            ids: std::iter::once("not raised".to_owned()).chain(raised).collect(),
            codes: crossed.probabilities.iter().map(|p| cuts.partition_point(|cut| cut <= p) as u8).collect(),
            cuts,
            intensity: None,
            reassess_days: None,
        }),
        score: crossed.log_odds,
        probability: Some(crossed.probabilities),
        survival: None,
    };
    let mut columns =
        bridge::columns(&data.cohort, &data.events, &data.weights, part.outcome(), Repeats::default());
    columns.strata = Some(strata_by_outcome(&columns.cluster, &columns.y));
    Ok(HeldOut {
        input: Input::new(columns)?,
        scored: vec![scored],
        partial: Vec::new(),
        description: format!(
            "cross-fitting: {} rows of a case-control sample, weighted to the population, each scored by points fitted and \
             calibrated without its case; resamples are drawn within cases and controls, as the sample was",
            data.cohort.n_rows()
        ),
        outcome: part.outcome().to_owned(),
        horizon_days: cohort.outcome(part.outcome())?.horizon_days,
        n_censored: data.n_censored,
        part: data.cohort,
    })
}

/// The strata of a case-control sample: cases with the outcome in some row, and the others.
fn strata_by_outcome(cluster: &[u32], y: &[bool]) -> Vec<u32> {
    let with: BTreeSet<u32> = cluster.iter().zip(y).filter(|(_, y)| **y).map(|(case, _)| *case).collect();
    cluster.iter().map(|case| u32::from(with.contains(case))).collect()
}

/// Refuses to fit a version's config again with other code than that which trained it.
fn same_code(version: &Version) -> Result<(), Failure> {
    let (then, now) = (&version.manifest().training.code_version, CODE_VERSION);
    if then == now {
        return Ok(());
    }
    let name = display_name(version);
    Err(Failure::Usage(format!(
        "`{name}` was trained by {then}; cross-fitting it with {now} would judge another model"
    )))
}

fn check(versions: &[&Version], cohort: &Cohort, outcome: &str) -> Result<(), Failure> {
    for version in versions {
        let name = display_name(version);
        if version.recidivism().outcome() != outcome {
            let found = version.recidivism().outcome();
            return Err(Failure::Usage(format!(
                "`{name}` is about outcome `{found}`, expected `{outcome}` as the first"
            )));
        }
        if version.instrument().digest() != cohort.instrument().digest() {
            let (reads, answers) = (version.instrument().id(), cohort.instrument().id());
            return Err(Failure::Usage(format!(
                "`{name}` reads form `{reads}`, the cohort answers `{answers}` (or another edition of it)"
            )));
        }
    }
    Ok(())
}

/// Cross-fitted scores by config, for the versions that were trained here by cross-fitting.
fn cross_fitted(
    versions: &[&Version],
    data: &Data,
    is_here: impl Fn(&Version) -> bool,
) -> Result<BTreeMap<String, Vec<Vec<OutOfFold>>>, Failure> {
    let mut crossed = BTreeMap::new();
    for version in versions.iter().filter(|v| is_here(v)) {
        let SplitRecord::CrossFit { folds, repeats, .. } = &version.manifest().training.split else {
            continue;
        };
        same_code(version)?;
        if !crossed.contains_key(version.config()) {
            let experiment = Experiment::from_toml(version.config())?;
            let bar = progress::bar("cross-fitting", (folds * repeats) as u64);
            let rounds = out_of_fold(&experiment, data, &|| bar.inc(1))?;
            bar.finish_and_clear();
            crossed.insert(version.config().to_owned(), rounds);
        }
    }
    Ok(crossed)
}

fn describe(part: &Cohort, rounds: Option<(usize, usize)>, all_here: bool, is_part: bool) -> String {
    let n = part.n_rows();
    let mut words = match rounds {
        Some((folds, repeats)) => format!(
            "cross-fitting: {n} rows, each scored {repeats} times by models that the versions' configs fit and calibrate on \
             {} of {folds} parts of the cases, its own case not among them",
            folds - 1
        ),
        None if is_part => {
            format!("test part: {n} rows of cases that no version was fitted or calibrated on")
        }
        None => format!("all {n} labelled rows of a cohort that no version was trained on"),
    };
    if !all_here {
        if rounds.is_some() || is_part {
            words.push_str("; versions that were trained on another cohort score the same rows as they are");
        }
        words.push_str(
            "; that they saw none of these cases was stated by whoever evaluated, and is not proved",
        );
    }
    words
}
