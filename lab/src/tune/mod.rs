//! Candidates compared by nested cross-validation, and the parameters that were chosen.

mod listed;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_datasets::Cohort;
use amparo_evaluation::bridge::{self, RowScores};
use amparo_evaluation::classes::Forecast;
use amparo_evaluation::input::{Input, Kind, Repeats};
use amparo_evaluation::report::{HeldOut, Report};
use amparo_models::artefact::sha256;
use amparo_training::config::TuningParams;
use amparo_training::pipeline::{CODE_VERSION, Learned, learned_from};
pub use amparo_training::tuning::{
    FailedCandidate, Finished, FoldLosses, Scope, TrialKey, TrialLosses, TrialStore, Tuned,
};
use amparo_training::tuning::{Searched, n_steps, params, tune as search, with_chosen};
use amparo_training::{Experiment, OutOfFold};

use crate::{Error, HeldOutRows, Observer, Settings, judge};

/// What is tuned, on what.
#[derive(Debug, Clone, Copy)]
pub struct Tuning<'a> {
    /// The experiment, with a section `[tuning]`.
    pub experiment: &'a Experiment,
    /// The cohort to learn from.
    pub cohort: &'a Cohort,
    /// How the comparison is computed.
    pub settings: &'a Settings,
}

/// What a tuning came to.
#[derive(Debug, Clone)]
pub struct Compared {
    /// Every candidate with its trials and choices, in the order of the config, those that are only compared last.
    pub tuned: Vec<Tuned>,
    /// The candidates that could not be compared, with the reason.
    pub failed: Vec<FailedCandidate>,
    /// Every candidate on rows that neither its choice nor its fit has seen; differences are taken against the first one.
    pub report: Report,
    /// The config with the parameters that were chosen on all rows.
    pub config: String,
    /// All trials as JSON, one line each.
    pub trials: String,
}

/// A tuning in which everything agrees, with the rows to learn from.
#[derive(Debug)]
pub struct Prepared<'a> {
    tuning: Tuning<'a>,
    params: TuningParams,
    learned: Learned,
}

impl<'a> Tuning<'a> {
    /// What the losses of trials depend on: the config, the rows and the program. Trials are never mixed with those of another digest.
    ///
    /// # Errors
    /// If the outcome is not one of the cohort's.
    pub fn digest(&self) -> Result<String, Error> {
        let rows = self.cohort.learned_fingerprint(&self.experiment.config().outcome)?;
        Ok(sha256(format!("{CODE_VERSION}\n{rows}\n{}", self.experiment.text()).as_bytes()))
    }

    /// Refuses what does not agree, before anything is fitted or written.
    ///
    /// With `holdout.kind = "split"` only the fit part is used, so that the test part stays unseen; with `cross_fit` all rows are.
    ///
    /// # Errors
    /// All mismatches between config, protocol and cohort at once; a config without a section `[tuning]`.
    pub fn prepared(self) -> Result<Prepared<'a>, Error> {
        let learned = learned_from(self.experiment, self.cohort)?;
        Ok(Prepared { tuning: self, params: params(self.experiment)?, learned })
    }
}

impl Prepared<'_> {
    /// Searches the parameters of every candidate and compares the candidates.
    ///
    /// # Errors
    /// The last error, if no candidate can be compared; what the store refuses.
    pub fn run(self, store: &dyn TrialStore, observer: &dyn Observer) -> Result<Compared, Error> {
        let Tuning { experiment, cohort, settings } = self.tuning;
        observer.stage("tuning", n_steps(experiment));
        let done = AtomicU64::new(0);
        let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
        let Searched { tuned, failed } =
            search(experiment, &self.learned.data, &self.learned.rows, store, &step)?;
        let first = tuned.first().map(|one| one.candidate.clone()).unwrap_or_default();
        let subject = lowest(&tuned).map_or_else(|| first.clone(), |one| one.candidate.clone());
        let report = judge(self.held_out(&tuned)?, cohort.clone(), (subject, first), settings, observer)?;
        let config = with_chosen(experiment, &tuned)?;
        let trials = listed::lines(&tuned)?;
        Ok(Compared { tuned, failed, report, config, trials })
    }

    /// The rows with the scores of every candidate, one repeat after the other.
    fn held_out(&self, tuned: &[Tuned]) -> Result<HeldOutRows, Error> {
        let Learned { protocol, data, rows, .. } = &self.learned;
        let TuningParams { outer_folds, repeats, .. } = self.params;
        let times = NonZeroU32::new(repeats as u32).map(Repeats::new).unwrap_or_default();
        let held = data.part(rows);
        let scored = |one: &Tuned| {
            let of = |values: fn(&OutOfFold) -> &Vec<f64>| {
                one.out_of_fold.iter().flat_map(|out| held.of(values(out))).collect::<Vec<f64>>()
            };
            let kind = Kind::Candidate { family: one.family.clone() };
            let (log_odds, probability) = (of(|o| &o.log_odds), of(|o| &o.probabilities));
            // Candidates are compared by themselves: a clause is about blends.
            bridge::version(
                &one.candidate,
                kind,
                protocol,
                RowScores { log_odds, probability, baseline: None },
            )
        };
        let folds = |one: &Tuned| Some(one.out_of_fold.iter().flat_map(|out| held.of(&out.folds)).collect());
        let part = held.cohort();
        let text = format!(
            "Nested cross-validation by case, {outer_folds} outer folds, {repeats} times: each row is scored by models whose parameters were \
             chosen and fitted without its case. It judges the way from rows to model, and no version."
        );
        Ok(HeldOutRows {
            input: Input::new(bridge::columns(&part, held.events(), held.weights(), &data.outcome, times))?,
            scored: tuned.iter().map(scored).collect(),
            // Candidates have no thresholds that are kept: their levels alone can be compared with classes.
            forecasts: vec![Forecast::None; tuned.len()],
            folds: tuned.iter().map(folds).collect(),
            partial: Vec::new(),
            // No version, so no manifest that says anything of them.
            directions: Vec::new(),
            held_out: HeldOut::Stated { text },
            horizon_days: data.cohort.outcome(&data.outcome)?.horizon_days,
            outcome: data.outcome.clone(),
            n_censored: data.n_censored(),
            n_excluded: data.n_excluded,
            part,
        })
    }
}

/// The candidate that the report is about: of those that can be published, the one whose choice on all rows has the least mean.
fn lowest(tuned: &[Tuned]) -> Option<&Tuned> {
    let mean = |one: &Tuned| one.on_all_rows.trials[one.on_all_rows.taken].mean.unwrap_or(f64::INFINITY);
    tuned.iter().filter(|one| !one.compare_only).min_by(|a, b| mean(a).total_cmp(&mean(b)))
}
