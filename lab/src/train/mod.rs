//! Every candidate of an experiment, fitted and published.

mod declared;
mod folds;
mod params;
mod seen;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};

use amparo_datasets::Cohort;
use amparo_models::OutcomeModel;
use amparo_models::artefact::{SampleSizeRecord, TrainingRecord, Version};
use amparo_models::registry::{Registry, ScoresOf};
use amparo_reporting::documents::{self, Subject};
use amparo_reporting::telling::Lang;
use amparo_training::Experiment;
use amparo_training::config::Holdout;
use amparo_training::optimism::Optimism;
use amparo_training::pipeline::{self, Progress, STEPS, Trained};

use crate::{Error, Observer, json, number_name};

/// What is trained, on what.
#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// The experiment.
    pub experiment: &'a Experiment,
    /// The cohort to learn from.
    pub cohort: &'a Cohort,
    /// The case-control cohort of the lethality model, if the experiment asks for one.
    pub lethality: Option<&'a Cohort>,
    /// Model name under which versions are published.
    pub name: &'a str,
    /// When, RFC 3339.
    pub at: &'a str,
}

/// What a training came to.
#[derive(Debug)]
pub struct Published {
    /// The fits, with the losses over the dial.
    pub trained: Trained,
    /// The published versions, in the order of the candidates.
    pub versions: Vec<Version>,
}

impl Published {
    /// The version of a candidate.
    #[must_use]
    pub fn of_candidate(&self, candidate: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.manifest().training.candidate == candidate)
    }

    /// The lowest log loss over the dials that were compared; `None` if nothing was blended.
    #[must_use]
    pub fn lowest_log_loss(&self) -> Option<f64> {
        self.trained.dials.iter().map(|dial| dial.losses.log_loss).reduce(f64::min)
    }
}

/// Fits every candidate of an experiment and publishes each with its declared metrics and its card.
///
/// The observer is told the parameters of the config before anything is fitted; of every version that is published, the
/// declared metrics as `candidate/part/metric`, those of each fold as `candidate/cross-fitted/repeat-1/fold-2/metric`, and its manifest and card. Beside each version the registry keeps keyed fingerprints of the
/// cases that it has seen, beside a cross-fitted one the out-of-fold scores that it is judged by on this cohort, and beside one with a
/// lethality model those that this is judged by on its own.
///
/// # Errors
/// Whatever the fits or the registry refuse. Versions that were published before a refusal stay.
pub fn train(
    training: &Training<'_>,
    registry: &Registry,
    observer: &dyn Observer,
) -> Result<Published, Error> {
    let Training { experiment, cohort, lethality, name, at } = *training;
    params::record(training, observer)?;
    let to_cross_fit = match experiment.config().holdout {
        Holdout::CrossFit { folds, repeats, .. } => (folds * repeats) as u64,
        Holdout::Split { .. } => 0,
    };
    let n_resamples = experiment.config().optimism.map_or(0, |params| params.resamples) as u64;
    observer.stage("training", STEPS + to_cross_fit + n_resamples + experiment.candidates().len() as u64);
    let done = AtomicU64::new(0);
    let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
    let trained = pipeline::train(experiment, cohort, lethality, &Watched { observer, step: &step })?;
    if to_cross_fit > 0 {
        observer.busy("scoring rows out of fold");
    }
    let trained = trained.cross_fitted(&step)?;
    if n_resamples > 0 {
        observer.busy("fitting resamples");
    }
    let optimism = trained.optimism(&declared::judged, &step)?;
    if let Some(Optimism { used, problem: Some(problem), .. }) = &optimism {
        observer.note(&format!(
            "{used} of {n_resamples} resamples could be fitted; of the others the first could not because {problem}"
        ));
    }
    observer.busy("publishing");
    let metrics = declared::metrics(experiment, &trained, optimism.as_ref())?;
    let card = |record: &_, part: &_| card(name, &trained, record, part);
    let (mut seen, mut versions) = (None, Vec::new());
    for draft in trained.drafts(name, at, &metrics, &card) {
        let version = registry.publish(&draft)?;
        seen::keep(&trained, registry, &version, &mut seen)?;
        if let Some(scores) = trained.out_of_fold(&version.manifest().training.candidate) {
            registry.keep_out_of_fold(&version, ScoresOf::Outcome, scores)?;
        }
        if let Some((_, _, scores)) = trained.lethality_out_of_fold() {
            registry.keep_out_of_fold(&version, ScoresOf::Lethality, scores)?;
        }
        record(&version, observer)?;
        folds::record(experiment, &trained, &version.manifest().training.candidate, observer)?;
        versions.push(version);
        step();
    }
    Ok(Published { trained, versions })
}

/// An observer of a training.
pub(crate) struct Watched<'a> {
    pub(crate) observer: &'a dyn Observer,
    pub(crate) step: &'a (dyn Fn() + Sync),
}

impl Progress for Watched<'_> {
    fn begins(&self, what: &str) {
        self.observer.busy(what);
        (self.step)();
    }

    fn sample_size(&self, record: &SampleSizeRecord) {
        self.observer.note(&format!("Sample size: {record}."));
    }
}

/// The model card of a version, from what is known when it is published.
pub(crate) fn card(name: &str, trained: &Trained, record: &TrainingRecord, part: &OutcomeModel) -> String {
    let parts = (part, trained.lethality.as_ref());
    let subject = Subject::draft(name, (&trained.instrument, &trained.protocol), record, parts);
    documents::card(&subject, None, Lang::En)
}

/// Tells of a version that was published.
fn record(version: &Version, observer: &dyn Observer) -> Result<(), Error> {
    let training = &version.manifest().training;
    for (part, metrics) in &training.metrics {
        for (metric, value) in metrics {
            observer.metric(&format!("{}/{part}/{metric}", training.candidate), *value);
        }
    }
    let name = number_name(version);
    observer.artefact(&format!("{name}/manifest.json"), json(version.manifest())?.as_bytes());
    observer.artefact(&format!("{name}/card.md"), version.card().as_bytes());
    Ok(())
}
