//! Candidates compared by nested cross-validation, and the parameters that were chosen.

mod listed;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};

use amparo_datasets::Cohort;
use amparo_evaluation::input::{Input, Kind, Repeats, Scored};
use amparo_evaluation::report::{Context, HeldOut, Report};
use amparo_evaluation::{bridge, evaluate, total_steps};
use amparo_models::artefact::sha256;
use amparo_training::Experiment;
use amparo_training::pipeline::{CODE_VERSION, Learned, learned_from};
pub use amparo_training::tuning::{
    FailedCandidate, Finished, FoldLosses, Scope, TrialKey, TrialLosses, TrialStore, Tuned,
};
use amparo_training::tuning::{Searched, checked, n_steps, tune as search, with_chosen};

use crate::judge::BINS;
use crate::{Error, Observer, Settings};

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

impl Tuning<'_> {
    /// What the losses of trials depend on: the config, the rows and the program. Trials are never mixed with those of another digest.
    ///
    /// # Errors
    /// If the outcome is not one of the cohort's.
    pub fn digest(&self) -> Result<String, Error> {
        let rows = self.cohort.learned_fingerprint(&self.experiment.config().outcome)?;
        Ok(sha256(format!("{CODE_VERSION}\n{rows}\n{}", self.experiment.text()).as_bytes()))
    }

    /// Refuses what does not agree, before anything is fitted.
    ///
    /// # Errors
    /// All mismatches between config, protocol and cohort at once; a config without a section `[tuning]`.
    pub fn check(&self) -> Result<(), Error> {
        learned_from(self.experiment, self.cohort)?;
        Ok(checked(self.experiment)?)
    }

    /// Searches the parameters of every candidate and compares the candidates.
    ///
    /// With `holdout.kind = "split"` only the fit part is used, so that the test part stays unseen; with `cross_fit` all rows are.
    ///
    /// # Errors
    /// Whatever does not agree; the last error, if no candidate can be compared; what the store refuses.
    pub fn run(&self, store: &dyn TrialStore, observer: &dyn Observer) -> Result<Compared, Error> {
        let learned = learned_from(self.experiment, self.cohort)?;
        observer.stage("tuning", n_steps(self.experiment));
        let done = AtomicU64::new(0);
        let step = || observer.advance(done.fetch_add(1, Ordering::Relaxed) + 1);
        let Searched { tuned, failed } = search(self.experiment, &learned.data, &learned.rows, store, &step)?;
        let report = self.judge(&tuned, &learned, observer)?;
        let config = with_chosen(self.experiment, &tuned)?;
        let trials = listed::lines(&tuned)?;
        Ok(Compared { tuned, failed, report, config, trials })
    }

    fn judge(&self, tuned: &[Tuned], learned: &Learned, observer: &dyn Observer) -> Result<Report, Error> {
        let Learned { protocol, data, rows, .. } = learned;
        let repeats = tuned.first().map_or(0, |one| one.out_of_fold.len());
        let times = NonZeroU32::new(repeats as u32).map(Repeats::new).unwrap_or_default();
        let held = data.part(rows);
        let part = held.cohort();
        let columns = bridge::columns(&part, held.events(), held.weights(), &data.outcome, times);
        let input = Input::new(columns)?;
        let scored: Vec<Scored> = tuned
            .iter()
            .map(|one| {
                let of = |values: fn(&amparo_training::OutOfFold) -> &Vec<f64>| {
                    one.out_of_fold.iter().flat_map(|out| held.of(values(out))).collect::<Vec<f64>>()
                };
                let kind = Kind::Candidate { family: one.family.clone() };
                bridge::version(&one.candidate, kind, protocol, of(|o| &o.log_odds), of(|o| &o.probabilities))
            })
            .collect();
        let first = tuned.first().map(|one| one.candidate.clone()).unwrap_or_default();
        let subject = lowest(tuned).map_or_else(|| first.clone(), |one| one.candidate.clone());
        let context = self.context(learned, (subject, first))?;
        observer.stage("resampling cases", total_steps(&input, &context));
        Ok(evaluate(&input, &scored, context, &|steps| observer.advance(steps))?)
    }

    fn context(&self, learned: &Learned, (subject, reference): (String, String)) -> Result<Context, Error> {
        let Self { experiment, cohort, settings } = *self;
        let data = &learned.data;
        let provenance = cohort.provenance();
        let synthetic = provenance.synthetic.as_ref().map(|s| s.statement.clone());
        let notes = provenance.notes.iter().filter(|note| Some(*note) != synthetic.as_ref());
        let tuning = experiment.config().tuning;
        let (folds, repeats) = tuning.map_or((0, 0), |tuning| (tuning.outer_folds, tuning.repeats));
        let text = format!(
            "Nested cross-validation by case, {folds} outer folds, {repeats} times: each row is scored by models whose parameters were \
             chosen and fitted without its case. It judges the way from rows to model, and no version."
        );
        Ok(Context {
            cohort: provenance.title.clone(),
            notes: notes.cloned().collect(),
            synthetic,
            held_out: HeldOut::Stated { text },
            outcome: data.outcome.clone(),
            horizon_days: cohort.outcome(&data.outcome)?.horizon_days,
            censored_left_out: data.n_censored() as u64,
            excluded_left_out: data.n_excluded as u64,
            fingerprint: cohort.fingerprint(),
            seed: settings.seed,
            replicates: settings.replicates,
            subject,
            reference,
            smallest_cell: settings.smallest_cell,
            bins: BINS,
            margin: Some(settings.margin),
            pairwise: settings.pairwise,
        })
    }
}

/// The candidate that the report is about: of those that can be published, the one whose choice on all rows has the least mean.
fn lowest(tuned: &[Tuned]) -> Option<&Tuned> {
    let mean = |one: &Tuned| one.on_all_rows.trials[one.on_all_rows.taken].mean.unwrap_or(f64::INFINITY);
    tuned.iter().filter(|one| !one.compare_only).min_by(|a, b| mean(a).total_cmp(&mean(b)))
}
