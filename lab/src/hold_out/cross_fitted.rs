//! Scores of rows by models that a version's config fits without their cases: as they are kept beside the version, else fitted again.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_models::artefact::{Version, sha256};
use amparo_models::registry::{Registry, ScoresOf};
use amparo_training::config::Calibration;
use amparo_training::pipeline::CODE_VERSION;
use amparo_training::recalibrate::{Recalibration, recalibrate};
use amparo_training::{Data, Experiment, OutOfFold, out_of_fold};

use super::kept::{Kept, Plan};
use crate::{Error, Observer, display_name};

/// The repeats of each version, in the order of the versions; none for one that was not cross-fitted on the cohort.
pub(super) type Crossed = Vec<Vec<OutOfFold>>;

/// The out-of-fold scores of the versions that were trained on this cohort by cross-fitting.
///
/// Those that the registry keeps are taken. Where they are missing, the observer is told so, and the cross-fitting is repeated, once a config.
///
/// # Errors
/// Kept scores that were changed; where they are missing, [`Error::OtherCode`], [`Error::OtherScores`] and whatever a fit refuses.
pub(super) fn scores(
    registry: &Registry,
    versions: &[&Version],
    plan: &Plan<'_>,
    data: &Data,
    observer: &dyn Observer,
) -> Result<Crossed, Error> {
    let mut fitted: BTreeMap<&str, Vec<Vec<OutOfFold>>> = BTreeMap::new();
    let mut crossed = Crossed::new();
    for (version, kept) in versions.iter().zip(&plan.kept) {
        if let Kept::Recalibrated { .. } = kept {
            // As often as every row is scored: the folds are there once.
            let scores = recalibrated(registry, version, data, observer)?;
            crossed.push(vec![scores; plan.repeats.times()]);
            continue;
        }
        let Kept::CrossFitted { folds, repeats } = kept else {
            crossed.push(Vec::new());
            continue;
        };
        let candidate = &version.manifest().training.candidate;
        if let Some(bytes) = registry.out_of_fold(version, ScoresOf::Outcome)? {
            crossed.push(OutOfFold::from_bytes(&bytes, candidate, *repeats, data)?);
            continue;
        }
        observer.note(&format!(
            "the registry holds no out-of-fold scores of `{}`, so its folds are fitted again",
            display_name(version)
        ));
        same_code(version)?;
        if !fitted.contains_key(version.config()) {
            let experiment = Experiment::of_version(version)?;
            observer.stage("cross-fitting", (folds * repeats) as u64);
            let done = AtomicU64::new(0);
            let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
            fitted.insert(version.config(), out_of_fold(&experiment, data, &step)?);
        }
        let all = fitted.get(version.config()).into_iter().flatten().flatten();
        crossed.push(of_version(version, all, data)?);
    }
    Ok(crossed)
}

/// The scores of the cohort that a version was recalibrated on, with probabilities of calibrators that did not see the case.
fn recalibrated(
    registry: &Registry,
    version: &Version,
    data: &Data,
    observer: &dyn Observer,
) -> Result<OutOfFold, Error> {
    let training = &version.manifest().training;
    let other = || Error::OtherScores { version: display_name(version) };
    if let Some(bytes) = registry.out_of_fold(version, ScoresOf::Outcome)? {
        return OutOfFold::from_bytes(&bytes, &training.candidate, 1, data)?.pop().ok_or_else(other);
    }
    observer.note(&format!(
        "the registry holds no out-of-fold scores of `{}`, so its calibrators are fitted again",
        display_name(version)
    ));
    let (Some(record), Some(calibration)) = (&training.recalibration, &training.calibration) else {
        return Err(other());
    };
    let how = Recalibration {
        calibration: Calibration::of_record(calibration).map_err(|_| other())?,
        folds: record.folds as usize,
        seed: record.seed,
        least_events: 0,
    };
    let fitted = recalibrate(&how, version.recidivism(), &training.candidate, data)?.out_of_fold;
    let found = sha256(&OutOfFold::to_bytes(&training.candidate, &[&fitted], data)?);
    if record.cohort.out_of_fold.as_ref() != Some(&found) {
        return Err(other());
    }
    Ok(fitted)
}

/// The repeats of a version's candidate, which are those that its manifest states.
fn of_version<'f>(
    version: &Version,
    all: impl Iterator<Item = &'f OutOfFold>,
    data: &Data,
) -> Result<Vec<OutOfFold>, Error> {
    let manifest = version.manifest();
    let candidate = &manifest.training.candidate;
    let repeats: Vec<&OutOfFold> = all.filter(|out| out.candidate == *candidate).collect();
    if repeats.is_empty() {
        return Err(Error::NoCandidate { model: manifest.name.clone(), candidate: candidate.clone() });
    }
    let found = sha256(&OutOfFold::to_bytes(candidate, &repeats, data)?);
    match &manifest.training.out_of_fold {
        Some(stated) if *stated != found => Err(Error::OtherScores { version: display_name(version) }),
        _ => Ok(repeats.into_iter().cloned().collect()),
    }
}

/// Refuses to fit a version's config again with other code than that which trained it.
pub(crate) fn same_code(version: &Version) -> Result<(), Error> {
    let then = &version.manifest().training.code_version;
    if then == CODE_VERSION {
        return Ok(());
    }
    Err(Error::OtherCode { version: display_name(version), then: then.clone(), now: CODE_VERSION })
}
