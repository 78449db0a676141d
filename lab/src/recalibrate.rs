//! A published version with a new calibrator, as a new version.

use std::collections::BTreeMap;

use amparo_datasets::Cohort;
use amparo_evaluation::report::Proof;
use amparo_models::artefact::{CohortRecord, Draft, RecalibrationRecord, TrainingRecord, Version, sha256};
use amparo_models::registry::{Fingerprints, Registry, ScoresOf, Seen};
use amparo_reporting::documents::{self, Subject};
use amparo_reporting::telling::Lang;
use amparo_training::recalibrate::{Recalibrated, Recalibration, recalibrate as fit};
use amparo_training::{Data, Losses, OutOfFold};

use crate::hold_out::other_cases::proof;
use crate::{Error, number_name};

/// What is recalibrated, on what.
#[derive(Debug, Clone, Copy)]
pub struct Recalibrating<'a> {
    /// The version whose model is kept.
    pub version: &'a Version,
    /// The cohort to calibrate on, of cases that the version has not seen.
    pub cohort: &'a Cohort,
    /// By which method, and how it is judged.
    pub how: &'a Recalibration,
    /// Whether the caller declares that the version has seen none of the cases, where fingerprints cannot prove it.
    pub other_cases: bool,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// What a recalibration came to.
#[derive(Debug)]
pub struct RecalibratedVersion {
    /// The new version.
    pub version: Version,
    /// Losses of the probabilities of the version before it on the cohort.
    pub before: Losses,
    /// Losses of the new probabilities there, each by a calibrator that did not see the case.
    pub after: Losses,
}

/// The part of the declared metrics that the new calibrator is judged by.
const AFTER: &str = "recalibration, cross-fitted";
/// The same rows by the version before it.
const BEFORE: &str = "recalibration, before";

/// Publishes the model of a version with a new calibrator, fitted on another cohort, under the next number.
///
/// Model, explanation, population and lethality model are those of the version, to the last bit. The record says what it was
/// recalibrated from and on which cohort. Numbers about the old probabilities are not taken over. Beside the new version the registry
/// keeps fingerprints of the cases of both, and the out-of-fold probabilities of the cohort, by which it is judged there.
///
/// # Errors
/// A cohort of another form, outcome or horizon, or of cases that the version has seen; [`Error::CasesNotDeclared`] where that cannot be
/// proved and is not declared; few events; whatever the method or the registry refuse. Nothing is published then.
pub fn recalibrate(asked: &Recalibrating<'_>, registry: &Registry) -> Result<RecalibratedVersion, Error> {
    let Recalibrating { version, cohort, how, at, .. } = *asked;
    check(version, cohort)?;
    let declared = other_cases(asked, registry)?;
    let outcome = version.recidivism().outcome();
    let data = Data::new(cohort, outcome)?;
    let candidate = &version.manifest().training.candidate;
    let Recalibrated { calibrator, of_baseline, record, out_of_fold, before, after } =
        fit(how, version.recidivism(), candidate, &data)?;
    let scores = OutOfFold::to_bytes(candidate, &[&out_of_fold], &data)?;
    let recalibration = RecalibrationRecord {
        of: number_name(version),
        of_digest: version.digest().to_owned(),
        cohort: CohortRecord {
            fingerprint: cohort.learned_fingerprint(outcome)?,
            title: cohort.provenance().title.clone(),
            synthetic: cohort.provenance().synthetic.as_ref().map(|s| s.statement.clone()),
            horizon_days: cohort.outcome(outcome)?.horizon_days,
            n_rows: data.n_rows() as u64,
            n_censored: data.n_censored() as u64,
            out_of_fold: Some(sha256(&scores)),
        },
        n_events: data.n_events() as u64,
        folds: how.folds as u64,
        seed: how.seed,
        other_cases_declared: declared,
    };
    let old = &version.manifest().training;
    let losses = |losses: Losses| {
        BTreeMap::from([("log_loss".to_owned(), losses.log_loss), ("brier".to_owned(), losses.brier)])
    };
    // Those of the lethality model stay true; all others are about the old probabilities.
    let mut metrics: BTreeMap<_, _> = old
        .metrics
        .iter()
        .filter(|(part, _)| part.starts_with("lethality"))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    metrics.extend([(BEFORE.to_owned(), losses(before)), (AFTER.to_owned(), losses(after))]);
    let training = TrainingRecord {
        out_of_fold: None,
        calibration: Some(record),
        recalibration: Some(recalibration),
        metrics,
        ..old.clone()
    };
    let recidivism = version.recidivism().clone().recalibrated(calibrator, of_baseline)?;
    let name = &version.manifest().name;
    let parts = (&recidivism, version.lethality());
    let subject = Subject::draft(name, (version.instrument(), version.protocol()), &training, parts);
    let draft = Draft {
        name: name.clone(),
        instrument: version.instrument().clone(),
        protocol: version.protocol().clone(),
        card_md: documents::card(&subject, None, Lang::En),
        lethality: version.lethality().cloned(),
        not_monotone: version.manifest().not_monotone.clone(),
        config_toml: version.config().to_owned(),
        published_at: at.to_owned(),
        recidivism,
        training,
    };
    let published = registry.publish(&draft)?;
    keep(registry, version, &published, (&data, &scores))?;
    Ok(RecalibratedVersion { version: published, before, after })
}

/// Refuses, all at once, a cohort that speaks of something else than the version.
fn check(version: &Version, cohort: &Cohort) -> Result<(), Error> {
    let (form, answered) = (version.instrument(), cohort.instrument());
    let mut problems = Vec::new();
    if form.digest() != answered.digest() {
        problems.push(format!(
            "the cohort answers form `{}`, expected `{}` (or another edition of it)",
            answered.id(),
            form.id()
        ));
    }
    let outcome = version.recidivism().outcome();
    match cohort.outcome(outcome) {
        Err(_) => problems.push(cohort.misses_outcome("cohort", outcome)),
        Ok(found) => {
            let days =
                |days: Option<u32>| days.map_or("no number of days".to_owned(), |n| format!("{n} days"));
            let expected = version.manifest().training.horizon_days;
            if found.horizon_days != expected {
                let (found, expected) = (days(found.horizon_days), days(expected));
                problems.push(format!("the cohort counts `{outcome}` within {found}, expected {expected}"));
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Error::CannotRecalibrate { version: number_name(version), problems: problems.join("; ") })
}

/// Whether it rests on the caller's word that the version has seen none of the cases.
fn other_cases(asked: &Recalibrating<'_>, registry: &Registry) -> Result<bool, Error> {
    let Recalibrating { version, cohort, other_cases, .. } = *asked;
    let training = &version.manifest().training;
    let outcome = &training.outcome;
    let learned = cohort.learned_fingerprint(outcome)?;
    let again = training.recalibration.as_ref().is_some_and(|record| record.cohort.fingerprint == learned);
    if again || training.cohort_fingerprint == training.split.fingerprint(cohort, outcome)? {
        let problems =
            "the version was fitted or calibrated on this very cohort, expected cases that it has not seen";
        return Err(Error::CannotRecalibrate {
            version: number_name(version),
            problems: problems.to_owned(),
        });
    }
    match proof(registry, version, cohort)? {
        Proof::NoneInCommon { .. } => Ok(false),
        _ if other_cases => Ok(true),
        _ => Err(Error::CasesNotProved { version: number_name(version) }),
    }
}

/// Keeps beside the new version what it is judged by.
fn keep(
    registry: &Registry,
    old: &Version,
    new: &Version,
    (data, scores): (&Data, &[u8]),
) -> Result<(), Error> {
    // Without those of the old version it would seem that the new one has seen the cohort only: none are kept then.
    if let Seen::Known(known) = registry.seen(old)? {
        let (seen, key) = *known;
        let seen = seen.with(&Fingerprints::of(&data.cohort, &key));
        registry.keep_fingerprints(new, &seen, &key)?;
    }
    registry.keep_out_of_fold(new, ScoresOf::Outcome, scores)?;
    if let Some(lethality) = registry.out_of_fold(old, ScoresOf::Lethality)? {
        registry.keep_out_of_fold(new, ScoresOf::Lethality, &lethality)?;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
