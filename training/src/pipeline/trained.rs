//! What a training hands over: scores by which its versions are judged, and drafts of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use amparo_datasets::Cohort;
use amparo_models::OutcomeModel;
use amparo_models::artefact::{CalibrationRecord, Draft, StackingRecord, TrainingRecord, sha256};
use amparo_models::imported::ImportRecord;

use super::{CODE_VERSION, DialLosses, Trained};
use crate::dial::Dial;
use crate::experiment::Pair;
use crate::learn::Noted;
use crate::optimism::{self, Judge, Optimism};
use crate::{Data, Error, LabelledRows, OutOfFold, lethality, out_of_fold};

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

    /// By how much numbers on the rows that were fitted on overstate those on other rows; nothing unless the config asks for it.
    ///
    /// `progress` is called after each resample.
    ///
    /// # Errors
    /// The error of the first resample if fewer than half of them can be fitted.
    pub fn optimism(
        &self,
        judge: Judge<'_>,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Option<Optimism>, Error> {
        optimism::optimism(&self.experiment, &self.data, &self.fitted, judge, progress)
    }

    /// The rows that were fitted on.
    #[must_use]
    pub fn fitted(&self) -> LabelledRows<'_> {
        self.data.part(&self.fitted)
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

    /// What the version of a candidate says of its fit; nothing of a blend.
    #[must_use]
    pub fn notes(&self, candidate: &str) -> Vec<&str> {
        self.noted(candidate).into_iter().flat_map(|noted| noted.notes.iter().map(String::as_str)).collect()
    }

    fn noted(&self, candidate: &str) -> Option<&Noted> {
        let of_config = self.experiment.config().candidate.iter().zip(&self.noted);
        of_config.filter(|(of, _)| of.name == candidate).map(|(_, noted)| noted).next()
    }

    /// Where the model of a candidate comes from, or that of the candidate that is blended with the baseline.
    fn imported(&self, candidate: &str) -> Option<&ImportRecord> {
        let at = self.candidates.iter().position(|(name, _)| name == candidate)?;
        let of_config = match at.checked_sub(self.noted.len()) {
            Some(blend) => self.experiment.blends().nth(blend)?.0.candidate,
            None => at,
        };
        self.noted.get(of_config)?.imported.as_ref()
    }

    /// The rows that the versions have seen: fitted or calibrated on.
    #[must_use]
    pub fn seen(&self) -> Cohort {
        let calibrate = self.split.iter().flat_map(|split| &split.calibrate);
        let mut rows: Vec<usize> = self.fitted.iter().chain(calibrate).copied().collect();
        rows.sort_unstable();
        self.data.cohort.select(&rows)
    }

    /// The censored rows that a candidate was fitted on, where one follows them.
    #[must_use]
    pub fn seen_censored(&self) -> Option<Cohort> {
        let rows = self.data.censored_with(&self.fitted);
        let follows = self.experiment.learners.iter().any(|learner| learner.follows());
        (follows && !rows.is_empty()).then(|| self.data.censored.select(&rows))
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
            .zip(self.experiment.not_monotone_of_each())
            .map(|((candidate, part), not_monotone)| {
                let mut training = self.record(candidate);
                training.directions.retain(|of| !not_monotone.contains(&of.indicator));
                if let Some(declared) = metrics.get(candidate) {
                    training.metrics.extend(declared.clone());
                }
                Draft {
                    name: name.to_owned(),
                    instrument: Arc::clone(&self.instrument),
                    protocol: self.protocol.clone(),
                    recidivism: part.clone(),
                    // A version has one list, so what it proves of one part it proves of the other.
                    lethality: self
                        .lethality
                        .clone()
                        .map(|part| part.exempting(&not_monotone, &self.instrument)),
                    not_monotone,
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
        notes.extend(self.notes(candidate).into_iter().map(str::to_owned));
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
            ordered: self.noted(candidate).and_then(|noted| noted.ordered.clone()),
            imported: self.imported(candidate).cloned(),
            recalibration: None,
            sample_size: self.sample_size,
            code_version: CODE_VERSION.to_owned(),
            metrics: BTreeMap::new(),
            directions: self.directions.clone(),
            period: self.period(),
            accepted_leaks: self.accepted_leaks.clone(),
            notes,
        }
    }

    /// First and last day of the rows that were fitted on.
    fn period(&self) -> Option<[String; 2]> {
        let period = self.data.cohort.period(self.fitted.iter().copied())?;
        Some(period.map(|day| day.to_string()))
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
