//! Scores of rows by models that a version's config fits without their cases.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_models::artefact::Version;
use amparo_training::pipeline::CODE_VERSION;
use amparo_training::{Data, Experiment, OutOfFold, out_of_fold};

use super::kept::Kept;
use crate::{Error, Observer, display_name};

/// Scores of every row of the data by config: a list of candidates for each repeat.
pub(super) type Crossed = BTreeMap<String, Vec<Vec<OutOfFold>>>;

/// Repeats the cross-fitting of the versions that were trained by it, once a config.
pub(super) fn scores(
    versions: &[&Version],
    kept: &[Kept<'_>],
    data: &Data,
    observer: &dyn Observer,
) -> Result<Crossed, Error> {
    let mut crossed = Crossed::new();
    for (version, kept) in versions.iter().zip(kept) {
        let Kept::CrossFitted { folds, repeats } = kept else { continue };
        same_code(version)?;
        if !crossed.contains_key(version.config()) {
            let experiment = Experiment::of_version(version)?;
            observer.stage("cross-fitting", (folds * repeats) as u64);
            let done = AtomicU64::new(0);
            let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
            crossed.insert(version.config().to_owned(), out_of_fold(&experiment, data, &step)?);
        }
    }
    Ok(crossed)
}

/// The repeats of a version's candidate.
///
/// # Errors
/// [`Error::NoCandidate`].
pub(super) fn of_version<'c>(version: &Version, crossed: &'c Crossed) -> Result<Vec<&'c OutOfFold>, Error> {
    let manifest = version.manifest();
    let candidate = &manifest.training.candidate;
    let all = crossed.get(version.config()).into_iter().flatten().flatten();
    let repeats: Vec<&OutOfFold> = all.filter(|out| out.candidate == *candidate).collect();
    if repeats.is_empty() {
        return Err(Error::NoCandidate { model: manifest.name.clone(), candidate: candidate.clone() });
    }
    Ok(repeats)
}

/// Refuses to fit a version's config again with other code than that which trained it.
pub(crate) fn same_code(version: &Version) -> Result<(), Error> {
    let then = &version.manifest().training.code_version;
    if then == CODE_VERSION {
        return Ok(());
    }
    Err(Error::OtherCode { version: display_name(version), then: then.clone(), now: CODE_VERSION })
}
