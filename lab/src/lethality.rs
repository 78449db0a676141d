//! The lethality model of a version, judged like a version of its own.

use std::collections::BTreeSet;

use amparo_datasets::Cohort;
use amparo_evaluation::bridge;
use amparo_evaluation::classes::Forecast;
use amparo_evaluation::definitions::Text;
use amparo_evaluation::input::{Input, Kind, Levels, Repeats, Scored};
use amparo_evaluation::report::{HeldOut, Report};
use amparo_models::artefact::{Version, sha256};
use amparo_models::registry::{Registry, ScoresOf};
use amparo_training::{Data, Experiment, OutOfFold, lethality as lethality_fit};

use crate::hold_out::{FollowUp, same_code};
use crate::{Error, HeldOutRows, Observer, Settings, display_name, judge};

/// Judges the lethality model of a version on the case-control cohort that it was learned from, by the out-of-fold scores that the registry
/// keeps beside the version; where they are missing, the observer is told so, and the folds are fitted again.
///
/// # Errors
/// Whatever [`lethality_held_out`] and [`judge()`] refuse.
pub fn lethality(
    registry: &Registry,
    version: &Version,
    cohort: Cohort,
    settings: &Settings,
    observer: &dyn Observer,
) -> Result<Report, Error> {
    let held = lethality_held_out(registry, version, &cohort, observer)?;
    let name = held.scored[0].name.clone();
    // Horizons that are stated are those of the recidivism model.
    let settings = Settings { horizons: None, ..settings.clone() };
    judge(held, cohort, (name.clone(), name), &settings, observer)
}

/// The lethality model of a version on a case-control cohort, each row scored by points that did not see its case.
///
/// Its levels are those that the protocol's rule raises a proposal to. Resamples are drawn within cases and controls, as the
/// sample was.
///
/// # Errors
/// [`Error::NoLethality`], [`Error::Form`], [`Error::OtherLethalityCohort`]; kept scores that were changed; where they are missing,
/// [`Error::OtherCode`], [`Error::OtherScores`] and whatever the fits refuse.
pub fn lethality_held_out(
    registry: &Registry,
    version: &Version,
    cohort: &Cohort,
    observer: &dyn Observer,
) -> Result<HeldOutRows, Error> {
    let (Some(part), Some(rule)) = (version.lethality(), version.protocol().lethality()) else {
        return Err(Error::NoLethality { version: display_name(version) });
    };
    let outcome = part.outcome();
    check(version, cohort, outcome)?;
    let data = Data::new(cohort, outcome)?;
    let crossed = scores(registry, version, &data, observer)?;
    let all: Vec<usize> = (0..data.n_rows()).collect();
    let follow_up = FollowUp::new(cohort, &data, &all, Repeats::default());
    let folds = crossed.folds.clone();
    let levels = version.protocol().levels();
    let cuts: Vec<f64> = rule.rules.iter().map(|r| r.from_probability).collect();
    let raised = rule.rules.iter().map(|r| format!("raised to {}", levels[r.at_least].id));
    let raised_to = rule.rules.iter().map(|r| {
        let label = &levels[r.at_least].label;
        text(&format!("elevado a {}", label.es), &format!("raised to {}", label.en))
    });
    let labels = std::iter::once(text("no elevado", "not raised")).chain(raised_to).collect();
    let scored = Scored {
        name: "lethality points".to_owned(),
        kind: Kind::Version {
            digest: version.digest().to_owned(),
            family: part.scorer().family().to_owned(),
            dial: None,
            more_unknown: None,
        },
        levels: Some(Levels {
            ids: std::iter::once("not raised".to_owned()).chain(raised).collect(),
            codes: crossed.probabilities.iter().map(|p| cuts.partition_point(|cut| cut <= p) as u8).collect(),
            cuts,
            intensity: None,
            reassess_days: None,
            labels: Some(labels),
        }),
        survival: follow_up.as_ref().map(|follow_up| follow_up.out_of_fold([&crossed])),
        score: crossed.log_odds,
        probability: Some(crossed.probabilities),
    };
    let mut columns = bridge::columns(&data.cohort, &data.events, &data.weights, outcome, Repeats::default());
    columns.strata = Some(strata_by_outcome(&columns.cluster, &columns.y));
    columns.survival = follow_up.map(FollowUp::into_survival);
    Ok(HeldOutRows {
        input: Input::new(columns)?,
        scored: vec![scored],
        forecasts: vec![Forecast::None],
        folds: vec![Some(folds)],
        partial: Vec::new(),
        // The list of the manifest is about the fit of the other model.
        directions: Vec::new(),
        held_out: HeldOut::CaseControl { n_rows: data.n_rows() as u64 },
        outcome: outcome.to_owned(),
        horizon_days: cohort.outcome(outcome)?.horizon_days,
        n_censored: data.n_censored(),
        n_excluded: data.n_excluded,
        part: data.cohort,
    })
}

/// The out-of-fold scores of the lethality model, as they are kept or fitted again.
fn scores(
    registry: &Registry,
    version: &Version,
    data: &Data,
    observer: &dyn Observer,
) -> Result<OutOfFold, Error> {
    if let Some(bytes) = registry.out_of_fold(version, ScoresOf::Lethality)? {
        let kept = OutOfFold::from_bytes(&bytes, lethality_fit::NAME, 1, data)?.pop();
        return kept.ok_or_else(|| Error::OtherScores { version: display_name(version) });
    }
    observer.note(&format!(
        "the registry holds no out-of-fold scores of the lethality model of `{}`, so its folds are fitted again",
        display_name(version)
    ));
    same_code(version)?;
    let fitted = lethality_fit::out_of_fold(&Experiment::of_version(version)?, data)?;
    let found = sha256(&OutOfFold::to_bytes(lethality_fit::NAME, &[&fitted], data)?);
    let stated = version.manifest().training.lethality.as_ref().and_then(|of| of.out_of_fold.as_ref());
    match stated {
        Some(stated) if *stated != found => Err(Error::OtherScores { version: display_name(version) }),
        _ => Ok(fitted),
    }
}

/// Refuses a cohort that the lethality model was not learned from.
fn check(version: &Version, cohort: &Cohort, outcome: &str) -> Result<(), Error> {
    let (form, answered) = (version.instrument(), cohort.instrument());
    if form.digest() != answered.digest() {
        return Err(Error::Form {
            reader: "the lethality model".to_owned(),
            reads: form.id().to_owned(),
            cohort: "lethality cohort",
            answers: answered.id().to_owned(),
        });
    }
    let learned = version.manifest().training.lethality.as_ref().map(|c| c.fingerprint.as_str());
    if learned != Some(cohort.learned_fingerprint(outcome)?.as_str()) {
        return Err(Error::OtherLethalityCohort { version: display_name(version) });
    }
    Ok(())
}

fn text(es: &str, en: &str) -> Text {
    Text { es: es.to_owned().into(), en: en.to_owned().into() }
}

/// The strata of a case-control sample: cases with the outcome in some row, and the others.
fn strata_by_outcome(cluster: &[u32], y: &[bool]) -> Vec<u32> {
    let with: BTreeSet<u32> = cluster.iter().zip(y).filter(|(_, y)| **y).map(|(case, _)| *case).collect();
    cluster.iter().map(|case| u32::from(with.contains(case))).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
