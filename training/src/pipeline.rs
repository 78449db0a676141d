//! From a cohort to drafts of versions.

mod check;
mod learned_from;

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::split::Split;
use amparo_datasets::{Cohort, Instrument};
use amparo_models::artefact::{
    AcceptedLeak, CalibrationRecord, CohortRecord, DirectionRecord, Draft, SampleSizeRecord, StackingRecord,
    TrainingRecord, sha256,
};
use amparo_models::explain::{Background, Deal, Subsamples};
use amparo_models::{OutcomeModel, Protocol, Scorer};
use rayon::prelude::*;

use crate::bases::{BaseScores, Bases};
use crate::directions::directions;
use crate::experiment::Pair;
use crate::sample_size::sample_size;
use crate::stacking::{self, Dial};
use crate::{
    Data, Error, Experiment, Losses, OutOfFold, TrainingSet, cross_fit, leak, lethality, out_of_fold,
};

pub use learned_from::{Learned, learned_from};

/// The dials that are compared: 0, 0.1, ... 1.
const GRID: usize = 10;

/// Losses of one blend at one dial, of cross-fitted scores (before calibration) of the rows that were fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct DialLosses {
    /// Name of the candidate at dial 0.
    pub baseline: String,
    /// Name of the candidate at dial 1.
    pub candidate: String,
    /// The dial.
    pub dial: f64,
    /// Its losses.
    pub losses: Losses,
}

/// All that a training run hands over.
#[derive(Debug, Clone)]
pub struct Trained {
    /// The form.
    pub instrument: Arc<Instrument>,
    /// What the probabilities mean.
    pub protocol: Protocol,
    /// The candidates, in the order of [`Experiment::candidates`].
    pub candidates: Vec<(String, OutcomeModel)>,
    /// How each of them is calibrated, in the same order.
    pub calibrations: Vec<CalibrationRecord>,
    /// The lethality model, if asked for.
    pub lethality: Option<OutcomeModel>,
    /// Losses over the grid of dials.
    pub dials: Vec<DialLosses>,
    /// The dial of each blend that is published, in the order of the blends.
    chosen: Vec<Dial>,
    /// Which way the outcome goes with each indicator whose direction is enforced, by the rows that were fitted on.
    pub directions: Vec<DirectionRecord>,
    /// How far the rows that were fitted on carry a model.
    pub sample_size: Option<SampleSizeRecord>,
    /// Indicators that seem to tell the outcome, and were accepted.
    pub accepted_leaks: Vec<AcceptedLeak>,
    /// The rows of each part; `None` when rows are held back by cross-fitting.
    pub split: Option<Split>,
    /// The rows that were learned from.
    pub data: Data,
    /// Rows that were fitted on, as places in the data.
    fitted: Vec<usize>,
    experiment: Experiment,
    fingerprint: String,
    lethality_cohort: Option<CohortRecord>,
    /// The rows that the lethality model was learned from, if there is one.
    lethality_data: Option<Data>,
    /// Its out-of-fold scores, with their bytes, after [`Trained::cross_fitted`].
    lethality_out_of_fold: Option<(OutOfFold, Vec<u8>)>,
    /// Out-of-fold scores of each candidate as bytes, after [`Trained::cross_fitted`].
    out_of_fold: BTreeMap<String, Vec<u8>>,
}

/// The code that trains, as versions record it.
pub const CODE_VERSION: &str = concat!("amparo ", env!("CARGO_PKG_VERSION"));

/// Steps that [`train`] reports, for a progress bar.
pub const STEPS: u64 = 5;

/// Who is told how far [`train`] has come; a function that takes what begins is one.
pub trait Progress {
    /// This begins.
    fn begins(&self, what: &str);

    /// What can be expected of the rows, before anything is fitted on them.
    fn sample_size(&self, record: &SampleSizeRecord) {
        let _ = record;
    }
}

impl<F: Fn(&str)> Progress for F {
    fn begins(&self, what: &str) {
        self(what);
    }
}

/// Fits, blends, calibrates and explains every candidate of an experiment.
///
/// `lethality_cohort` is the sample for the lethality model; it must be given if and only if the config asks for one.
/// `progress` is told what begins.
///
/// # Errors
/// All mismatches between config, protocol and cohort at once; whatever a fit refuses.
pub fn train(
    experiment: &Experiment,
    cohort: &Cohort,
    lethality_cohort: Option<&Cohort>,
    progress: &dyn Progress,
) -> Result<Trained, Error> {
    let config = experiment.config();
    progress.begins("checking");
    let instrument = Arc::new(Instrument::named(experiment.name(&config.instrument))?);
    let protocol = Protocol::named(experiment.name(&config.protocol))?;
    check::check(experiment, &instrument, &protocol, cohort, lethality_cohort)?;
    let data = Data::new(cohort, &config.outcome)?;
    let split = experiment.plan().map(|plan| plan.split(&data.cohort, &data.outcome)).transpose()?;
    if let Some(split) = &split {
        // Only to refuse a part of one class before anything is fitted.
        TrainingSet::new(&data, &split.calibrate, "the calibrate part")?;
        TrainingSet::new(&data, &split.test, "the test part")?;
    }
    let split_record = experiment.split_record();
    let in_folds = cross_fit::rows_in_folds(&split_record, &data)?;
    let fit_rows: &Vec<usize> = split.as_ref().map_or(&in_folds, |split| &split.fit);

    let mut accepted_leaks = leak::guard(experiment, &data, fit_rows)?;
    let second = config.lethality.as_ref().zip(lethality_cohort);
    let second = second.map(|(params, cohort)| Data::new(cohort, &params.outcome)).transpose()?;
    if let Some(data) = &second {
        accepted_leaks.extend(leak::guard(experiment, data, &Vec::from_iter(0..data.n_rows()))?);
    }

    let left_out: Vec<usize> = config.leave_out.iter().filter_map(|id| instrument.position(id)).collect();
    let sample_size = sample_size(&data.part(fit_rows), &left_out);
    if let Some(record) = &sample_size {
        progress.sample_size(record);
    }

    progress.begins("cross-fitting the dials");
    let inner = cross_fit::base_scores(experiment, &data, fit_rows, config.inner_folds, config.seed)?;
    let chosen = stacking::dials(experiment, &data, fit_rows, &inner)?;
    let dials = dial_losses(experiment, &data, fit_rows, (&inner, &chosen));

    progress.begins("fitting");
    let set = TrainingSet::new(&data, fit_rows, "the fit part")?;
    let not_enforced = [config.not_monotone.as_slice(), &config.leave_out].concat();
    let directions = directions(&data.part(fit_rows), &instrument, &not_enforced);
    let bases = Bases::fit(experiment, &set)?;
    let calibrators = match &split {
        Some(split) => {
            let of_rows = bases.scores(data.part(&split.calibrate).answers());
            let mut scores = BaseScores::zeros(experiment, data.n_rows());
            scores.place(&split.calibrate, &of_rows);
            cross_fit::calibrators(experiment, &data, &split.calibrate, &scores, (&bases, &chosen))?
        }
        None => cross_fit::calibrators(experiment, &data, fit_rows, &inner, (&bases, &chosen))?,
    };

    let (calibrators, calibrations): (Vec<_>, Vec<_>) = calibrators.into_iter().unzip();

    progress.begins("explaining");
    let exempt = experiment.not_monotone();
    let pooling = bases.pooling().clone();
    let scorers = bases.scorers(experiment, &chosen)?;
    let each: Vec<&Scorer> = scorers.iter().map(|(_, scorer)| scorer).collect();
    let (answers, weights) = (set.answers(), set.weights());
    let pooled = pooling.answers(answers)?;
    let learned = experiment.learned_rule().learned(&set);
    let cases: Vec<&str> = data.part(fit_rows).cases().collect();
    let backgrounds = Background::of_each(&each, &pooled, weights)?;
    let subsamples = Subsamples::of_each(&each, &pooled, weights, &Deal::of(&cases))?;
    let pieces = scorers.into_par_iter().zip(calibrators).zip(backgrounds).zip(subsamples);
    let made = pieces.map(|((((name, scorer), calibrator), background), subsamples)| {
        let (outcome, made) = (config.outcome.clone(), (scorer, calibrator, background));
        let part = OutcomeModel::pooled(outcome, pooling.clone(), made, &instrument, &exempt)?
            .leaving_out(&config.leave_out, &instrument)?
            .with_learned(learned.clone(), &instrument)?;
        let population = part.population_of(answers, weights, subsamples)?;
        Ok((name, part.with_population(population)?))
    });
    let candidates = made.collect::<Result<_, Error>>()?;

    progress.begins("fitting the lethality model");
    let lethality = match (second, &experiment.lethality, lethality_cohort) {
        (Some(data), Some(fit), Some(cohort)) => {
            let part = lethality::fit(experiment, fit, &data, &exempt)?;
            Some((part, (cohort_record(cohort, &data)?, data)))
        }
        _ => None,
    };
    let (lethality, of_cohort) = lethality.unzip();
    let (lethality_cohort, lethality_data) = of_cohort.unzip();
    let fingerprint = split_record.fingerprint(cohort, &config.outcome)?;
    let (experiment, fitted) = (experiment.clone(), fit_rows.clone());
    Ok(Trained {
        instrument,
        protocol,
        candidates,
        calibrations,
        lethality,
        dials,
        chosen,
        directions,
        sample_size,
        accepted_leaks,
        split,
        data,
        fitted,
        experiment,
        fingerprint,
        lethality_cohort,
        lethality_data,
        lethality_out_of_fold: None,
        out_of_fold: BTreeMap::new(),
    })
}

impl Trained {
    /// The same with the out-of-fold scores of every candidate, by which its versions are judged on this cohort, and those of the
    /// lethality model on its own; without any of a candidate where rows are held back by a split.
    ///
    /// `progress` is called after each of the folds, in each repeat.
    ///
    /// # Errors
    /// Whatever [`out_of_fold`] and [`lethality::out_of_fold`] refuse.
    pub fn cross_fitted(mut self, progress: &(dyn Fn() + Sync)) -> Result<Self, Error> {
        if self.split.is_none() {
            let repeats = out_of_fold(&self.experiment, &self.data, progress)?;
            for candidate in self.experiment.candidates() {
                let of_candidate: Vec<&OutOfFold> =
                    repeats.iter().flatten().filter(|out| out.candidate == candidate).collect();
                let bytes = OutOfFold::to_bytes(&candidate, &of_candidate, &self.data)?;
                self.out_of_fold.insert(candidate, bytes);
            }
        }
        if let (Some(data), Some(record)) = (&self.lethality_data, &mut self.lethality_cohort) {
            let scores = lethality::out_of_fold(&self.experiment, data)?;
            let bytes = OutOfFold::to_bytes(&scores.candidate, &[&scores], data)?;
            record.out_of_fold = Some(sha256(&bytes));
            self.lethality_out_of_fold = Some((scores, bytes));
        }
        Ok(self)
    }

    /// The rows that the lethality model was learned from, with their out-of-fold scores, as they are and as bytes; nothing before
    /// [`cross_fitted`](Self::cross_fitted), or without such a model.
    #[must_use]
    pub fn lethality_out_of_fold(&self) -> Option<(&Data, &OutOfFold, &[u8])> {
        let (scores, bytes) = self.lethality_out_of_fold.as_ref()?;
        Some((self.lethality_data.as_ref()?, scores, bytes))
    }

    /// The out-of-fold scores of a candidate as bytes ([`OutOfFold::from_bytes`] reads them); nothing before
    /// [`cross_fitted`](Self::cross_fitted).
    #[must_use]
    pub fn out_of_fold(&self, candidate: &str) -> Option<&[u8]> {
        self.out_of_fold.get(candidate).map(Vec::as_slice)
    }

    /// How a candidate is calibrated.
    #[must_use]
    pub fn calibration(&self, candidate: &str) -> Option<&CalibrationRecord> {
        let at = self.candidates.iter().position(|(name, _)| name == candidate)?;
        self.calibrations.get(at)
    }

    /// The rows that the versions have seen: fitted or calibrated on.
    #[must_use]
    pub fn seen(&self) -> Cohort {
        let calibrate = self.split.iter().flat_map(|split| &split.calibrate);
        let mut rows: Vec<usize> = self.fitted.iter().chain(calibrate).copied().collect();
        rows.sort_unstable();
        self.data.cohort.select(&rows)
    }

    /// The drafts to publish, one a candidate.
    ///
    /// `metrics` holds declared numbers by candidate and part; `card` writes a model card from a record.
    pub fn drafts(
        &self,
        name: &str,
        published_at: &str,
        metrics: &BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>,
        card: &dyn Fn(&TrainingRecord, &OutcomeModel) -> String,
    ) -> Vec<Draft> {
        self.candidates
            .iter()
            .map(|(candidate, part)| {
                let mut training = self.record(candidate);
                if let Some(declared) = metrics.get(candidate) {
                    training.metrics.extend(declared.clone());
                }
                Draft {
                    name: name.to_owned(),
                    instrument: Arc::clone(&self.instrument),
                    protocol: self.protocol.clone(),
                    recidivism: part.clone(),
                    lethality: self.lethality.clone(),
                    not_monotone: self.experiment.not_monotone(),
                    card_md: card(&training, part),
                    training,
                    config_toml: self.experiment.text().to_owned(),
                    published_at: published_at.to_owned(),
                }
            })
            .collect()
    }

    fn record(&self, candidate: &str) -> TrainingRecord {
        let config = self.experiment.config();
        let provenance = self.data.cohort.provenance();
        let split = self.experiment.split_record();
        let n_rows = match &self.split {
            Some(split) => split.counts(),
            None => {
                let n_left_out = self.data.n_rows() - self.fitted.len();
                let left_out = (n_left_out > 0).then_some(("left_out", n_left_out));
                std::iter::once(("fit", self.fitted.len())).chain(left_out).collect()
            }
        };
        let mut notes = provenance.notes.clone();
        if self.data.n_censored() > 0 {
            let n = self.data.n_censored();
            notes.push(format!(
                "{n} rows censored before the horizon are left out; the others are weighted by the inverse \
                 probability of not being censored"
            ));
        }
        if let Some(n) = self.split.as_ref().map(|split| split.shared_cases.len()).filter(|n| *n > 0) {
            notes.push(format!(
                "{n} cases stand on both sides of the table's own split; their rows of one side are left out"
            ));
        }
        if self.data.n_excluded > 0 {
            notes.push(format!(
                "{} rows are left out because the outcome excludes them",
                self.data.n_excluded
            ));
        }
        TrainingRecord {
            candidate: candidate.to_owned(),
            cohort_fingerprint: self.fingerprint.clone(),
            cohort_title: provenance.title.clone(),
            synthetic: provenance.synthetic.as_ref().map(|s| s.statement.clone()),
            lethality: self.lethality_cohort.clone(),
            outcome: config.outcome.clone(),
            horizon_days: self.protocol.horizon_days(),
            split,
            cuts: self.split.as_ref().and_then(|split| split.cuts),
            n_rows: n_rows.into_iter().map(|(part, n)| (part.to_owned(), n as u64)).collect(),
            out_of_fold: self.out_of_fold(candidate).map(sha256),
            calibration: self.calibration(candidate).cloned(),
            stacking: self.stacking(candidate).cloned(),
            recalibration: None,
            sample_size: self.sample_size,
            code_version: CODE_VERSION.to_owned(),
            metrics: BTreeMap::new(),
            directions: self.directions.clone(),
            accepted_leaks: self.accepted_leaks.clone(),
            notes,
        }
    }

    /// How the dial of a stacked blend was chosen; nothing for another candidate.
    #[must_use]
    pub fn stacking(&self, candidate: &str) -> Option<&StackingRecord> {
        let at = self.candidates.iter().position(|(name, _)| name == candidate)?;
        self.chosen.get(at.checked_sub(self.experiment.config().candidate.len())?)?.stacking.as_ref()
    }

    /// The blend with the lowest cross-fitted log loss among those that are published.
    pub fn best_hybrid(&self) -> Option<String> {
        let config = self.experiment.config();
        let names = self.experiment.candidates().into_iter().skip(config.candidate.len());
        let loss = |(pair, dial): (Pair, &Dial)| {
            let [baseline, candidate] = [pair.baseline, pair.candidate].map(|at| &config.candidate[at].name);
            let is_it = |d: &&DialLosses| {
                d.baseline == *baseline && d.candidate == *candidate && (d.dial - dial.at).abs() < 1e-9
            };
            self.dials.iter().find(is_it).map_or(f64::INFINITY, |d| d.losses.log_loss)
        };
        let blends = self.experiment.blends().zip(&self.chosen).map(|((pair, _), dial)| loss((pair, dial)));
        blends.zip(names).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
    }
}

fn cohort_record(cohort: &Cohort, data: &Data) -> Result<CohortRecord, Error> {
    let provenance = cohort.provenance();
    Ok(CohortRecord {
        fingerprint: cohort.learned_fingerprint(&data.outcome)?,
        title: provenance.title.clone(),
        synthetic: provenance.synthetic.as_ref().map(|s| s.statement.clone()),
        horizon_days: cohort.outcome(&data.outcome)?.horizon_days,
        n_rows: data.events.len() as u64,
        n_censored: data.n_censored() as u64,
        out_of_fold: None,
    })
}

/// Losses of every blend over the grid and the published dials, on cross-fitted scores.
fn dial_losses(
    experiment: &Experiment,
    data: &Data,
    rows: &[usize],
    (scores, chosen): (&BaseScores, &[Dial]),
) -> Vec<DialLosses> {
    let part = data.part(rows);
    let mut losses = Vec::new();
    for (hybrid, &pair) in experiment.config().hybrid.iter().zip(&experiment.pairs) {
        let mut dials: Vec<f64> = (0..=GRID).map(|step| step as f64 / GRID as f64).collect();
        let blends = experiment.blends().zip(chosen).filter(|((of, _), _)| *of == pair);
        dials.extend(blends.map(|(_, dial)| dial.at));
        dials.sort_by(f64::total_cmp);
        dials.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        for dial in dials {
            losses.push(DialLosses {
                baseline: hybrid.baseline.clone(),
                candidate: hybrid.candidate.clone(),
                dial,
                losses: Losses::of(&part.of(&scores.blend(pair, dial)), part.events(), part.weights()),
            });
        }
    }
    losses
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
