//! From a cohort to drafts of versions.

mod check;
mod learned_from;
mod progress;
mod trained;

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::split::Split;
use amparo_datasets::{Cohort, Instrument};
use amparo_models::artefact::{
    AcceptedLeak, CalibrationRecord, CohortRecord, DirectionRecord, SampleSizeRecord,
};
use amparo_models::calibrator::Platt;
use amparo_models::explain::{Background, Deal, Subsamples};
use amparo_models::{Calibrator, OutcomeModel, Protocol, Scorer};
use rayon::prelude::*;

use crate::bases::{BaseScores, Bases};
use crate::dial::Dial;
use crate::directions::directions;
use crate::in_order::all_or_first;
use crate::learn::Noted;
use crate::sample_size::sample_size;
use crate::stacking;
use crate::{Data, Error, Experiment, Losses, OutOfFold, TrainingSet, cross_fit, leak, lethality};

pub use learned_from::{Learned, learned_from};
pub use progress::Progress;

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
    /// Which way the outcome goes with each indicator whose direction the config enforces, by the rows that were fitted on.
    pub directions: Vec<DirectionRecord>,
    /// How far the rows that were fitted on carry a model.
    pub sample_size: Option<SampleSizeRecord>,
    /// Indicators that seem to tell the outcome, and were accepted.
    pub accepted_leaks: Vec<AcceptedLeak>,
    /// What the version of each candidate of the config says of its fit, in the order of the config.
    noted: Vec<Noted>,
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
    let (instrument, protocol) = experiment.form_and_protocol()?;
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

    let second = config.lethality.as_ref().zip(lethality_cohort);
    let second = second.map(|(params, cohort)| Data::new(cohort, &params.outcome)).transpose()?;
    let all_of_second: Vec<usize> = (0..second.as_ref().map_or(0, Data::n_rows)).collect();
    let of_second = second.as_ref().map(|data| (data, all_of_second.as_slice()));
    let learned_from: Vec<_> = std::iter::once((&data, fit_rows.as_slice())).chain(of_second).collect();
    let accepted_leaks = leak::guard(experiment, &learned_from)?;

    let left_out: Vec<usize> = config.leave_out.iter().filter_map(|id| instrument.position(id)).collect();
    let sample_size = sample_size(&data.part(fit_rows), &left_out);
    if let Some(record) = &sample_size {
        progress.sample_size(record);
    }

    progress.begins("cross-fitting the dials");
    let inner = match experiment.looks_out_of_fold() {
        true => Some(cross_fit::base_scores(experiment, &data, fit_rows, config.inner_folds, config.seed)?),
        false => None,
    };
    let (chosen, dials) = match &inner {
        Some(inner) => {
            let chosen = stacking::dials(experiment, &data, fit_rows, inner)?;
            let dials = dial_losses(experiment, &data, fit_rows, (inner, &chosen));
            (chosen, dials)
        }
        None => (Vec::new(), Vec::new()),
    };

    progress.begins("fitting");
    let set = TrainingSet::new(&data, fit_rows, "the fit part")?;
    let not_enforced = [config.not_monotone.as_slice(), &config.leave_out].concat();
    let directions = directions(&data.part(fit_rows), &instrument, &not_enforced);
    let (bases, noted) = Bases::fit_with_notes(experiment, &set)?;
    let calibrators = match (&split, &inner) {
        (Some(split), _) => {
            let of_rows = bases.scores(data.part(&split.calibrate).answers());
            let mut scores = BaseScores::zeros(experiment, data.n_rows());
            scores.place(&split.calibrate, &of_rows);
            cross_fit::calibrators(experiment, &data, &split.calibrate, &scores, (&bases, &chosen))?
        }
        (None, Some(inner)) if experiment.calibrated => {
            cross_fit::calibrators(experiment, &data, fit_rows, inner, (&bases, &chosen))?
        }
        (None, _) => experiment.candidates().iter().map(|_| as_it_is()).collect(),
    };
    let (calibrators, calibrations): (Vec<_>, Vec<_>) = calibrators.into_iter().unzip();

    progress.begins("explaining");
    let exempt_of_each = experiment.not_monotone_of_each();
    let pooling = bases.pooling().clone();
    let scorers = bases.scorers(experiment, &chosen)?;
    let each: Vec<&Scorer> = scorers.iter().map(|(_, scorer)| scorer).collect();
    let (answers, weights) = (set.answers(), set.weights());
    let pooled = pooling.answers(answers)?;
    let learned = experiment.learned_rule().learned(&set);
    let cases: Vec<&str> = data.part(fit_rows).cases().collect();
    let backgrounds = Background::of_each(&each, &pooled, weights)?;
    let subsamples = Subsamples::of_each(&each, &pooled, weights, &Deal::of(&cases))?;
    let clauses = experiment.clauses(&calibrators);
    let under = clauses.into_par_iter().zip(exempt_of_each);
    let pieces = scorers.into_par_iter().zip(calibrators).zip(backgrounds).zip(subsamples).zip(under);
    let made = pieces.map(|(((((name, scorer), calibrator), background), subsamples), (clause, exempt))| {
        let (outcome, made) = (config.outcome.clone(), (scorer, calibrator, background));
        let mut part = OutcomeModel::pooled(outcome, pooling.clone(), made, &instrument, &exempt)
            .map_err(|error| Error::of_candidate(&name, "published")(error.into()))?
            .leaving_out(&config.leave_out, &instrument)?
            .with_learned(learned.clone(), &instrument)?;
        if let Some(clause) = clause {
            part = part.never_below(clause, &instrument, &exempt)?;
        }
        let population = part.population_of(answers, weights, subsamples)?;
        Ok::<_, Error>((name, part.with_population(population)?))
    });
    let candidates = all_or_first(made)?;

    progress.begins("fitting the lethality model");
    let lethality = match (second, &experiment.lethality, lethality_cohort) {
        (Some(data), Some(fit), Some(cohort)) => {
            let part = lethality::fit(experiment, fit, &data, &experiment.not_monotone())?;
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
        noted,
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

/// The curve of a model that is not calibrated: a probability is the logistic function of its score.
fn as_it_is() -> (Calibrator, CalibrationRecord) {
    let curve = Platt { intercept: 0.0, slope: 1.0, covariance: [0.0; 3] };
    (Calibrator::Platt(curve), CalibrationRecord::only("none"))
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
