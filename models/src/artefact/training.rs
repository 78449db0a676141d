use std::collections::BTreeMap;

use amparo_datasets::split::{Cuts, Method, Plan, SharedCases};
use amparo_datasets::{Cohort, Division, Polarity};
use serde::{Deserialize, Serialize};

use super::leak::AcceptedLeak;
use super::ordered::OrderedRecord;
use super::sample_size::SampleSizeRecord;
use crate::Error;
use crate::imported::ImportRecord;

/// What a version was trained on, how rows were held back, and how it did on each part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRecord {
    /// Name of the candidate in the config: `points`, `hybrid-boosted-0.25`.
    pub candidate: String,
    /// SHA-256 over what was learned from: form, cases, answers, dates, weights and the outcome of the whole cohort, and the table's own
    /// division where rows were held back by it; see [`SplitRecord::fingerprint`].
    pub cohort_fingerprint: String,
    /// Name of the cohort.
    pub cohort_title: String,
    /// How the cohort was made up, for a synthetic one; nothing for real cases.
    pub synthetic: Option<String>,
    /// The case-control cohort of the lethality model, if the version has one.
    pub lethality: Option<CohortRecord>,
    /// Name of the recidivism outcome in the cohort.
    pub outcome: String,
    /// Days within which the outcome counts; `None` where the source does not say.
    pub horizon_days: Option<u32>,
    /// How rows were held back.
    pub split: SplitRecord,
    /// Where a temporal split cut, and the gap that it left.
    pub cuts: Option<Cuts>,
    /// Rows by part: `fit`, `calibrate`, `test`, and `left_out` where a gap leaves rows in no part.
    pub n_rows: BTreeMap<String, u64>,
    /// SHA-256 of the out-of-fold scores that the registry keeps beside a cross-fitted version; nothing for another.
    pub out_of_fold: Option<String>,
    /// How it was calibrated; nothing in versions from before that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationRecord>,
    /// How the dial of a stacked blend was chosen; nothing for another version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stacking: Option<StackingRecord>,
    /// The thresholds by which its score says how probable each class of an ordered outcome is; nothing of another model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<OrderedRecord>,
    /// Where its model comes from and what it was compared with, if it was fitted elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<ImportRecord>,
    /// How far the rows that were fitted on carry a model; nothing in versions from before that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_size: Option<SampleSizeRecord>,
    /// What it was recalibrated from and on, if its calibrator is not the one that it was trained with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalibration: Option<RecalibrationRecord>,
    /// The code that trained: crate version or commit.
    pub code_version: String,
    /// Declared numbers by part, then by metric; an undefined metric is left out and said in `notes`.
    pub metrics: BTreeMap<String, BTreeMap<String, f64>>,
    /// Which way the outcome goes with each indicator whose direction is enforced, by the fit rows before any fit.
    pub directions: Vec<DirectionRecord>,
    /// First and last day of the assessments that were fitted on; nothing where none has a day, and in versions from before that was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<[String; 2]>,
    /// Indicators that seem to tell the outcome rather than foretell it, and were fitted on all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted_leaks: Vec<AcceptedLeak>,
    /// What a reader has to know besides.
    pub notes: Vec<String>,
}

/// Which way the outcome goes with an indicator, by itself and without a bound, against the declared direction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectionRecord {
    /// The indicator.
    pub indicator: String,
    /// What the form declares it to be: a risk or a protection.
    pub declared: Polarity,
    /// Change of the share of events from one known answer to the next.
    pub per_step: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl DirectionRecord {
    /// Whether the whole interval lies on the side that is not declared.
    pub fn is_contradicted(&self) -> bool {
        match self.declared {
            Polarity::Risk => self.high < 0.0,
            Polarity::Protective => self.low > 0.0,
            Polarity::Neutral => false,
        }
    }
}

/// The method that a calibrator was fitted by, and what it was chosen among.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibrationRecord {
    /// Its name in the config: `platt`, `beta`.
    pub method: String,
    /// Folds of the calibration rows by which methods were compared; nothing where there was no choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<u64>,
    /// All methods that were compared, in the order of the config; none where there was no choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<TriedCalibration>,
}

/// A method of calibration that was compared with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriedCalibration {
    /// Its name in the config.
    pub method: String,
    /// Its cross-fitted log loss; nothing if it could not be fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_loss: Option<f64>,
    /// Why it could not be fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The weights of baseline and candidate that lose least on rows that neither was fitted on; the dial is `candidate / (baseline + candidate)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackingRecord {
    /// Folds by which the rows that were fitted on were scored by models that did not see their cases.
    pub folds: u64,
    /// Weight of the baseline's log-odds, at least 0.
    pub baseline: f64,
    /// Weight of the candidate's log-odds, at least 0.
    pub candidate: f64,
    /// What is added to both.
    pub intercept: f64,
    /// Log loss of these rows.
    pub log_loss: f64,
    /// Other positions of the dial, each with its best slope that is not negative and its best intercept.
    pub compared: Vec<StackedLoss>,
}

/// The log loss at a position of the dial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackedLoss {
    /// The dial, in [0, 1].
    pub dial: f64,
    /// Log loss.
    pub log_loss: f64,
}

impl StackingRecord {
    /// All numbers of the record.
    fn numbers(&self) -> impl Iterator<Item = f64> {
        let of = [self.baseline, self.candidate, self.intercept, self.log_loss];
        of.into_iter().chain(self.compared.iter().flat_map(|one| [one.dial, one.log_loss]))
    }
}

impl CalibrationRecord {
    /// The record of a method without a choice.
    #[must_use]
    pub fn only(method: &str) -> Self {
        Self { method: method.to_owned(), folds: None, tried: Vec::new() }
    }
}

/// That a version has the model of another one and a calibrator of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecalibrationRecord {
    /// The version whose model it has: `vpr@3`.
    pub of: String,
    /// Its digest.
    pub of_digest: String,
    /// The cohort that the calibrator was fitted on; its rows are not among those that the model was fitted on.
    pub cohort: CohortRecord,
    /// Rows of it with the outcome.
    pub n_events: u64,
    /// Folds of its cases, by which the calibrator is judged there.
    pub folds: u64,
    /// Seed of the folds.
    pub seed: u64,
    /// Whether it was declared, and not proved by fingerprints, that the model was fitted on none of the cases.
    pub other_cases_declared: bool,
}

/// What a version keeps of a cohort it learned from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CohortRecord {
    /// SHA-256 over what was learned from.
    pub fingerprint: String,
    /// Name of the cohort.
    pub title: String,
    /// How the cohort was made up, for a synthetic one; nothing for real cases.
    pub synthetic: Option<String>,
    /// Days of follow-up behind the outcome.
    pub horizon_days: Option<u32>,
    /// Rows learned from.
    pub n_rows: u64,
    /// Rows left out because they were censored before the horizon.
    pub n_censored: u64,
    /// SHA-256 of the out-of-fold scores of these rows, which the registry keeps beside the version.
    pub out_of_fold: Option<String>,
}

/// How rows were held back from fitting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SplitRecord {
    /// Three parts, by case.
    Holdout {
        /// Method, shares and seed.
        plan: Plan,
    },
    /// Every case scored by models that have not seen it.
    CrossFit {
        /// Folds of one round.
        folds: usize,
        /// Rounds.
        repeats: usize,
        /// Seed of the config; round `r`, from 0, divides by `seed + 1 + r`.
        seed: u64,
        /// What says which fold a case is in.
        #[serde(default, skip_serializing_if = "FoldsBy::is_default")]
        by: FoldsBy,
        /// What becomes of cases in more than one of the table's own folds.
        #[serde(default, skip_serializing_if = "SharedCases::is_default")]
        shared_cases: SharedCases,
    },
}

/// What says which fold a case is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoldsBy {
    /// Cases are dealt at random, with the same share of events in every fold.
    #[default]
    Random,
    /// The table's own folds.
    Column,
}

impl FoldsBy {
    /// Whether nothing is stated.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl SplitRecord {
    /// SHA-256 (hex) over what was learned from in a cohort, with the table's own division if rows are held back by it.
    ///
    /// # Errors
    /// [`Error::Data`] if there is no such outcome.
    pub fn fingerprint(&self, cohort: &Cohort, outcome: &str) -> Result<String, Error> {
        let division = match self {
            Self::Holdout { plan } if plan.method == Method::Column => Division::Sides,
            Self::CrossFit { by: FoldsBy::Column, .. } => Division::Folds,
            Self::Holdout { .. } | Self::CrossFit { .. } => return Ok(cohort.learned_fingerprint(outcome)?),
        };
        Ok(cohort.divided_fingerprint(outcome, division)?)
    }
}

impl TrainingRecord {
    /// The statement that must stand with the version's numbers, if any cohort behind it was made up.
    pub fn synthetic_statement(&self) -> Option<&str> {
        let second = self.lethality.as_ref().and_then(|cohort| cohort.synthetic.as_deref());
        let third = self.recalibration.as_ref().and_then(|record| record.cohort.synthetic.as_deref());
        self.synthetic.as_deref().or(second).or(third)
    }

    /// All that cannot stand in a manifest.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let texts = [
            ("candidate", &self.candidate),
            ("cohort_fingerprint", &self.cohort_fingerprint),
            ("cohort_title", &self.cohort_title),
            ("outcome", &self.outcome),
            ("code_version", &self.code_version),
        ];
        for (field, text) in texts {
            if text.trim().is_empty() {
                problems.push(format!("training.{field} is empty"));
            }
        }
        if self.horizon_days == Some(0) {
            problems.push("training.horizon_days is 0, expected at least 1 day".to_owned());
        }
        for (part, metrics) in &self.metrics {
            for (metric, value) in metrics.iter().filter(|(_, value)| !value.is_finite()) {
                problems
                    .push(format!("training.metrics.{part}.{metric} is {value}, expected a finite number"));
            }
        }
        for DirectionRecord { indicator, per_step, low, high, .. } in &self.directions {
            if ![per_step, low, high].iter().all(|number| number.is_finite()) {
                problems.push(format!(
                    "training.directions of `{indicator}` is {per_step} ({low} to {high}), expected finite numbers"
                ));
            }
        }
        for TriedCalibration { method, log_loss, .. } in self.calibration.iter().flat_map(|c| &c.tried) {
            if let Some(loss) = log_loss.filter(|loss| !loss.is_finite()) {
                problems
                    .push(format!("training.calibration.tried.{method} is {loss}, expected a finite number"));
            }
        }
        if self.stacking.iter().flat_map(StackingRecord::numbers).any(|number| !number.is_finite()) {
            problems.push(
                "training.stacking holds a number that is not finite, expected finite numbers".to_owned(),
            );
        }
        problems.extend(self.ordered.iter().flat_map(OrderedRecord::problems));
        if let SplitRecord::Holdout { plan } = &self.split {
            for (share, value) in [("fit", plan.fit), ("calibrate", plan.calibrate)] {
                if !value.is_finite() {
                    problems.push(format!("training.split.{share} is {value}, expected a finite number"));
                }
            }
        }
        problems
    }
}
